"""The questions of a study as a form: words, points, keys, order; and as raters see them."""

from __future__ import annotations

from collections.abc import Mapping

from studio.pages.admin.asked import Given, one
from studio.pages.admin.html import Words, text, tick
from studio.pages.admin.new.steps import typed
from studio.service import StudioError
from studio.service.organiser.drafting import KeptDraft
from tasks.languages import tags
from tasks.schema import Criterion, Point, Study
from tasks.schema import Words as Text
from tasks.study.changing import instrument
from tasks.study.wording.templates import on_page

ADDED: Mapping[str, instrument.Added] = {"scale": "scale", "yes_no": "yes_no", "text": "text"}


def rows(study: Study, words: Words, kept: KeptDraft) -> str:
    """Each question as a line that opens, and what can be added under them."""
    lines = "".join(_row(study, one_, words, kept) for one_ in study.criteria)
    adds = "".join(
        f'<button class="button" name="add" value="{kind}">{text(words[f"add_{kind}"])}</button>' for kind in ADDED
    )
    return f'{lines}<p class="page-acts adds">{adds}</p>'


def _row(study: Study, criterion: Criterion, words: Words, kept: KeptDraft) -> str:
    name = criterion.criterion_id
    chips = "".join(f"<span>{text(words.of(point.words))}</span>" for point in criterion.points)
    told = words["asked_pair" if criterion.of == "pair" else "asked_response"]
    must = words["required" if criterion.required else "optional"]
    hint = f'<span class="soft">{text(words.of(criterion.hint))}</span>' if criterion.hint else ""
    acts = "".join(
        f'<button class="button" name="{act}" value="{text(name)}">{text(words[f"question_{act}"])}</button>'
        for act in ("up", "down", *(("longer", "shorter") if criterion.kind in ("scale", "count") else ()), "drop")
    )
    return (
        f'<details class="question"><summary><b>{text(words.of(criterion.label))}</b> {hint}'
        f'<small>{text(told)} · {text(must)}</small><span class="chips">{chips}</span></summary>'
        f'<input type="hidden" name="shown" value="{text(name)}">'
        f"{_words(study, f'label.{name}', words['question_label'], criterion.label, kept)}"
        f"{_words(study, f'hint.{name}', words['question_hint'], criterion.hint, kept)}"
        f"{''.join(_point(study, criterion, point, words, kept) for point in criterion.points)}"
        f"{tick(words['required'], f'required.{name}', criterion.required)}"
        f'<p class="page-acts">{acts}</p></details>'
    )


def _point(study: Study, criterion: Criterion, point: Point, words: Words, kept: KeptDraft) -> str:
    field = f"{criterion.criterion_id}.{point.value}"
    said = _words(study, f"point.{field}", words.say("question_point", n=point.value), point.words, kept)
    key = text(typed(kept, f"key.{field}", point.key or ""))
    return (
        f'<div class="point">{said}<p class="key"><label><span>{text(words["question_key"])}</span>'
        f'<input type="text" name="key.{field}" value="{key}" maxlength="1"></label></p></div>'
    )


def _words(study: Study, name: str, called: str, value: Text | None, kept: KeptDraft) -> str:
    """A text in each language of the study."""
    fields = "".join(
        f'<p><label><span>{text(called)} ({text(tags.name_of(tag))})</span><input type="text" name="{name}.{tag}" '
        f'lang="{tag}" dir="{tags.direction(tag)}" '
        f'value="{text(typed(kept, f"{name}.{tag}", value.root.get(tag, "") if value else ""))}"></label></p>'
        for tag in study.languages
    )
    return f'<div class="tongues">{fields}</div>'


def seen(study: Study, words: Words) -> str:
    """The questions as raters see them, in the page's language if the study has it; nothing here can be pressed."""
    tag = words.language if words.language in study.languages else study.languages[0]
    drawn = "".join(_seen(criterion, tag) for criterion in study.criteria)
    return (
        f'<section class="card seen"><h2>{text(words["questions_seen"])}</h2>'
        f'<div lang="{tag}" dir="{tags.direction(tag)}">{drawn}</div></section>'
    )


def _seen(criterion: Criterion, tag: str) -> str:
    def said(value: Text | None) -> str:
        return text(value.root.get(tag) or value.text(tag)) if value else ""

    hint = f" <small>{said(criterion.hint)}</small>" if criterion.hint else ""
    sides = ("first", "second") if criterion.of == "response" else ("",)
    marks = [text(on_page(f"mark.{side}", tag)) if side else "" for side in sides]
    if criterion.kind == "text":
        return f'<div class="row"><p><b>{said(criterion.label)}</b>{hint}</p><span class="box"></span></div>'
    if criterion.toggle:
        pills = "".join(f'<span class="pill">☐ {mark} {said(criterion.label)}</span>' for mark in marks)
        return f'<div class="row">{pills}</div>'
    points = "".join(f"<span>{said(point.words)}</span>" for point in criterion.points)
    scales = "".join(
        f'<span class="scale">{f"<i>{mark}</i>" if mark else ""}<span class="points">{points}</span></span>'
        for mark in marks
    )
    return f'<div class="row"><p><b>{said(criterion.label)}</b>{hint}</p>{scales}</div>'


def edited(study: Study, given: Given, words: Words) -> tuple[Criterion, ...]:
    """The questions with the fields of the form, and with what one of its buttons does.

    Raises:
        StudioError: every text that is empty, every key that two points share.
    """
    faults: list[str] = []
    shown = set(given.get("shown", ()))
    criteria = tuple(
        _edited(study, criterion, given, faults) if criterion.criterion_id in shown else criterion
        for criterion in study.criteria
    )
    if faults:
        raise StudioError("\n".join(faults))
    if name := one(given, "up"):
        return instrument.moved(criteria, name, -1)
    if name := one(given, "down"):
        return instrument.moved(criteria, name, 1)
    if name := one(given, "drop"):
        if len(criteria) == 1 or name == study.primary.criterion:
            raise StudioError(words["question_primary"])
        return instrument.without(criteria, name)
    if kind := ADDED.get(one(given, "add")):
        return instrument.with_new(criteria, kind, study.languages)
    change = {"longer": instrument.longer, "shorter": instrument.shorter}
    for act, changed in change.items():
        if name := one(given, act):
            return tuple(changed(each) if each.criterion_id == name else each for each in criteria)
    return criteria


def _edited(study: Study, criterion: Criterion, given: Given, faults: list[str]) -> Criterion:
    name = criterion.criterion_id

    def said(field: str, before: Text | None, optional: bool = False) -> Text | None:
        root = dict(before.root) if before else {}
        now = root | {tag: one(given, f"{field}.{tag}", root.get(tag, "")) for tag in study.languages}
        if optional and not any(now[tag] for tag in study.languages):
            return None
        faults.extend(f"{field} ({tag}): is empty; a text is needed" for tag in study.languages if not now[tag].strip())
        return Text(now)

    points = tuple(
        point.model_copy(
            update={
                "words": said(f"point.{name}.{point.value}", point.words),
                "key": one(given, f"key.{name}.{point.value}", point.key or "") or None,
            }
        )
        for point in criterion.points
    )
    keys = [point.key for point in points if point.key]
    if len(set(keys)) != len(keys) or any(len(key) != 1 for key in keys):
        faults.append(f"key.{name}: found {', '.join(keys)}; allowed: one sign each, no sign twice")
    return criterion.model_copy(
        update={
            "label": said(f"label.{name}", criterion.label),
            "hint": said(f"hint.{name}", criterion.hint, optional=True),
            "points": points,
            "required": bool(given.get(f"required.{name}")),
        }
    )
