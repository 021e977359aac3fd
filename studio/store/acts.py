"""What people did, as the log tells it: organisers' acts, deviations from the plan, how often somebody did it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from studio.store.tables import events, notes, raters

ORGANISERS_ACTS = (
    *("study_created", "invited", "revoked", "reclaimed", "closed", "reopened", "withdrawn", "purged"),
    *("exported", "looked", "plan_changed", "signed_in", "signed_out", "named", "due", "archived", "deleted"),
    *("judge_asked", "looked_by_rule", "launched_despite", "colleague_added", "colleague_removed"),
)
DEVIATIONS = ("seats_planned", "reclaimed", "looked", "exported", "reopened", "withdrawn", "plan_changed")
"""Acts after launch that a reader of the report must know of."""
PLAN = ("primary", "hypotheses", "exclusions", "judges")
"""What a study declares of its analysis, as `plan_changed` holds it before and after."""


class Act(NamedTuple):
    """Something that was done to a study: when (UTC ISO-8601), what, and by whom ('' where that is not told)."""

    at: str
    kind: str
    payload: dict[str, Any]
    """The event's own: free JSON, another for each kind."""
    actor: str = ""


_ACTS = select(events.c.at, events.c.kind, events.c.payload, events.c.actor)
_LAST_ACT = (
    _ACTS.where(events.c.study == bindparam("study_id"), events.c.actor == bindparam("of"))
    .where(events.c.kind == bindparam("kind_of"))
    .order_by(events.c.seq.desc())
    .limit(1)
)
"""Built once, since every form whose device counts more than the server asks it."""
_OF_STUDY = events.c.study == bindparam("study_id")
_OF_KIND = _ACTS.where(_OF_STUDY, events.c.kind == bindparam("kind_of")).order_by(events.c.seq)
_OF_KINDS = _OF_STUDY & events.c.kind.in_(bindparam("kinds", expanding=True))
_NEWEST = _ACTS.where(events.c.seq.in_(select(func.max(events.c.seq)).where(_OF_KINDS).group_by(events.c.kind)))
_DONE = select(events.c.seq).where(_OF_KINDS).limit(1)
"""These, too, since the list of studies asks them of each study."""


def audit(connection: Connection, studies_: tuple[str, ...]) -> list[Act]:
    """What organisers did to these studies, oldest first; a study's contents aside."""
    query = _ACTS.where(events.c.study.in_(studies_), events.c.kind.in_(ORGANISERS_ACTS)).order_by(events.c.seq)
    acts = map(Act._make, connection.execute(query))
    return [_short(act) for act in acts]


def _short(act: Act) -> Act:
    """The act without a study's contents."""
    if act.kind == "plan_changed":
        return act._replace(payload=_changed(act.payload))
    return act._replace(payload={}) if act.kind == "study_created" else act


def deviations(connection: Connection, study_id: str) -> list[Act]:
    """`DEVIATIONS`, oldest first; of Seats planned and taken their work, of Raters nothing.

    An export and a look count where the study was still open: they say which response came from which system.
    """
    query = _ACTS.where(events.c.study == study_id, events.c.kind.in_(DEVIATIONS)).order_by(events.c.seq)
    taken = set(connection.execute(select(raters.c.seat).where(raters.c.study_id == study_id)).scalars())
    acts = map(Act._make, connection.execute(query))
    told = (_told(act, taken) for act in acts if _early(act))
    return [act for act in told if act is not None]


def _early(act: Act) -> bool:
    """False for what opens results in due course: exports, and looks that say so, of a study that was closed."""
    return bool(act.payload.get("early", act.kind == "looked")) if act.kind in ("exported", "looked") else True


def _told(act: Act, taken: set[int]) -> Act | None:
    """The act without names; None for Seats planned ahead, for links, of which nobody has taken any."""
    if act.kind == "seats_planned":
        planned = [one for one in act.payload["assignments"] if one["kind"] == "adjudication" or one["seat"] in taken]
        kind = planned[0]["kind"] if planned else "main"
        return Act(act.at, act.kind, {"kind": kind, "assignments": len(planned)}) if planned else None
    if act.kind == "plan_changed":
        return Act(act.at, act.kind, _changed(act.payload))
    return Act(act.at, act.kind, {"what": act.payload["what"]} if act.kind == "looked" else {})


def _changed(payload: dict[str, Any]) -> dict[str, Any]:
    """What a change of the declared analysis changed: `primary.estimand: "these_raters" → "raters_at_large"`."""
    before, after = _flat(payload["before"]), _flat(payload["after"])
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {"what": "; ".join(f"{name}: {_said(before.get(name))} → {_said(after.get(name))}" for name in names)}


def _flat(plan: dict[str, Any]) -> dict[str, Any]:
    return {f"primary.{name}": value for name, value in plan["primary"].items()} | {
        name: plan[name] for name in PLAN if name != "primary"
    }


def _said(value: Any) -> str:
    """A value as it is read; what is at its default stands nowhere."""
    return "–" if value is None or value == [] else json.dumps(value, ensure_ascii=False)


def last_act(connection: Connection, study_id: str, actor: str, kind: str) -> Act | None:
    """Somebody's latest event of one kind, or None."""
    row = connection.execute(_LAST_ACT, {"study_id": study_id, "of": actor, "kind_of": kind}).one_or_none()
    return None if row is None else Act._make(row)


def newest(connection: Connection, study_id: str, kinds: Sequence[str]) -> dict[str, Act]:
    """The newest act of each of these kinds that there is, whoever did it."""
    found = connection.execute(_NEWEST, {"study_id": study_id, "kinds": list(kinds)})
    return {act.kind: act for act in map(Act._make, found)}


def was_done(connection: Connection, study_id: str, kinds: Sequence[str]) -> bool:
    """Whether anybody did any of this."""
    return connection.execute(_DONE, {"study_id": study_id, "kinds": list(kinds)}).first() is not None


def last_change(connection: Connection, study_id: str) -> int:
    """The number of a study's last event; 0 where it has none."""
    query = select(func.max(events.c.seq)).where(events.c.study == study_id)
    return connection.execute(query).scalar_one() or 0


def acts_of(connection: Connection, study_id: str, actor: str, kind: str, noted: bool = False) -> int:
    """How many events (or, `noted`, notes) of one kind an actor has stored in a study."""
    log = notes if noted else events
    query = select(func.count()).select_from(log).where(log.c.study == study_id, log.c.actor == actor)
    return connection.execute(query.where(log.c.kind == kind)).scalar_one()


def times_after_closing(connection: Connection, study_id: str, but: str) -> list[datetime]:
    """When events of any study were stored after this one was last closed, in their order, but for one kind."""
    closing = select(func.max(events.c.seq)).where(events.c.study == study_id, events.c.kind == "closed")
    query = select(events.c.at).where(events.c.seq > closing.scalar_subquery(), events.c.kind != but)
    return [datetime.fromisoformat(at) for at in connection.execute(query.order_by(events.c.seq)).scalars()]


def acts(connection: Connection, study_id: str, kind: str) -> list[Act]:
    """The events of one kind, oldest first."""
    return [Act._make(row) for row in connection.execute(_OF_KIND, {"study_id": study_id, "kind_of": kind})]
