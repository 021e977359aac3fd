"""Whether the words of a session may be published: both people say yes, and either strikes out what may not stand.

Nothing of it is told to the partner. Who says nothing has not agreed.
"""

from __future__ import annotations

from studio.store import acts
from studio.store.database import Connection

BOTH = frozenset({"client", "counselor"})


def agreed(connection: Connection, study_id: str) -> frozenset[str]:
    """The sessions of which both people agreed."""
    said = answers(connection, study_id)
    return frozenset(session for session in said if {role for role, yes in said[session].items() if yes} == BOTH)


def answers(connection: Connection, study_id: str) -> dict[str, dict[str, bool]]:
    """The last answer of each role, by session."""
    found: dict[str, dict[str, bool]] = {}
    for act in acts.acts(connection, study_id, "room_agreed"):
        found.setdefault(act.payload["session_id"], {})[act.payload["role"]] = act.payload["agree"]
    return found


def struck(connection: Connection, study_id: str) -> frozenset[tuple[str, int]]:
    """Session and number of the lines that somebody struck out."""
    return frozenset((session, number) for session, number, _ in strikes(connection, study_id))


def strikes(connection: Connection, study_id: str) -> frozenset[tuple[str, int, str]]:
    """Session, number and role: which lines each side has struck out."""
    found: set[tuple[str, int, str]] = set()
    for act in acts.acts(connection, study_id, "room_struck"):
        one = (act.payload["session_id"], act.payload["number"], act.payload["role"])
        (found.add if act.payload["strike"] else found.discard)(one)
    return frozenset(found)
