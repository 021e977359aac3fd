"""Verdicts of judges in the store: each an event of its own, with no Seat, no assignment and no judgment."""

from __future__ import annotations

from studio.service.desk import ORGANISER, Desk
from studio.store import acts
from studio.store.database import Connection
from tasks.schema import Judge, Verdict

ASKED, JUDGED = "judge_asked", "machine_judged"


def asked(
    desk: Desk, connection: Connection, study_id: str, judge: Judge, verdicts: int, actor: str = ORGANISER
) -> None:
    """Note that texts of a study go to a server now: which, and for how many verdicts at most."""
    desk.record(connection, study_id, actor, ASKED, judge.model_dump(mode="json") | {"verdicts": verdicts})


def keep(desk: Desk, connection: Connection, study_id: str, verdict: Verdict) -> None:
    """Store one verdict. StudioError if there is no such study."""
    desk.view(connection, study_id)
    payload = verdict.model_dump(mode="json", exclude_defaults=True)
    desk.record(connection, study_id, verdict.judge, JUDGED, payload)


def verdicts(desk: Desk, connection: Connection, study_id: str) -> tuple[Verdict, ...]:
    """A study's verdicts in the order they came; of the same judge, pair and order the latest alone."""
    desk.view(connection, study_id)
    stored = (Verdict.model_validate(act.payload) for act in acts.acts(connection, study_id, JUDGED))
    latest = {(one.judge, one.item_id, one.order): one for one in stored}
    return tuple(latest.values())
