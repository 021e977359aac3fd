"""What the public demo's page is sent beyond a rater's: after the last pair, which was which."""

from __future__ import annotations

from typing import Literal

from studio.service.records import Receipt, Sent, State
from tasks.schema import Words


class RevealedPair(Sent):
    """One judged pair: whose responses stood first and second, what was chosen, what simulated raters chose.

    Texts stand in each language of the study: translated where there is a translation, else as they were written.
    """

    number: int
    last: Words
    """The turn that was answered."""
    responses: tuple[Words, Words]
    names: tuple[Words, Words]
    own: Literal["first", "second", "same"] | None
    """null where the pair was left."""
    raters: tuple[int, int, int]
    """Simulated raters for the first, for neither, for the second."""


class RevealedSystem(Sent):
    """One system: its share of decisive simulated votes with its interval, and its questions per response."""

    names: Words
    own: int
    share: float | None
    low: float | None
    high: float | None
    questions: float | None


class Reveal(Sent):
    """Which was which, told once every pair was judged."""

    pairs: tuple[RevealedPair, ...]
    systems: tuple[RevealedSystem, ...]
    raters: int
    items: int
    answer: Words
    """What simulated raters preferred, and whether it can be said of raters at large, as the report says it."""


class VisitState(State):
    """A rater's state, with the visit that its requests name for want of a cookie."""

    visit: str
    reveal: Reveal | None
    source: str
    """Where the program can be read and copied; '' where that is not known."""


class VisitReceipt(Receipt):
    """A visitor's form is held in memory."""

    state: VisitState
