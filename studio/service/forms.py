"""A form's answers, checked against the criteria and resolved from sides to systems - here, once, and nowhere else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn, cast

from pydantic import JsonValue

from studio.service.records import GivenAnswer
from studio.service.refusals import Refusal, detail
from studio.store.event import Comment, FreeText, JudgedValue
from tasks.languages.tags import listed
from tasks.schema import (
    PAIR,
    SIDES,
    Answer,
    Criterion,
    Judgment,
    Language,
    Place,
    Submission,
    Target,
    Value,
    Words,
    side_of,
    system_at,
)

BLINDING = "blinding"
BLINDING_VALUES = (*SIDES, "cannot_tell")
MAX_ANSWERS = 400
MAX_TEXT = 4000
MAX_ACTIVE_SECONDS = 6 * 3600.0


@dataclass(frozen=True)
class Sheet:
    """What one assignment asks: its criteria, the systems by side (first first), and the texts spans point into."""

    criteria: tuple[Criterion, ...]
    order: tuple[str, ...]
    blinding: bool
    texts: dict[str, tuple[str, ...]]
    """Shown texts by side: `first`, `second` one text each, `item` one per utterance."""


def resolve(sheet: Sheet, form: Submission) -> tuple[Judgment, ...]:
    """The judgments of a form, one per criterion and target, missing ones included with their reason.

    Raises:
        Refusal: `invalid` or `incomplete`, naming every criterion at fault, the value found and the values allowed.
    """
    given = _by_place(sheet, form.answers)
    if sheet.blinding:
        return (_blinding(sheet, form, given),)
    judgments: list[Judgment] = []
    missing: list[Criterion] = []
    for criterion in sheet.criteria:
        for side in sides_of(criterion, sheet):
            if criterion.kind == "text":
                continue
            answer = given.get((criterion.criterion_id, side))
            if form.left is not None:
                judgments += _left(criterion, side, sheet, form)
            elif answer is None or answer.value is None:
                if criterion.required and not criterion.toggle:
                    missing.append(criterion)
                elif criterion.toggle:
                    judgments.append(Judgment(criterion=criterion.criterion_id, target=target_of(side, sheet), value=0))
            else:
                judgments += _given(criterion, answer, sheet)
    if missing:
        labels = [criterion.label for criterion in missing]
        raise Refusal("incomplete", lambda language: _named(labels, language))
    return tuple(judgments)


def _named(labels: Sequence[Words], language: Language) -> str:
    """Labels as a list, each once; one that is not there in the language, in another."""
    return listed(list(dict.fromkeys(label.text(language, *label.languages) for label in labels)), language)


def free_texts(sheet: Sheet, form: Submission) -> list[FreeText]:
    """Answers to criteria of kind `text`: kept with the comments, which can be erased, never among the judgments."""
    if form.left is not None or sheet.blinding:
        return []
    texts = {c.criterion_id: c for c in sheet.criteria if c.kind == "text"}
    given = [a for a in form.answers if a.criterion in texts and a.value not in (None, "")]
    return [
        FreeText(
            criterion=a.criterion,
            target=target_of(a.side, sheet),
            value=_check_text(a.criterion, a.value),
        )
        for a in given
    ]


def sides_of(criterion: Criterion, sheet: Sheet) -> tuple[Place, ...]:
    """The sides a criterion is asked of."""
    if criterion.of == "pair":
        return ("pair",)
    if criterion.of == "response":
        return SIDES[: len(sheet.order)]
    return ("item",)


def target_of(place: Place, sheet: Sheet) -> Target:
    """What an answer at this place of the page is about: here, and only here, sides become systems."""
    if place == "first" or place == "second":
        return Target.of_system(system_at(sheet.order, place))
    return Target(place)


def _by_place(sheet: Sheet, answers: tuple[Answer, ...]) -> dict[tuple[str, str], Answer]:
    """Answers by (criterion, side); refuses unknown criteria, sides that are not asked, and doubles."""
    known = (
        {c.criterion_id: sides_of(c, sheet) for c in sheet.criteria} if not sheet.blinding else {BLINDING: ("pair",)}
    )
    if len(answers) > MAX_ANSWERS:
        raise Refusal("too_large")
    found: dict[tuple[str, str], Answer] = {}
    for answer in answers:
        place = (answer.criterion, answer.side)
        if answer.criterion not in known:
            _refuse("criterion", answer.criterion, known)
        if answer.side not in known[answer.criterion]:
            _refuse(f"{answer.criterion}: side", answer.side, known[answer.criterion])
        if place in found:
            _refuse(f"{answer.criterion} {answer.side}", "two answers", ["one answer"])
        found[place] = answer
    return found


def _refuse(field: str, value: object, allowed: Iterable[object]) -> NoReturn:
    found, options = repr(str(value)[:80]), ", ".join(str(a) for a in allowed)
    raise Refusal("invalid", detail("found", field=field, found=found, allowed=options))


def _left(criterion: Criterion, side: Place, sheet: Sheet, form: Submission) -> list[Judgment]:
    if criterion.of == "utterance":
        targets = [Target.of_utterance(i) for i in range(len(sheet.texts["item"]))]
    else:
        targets = [target_of(side, sheet)]
    reason = (str(form.left), *form.left_reasons)
    return [Judgment(criterion=criterion.criterion_id, target=target, reason=reason) for target in targets]


def _blinding(sheet: Sheet, form: Submission, given: dict[tuple[str, str], Answer]) -> Judgment:
    if form.left is not None:
        return Judgment(criterion=BLINDING, target=PAIR, reason=(form.left, *form.left_reasons))
    answer = given.get((BLINDING, "pair"))
    if answer is None:
        raise Refusal("incomplete", detail("last_question"))
    if answer.value not in BLINDING_VALUES:
        _refuse(BLINDING, answer.value, BLINDING_VALUES)
    if answer.value == "cannot_tell":
        return Judgment(criterion=BLINDING, target=PAIR, value="cannot_tell")
    chosen = system_at(sheet.order, "first" if answer.value == "first" else "second")
    return Judgment(criterion=BLINDING, target=PAIR, value="named", chosen_system=chosen)


def _given(criterion: Criterion, answer: Answer, sheet: Sheet) -> list[Judgment]:
    """The judgments one answer gives: one, but for criteria of utterances, which answer several at once."""
    _check_reasons(criterion, answer)
    if criterion.of == "utterance":
        return _utterances(criterion, answer, sheet)
    text = sheet.texts[answer.side][0] if answer.side in sheet.texts and len(sheet.texts[answer.side]) == 1 else None
    value = check_value(criterion, answer.value, text)
    target = target_of(answer.side, sheet)
    if criterion.kind != "preference":
        return [Judgment(criterion=criterion.criterion_id, target=target, value=value, reason=answer.reasons)]
    point = cast(int, value)
    chosen = None if point == 0 else system_at(sheet.order, "first" if point < 0 else "second")
    return [
        Judgment(
            criterion=criterion.criterion_id,
            target=target,
            value=abs(point),
            chosen_system=chosen,
            reason=answer.reasons,
        )
    ]


def _utterances(criterion: Criterion, answer: Answer, sheet: Sheet) -> list[Judgment]:
    """`value` is a list of [index, value], each index (0-based, of the shown turns) once."""
    name, texts = criterion.criterion_id, sheet.texts["item"]
    judgments: dict[int, Judgment] = {}
    given = answer.value if isinstance(answer.value, list) else [answer.value]
    for pair in given:
        index, found = pair if isinstance(pair, list) and len(pair) == 2 else (None, None)
        if type(index) is not int or not 0 <= index < len(texts) or index in judgments:
            _refuse(name, answer.value, [f"[[index, value], …] with each index from 0 to {len(texts) - 1} once"])
        value = check_value(criterion, found, texts[index])
        target = Target.of_utterance(index)
        judgments[index] = Judgment(criterion=name, target=target, value=value, reason=answer.reasons)
    return list(judgments.values())


def _check_reasons(criterion: Criterion, answer: Answer) -> None:
    allowed = [reason.reason_id for reason in criterion.reasons]
    for reason in answer.reasons:
        if reason not in allowed:
            _refuse(f"{criterion.criterion_id}: reason", reason, allowed or ["none"])
    if len(set(answer.reasons)) != len(answer.reasons):
        _refuse(f"{criterion.criterion_id}: reason", "the same reason twice", allowed)


def check_value(criterion: Criterion, value: JsonValue, text: str | None) -> Value:
    """The value, if the criterion allows it; `text` is what spans point into (None: nothing they could).

    Raises:
        Refusal: `invalid`, naming criterion, value and what is allowed.
    """
    name = criterion.criterion_id
    if criterion.kind == "text":
        return _check_text(name, value)
    if criterion.kind == "spans":
        return _check_spans(criterion, value, text)
    if criterion.kind == "labels":
        return _check_labels(criterion, value)
    if type(value) is not int or value not in criterion.values():
        _refuse(name, value, criterion.values())
    return value


def _check_text(name: str, value: JsonValue) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        _refuse(name, value, [f"a text of up to {MAX_TEXT} characters"])
    return value


def _check_labels(criterion: Criterion, value: JsonValue) -> list[int | str]:
    allowed = criterion.values()
    labels = [one for one in value if type(one) is int and one in allowed] if isinstance(value, list) else []
    if not isinstance(value, list) or len(set(labels)) != len(value):
        _refuse(criterion.criterion_id, value, [f"a list of different values of {list(allowed)}"])
    return [*sorted(labels)]


def _check_spans(criterion: Criterion, value: JsonValue, text: str | None) -> list[list[int | str]]:
    """[start, end) or [start, end, label] in code points of the shown text, labels from the criterion's points."""
    length, labels = len(text or ""), criterion.values()
    spans = [_numbers(one) for one in value] if isinstance(value, list) and len(value) <= MAX_ANSWERS else [[]]
    for span in spans:
        whole = len(span) == 2 + bool(labels) and 0 <= span[0] < span[1] <= length
        if not whole or (labels and span[2] not in labels):
            shape = f"[start, end, one of {list(labels)}]" if labels else "[start, end]"
            _refuse(criterion.criterion_id, value, [f"a list of {shape} with 0 <= start < end <= {length}"])
    return [[*span] for span in sorted(spans)]


def _numbers(span: JsonValue) -> list[int]:
    """A list of whole numbers as it is; [] for anything else."""
    numbers = [one for one in span if type(one) is int] if isinstance(span, list) else []
    return numbers if isinstance(span, list) and len(numbers) == len(span) else []


def digest(form: Submission) -> str:
    """A hash of what a form judges, without comment and device facts, so that the same form sent twice is known."""
    judged = form.model_dump(mode="json", exclude={"comment", "client", "submission_id"})
    text = json.dumps(judged, ensure_ascii=True, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def active_seconds(client: Mapping[str, object]) -> float | None:
    """The device's own count of one stay's active seconds; None where it gives none or an impossible one."""
    value = client.get("active_seconds")
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= MAX_ACTIVE_SECONDS:
        return None
    return round(float(value), 3)


def as_stored(judgment: Judgment) -> JudgedValue:
    """A judgment as the log keeps it."""
    return JudgedValue(
        criterion=judgment.criterion,
        target=str(judgment.target),
        value=judgment.value,
        chosen_system=judgment.chosen_system,
        reason=list(judgment.reason),
    )


def as_answers(
    criteria: tuple[Criterion, ...], order: tuple[str, ...], judgments: Sequence[Judgment]
) -> tuple[GivenAnswer, ...]:
    """Stored judgments back as the page's answers, in sides; missing ones and unpressed toggles are left out."""
    kinds = {c.criterion_id: c for c in criteria}
    answers: list[GivenAnswer] = []
    utterances: dict[str, list[tuple[int, Value]]] = {}
    for one in judgments:
        criterion = kinds.get(one.criterion)
        if criterion is None and one.criterion != BLINDING:
            continue
        if one.value is None or (criterion is not None and criterion.toggle and one.value == 0):
            continue
        if (index := one.target.utterance) is not None:
            utterances.setdefault(one.criterion, []).append((index, one.value))
            continue
        answers.append(_as_answer(criterion, order, one))
    for name, values in utterances.items():
        pairs = [[index, value] for index, value in sorted(values, key=lambda one: one[0])]
        answers.append(GivenAnswer(criterion=name, side="item", value=cast(list[JsonValue], pairs), reasons=()))
    return tuple(sorted(answers, key=_place))  # never in the order of the systems' names


def _place(answer: GivenAnswer) -> tuple[str, str]:
    return answer.criterion, answer.side


def _as_answer(criterion: Criterion | None, order: tuple[str, ...], judgment: Judgment) -> GivenAnswer:
    value, system, chosen = judgment.value, judgment.target.system, judgment.chosen_system
    side = side_of(order, system) if system else cast(Place, str(judgment.target))
    if criterion is None:
        value = "cannot_tell" if chosen is None else side_of(order, chosen)
    elif criterion.kind == "preference" and chosen == order[0]:
        value = -cast(int, value)
    return GivenAnswer(criterion=judgment.criterion, side=side, value=value, reasons=judgment.reason)


def comment_of(comments: Sequence[tuple[str, Comment]], submission_id: str | None) -> str:
    """The comment given with a submission, '' if none."""
    return next((one["comment"] for _, one in comments if one["submission_id"] == submission_id), "")
