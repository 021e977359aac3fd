"""Live sessions between a client and a counsellor: the scenarios, the rules, the plan of who meets whom."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tasks.schema.record import Identifier, Record
from tasks.schema.words import Language, Words


class Scenario(Record):
    """The card that the client alone reads before a session."""

    scenario_id: Identifier
    title: Words
    card: Words
    """Who the client is in the role, and what brings them."""
    topic: str = ""
    """The main topic, as the export names it."""


class Crisis(Record):
    """What the organiser gives for the worst: never shipped, since telephone numbers are a place's and a day's."""

    help: Words
    """Whom to call; pinned in every room."""
    message: Words
    """Said to both sides at words of self-harm."""
    words: dict[Language, tuple[str, ...]]
    """Which ring the supervisor, by language; found anywhere in a message, whatever its width, case and spaces."""
    checked_on: dict[Language, str]
    """When help and words were last checked, by language: dates (ISO 8601)."""


class Sessions(Record):
    """How the sessions of a study go. Units: minutes; sessions of one person."""

    design: Literal["roleplay"] = "roleplay"
    both_roles: bool = True
    """Everyone plays client and counsellor. False: the last `counselors` Seats are counsellors, the others clients."""
    counselors: int | None = Field(default=None, ge=1)
    per_person: int = Field(default=1, ge=1)
    """Sessions of each Seat in each role; where the roles are split, of each client."""
    least_minutes: int = Field(default=30, ge=0)
    most_minutes: int = Field(default=90, ge=1)
    least_utterances: int = Field(default=30, ge=0)
    """Shorter sessions are exported, and marked as short."""
    grace_minutes: int = Field(default=10, ge=1)
    """After a booked time, until a partner who is not there counts as not having come."""
    supervision: Literal["on_duty", "nobody"] = "nobody"
    """Whether somebody can be rung while a session goes on."""
    after_step_in: Literal["void", "kept"] = "void"
    """What becomes of a session in which a supervisor stepped in."""
    partner_form: Literal["kept", "erased"] = "kept"
    """What becomes of the client's form where the counsellor withdraws; raters are told under the consent text."""
    crisis: Crisis | None = None
    """Needed for launch."""


class PlannedSession(Record):
    """Two Seats that meet once, and the scenario; `number` is the place in the plan, from 0."""

    session_id: Identifier
    number: int = Field(ge=0)
    scenario_id: Identifier
    client: int = Field(ge=0)
    counselor: int = Field(ge=0)
