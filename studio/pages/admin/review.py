"""What an organiser reads before launch: the plan in figures, warnings, what could unblind raters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from results.responses.engines import differing
from results.responses.leaks import CERTAIN, Leak, leaks
from results.statistics.resample import Resampling
from studio.documents.plan import plan_facts
from studio.pages.admin.html import Raw, Words, figure, note, table, text
from studio.service.organiser.drafting import Step
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
CHANGED: Mapping[str, Step] = {
    "personal data": "file", "same dialogue twice": "file", "control characters": "file",
    "same response twice": "file", "response equals the human's": "file", "role label in a response": "file",
    "length tells systems apart": "file", "distress terms": "texts", "not there": "texts", "last question": "texts",
    "draft words": "texts", "mixed directions": "texts", "no overlap": "plan", "little overlap": "plan",
}  # fmt: skip
"""Kind of caution -> the step on which what it is about can be changed."""
PARTS: Mapping[str, str] = {
    "guidelines": "texts_guidelines", "consent": "texts_consent", "support": "texts_help",
    "support.contact": "told_contact", "practice": "lacking_practice", "primary.systems": "plan_about",
    "design": "plan_shared",
}  # fmt: skip
"""Part of a study -> what the desk calls it."""
LAST_QUESTION = "last question"
"""A caution about the study as a whole: it has no places."""
AROUND = 60
"""Characters of a text on either side of what was found in it."""


def render(study: Study, words: Words) -> str:
    """What to look at, and beside it the plan in figures, in the page's language."""
    language = written_in(study)
    lines = plan(study)
    warnings = (*plan_cautions(study, lines), *cautions(study))
    looked = "".join(caution(one, words, study) for one in warnings) or note(words["no_warnings"])
    parts = [f'<section class="card lookat"><h2>{text(words["warnings"])}</h2>{looked}</section>']
    if study.protocol == "pairwise":
        found = _leaks(study, language)
        change = way_to("file", words) if any(leak.kind in CERTAIN for leak in found) else ""
        shown = f"{_certain(found, study, words)}{_gaps(found, study, words, language)}{_engines(study, words)}{change}"
        parts.append(f'<section class="card lookat"><h2>{text(words["leaks"])}</h2>{shown}</section>')
    return "".join(parts)


def figures(study: Study, words: Words) -> str:
    """The plan in figures."""
    return f'<section class="card lookat"><h2>{text(words["plan"])}</h2>{_plan(study, plan(study), words)}</section>'


def _plan(study: Study, lines: Sequence[PlannedAssignment], words: Words) -> Raw:
    facts = plan_facts(study, lines)
    facts["minutes"] = words.say("about_minutes", n=int(facts["minutes"]))
    kinds = (kind.rsplit(" ", 1) for kind in facts["kinds"].split(", "))
    facts["kinds"] = ", ".join(f"{words[f'kind {name}']} {count}" for name, count in kinds)
    return table((words["figure"], words["value"]), ((words[f"plan_{key}"], value) for key, value in facts.items()), "")


def caution(found: Caution, words: Words, study: Study | None = None) -> Raw:
    """One kind of thing to look at, with the places named; where a study is given, their texts and the way to them."""
    places = "".join(
        f"<li>{text(_place(where, words))}{text(f': {told}') if told else ''}"
        f"{_text_at(study, where, plain) if study else ''}</li>"
        for (where, plain), told in zip(found.found[:SHOWN], _found(found, words), strict=True)
    )
    more = len(found.found) - SHOWN
    last = f"<li>{text(words.say('and_more', n=more))}</li>" if more > 0 else ""
    name, advice = words[f"caution {found.kind}"].split("|")
    listed = f'<ul class="places">{places}{last}</ul>' if found.kind != LAST_QUESTION else ""
    return Raw(
        f"<details open><summary>{text(name)} ({len(found.found)})</summary>"
        f"<p>{text(advice)}</p>{listed}{way_to(CHANGED[found.kind], words) if study else ''}</details>"
    )


def way_to(step: Step, words: Words) -> str:
    """A button of the step's form that goes to the step on which something is changed."""
    return (
        f'<p><button class="button" name="to" value="{step}">'
        f"{text(words.say('change_in', step=words[f'new_{step}']))}</button></p>"
    )


def _text_at(study: Study, where: str, found: str) -> str:
    """What stands at a place around the words that were found there; '' where the place is no text of the study."""
    item_id, _, system = where.partition("/")
    texts = [r.text for r in study.responses if (r.item_id, r.system_id) == (item_id, system)]
    texts += [turn.text for item in study.items if item.item_id == where for turn in item.turns]
    for wanted in found.split(", "):
        for one in texts:
            if wanted and (at := _index(one, wanted)) >= 0:
                return _quoted(one, at, len(wanted))
    return ""


def _index(whole: str, wanted: str) -> int:
    """Where words stand that were found in lower case; -1 where they do not."""
    lower = whole.lower()
    return lower.find(wanted.lower()) if len(lower) == len(whole) else whole.find(wanted)


def _quoted(whole: str, at: int, size: int) -> str:
    """A part of a text, the words in the middle marked."""
    start, end = max(0, at - AROUND), at + size + AROUND
    before, after = "…" if start else "", "…" if end < len(whole) else ""
    return (
        f'<q dir="auto">{before}{text(whole[start:at])}<mark>{text(whole[at : at + size])}</mark>'
        f"{text(whole[at + size : end])}{after}</q>"
    )


def _found(caution: Caution, words: Words) -> Sequence[str]:
    """What was found at the places named of a caution, in the page's words."""
    return said((found for _, found in caution.found[:SHOWN]), words.language)


def _place(where: str, words: Words) -> str:
    """A place in the page's words where it is a part of the study; ids of items stay as they are."""
    if where in PARTS:
        return words[PARTS[where]]
    statement = next((name for name in STATEMENTS if where == f"information.{name}"), None)
    if statement is None:
        return where
    return statement_heading(statement, words.language)


def _certain(found: Sequence[Leak], study: Study, words: Words) -> str:
    """What tells the systems apart for certain, each with the texts in which it stands."""
    certain = [leak for leak in found if leak.kind in CERTAIN]
    if not certain:
        return note(words["no_leak"])
    names = _names(study)
    shown = "".join(
        f"<details open><summary>{text(names.get(leak.system_id, leak.system_id))}: {text(words[f'leak {leak.kind}'])} "
        f'<span dir="ltr">({leak.count} / {leak.responses})</span></summary><ul class="places">'
        + "".join(
            f"<li>{text(item_id)}{_text_at(study, f'{item_id}/{leak.system_id}', ', '.join(leak.found))}</li>"
            for item_id in leak.item_ids[:SHOWN]
        )
        + "</ul></details>"
        for leak in certain
    )
    return f"{note(words['mend_leaks'], 'warn')}{shown}"


def _engines(study: Study, words: Words) -> str:
    """What answered for each system, where it was not the same for all."""
    mixed, names = differing(study.systems), _names(study)
    if not mixed:
        return ""
    head = [words[key] for key in ("system", "answering_engine", "precision")]
    rows = [(names[one.system_id], one.engine, one.precision or words["precision_unsaid"]) for one in mixed]
    return f"{note(words['mixed_engines'], 'warn')}{table(head, rows, '')}"


def _names(study: Study) -> dict[str, str]:
    return {system.system_id: system.name or system.system_id for system in study.systems}


def _leaks(study: Study, language: Language) -> Sequence[Leak]:
    resampling = Resampling(RESAMPLES, 0)
    return leaks(study.items, study.responses, study.systems, resampling, language) if study.systems else ()


def _gaps(found: Sequence[Leak], study: Study, words: Words, language: Language) -> Raw:
    """Lengths, questions, minimal responses and formats that differ, as effect sizes with intervals."""
    rows, names = [], _names(study)
    for leak in found:
        if leak.kind in CERTAIN:
            continue
        delta = leak.effects["cliffs_delta"]
        interval = f" [{figure(delta.low)}, {figure(delta.high)}]" if delta.low is not None else ""
        mark = words["clear"] if leak.clear else ""
        limited = leak.name == "questions" and basis(language) == "marks"
        name = words["gap questions by marks" if limited else f"gap {leak.name}"]
        rows.append(
            (
                name,
                names.get(leak.system_id, ""),
                names.get(leak.other or "", ""),
                f"{figure(delta.value)}{interval}",
                mark,
            )
        )
    head = [words[key] for key in ("gap", "has_more", "than", "cliffs_delta", "judgment")]
    return table(head, rows, words["nothing_to_compare"])
