"""Looks by the rule that a study declared: when one can be taken, taking it, and what those before answered.

A look tells whether the study may end and nothing of what the judgments say: no figure, no direction, no system.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.service.desk import ORGANISER, Desk
from studio.service.refusals import StudioError
from studio.store import acts, queries
from studio.store.database import Connection
from tasks.languages.fault import Fault, at

if TYPE_CHECKING:
    from results.export.folder import Export
    from results.export.rows import LookRow

LOOKED = "looked_by_rule"


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


def looks(export: Export) -> Looks | None:
    """How far the looks are in what is there now; None of a study that declares none before its end.

    Of several blocks that all are judged the latest is looked at: a look that is not taken costs nothing.
    """
    from results.study.sequential.looks import missing

    of, before = export.study.design.looks, export.looks
    if of == 1:
        return None
    after = range(before[-1].look + 1 if before else 1, of)
    if before and before[-1].enough:
        after = range(of, of)
    ready = next((number for number in reversed(after) if missing(export, number) == 0), None)
    following = ready or next(iter(after), None)
    waiting = missing(export, following) if following is not None else 0
    return Looks(of, before, ready, following, waiting)


def take(export: Export) -> LookRow:
    """The look that can be taken now.

    Raises:
        StudioError: the study declares none, all were taken, the last one was enough, or a block is not judged yet.
    """
    from results.study.sequential.looks import take

    so_far = looks(export)
    if so_far is None:
        raise StudioError(at("design.looks", Fault("no_looks")))
    if so_far.ready is None and so_far.following is not None:
        waiting = Fault("look_waits", block=str(so_far.following), n=str(so_far.missing))
        raise StudioError(at("look", waiting))
    if so_far.ready is None:
        raise StudioError(at("look", Fault("look_enough" if so_far.enough else "looks_taken")))
    return take(export, so_far.ready)


def keep(desk: Desk, connection: Connection, study_id: str, look: LookRow, actor: str = ORGANISER) -> None:
    """Note a look and its answer. StudioError if the study is closed, or this look or a later one is there."""
    desk.view(connection, study_id)
    if queries.closed_at(connection, study_id) is not None:
        raise StudioError(Fault("study_closed"))
    if any(one.look >= look.look for one in taken(connection, study_id)):
        raise StudioError(at("look", Fault("looks_taken")))
    desk.record(connection, study_id, actor, LOOKED, look.model_dump(mode="json", exclude={"at"}))
