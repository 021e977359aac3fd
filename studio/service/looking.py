"""Looks by the rule that a study declared: when one can be taken, taking it, and what those before answered.

A look tells whether the study may end and nothing of what the judgments say: no figure, no direction, no system.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.service.desk import ORGANISER, Desk
from studio.service.refusals import StudioError
from studio.service.seats import work
from studio.store import acts, queries
from studio.store.database import Connection
from tasks.design.blocks import block_of
from tasks.languages.fault import Fault, at
from tasks.schema import Study

if TYPE_CHECKING:
    from results.export.rows import LookRow

LOOKED = "looked_by_rule"
WAITING = ("planned", "shown")
"""Of an assignment that may still be judged."""


@dataclass(frozen=True)
class Looks:
    """How far the looks of a study are.

    Attributes:
        of: looks declared, the end included.
        taken: in order.
        ready: the block after which a look can be taken now; None where there is none.
        following: the block that has to be judged for the next look; None where no more will come.
        missing: judgments that it still waits for; 0 where it is ready.
    """

    of: int
    taken: tuple[LookRow, ...]
    ready: int | None
    following: int | None
    missing: int

    @property
    def enough(self) -> bool:
        """Whether the last look answered that the study may end."""
        return bool(self.taken) and self.taken[-1].enough


def taken(connection: Connection, study_id: str) -> tuple[LookRow, ...]:
    """The looks of a study, in order."""
    from results.export.rows import LookRow

    found = acts.acts(connection, study_id, LOOKED)
    return tuple(LookRow.model_validate({"at": act.at, **act.payload}) for act in found)


def looks(desk: Desk, connection: Connection, study_id: str) -> Looks | None:
    """How far the looks of a study are; None of one that declares none before its end.

    Of several blocks that all are judged the latest is looked at: a look that is not taken costs nothing.
    """
    study = desk.view(connection, study_id).study
    if study.design.looks == 1:
        return None
    before, of = taken(connection, study_id), study.design.looks
    first = of if before and before[-1].enough else before[-1].look + 1 if before else 1
    missing = _missing(connection, study)
    ready = next((number for number in range(of - 1, first - 1, -1) if missing[number] == 0), None)
    following = ready or (first if first < of else None)
    return Looks(of, before, ready, following, missing[following] if following is not None else 0)


def _missing(connection: Connection, study: Study) -> dict[int, int]:
    """How many main assignments that count still wait up to each block, those of raters who withdrew aside."""
    gone = {row.seat for row in queries.rater_rows(connection, study.study_id) if row.withdrawn}
    rows = (row for row in work(connection, study.study_id) if row.kind == "main" and row.seat not in gone)
    block = block_of(study)
    waiting = [block[row.item_id] for row in rows if row.status in WAITING]
    return {number: sum(one <= number for one in waiting) for number in range(1, study.design.looks)}


def ready(desk: Desk, connection: Connection, study_id: str) -> int:
    """The block after which a look can be taken now.

    Raises:
        StudioError: the study declares none, all were taken, the last one was enough, or a block is not judged yet.
    """
    so_far = looks(desk, connection, study_id)
    if so_far is None:
        raise StudioError(at("design.looks", Fault("no_looks")))
    if so_far.ready is None and so_far.following is not None:
        waiting = Fault("look_waits", block=str(so_far.following), n=str(so_far.missing))
        raise StudioError(at("look", waiting))
    if so_far.ready is None:
        raise StudioError(at("look", Fault("look_enough" if so_far.enough else "looks_taken")))
    return so_far.ready


def keep(desk: Desk, connection: Connection, study_id: str, look: LookRow, actor: str = ORGANISER) -> None:
    """Note a look and its answer. StudioError if the study is closed, or this look or a later one is there."""
    desk.view(connection, study_id)
    if queries.closed_at(connection, study_id) is not None:
        raise StudioError(Fault("study_closed"))
    if any(one.look >= look.look for one in taken(connection, study_id)):
        raise StudioError(at("look", Fault("looks_taken")))
    desk.record(connection, study_id, actor, LOOKED, look.model_dump(mode="json", exclude={"at"}))
