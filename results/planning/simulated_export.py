"""Raters made of random numbers judge a study as it was planned, so that a report can be seen before anybody rates.

Each response has a latent quality; a rater reads it with noise of its own, and with a taste for being asked or not.
The amount of questions is judged by counting those of the text. What comes out is marked as simulated throughout.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from results.export.folder import Export
from results.export.rows import AssignmentRow, JudgmentRow, RaterRow
from results.export.texts_removed import item_rows, response_rows
from tasks.design.planning import plan
from tasks.schema import PAIR, Criterion, PlannedAssignment, Study, Target, rater_code, side_of

WHEN = "2030-01-01T00:00:00Z"
"""The time that stands in a simulated export: it has none of its own, and the same input must give the same bytes."""
_LEFT = 0.03
"""Share of assignments left as 'cannot judge'."""


class SimulatedRater:
    """One rater: `lean` towards responses that ask, `severity` on every scale, noise of every reading."""

    def __init__(self, study: Study, seat: int, seed: int) -> None:
        self.random = np.random.default_rng([seed, 1, seat])
        self.lean = float(self.random.normal(0, 0.25))
        self.severity = float(self.random.normal(0, 0.3))
        self.noise = float(self.random.uniform(0.5, 0.9))
        shared = np.random.default_rng([seed, 0])
        self.quality = {(r.item_id, r.system_id): float(shared.normal(0, 0.8)) for r in study.responses}
        self.asked = {(row.item_id, row.system_id): row.questions or 0 for row in response_rows(study)}

    def reads(self, item_id: str, system: str) -> float:
        """What this rater thinks of a response this time: about -2..+2, without a unit."""
        asked = min(self.asked[item_id, system], 3)
        warmth = 0.35 - 0.25 * asked + self.lean * asked
        return self.quality[item_id, system] + warmth + float(self.random.normal(0, self.noise))

    def chance(self, probability: float) -> bool:
        """True with the probability."""
        return bool(self.random.random() < probability)


def simulated_export(study: Study, seed: int = 0, kind: type[SimulatedRater] = SimulatedRater) -> Export:
    """The export of the study after all its planned Seats were judged by simulated raters. Same seed, same export.

    Args:
        kind: what the raters are like.
    """
    marked = study.model_copy(update={"simulated": True})
    assignments: list[AssignmentRow] = []
    judgments: list[JudgmentRow] = []
    raters = {seat: kind(marked, seat, seed) for seat in range(marked.design.seats)}
    planned = [assignment for assignment in plan(marked) if assignment.kind in ("main", "repeat")]
    for seq, assignment in enumerate(planned, start=1):
        row = _assignment(marked, raters[assignment.seat], assignment, seq)
        assignments.append(row)
        judgments.extend(_judgments(marked, raters[assignment.seat], row))
    done = {seat: [row for row in assignments if row.seat == seat] for seat in raters}
    return Export(
        study=marked,
        judgments=tuple(judgments),
        assignments=tuple(assignments),
        items=item_rows(marked),
        responses=response_rows(marked),
        raters=tuple(
            RaterRow(rater=rater_code(seat), seat=seat, assignments_planned=len(rows), assignments_done=len(rows))
            for seat, rows in done.items()
        ),
        comments=(),
        exported_at=WHEN,
        last_seq=len(planned),
    )


def _assignment(study: Study, rater: SimulatedRater, planned: PlannedAssignment, seq: int) -> AssignmentRow:
    left = rater.chance(_LEFT)
    identity = f"simulated-{planned.seat:03d}-{planned.position:04d}"
    return AssignmentRow(
        assignment_id=identity,
        seat=planned.seat,
        rater=rater_code(planned.seat),
        position=planned.position,
        kind=planned.kind,
        item_id=planned.item_id,
        first_system=planned.order[0],
        second_system=planned.order[1],
        stratum=planned.stratum,
        repeats=f"simulated-{planned.seat:03d}-{planned.repeats:04d}" if planned.repeats is not None else None,
        status="left" if left else "submitted",
        left="cannot_judge" if left else None,
        seq=seq,
        submission_id=identity,
        submitted_at=WHEN,
        active_seconds=round(float(rater.random.lognormal(4.6, 0.4)), 1),
    )


def _judgments(study: Study, rater: SimulatedRater, row: AssignmentRow) -> Iterator[JudgmentRow]:
    dialogue = study.item(row.item_id).dialogue
    order = (row.first_system or "", row.second_system or "")
    for criterion in study.criteria:
        targets = [Target.of_system(system) for system in order] if criterion.of == "response" else [PAIR]
        for target in targets if criterion.kind != "text" else ():
            answer = {"reason": row.left} if row.left else _answer(rater, criterion, row, target)
            yield JudgmentRow(
                study_id=study.study_id,
                rater=row.rater or "",
                dialogue=dialogue,
                criterion=criterion.criterion_id,
                criterion_kind=criterion.kind,
                of=criterion.of,
                target=target,
                side=side_of(order, target.system) if target.system else "",
                **_shared(row),
                **answer,
            )


def _shared(row: AssignmentRow) -> dict[str, Any]:
    names = ("seat", "assignment_id", "kind", "position", "item_id", "stratum", "first_system", "second_system")
    return {name: getattr(row, name) for name in (*names, "seq", "submission_id", "submitted_at", "active_seconds")}


def _answer(rater: SimulatedRater, criterion: Criterion, row: AssignmentRow, target: Target) -> dict[str, Any]:
    if criterion.kind == "preference":
        return _preference(rater, row, max(criterion.values()))
    if criterion.kind == "yes_no_unsure":
        return {"value": int(rater.chance(0.02))}
    system = target.system or ""
    points = sorted(criterion.values())
    if criterion.kind == "count":
        return {"value": min(max(0, rater.asked[row.item_id, system] + int(rater.chance(0.05))), points[-1])}
    if points[0] < 0 < points[-1]:
        return {"value": _amount(rater, rater.asked[row.item_id, system], points)}
    share = 1 / (1 + math.exp(-rater.reads(row.item_id, system) - rater.severity))
    return {"value": points[min(int(share * len(points)), len(points) - 1)]}


def _preference(rater: SimulatedRater, row: AssignmentRow, top: int) -> dict[str, Any]:
    """The reading of the two responses compared; a little more liking for the side shown first."""
    first, second = row.first_system or "", row.second_system or ""
    gap = rater.reads(row.item_id, first) - rater.reads(row.item_id, second) + 0.05
    strength = 0 if abs(gap) < 0.35 else 1 if abs(gap) < 1.2 else 2
    strength = min(strength, top)
    chosen = None if strength == 0 else first if gap > 0 else second
    return {"value": strength, "strength": strength, "chosen_system": chosen}


def _amount(rater: SimulatedRater, asked: int, points: Sequence[int]) -> int:
    """Too few, about right, too many: by the number of questions, as this rater draws the lines."""
    felt = asked - 1 - rater.severity + float(rater.random.normal(0, 0.6))
    return points[0] if felt < -1 else points[-1] if felt > 0.7 else 0
