"""What an organiser does with a study as a whole: its name at the desk, its last day, putting it away, deleting it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from studio.service.desk import ORGANISER, Desk
from studio.service.organiser.sign_in import EVERY_STUDY
from studio.service.refusals import StudioError
from studio.store import acts
from studio.store.database import Connection
from studio.store.upkeep import erasure
from tasks.languages.fault import Fault, at, instead

MOST_NAME = 200
"""Characters of a name at the desk."""


@dataclass(frozen=True)
class Kept:
    """What organisers noted of a study beside its definition, which is frozen at launch.

    Attributes:
        name: what the desk calls it; '' = by its title. Raters never see it.
        due: the day by which raters are to be done, ISO 8601; '' where none was named. Nothing ends by itself.
        archived: put away from the list; it can be taken out again, and nothing else changes.
    """

    name: str = ""
    due: str = ""
    archived: bool = False


@dataclass(frozen=True)
class Deleted:
    """What a deletion erased: lines of the log, people with their links, comments and facts of devices."""

    study_id: str
    events: int
    people: int
    remarks: int


def kept(desk: Desk, connection: Connection, study_id: str) -> Kept:
    """What is noted of a study."""
    found = {kind: act.payload for kind, act in acts.newest(connection, study_id, ("named", "due", "archived")).items()}
    return Kept(
        str(found.get("named", {}).get("name", "")),
        str(found.get("due", {}).get("on", "")),
        bool(found.get("archived", {}).get("archived", False)),
    )


def rename(desk: Desk, connection: Connection, study_id: str, name: str, actor: str = ORGANISER) -> None:
    """Call a study something else at the desk; '' = by its title again. StudioError for a name that is too long."""
    desk.view(connection, study_id)
    if len(name) > MOST_NAME:
        raise StudioError(at("name", Fault("long_name", n=len(name), most=str(MOST_NAME))))
    desk.record(connection, study_id, actor, "named", {"name": name})


def set_due(desk: Desk, connection: Connection, study_id: str, on: str, actor: str = ORGANISER) -> None:
    """Note the day by which raters are to be done; '' = none. StudioError for what is no day."""
    desk.view(connection, study_id)
    try:
        day = date.fromisoformat(on).isoformat() if on else ""
    except ValueError as error:
        raise StudioError(at("due", instead(repr(on), Fault("a_day")))) from error
    desk.record(connection, study_id, actor, "due", {"on": day})


def archive(desk: Desk, connection: Connection, study_id: str, archived: bool, actor: str = ORGANISER) -> None:
    """Put a study away from the list, or take it out again."""
    desk.view(connection, study_id)
    desk.record(connection, study_id, actor, "archived", {"archived": archived})


def delete(desk: Desk, connection: Connection, study_id: str, typed: str, actor: str = ORGANISER) -> Deleted:
    """Erase a study: its texts, plan, people, links, comments and judgments; and from the Hub copy with the next push.

    What stays: one line of the log, that this study was deleted, when and by whom; how many lines it had, each without
    its content; and whatever was exported, published or backed up before.

    Raises:
        StudioError: `typed` is not the study's id; nothing is erased then.
    """
    desk.view(connection, study_id)
    if typed != study_id:
        raise StudioError(at("study_id", instead(repr(typed), Fault("to_delete", study=repr(study_id)))))
    erased = erasure.erase_study(connection, study_id)
    desk.views.pop(study_id, None)
    payload = {"study_id": study_id, "events": erased.events, "people": erased.people, "remarks": erased.remarks}
    desk.record(connection, EVERY_STUDY, actor, "deleted", payload)
    return Deleted(study_id, erased.events, erased.people, erased.remarks)
