"""Step four: how many raters, how much work for each, what the study can show, and how it looks to a rater."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from studio.documents.reach import LEAN, Reach, reaches
from studio.pages.admin.asked import Asked, Given, one
from studio.pages.admin.html import Raw, Words, choice, choices, field, note, share, text, tiles
from studio.pages.admin.new import curves
from studio.pages.admin.new.steps import study_in, typed, with_
from studio.pages.admin.review import caution
from studio.service import StudioError
from studio.service.organiser.drafting import Draft, KeptDraft
from tasks.design.planning import FEWEST_IN_BLOCK, groups, plan
from tasks.errors import InputError
from tasks.languages.fault import Fault, at, instead, said
from tasks.schema import Estimand, Identifier, PlannedAssignment, Primary, Record, Study
from tasks.study.cautions import plan_cautions
from tasks.study.consistency import problems
from tasks.study.reading import Located
from tasks.study.validation import validate
from tasks.study.workload import workload

MOST_SEATS = 1000
MOST_LOOKS = 3
"""More are allowed in study.yaml, and gain little."""
BETWEEN = " "
"""Between the ids of a pair in the value of a field."""


class _Named(Record):
    """An id that a study can have."""

    study_id: Identifier


def body(asked: Asked, kept: KeptDraft) -> str:
    """Id and numbers, what they come to, and the rating page."""
    study, words = study_in(kept, asked), asked.words
    per_item = typed(kept, "raters_per_item", str(study.design.raters_per_item or ""))
    fields = (
        field(words["new_seats"], "seats", kind="number", value=typed(kept, "seats", str(study.design.seats)))
        + field(words["new_per_item"], "raters_per_item", words["new_per_item_note"], "number", per_item)
        + _analysis(study, kept, words)
        + field(
            words["new_study_id"], "study_id", words["new_study_id_note"], value=typed(kept, "study_id", study.study_id)
        )
    )
    return (
        f'<div class="planning"><section class="card form">{fields}</section>'
        f'<div class="main" id="shown" data-fresh>{_comes_to(study, words)}</div>{_look(asked, kept, words)}</div>'
    )


def _analysis(study: Study, kept: KeptDraft, words: Words) -> str:
    """What is fixed before the first judgment: the comparison, whom it is about, and whether it may end early."""
    if study.protocol != "pairwise":
        return ""
    names = {system.system_id: system.name or system.system_id for system in study.systems}
    pairs = [(BETWEEN.join(pair), " – ".join(names[one] for one in pair)) for pair in groups(study)]
    about = choice(
        words["plan_about"], "about", [("", words["plan_about_all"]), *pairs],
        typed(kept, "about", BETWEEN.join(study.primary.systems or ())),
    ) if len(pairs) > 1 else ""  # fmt: skip
    whom = choices(
        words["plan_for"], "estimand", [(one, words[f"plan_for_{one}"]) for one in get_args(Estimand)],
        typed(kept, "estimand", study.primary.estimand),
    )  # fmt: skip
    most = min(MOST_LOOKS, len({item.dialogue for item in study.items}) // FEWEST_IN_BLOCK)
    now = typed(kept, "looks", str(study.design.looks))
    if (len(pairs) > 1 or most < 2) and now == "1":
        return about + whom
    ends = [("1", words["plan_looks_end"]), *((str(n), words.say("plan_looks_n", n=n)) for n in range(2, most + 1))]
    return about + whom + choices(words["plan_looks"], "looks", ends, now, words["plan_looks_note"])


def _comes_to(study: Study, words: Words) -> str:
    """Work, curves and warnings; why there is no plan, where there is none."""
    try:
        lines = plan(study)
    except InputError as error:
        return note("\n".join(said(error.errors, words.language)), "warn")
    warned = "".join(caution(found, words) for found in plan_cautions(study, lines))
    return f"{_work(study, lines, words)}{_shows(study, lines, words)}{warned}"


def _work(study: Study, lines: Sequence[PlannedAssignment], words: Words) -> Raw:
    work = workload(study, lines)
    each, minutes = work.per_seat[1], round(work.hours * 60)
    whole = round(work.hours / max(each, 1) * len(lines), 1)
    return tiles(
        (
            (words["plan_each"], str(each)),
            (words["plan_minutes"], words.say("about_minutes", n=minutes)),
            (words["plan_hours"], f"{whole:g}"),
            (words["plan_per_unit"], "–".join(dict.fromkeys(map(str, work.raters_per_unit)))),
        )
    )


def _shows(study: Study, lines: Sequence[PlannedAssignment], words: Words) -> str:
    """The smallest difference that can be shown, as curves and in a sentence."""
    found, seats = reaches(study, lines), study.design.seats
    if not found:
        return ""
    now = next(one for one in found if one.raters == seats)
    drawn = curves.chart(found, seats, words) if any(one.these or one.large for one in found) else ""
    return (
        f'<section class="card"><h2>{text(words["reach"])}</h2>{drawn}<p>{text(_sentence(now, words))}</p>'
        f'<p class="fine">{text(words.say("reach_how", lean=share(LEAN)))}</p></section>'
    )


def _sentence(now: Reach, words: Words) -> str:
    if now.these is None:
        return words["reach_few_items"]
    these = words.say("reach_these_said", n=now.raters, d=f"{now.these:.2f}")
    large = words.say("reach_large_said", d=f"{now.large:.2f}") if now.large is not None else words["reach_large_none"]
    return f"{these} {large}"


def _look(asked: Asked, kept: KeptDraft, words: Words) -> str:
    """The rating page as on a phone, and the way to it as on a desktop; it is looked at and stores nothing."""
    where, called = f"/admin/preview/{kept.draft_id}?lang={words.language}", text(words["as_rater"])
    return (
        f'<section class="look"><h2>{called}</h2>'
        f'<iframe title="{called}" src="{text(where)}&phone=yes" tabindex="-1" loading="lazy"></iframe>'
        f'<p><a href="{text(where)}" target="_blank" rel="noopener">{text(words["as_rater_desktop"])}</a></p>'
        f'<p class="fine">{text(words["as_rater_note"])}</p></section>'
    )


def take(asked: Asked, kept: KeptDraft, given: Given) -> Draft:
    """The draft with the plan of the form. InputError for every field that cannot be used."""
    study = study_in(kept, asked)
    seats = _number(given, "seats", str(study.design.seats))
    per_item = _number(given, "raters_per_item", str(study.design.raters_per_item or "")) or None
    if seats is None:
        raise StudioError(at("seats", instead(repr(one(given, "seats")), _allowed())))
    errors: list[str] = []
    name = one(given, "study_id", study.study_id)
    validate(_Named, Located(asked.words["new_plan"], {"study_id": name}, {}), errors)
    if errors:
        raise InputError(errors)
    design = study.design.model_copy(
        update={"seats": seats, "raters_per_item": per_item, "looks": int(one(given, "looks", str(study.design.looks)))}
    )
    changed = study.model_copy(update={"study_id": name, "design": design, "primary": _primary(study, given)})
    if wrong := [problem for problem in problems(changed) if problem.place[:1] == ("design",)]:
        raise InputError(at(str(problem.place[-1]), problem.text) for problem in wrong)
    return with_(kept.draft, study=changed)


def _primary(study: Study, given: Given) -> Primary:
    """The comparison that the study is about, and whom it speaks of."""
    pair = tuple(one(given, "about", BETWEEN.join(study.primary.systems or ())).split())
    estimand = one(given, "estimand", study.primary.estimand)
    systems = pair if len(pair) == 2 else None
    return Primary.model_validate({**study.primary.model_dump(), "systems": systems, "estimand": estimand})


def _number(given: Given, name: str, before: str) -> int | None:
    """A number of raters; None where the field is blank. StudioError for anything else."""
    value = one(given, name, before)
    if not value:
        return None
    if not value.isdecimal() or not 1 <= int(value) <= MOST_SEATS:
        raise StudioError(at(name, instead(repr(value), _allowed())))
    return int(value)


def _allowed() -> Fault:
    return Fault("from_to", low="1", high=str(MOST_SEATS))
