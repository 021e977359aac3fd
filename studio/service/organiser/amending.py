"""What a study declares of its analysis, changed after launch: one event with both, which the report lists."""

from __future__ import annotations

from typing import Any

from studio.service.desk import ORGANISER, Desk
from studio.service.refusals import StudioError
from studio.service.room.planned import as_launched
from studio.store import queries
from studio.store.acts import PLAN
from studio.store.database import Connection
from tasks.judges.servers import abroad
from tasks.languages.fault import Fault, at
from tasks.schema import Study


def amend(desk: Desk, connection: Connection, study: Study, actor: str = ORGANISER) -> None:
    """Take over the primary comparison, hypotheses, exclusions and judges of a changed study folder.

    Raises:
        StudioError: there is no such study, nothing of it has changed, anything else has, or a new judge is on
            another machine, of which raters were not told.
    """
    study = as_launched(study)
    before = as_declared(desk, connection, study.study_id)
    if study.model_copy(update=_plan(before)) != before:
        raise StudioError(at(study.study_id, Fault("more_than_plan", plan=", ".join(PLAN))))
    if study == before:
        raise StudioError(at(study.study_id, Fault("plan_same", plan=", ".join(PLAN))))
    if new := set(abroad(study)) - set(before.judges):
        raise StudioError(at("judges", Fault("judge_abroad", host=", ".join(sorted(one.host for one in new)))))
    payload = {"before": _dumped(before), "after": _dumped(study)}
    desk.record(connection, study.study_id, actor, "plan_changed", payload)


def as_declared(desk: Desk, connection: Connection, study_id: str) -> Study:
    """The study with what it declares now, whichever program changed it. StudioError if there is none of that id."""
    study = desk.view(connection, study_id).study
    stored: dict[str, Any] = queries.definition(connection, study_id) or {}
    if all(stored.get(name, []) == value for name, value in _dumped(study).items()):
        return study
    now = Study.model_validate(stored)
    return study.model_copy(update=_plan(now))


def _plan(study: Study) -> dict[str, Any]:
    return {name: getattr(study, name) for name in PLAN}


def _dumped(study: Study) -> dict[str, Any]:
    whole = study.model_dump(mode="json", include=set(PLAN))
    return {name: whole.get(name, []) for name in PLAN}
