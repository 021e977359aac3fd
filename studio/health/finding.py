"""One line of what `doctor` says."""

from __future__ import annotations

from typing import Literal, NamedTuple

from tasks.languages.fault import Fault

SECTION = "doctor"
"""Of the languages' files: what is looked at, how it stands, what was seen, what to do."""
Standing = Literal["good", "look", "mend"]
"""`look`: know of it, raters can come; `mend`: raters cannot come, or what they give can be lost."""


class Finding(NamedTuple):
    """What was looked at, how it stands, what was seen, and what to do; '' where there is nothing to do.

    `seen` and `todo` are Faults, which the desk says in its reader's language, or plain English where the command line
    alone can meet them.
    """

    standing: Standing
    what: str
    seen: str
    todo: str = ""

    def line(self) -> str:
        """As one line of a terminal."""
        return f"{self.standing:<5} {self.what}: {self.seen}" + (f"; {self.todo}" if self.todo else "")


def told(standing: Standing, what: str, seen: str, todo: str = "", /, **values: object) -> Finding:
    """A finding in words of the languages' files: the keys of what was seen and of what to do, and their values."""
    said = Fault(seen, SECTION, **values)
    return Finding(standing, what, said, Fault(todo, SECTION, **values) if todo else "")
