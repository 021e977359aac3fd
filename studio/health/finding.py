"""One line of what `doctor` says."""

from __future__ import annotations

from typing import Literal, NamedTuple

Standing = Literal["good", "look", "mend"]
"""`look`: know of it, raters can come; `mend`: raters cannot come, or what they give can be lost."""


class Finding(NamedTuple):
    """What was looked at, how it stands, what was seen, and what to do; '' where there is nothing to do."""

    standing: Standing
    what: str
    seen: str
    todo: str = ""

    def line(self) -> str:
        """As one line of a terminal."""
        return f"{self.standing:<5} {self.what}: {self.seen}" + (f"; {self.todo}" if self.todo else "")
