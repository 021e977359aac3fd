"""What a room's page is sent. Nothing here names the partner, by code or otherwise: there is no place for it."""

from __future__ import annotations

from typing import Literal

from studio.service.records import Sent
from studio.store.room.lines import LineKind
from tasks.schema import Language, Words

Part = Literal["client", "counselor"]
Speaking = Literal["client", "counselor", "supervisor", "studio"]
FormState = Literal["none", "later", "open", "done"]
"""The client's form: there is none for this side, the session has not ended, it waits, it was saved."""


class Line(Sent):
    """One line of a room, the same for both sides; `id` counts from 1 without gaps."""

    id: int
    kind: LineKind
    role: Speaking
    at: str
    text: str | None = None
    """What was written; not there where nothing was, or where it was erased."""
    uuid: str | None = None
    """Given by the device that wrote it."""
    why: str | None = None
    """Why the session ended."""


class Minutes(Sent):
    """How long a session lasts."""

    least: int
    most: int


class Card(Sent):
    """The scenario, for the client alone."""

    title: Words
    card: Words


class ShownCrisis(Sent):
    """Whom to call, and what is said at words of self-harm: the organiser's texts."""

    help: Words
    message: Words


class Room(Sent):
    """A room as one side sees it."""

    study: str
    rater: str
    session: str
    role: Part
    title: Words
    state: Literal["planned", "live", "ended"]
    number: int
    """Which of this Rater's sessions it is, from 1."""
    of: int
    booked_at: str | None
    begun_at: str | None
    ended_at: str | None
    minutes: Minutes
    least_utterances: int
    said: int
    """Messages so far, of both sides."""
    grace_minutes: int
    ready: bool
    partner_ready: bool
    paused: bool
    ending_by: Part | None
    stopping_by: Part | None
    stopping_seconds: float | None
    """What is left to take the stop back."""
    scenario: Card | None
    crisis: ShownCrisis | None
    supervision: Literal["on_duty", "nobody"]
    flagged: tuple[int, ...]
    """Lines that this client has marked as hurting; () for the counsellor."""
    agreed: bool | None
    """Whether this side lets the words be published; None = not answered."""
    struck: tuple[int, ...]
    """Lines that this side has struck out of what may be published."""
    form: FormState
    last: int
    events: tuple[Line, ...]
    languages: tuple[Language, ...]
    language: Language | None
    """What this Rater chose on the page."""
    now: str


class OwnSession(Sent):
    """One line of a Rater's list of sessions."""

    session: str
    number: int
    of: int
    role: Part
    state: Literal["planned", "live", "ended"]
    booked_at: str | None
    ended_at: str | None
    why: str | None
    form: FormState


class OwnSessions(Sent):
    """A Rater's sessions, in the plan's order."""

    study: str
    rater: str
    title: Words
    languages: tuple[Language, ...]
    language: Language | None
    closed: bool
    withdrawn: bool
    sessions: tuple[OwnSession, ...]
    now: str


class Done(Sent):
    """What was asked is committed; `id` is the line it became, or the room's last one where it became none."""

    ok: Literal[True] = True
    id: int
    line: Line | None = None
    """The line, for whoever asked."""


class Lines(Sent):
    """A page of a room's lines."""

    events: tuple[Line, ...]
    more: bool
