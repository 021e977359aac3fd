"""Exports of simulated studies for the tests of results: raters with a taste, drawn from a seed, on items without text.

`study(...)` is the design, `export(...)` the judged export. Same arguments, same export. `flipped` shows every pair
the other way round; the judgments of systems stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from results.export.folder import Export
from results.export.rows import AssignmentRow, CommentRow, ItemRow, JudgmentRow, RaterRow, ResponseRow
from tasks.schema import (
    PAIR,
    Criterion,
    Design,
    Item,
    Primary,
    Response,
    Source,
    Study,
    System,
    Target,
    Turn,
    Words,
    rater_code,
    side_of,
)
from tasks.study.wording.templates import template

STRATA = ("職場/前半", "職場/後半", "家族/前半", "家族/後半")


def study(items: int = 20, systems: Sequence[str] = ("base", "tuned"), name: str = "quick", seats: int = 5) -> Study:
    made = tuple(
        Item(
            item_id=f"i{number:04d}",
            turns=(Turn(role="client", text=f"相談 {number}"),),
            source=Source(dataset="test", dialogue_id=f"d{number:04d}"),
            topic=STRATA[number % 4].split("/", maxsplit=1)[0],
            depth=(number % 10) / 10,
            stratum=STRATA[number % 4],
        )
        for number in range(items)
    )
    return Study(
        study_id="simulated",
        title=Words(ja="模擬評価", en="Simulated study"),
        criteria=template(name),
        systems=tuple(System(system_id=system, name=system.title()) for system in systems),
        design=Design(seats=seats),
        primary=Primary(),
        simulated=True,
        items=made,
        responses=tuple(
            Response(item_id=item.item_id, system_id=system, text=f"{system} の応答です。")
            for item in made
            for system in systems
        ),
    )


class Rater:
    """A simulated rater: latent quality of each response, read with noise and cut into the points of a scale."""

    def __init__(self, made: Study, seed: int, effect: float, noise: float) -> None:
        self.random = np.random.default_rng(seed)
        self.noise = noise
        quality = np.random.default_rng(seed // 1000)
        last = made.systems[-1].system_id if made.systems else ""
        self.quality = {
            (item.item_id, system.system_id): quality.normal(effect if system.system_id == last else 0.0)
            for item in made.items
            for system in made.systems
        }

    def reads(self, item_id: str, system: str) -> float:
        return float(self.quality[item_id, system] + self.random.normal(0, self.noise))


def _answers(
    made: Study, rater: Rater, item_id: str, order: tuple[str, str]
) -> Iterator[tuple[Criterion, Target, dict[str, Any]]]:
    for criterion in made.criteria:
        if criterion.kind == "text":
            continue
        if criterion.kind == "preference":
            yield criterion, PAIR, _preference(rater, item_id, order)
        elif criterion.of == "pair":
            yield criterion, PAIR, {"value": int(rater.random.random() < 0.05)}
        else:
            for system in order:
                points = criterion.values()
                share = 1 / (1 + np.exp(-rater.reads(item_id, system)))
                value = 0 if criterion.toggle else points[min(int(share * len(points)), len(points) - 1)]
                if criterion.toggle:
                    value = int(share < 0.1)
                yield criterion, Target.of_system(system), {"value": value}


def _preference(rater: Rater, item_id: str, order: tuple[str, str]) -> dict[str, Any]:
    low, high = sorted(order)
    gap = rater.reads(item_id, high) - rater.reads(item_id, low)
    strength = 0 if abs(gap) < 0.4 else 1 if abs(gap) < 1.5 else 2
    chosen = None if strength == 0 else high if gap > 0 else low
    return {"value": strength, "strength": strength, "chosen_system": chosen}


def export(
    items: int = 20,
    raters: int = 4,
    *,
    systems: Sequence[str] = ("base", "tuned"),
    name: str = "quick",
    effect: float = 0.6,
    noise: float = 0.7,
    missing: float = 0.05,
    seed: int = 1,
) -> Export:
    made = study(items, systems, name, raters)
    draw = np.random.default_rng(seed)
    pairs = list(combinations(systems, 2))
    judgments: list[JudgmentRow] = []
    assignments: list[AssignmentRow] = []
    comments: list[CommentRow] = []
    for seat in range(raters):
        rater = Rater(made, seed * 1000 + seat, effect, noise)
        for position, item in enumerate(made.items):
            pair = pairs[(position + seat) % len(pairs)]
            order = pair if draw.random() < 0.5 else (pair[1], pair[0])
            left = "cannot_judge" if draw.random() < missing else None
            made_rows = _assignment(made, rater, item, seat, position, order, left)
            assignments.append(made_rows[0])
            judgments.extend(made_rows[1])
            if position == 0:
                comments.append(_comment(made_rows[0]))
    return Export(
        study=made,
        judgments=tuple(sorted(judgments, key=lambda row: (row.seq, row.criterion, row.target))),
        assignments=tuple(assignments),
        items=tuple(
            ItemRow(item_id=i.item_id, dialogue=i.dialogue, topic=i.topic, depth=i.depth, stratum=i.stratum)
            for i in made.items
        ),
        responses=tuple(
            ResponseRow(
                item_id=r.item_id,
                system_id=r.system_id,
                characters=40 + int(draw.integers(0, 40)),
                questions=int(draw.integers(0, 3 if r.system_id == systems[0] else 2)),
            )
            for r in made.responses
        ),
        raters=tuple(
            RaterRow(rater=rater_code(s), seat=s, assignments_planned=items, assignments_done=items)
            for s in range(raters)
        ),
        comments=tuple(comments),
        exported_at="2030-01-02T03:04:05Z",
        last_seq=items * raters,
    )


def _assignment(
    made: Study, rater: Rater, item: Item, seat: int, position: int, order: tuple[str, str], left: str | None
) -> tuple[AssignmentRow, list[JudgmentRow]]:
    common: dict[str, Any] = {
        "assignment_id": f"a{seat:03d}-{position:04d}",
        "seat": seat,
        "rater": rater_code(seat),
        "position": position,
        "kind": "main",
        "item_id": item.item_id,
        "first_system": order[0],
        "second_system": order[1],
        "stratum": item.stratum,
        "seq": position * 100 + seat + 1,
        "submission_id": f"{seat:08d}-{position:024d}",
        "submitted_at": "2030-01-02T03:00:00Z",
        "active_seconds": 60.0 + position,
    }
    assignment = AssignmentRow(**common, status="left" if left else "submitted", left=left)
    rows = [
        JudgmentRow(
            **common,
            study_id=made.study_id,
            dialogue=item.dialogue,
            criterion=criterion.criterion_id,
            criterion_kind=criterion.kind,
            of=criterion.of,
            target=target,
            side=side_of(order, target.system) if target.system else "",
            **({"value": None, "reason": left} if left else answer),
        )
        for criterion, target, answer in _answers(made, rater, item.item_id, order)
    ]
    return assignment, rows


def _comment(row: AssignmentRow) -> CommentRow:
    return CommentRow(
        assignment_id=row.assignment_id,
        rater=row.rater or "",
        item_id=row.item_id,
        first_system=row.first_system,
        second_system=row.second_system,
        comment="=SUM(1)のような、アの返しが\n落ち着いていた",
    )


def with_judgments(made: Export, judgments: Sequence[JudgmentRow]) -> Export:
    return replace(made, judgments=tuple(judgments))


def flipped(made: Export) -> Export:
    """The same judgments of the same systems, every pair shown the other way round."""
    sides = {"first": "second", "second": "first", "": ""}

    def turn(row: Any) -> Any:
        new: dict[str, Any] = {"first_system": row.second_system, "second_system": row.first_system}
        if isinstance(row, JudgmentRow):
            new["side"] = sides[row.side]
        return row.model_copy(update=new)

    return replace(
        made,
        judgments=tuple(turn(row) for row in made.judgments),
        assignments=tuple(turn(row) for row in made.assignments),
        comments=tuple(turn(row) for row in made.comments),
    )
