"""One judgment as a file has it, before sides are resolved to systems."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.intake.shape.records import alike


@dataclass(frozen=True, slots=True)
class Said:
    """One judgment as a file has it.

    Attributes:
        file, row: where it stands; `tool`: whose file it is.
        item, dialogue: what names them; `dialogue` is the item where nothing else does.
        rater: as the file names them.
        values: the labels, one or more; () where nothing was said.
        first, second: the systems of the pair; '' in ratings. `shown`: whether that is the order in which they were.
        called: what choices call the first and the second. `strength`: 0..2, '' where only a side is said.
        reasons: those pressed beside a rating.
        system: of the response that is rated; '' where the item is.
        task, annotation, at, seconds: the tool's ids, the time (UTC, ISO 8601), how long it took.
        words: of the item, the first, the second, the response; '' where the file has none.
    """

    tool: str
    shape: str
    file: str
    row: int
    item: tuple[str, ...]
    dialogue: tuple[str, ...]
    rater: str
    criterion: str
    values: tuple[str, ...]
    first: str = ""
    second: str = ""
    swapped: bool = False
    shown: bool = False
    called: tuple[str, str] = ("", "")
    tie: bool = False
    strength: str = ""
    reasons: tuple[str, ...] = ()
    system: str = ""
    of: str = ""
    task: str = ""
    annotation: str = ""
    at: str = ""
    seconds: float | None = None
    words: tuple[str, str, str, str] = ("", "", "", "")

    @property
    def pair(self) -> frozenset[str]:
        """The two systems, in no order."""
        return frozenset((self.first, self.second))


def system_of(said: Said) -> str:
    """The system whose response was rated: named itself, or by the field that was rated; '' where the item was."""
    if said.system or not said.of:
        return said.system
    for system, called in zip((said.first, said.second), said.called, strict=True):
        if system and alike(said.of) in {alike(name) for name in called.split("\n")}:
            return system
    return ""
