"""The study of an import: items, systems and criteria as the judgments have them, and what cannot be known of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from results.document.words import LANGUAGES, word
from tasks.intake.judgments.criteria import Told
from tasks.intake.judgments.known import Named, shape
from tasks.intake.judgments.said import Said
from tasks.intake.judgments.settling import CANNOT_JUDGE, Settled
from tasks.intake.judgments.understanding import Understood
from tasks.intake.shape.identifiers import item_ids, natural, system_ids
from tasks.schema import Criterion, Design, Item, Of, Point, Primary, Reason, Source, Study, System, Words
from tasks.schema.imported import Imported, ImportedFile

MOST_POINTS = 201
"""Points of a scale that are all listed, whether somebody used them or not."""
_OURS = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}"
_CHOICES = {-2: "first_much", -1: "first", 0: "same", 1: "second", 2: "second_much"}
"""Words of the points of a preference; a negative point is the first side's."""


@dataclass(frozen=True)
class Ids:
    """Ids of the export by the names of the files: items, systems, criteria."""

    items: Mapping[tuple[str, ...], str]
    dialogues: Mapping[tuple[str, ...], str]
    systems: Mapping[str, str]
    criteria: Mapping[str, str]


def ids_of(judgments: Sequence[Settled], *, own: bool = False) -> Ids:
    """Ids in the natural order of the names, so that the order of rows decides nothing.

    `own`: the names are ids of ours, and stay.
    """
    items = sorted({one.said.item for one in judgments}, key=_in_order)
    dialogues = sorted({one.said.dialogue for one in judgments}, key=_in_order)
    criteria = sorted({one.said.criterion for one in judgments})
    names = sorted({name for one in judgments for name in one.order})
    kept = own and all(re.fullmatch(_OURS, name) for name in (*names, *(part for key in items for part in key)))
    return Ids(
        {key: key[0] for key in items} if kept else dict(zip(items, item_ids(len(items)), strict=True)),
        {key: _dialogue(key) for key in dialogues},
        {name: name for name in names} if kept else system_ids(names),
        _criterion_ids(criteria),
    )


def _in_order(key: tuple[str, ...]) -> list[object]:
    return [natural(part) for part in key]


def _dialogue(key: tuple[str, ...]) -> str:
    return " + ".join(part for part in key if part)


def _criterion_ids(names: Sequence[str]) -> dict[str, str]:
    """Clean ids of criteria; a preference alone is called so."""
    made: dict[str, str] = {}
    for place, name in enumerate(names, 1):
        clean = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_.-")[:80] if name.isascii() else ""
        taken = clean.casefold() in {other.casefold() for other in made.values()}
        made[name] = clean if clean and not taken else f"criterion_{place}"
    return made


def study_of(
    found: Understood, ids: Ids, study_id: str, files: Sequence[ImportedFile], machines: Mapping[str, str],
    order: Literal["shown", "listed"] | None,
) -> Study:  # fmt: skip
    """The study, without texts. `machines`: names of raters that are programs, by pseudonym; `order`: as answered."""
    assert found.outcome is not None  # nothing is asked any more
    judgments = found.outcome.judgments
    votes = any(told.votes for told in found.criteria.values())
    rated = any(one.system for one in judgments)
    criteria = [_criterion(told, ids, judgments) for told in found.criteria.values()]
    first = next((ids.criteria[name] for name, told in found.criteria.items() if told.votes), criteria[0].criterion_id)
    dialogue_of = {one.said.item: ids.dialogues[one.said.dialogue] for one in judgments}
    tool = ", ".join(dict.fromkeys(known.tool for known in found.shapes))
    return Study(
        study_id=study_id,
        title=Words({language: word("imported_title", language, tool=tool) for language in LANGUAGES}),
        protocol="pairwise" if votes else "rating" if rated else "label",
        criteria=tuple(sorted(criteria, key=lambda one: (one.kind != "preference", one.criterion_id))),
        systems=tuple(System(system_id=one, name=name) for name, one in ids.systems.items()),
        design=Design(seats=len({one.said.rater for one in judgments}), blinding=0),
        primary=Primary(criterion=first),
        simulated=found.simulated,
        items=tuple(
            Item(item_id=item_id, turns=(), source=Source(dataset="import", dialogue_id=dialogue_of[key]))
            for key, item_id in ids.items.items()
        ),
        imported=_imported(found, judgments, files, machines, order),
    )


def _imported(
    found: Understood, judgments: Sequence[Settled], files: Sequence[ImportedFile], machines: Mapping[str, str],
    order: Literal["shown", "listed"] | None,
) -> Imported:  # fmt: skip
    assert found.outcome is not None
    pairs = [one.said for one in judgments if len(one.order) == 2]
    behind, most = _behind(judgments)
    factors = {name: 0 if told.rounded else told.factor for name, told in found.criteria.items()}
    return Imported(
        tools=tuple(dict.fromkeys(known.tool for known in found.shapes)),
        seen=tuple(known.seen for known in found.shapes),
        files=tuple(files),
        order=order or _order(pairs),
        times=all(one.said.at for one in judgments),
        raters=_raters(found, judgments),
        machines=dict(machines),
        left_out=dict(sorted((why, n) for why, n in found.outcome.left_out.items() if n)),
        missing=tuple(sorted({code for told in found.criteria.values() for code in told.missing})),
        unjudged=found.unjudged,
        behind=behind,
        most=most,
        factors={name: factor for name, factor in factors.items() if factor != 1},
    )


def _behind(judgments: Sequence[Settled]) -> tuple[int, int]:
    """How many items have fewer raters than the most have, and that number; (0, 0) where hardly any have the most."""
    raters: dict[tuple[str, ...], set[str]] = {}
    for one in judgments:
        raters.setdefault(one.said.item, set()).add(one.said.rater)
    counts = [len(several) for several in raters.values()]
    most = max(counts, default=0)
    behind = sum(count < most for count in counts)
    return (behind, most) if behind and 4 * (len(counts) - behind) >= len(counts) else (0, 0)


def _order(pairs: Sequence[Said]) -> Literal["shown", "listed", "none"]:
    if not pairs:
        return "none"
    return "shown" if all(one.shown for one in pairs) else "listed"


def _raters(found: Understood, judgments: Sequence[Settled]) -> Named:
    if {one.said.rater for one in judgments} == {"-"}:
        return "nobody"
    return next((known.raters for known in found.shapes if known.raters != "name"), "name")


def _criterion(told: Told, ids: Ids, judgments: Sequence[Settled]) -> Criterion:
    own = [one for one in judgments if one.said.criterion == told.name]
    name = ids.criteria[told.name]
    label = Words(dict.fromkeys(LANGUAGES, told.name))
    if told.votes:
        return _preference(name, label, own)
    of: Of = "response" if any(one.system for one in own) else "pair" if any(one.order for one in own) else "item"
    pressed = {reason for one in own if one.reason != CANNOT_JUDGE for reason in one.reason.split("|") if reason}
    reasons = tuple(_reason(reason) for reason in sorted(pressed))
    if told.sets:
        return Criterion(criterion_id=name, of=of, kind="labels", label=label, level="nominal", reasons=reasons)
    given = {one.value for one in own}
    if told.level == "nominal" and _is_ours(own) and given <= {0, 1, 2, None}:
        return Criterion(
            criterion_id=name, of=of, kind="yes_no_unsure", label=label, level="nominal", toggle=2 not in given,
            reasons=reasons,
        )  # fmt: skip
    points = _points(told, own)
    return Criterion(
        criterion_id=name, of=of, kind="scale", label=label, level=told.level, points=points, reasons=reasons
    )


def _is_ours(own: Sequence[Settled]) -> bool:
    """Whether `results convert` wrote the file, in which two-valued numbers are no, yes and unsure."""
    known = shape(own[0].said.shape)
    return known is not None and known.own


def _reason(name: str) -> Reason:
    return Reason(reason_id=name, words=Words(dict.fromkeys(LANGUAGES, name)))


def _said(choice: str) -> Words:
    return Words({language: word(f"choice_{choice}", language) for language in LANGUAGES})


def _preference(name: str, label: Words, own: Sequence[Settled]) -> Criterion:
    strong = any(one.strength == 2 for one in own)
    bad = any(one.reason == "both_bad" for one in own)
    points = [value for value in _CHOICES if strong or abs(value) < 2]
    return Criterion(
        criterion_id=name,
        of="pair",
        kind="preference",
        label=label,
        level="ordinal",
        points=tuple(Point(value=value, words=_said(_CHOICES[value])) for value in points),
        reasons=(Reason(reason_id="both_bad", words=_said("both_bad")),) if bad else (),
    )


def _points(told: Told, own: Sequence[Settled]) -> tuple[Point, ...]:
    """Every point of the scale from the lowest to the highest that was given; of a wide one those that were given."""
    given = sorted({one.value for one in own if isinstance(one.value, int)})
    if told.labels:
        return _named([(place, label) for place, label in enumerate(told.labels)])
    low, high = (given[0], given[-1]) if given else (0, 1)
    values = list(range(low, high + 1)) if high - low < MOST_POINTS else given
    return _named([(value, str(value)) for value in (values if len(values) > 1 else [low, low + 1])])


def _named(points: Sequence[tuple[int, str]]) -> tuple[Point, ...]:
    if len(points) < 2:
        points = [*points, (len(points), "–")]
    return tuple(Point(value=value, words=Words(dict.fromkeys(LANGUAGES, name))) for value, name in points)
