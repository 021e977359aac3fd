"""The known shapes of judgments: one file each in `tasks/intake/mappings/judgments/` (docs/importing.md)."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, Literal

import yaml
from pydantic import Field

from tasks.intake.shape.known import FOLDER, Place
from tasks.intake.shape.records import alike
from tasks.intake.shape.steps import Step
from tasks.schema import Record, Words

JUDGMENTS = FOLDER / "judgments"
SIDES, OPEN = "sides", "open"
"""The file of words by which choices name a side, which is no shape."""

Side = Literal["first", "second", "tie", "both_bad", "missing", "first_strong", "second_strong"]
"""What a choice may say: a side, weakly or strongly; about the same; neither is good; nothing."""
Why = Literal[
    "cancelled", "drafted", "discarded", "ignored", "rejected", "reset", "predicted", "practice", "check", "text",
    "same_system", "unresolved", "no_rater", "machine", "person",
]  # fmt: skip
"""Why a record was left out."""
Named = Literal["name", "position", "file", "column", "nobody"]
"""How a file tells raters apart."""


class When(Record):
    """Records in which the text at a path is, as a whole, like a regular expression (case aside)."""

    where: str
    like: str


class LeftOut(When):
    """Records that are left out, and why."""

    why: Why


class Undone(When):
    """Records that take back what the same keys said before."""

    by: tuple[str, ...]


class Parts(Record):
    """Endings of the names of questions that are part of another's answer: of `empathy` in `empathy_1`; '' = none is.

    Attributes:
        choice: the side that was chosen, in words; `strength`: how strongly, 0..2; `reasons`: those pressed beside it.
        first, second: the question was asked of the response that stood there.
    """

    choice: str = ""
    strength: str = ""
    reasons: str = ""
    first: str = ""
    second: str = ""


class Texts(Record):
    """Where words stand: of the item, of the two responses, of the one response that is rated."""

    item: tuple[Place, ...] = ()
    first: tuple[Place, ...] = ()
    second: tuple[Place, ...] = ()
    response: tuple[Place, ...] = ()


class KnownJudgments(Record):
    """A shape of files of judgments.

    Attributes:
        rank: shapes are tried in this order; the narrower first.
        seen: whose files look so; `tool`: its name.
        shape_only: no real file of it was at hand when it was written.
        holds: `judgments`, or for judgments of another file the `sides`: which systems stood there.
        needs: places that such files have; `unless`: places that none has; `like`: expressions that the cells of a
            column are like, in files without a header.
        each: the steps from a record to judgments.
        left_out: records that do not count; `counted`: lists that hold no judgments, and why; `undone`: what takes
            back earlier records.
        item: paths that name the item together; `item_text`: paths of the words that do so where no field does.
        dialogue, dialogue_text: the same of the dialogue, where several items are one's.
        rater: alternatives for who judged; `raters`: how the file tells them apart; `machines`: names like this
            are programs.
        criterion: where the criterion's name stands; `name`: that name itself.
        kind: `votes`, `ratings`, or `told` by the words of each criterion.
        value: alternatives for what was said; `label`: the label that a bare `true` stands for.
        strength: alternatives for how strongly a side was chosen, 0..2; `parts`: questions that are part of another's.
        merge: labels of one rater, item and criterion are one set.
        first, second: alternatives for the systems of a pair; `first_called`, `second_called`: what choices call them.
        system: alternatives for the system of a rated response; `of`: where the field is named that was rated.
        whole: a field that records of whole dialogues lack; their criteria are named apart.
        sides: what choices mean, beside the words that everybody uses; `between`: choices that are numbers, and the
            number that is a tie.
        tie: records that are ties whatever was chosen; `swapped`: records shown the other way round.
        missing: an expression of values that are missing.
        order: whether the first of a pair is known to have been `shown` first, or is only `listed` so.
        level: of measurement, where the tool's own words say it.
        twice: what a second judgment of a rater is, where the tool says it.
        task, annotation, at, seconds: the tool's ids, the time, and how long it took.
        simulated: where it says so if a program made the judgments up.
        own: files that `results convert` writes.
    """

    shape: str
    rank: int
    seen: Words
    tool: str
    shape_only: bool = False
    holds: Literal["judgments", "sides"] = "judgments"
    needs: tuple[Place, ...] = ()
    unless: tuple[Place, ...] = ()
    like: dict[str, str] = Field(default_factory=dict)
    each: tuple[Step, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    counted: dict[str, Why] = Field(default_factory=dict)
    undone: tuple[Undone, ...] = ()
    item: tuple[Place, ...] = ()
    item_text: tuple[Place, ...] = ()
    dialogue: tuple[Place, ...] = ()
    dialogue_text: tuple[Place, ...] = ()
    rater: tuple[Place, ...] = ()
    raters: Named = "name"
    machines: str = ""
    criterion: str = ""
    name: str = ""
    kind: Literal["votes", "ratings", "told"] = "told"
    value: tuple[Place, ...] = ()
    label: str = ""
    strength: tuple[Place, ...] = ()
    parts: Parts = Parts()
    merge: bool = False
    first: tuple[Place, ...] = ()
    second: tuple[Place, ...] = ()
    first_called: tuple[Place, ...] = ()
    second_called: tuple[Place, ...] = ()
    system: tuple[Place, ...] = ()
    of: str = ""
    whole: str = ""
    sides: dict[str, Side] = Field(default_factory=dict)
    between: float | None = None
    tie: When | None = None
    swapped: When | None = None
    missing: str = ""
    order: Literal["shown", "listed"] = "listed"
    level: Literal["nominal", "ordinal", "interval", "ratio"] | None = None
    twice: Literal["repeats", "last"] | None = None
    task: tuple[Place, ...] = ()
    annotation: tuple[Place, ...] = ()
    at: tuple[Place, ...] = ()
    seconds: tuple[Place, ...] = ()
    simulated: tuple[Place, ...] = ()
    own: bool = False
    texts: Texts = Texts()


@cache
def shapes() -> tuple[KnownJudgments, ...]:
    """Every known shape of judgments, the narrower first."""
    names = (path.stem for path in JUDGMENTS.glob("*.yaml") if path.stem != SIDES)
    found = (KnownJudgments(shape=name, **_read(name)) for name in names)
    return tuple(sorted(found, key=lambda known: known.rank))


def _read(name: str) -> dict[str, Any]:
    """What a file says; what it leaves out stands in the shape of which it is (`of_shape`)."""
    read: dict[str, Any] = yaml.safe_load((JUDGMENTS / f"{name}.yaml").read_text(encoding="utf-8"))
    base = read.pop("of_shape", None)
    return read if base is None else _read(base) | read


def shape(name: str) -> KnownJudgments | None:
    """The shape of a name; None where there is none."""
    return next((known for known in shapes() if known.shape == name), None)


@lru_cache(maxsize=4096)
def side_said(word: str) -> Side | None:
    """What a word says by which choices name a side, whatever the tool; None where it says nothing for certain."""
    sides = _side_of_words()
    return sides.get(word.strip().casefold()) or sides.get(alike(word))


@cache
def _side_of_words() -> dict[str, Side]:
    """In double brackets as they stand, since `C` alone is no tie; others as `alike` writes them."""
    words = ((word, side) for side, several in _sides().items() if side != OPEN for word in several)
    return {word if word.startswith("[[") else alike(word): side for word, side in words}


@cache
def open_words() -> frozenset[str]:
    """Words that stand beside sides, and may mean several things."""
    return frozenset(map(alike, _sides()[OPEN]))


@cache
def _sides() -> dict[Any, list[str]]:
    read = yaml.safe_load((JUDGMENTS / f"{SIDES}.yaml").read_text(encoding="utf-8"))
    return {side: list(map(str, words)) for side, words in read.items()}
