"""What a Judgment is about, and where a system stands before its rater: targets, sides, codes of raters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from tasks.languages.fault import Fault, at, instead

Side = Literal["first", "second"]
"""Where a Response stands in the presentation order."""
Place = Literal["pair", "first", "second", "item"]
"""What an answer of the page is about, still in sides."""
SIDES: tuple[Side, Side] = ("first", "second")


def side_of(order: Sequence[str], system: str) -> Side:
    """The side on which a system stands in the presentation order. Raises ValueError where it does not stand there."""
    return SIDES[list(order).index(system)]


def system_at(order: Sequence[str], side: Side) -> str:
    """The system on a side of the presentation order. Raises IndexError where nothing stands there."""
    return order[SIDES.index(side)]


def rater_code(seat: int) -> str:
    """The pseudonym of the Rater on a Seat (0-based): `R001` for the first."""
    return f"R{seat + 1:03d}"


def seat_of(code: str) -> int:
    """The 0-based Seat of a Rater's code. Raises ValueError for what is none."""
    if not re.fullmatch(r"R\d{3,}", code, re.ASCII):
        raise ValueError(at("rater", instead(repr(code), Fault("a_rater_code"))))
    return int(code[1:]) - 1


class Target(str):
    """What a Judgment is about: `pair`, `item`, `system:X`, or `utterance:i` with the 0-based index of a shown turn.

    A string of one of these forms, stored as such. Raises ValueError for any other string.
    """

    __slots__ = ()
    _FORMS = re.compile(r"pair|item|system:[A-Za-z0-9][A-Za-z0-9_.-]{0,79}|utterance:(0|[1-9][0-9]*)")

    def __new__(cls, text: str) -> Target:
        """The target that a text names."""
        if not cls._FORMS.fullmatch(text):
            raise ValueError(at("target", instead(repr(text), "pair, item, system:ID, utterance:NUMBER")))
        return super().__new__(cls, text)

    @classmethod
    def of_system(cls, system: str) -> Target:
        """One system's Response."""
        return cls(f"system:{system}")

    @classmethod
    def of_utterance(cls, index: int) -> Target:
        """One turn of the dialogue, 0-based."""
        return cls(f"utterance:{index}")

    @property
    def system(self) -> str | None:
        """The system_id of `system:X`; None for other targets."""
        return self.partition(":")[2] if self.startswith("system:") else None

    @property
    def utterance(self) -> int | None:
        """The index of `utterance:i`; None for other targets."""
        return int(self.partition(":")[2]) if self.startswith("utterance:") else None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Records read a target as a string, and refuse what is none."""
        return core_schema.no_info_after_validator_function(cls, handler(str))


PAIR, ITEM = Target("pair"), Target("item")
