"""What a report says of sessions: the client's form by client and counsellor, the course, length, pace, drop-out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from results.record.figure import FigureRecord, Strict


class RatedBySessions(Strict):
    """One number of the client's form, over sessions. `n_items` of its figures are clients, `n_judgments` sessions."""

    criterion: str
    """`score` for the published score of all 20 items, 0..100."""
    mean: FigureRecord
    client: FigureRecord
    """Share of the variance that lies between clients, 0..1."""
    counselor: FigureRecord
    """Share of the variance that lies between counsellors, 0..1."""


class TickedBox(Strict):
    """A box of the client's form."""

    criterion: str
    ticked: int
    forms: int


class QuarterRecord(Strict):
    """A quarter of each session, by turns."""

    quarter: Literal[1, 2, 3, 4]
    turns: int
    """The counsellors' turns."""
    share_asking: FigureRecord
    """Share of them that hold a question, 0..1."""
    share_minimal: FigureRecord
    """Share of them that are minimal while the client goes on, 0..1."""
    flagged: int
    """Counsellors' messages in it that a client marked."""


class HeldRecord(Strict):
    """How sessions went that were held: means over sessions."""

    minutes: FigureRecord
    utterances: FigureRecord
    """Messages in the roles."""
    characters_counselor: FigureRecord
    """Length of a message."""
    characters_client: FigureRecord
    gap: FigureRecord
    """Seconds from message to message, the median of each session."""
    same_speaker: FigureRecord
    """Share of messages that follow one of the same role, 0..1."""


class DropOutRecord(Strict):
    """What became of the sessions of the plan."""

    planned: int
    open: int
    """Not begun, or not over."""
    ended: Mapping[str, int]
    """By how they ended: `ended` (together), `stopped` (by one), `time`, `no_show`, `void`."""
    stopped_by: Mapping[str, int]
    """Of those stopped by one: by role."""
    held: int
    short: int
    """Held, with fewer utterances than the study asks for."""
    rated: int
    """Held, with the client's form."""


class SessionsRecord(Strict):
    """Sessions of two people. Each is judged once, by its client, so that no agreement can be told."""

    clients: int
    counselors: int
    drop_out: DropOutRecord
    score: RatedBySessions | None
    """null where the form is not that of KokoroChat, or none came."""
    items: tuple[RatedBySessions, ...]
    """In the order of the form."""
    boxes: tuple[TickedBox, ...]
    course: tuple[QuarterRecord, ...]
    """The four quarters; [] where no words were looked at."""
    held: HeldRecord
    asides: int
    """Messages outside the roles; in no other figure."""
    flagged: int
    """Messages that a client marked."""
    languages: tuple[str, ...]
    """In which they were held. Figures of two languages never compare."""
    basis: Literal["rules", "marks", "none"]
    """What questions are found by."""
