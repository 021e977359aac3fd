"""What an organiser reads before launch: the plan in figures, warnings, what could unblind raters."""

from __future__ import annotations

from collections.abc import Sequence

from results.responses.leaks import CERTAIN, Leak, leaks
from results.statistics.resample import Resampling
from studio.documents.plan import plan_facts
from studio.pages.admin.html import Raw, Words, figure, heading, note, table, text
from tasks.asking.detectors import basis
from tasks.design.planning import plan
from tasks.languages.fault import said
from tasks.schema import Language, PlannedAssignment, Study
from tasks.study.cautions import Caution, cautions, plan_cautions
from tasks.study.consent import STATEMENTS, statement_heading
from tasks.study.wording.texts import written_in

RESAMPLES = 2000
SHOWN = 5
"""Places named of each caution."""


def render(study: Study, words: Words) -> str:
    """Plan, cautions and leaks, in the page's language."""
    language = written_in(study)
    found = _leaks(study, language)
    lines = plan(study)
    warnings = (*plan_cautions(study, lines), *cautions(study))
    parts = [heading(words["plan"]), _plan(study, lines, words), heading(words["warnings"]), _cautions(warnings, words)]
    if study.protocol == "pairwise":
        parts += [heading(words["leaks"]), _certain(found, words), _gaps(found, words, language)]
    return "".join(parts)


def _plan(study: Study, lines: Sequence[PlannedAssignment], words: Words) -> Raw:
    facts = plan_facts(study, lines)
    facts["minutes"] = words.say("about_minutes", n=int(facts["minutes"]))
    kinds = (kind.rsplit(" ", 1) for kind in facts["kinds"].split(", "))
    facts["kinds"] = ", ".join(f"{words[f'kind {name}']} {count}" for name, count in kinds)
    return table((words["figure"], words["value"]), ((words[f"plan_{key}"], value) for key, value in facts.items()), "")


def _cautions(warnings: Sequence[Caution], words: Words) -> str:
    return "".join(caution(one, words) for one in warnings) or note(words["no_warnings"])


def caution(found: Caution, words: Words) -> Raw:
    """One kind of thing to look at, with the places named."""
    places = "".join(
        f"<li>{text(_place(where, words))}{text(f': {told}') if told else ''}</li>"
        for where, told in zip(*_found(found, words), strict=True)
    )
    more = len(found.found) - SHOWN
    last = f"<li>{text(words.say('and_more', n=more))}</li>" if more > 0 else ""
    name, advice = words[f"caution {found.kind}"].split("|")
    return Raw(
        f"<details open><summary>{text(name)} ({len(found.found)})</summary>"
        f"<p>{text(advice)}</p><ul>{places}{last}</ul></details>"
    )


def _found(caution: Caution, words: Words) -> tuple[Sequence[str], Sequence[str]]:
    """The places named of a caution, and what was found at each, in the page's words."""
    shown = caution.found[:SHOWN]
    return [where for where, _ in shown], said((found for _, found in shown), words.language)


def _place(where: str, words: Words) -> str:
    """A place in the page's words where it is a part of the study; ids of items stay as they are."""
    if where == "design":
        return words["plan_shared"]
    statement = next((name for name in STATEMENTS if where == f"information.{name}"), None)
    if statement is None:
        return where
    return statement_heading(statement, words.language)


def _certain(found: Sequence[Leak], words: Words) -> Raw:
    certain = [leak for leak in found if leak.kind in CERTAIN]
    if not certain:
        return note(words["no_leak"])
    rows = [
        (leak.system_id, words[f"leak {leak.kind}"], f"{leak.count} / {leak.responses}",
         ", ".join(leak.found[:SHOWN]), ", ".join(leak.item_ids[:SHOWN]))
        for leak in certain
    ]  # fmt: skip
    head = [words[key] for key in ("system", "kind", "responses", "found", "where")]
    return Raw(note(words["mend_leaks"], "warn") + table(head, rows, ""))


def _leaks(study: Study, language: Language) -> Sequence[Leak]:
    resampling = Resampling(RESAMPLES, 0)
    return leaks(study.items, study.responses, study.systems, resampling, language) if study.systems else ()


def _gaps(found: Sequence[Leak], words: Words, language: Language) -> Raw:
    """Lengths, questions, minimal responses and formats that differ, as effect sizes with intervals."""
    rows = []
    for leak in found:
        if leak.kind in CERTAIN:
            continue
        delta = leak.effects["cliffs_delta"]
        interval = f" [{figure(delta.low)}, {figure(delta.high)}]" if delta.low is not None else ""
        mark = words["clear"] if leak.clear else ""
        limited = leak.name == "questions" and basis(language) == "marks"
        name = words.get("gap questions by marks" if limited else f"gap {leak.name}", leak.name)
        rows.append((name, leak.system_id, leak.other or "", f"{figure(delta.value)}{interval}", mark))
    head = [words[key] for key in ("gap", "has_more", "than", "cliffs_delta", "judgment")]
    return table(head, rows, words["nothing_to_compare"])
