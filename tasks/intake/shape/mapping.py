"""The mapping: which column or path of a file is what. It is saved with the study and reads the next file alike."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tasks.intake.shape.mending import Alike, Lacking, Twice
from tasks.intake.shape.steps import Step
from tasks.schema import Record

Form = Literal["utterance", "marked", "alternating", "messages", "items"]
"""How a dialogue stands there: the client's words alone; lines with speaker marks; lines of both in turn, the client's
last; a list of messages; our own items."""
Speaks = Literal["client", "counselor", "none", "text"]
"""What a label is: a role; a message to be left out; no label at all, but words of the text."""
Last = Literal["none", "response", "reference", "human"]
"""What a counsellor's turn at a dialogue's end is: nothing (there is none), a system's response, the human's next turn
kept for comparison, or that turn judged as one of the systems."""

Bare = Literal["refuse", "word", "leave"]


class Answers(Record):
    """Where responses stand in a record, and whose they are: by a path, by a name, or else by the file's name."""

    text: str
    system: str = ""
    name: str = ""


class Part(Record):
    """How the records of one shape are read.

    Attributes:
        shape: the known shape, `named` where a person named the columns.
        each: steps after which a record holds what the paths say.
        item: paths that name the item together; () = the dialogue itself does.
        dialogue: paths of the dialogue, joined by a blank line; () = it stands in another file.
        speaker, said: keys of a message's speaker and words.
        roles: the role of each label.
        last: what the counsellor's turn at the end is.
        answers: the responses of a record.
        names: file -> system, for responses that name none.
        files: the files read so, as they were called then.
        bare: what a response that is true or false is: a fault, the word `true` or `false`, or none, as an empty one.
        header: whether the first row of a table has the names of its columns; else they are called 1, 2, 3 …
    """

    shape: str
    each: tuple[Step, ...] = ()
    item: tuple[str, ...] = ()
    dialogue: tuple[str, ...] = ()
    form: Form = "utterance"
    speaker: str = "role"
    said: str = "content"
    roles: dict[str, Speaks] = Field(default_factory=dict)
    inside: bool = False
    """Whether a known label in the middle of a line begins a turn."""
    unmarked: bool = False
    """Whether a cell without any mark is the client's words."""
    last: Last = "none"
    answers: tuple[Answers, ...] = ()
    names: dict[str, str] = Field(default_factory=dict)
    files: tuple[str, ...] = ()
    bare: Bare = "refuse"
    header: bool = True


class Mapping(Record):
    """How some files became a study; one part per shape among them."""

    format_version: Literal[1] = 1
    parts: tuple[Part, ...] = ()
    opened: dict[str, str] = Field(default_factory=dict)
    """What was said of the files themselves: encoding, sheet, hidden rows."""
    provenance: str = ""
    """Where the dialogues come from, as answered; '' = not stated."""
    only: tuple[str, ...] = ()
    """The systems taken, by name; () = all."""
    leave: tuple[str, ...] = Field(default=(), exclude_if=lambda value: not value)
    """Kinds of faults whose records are left out; all others are refused (`tasks.intake.shape.mending`)."""
    twice: Twice = Field(default="mend", exclude_if=lambda value: value == "mend")
    alike: Alike = Field(default="mend", exclude_if=lambda value: value == "mend")
    lacking: Lacking = Field(default="items", exclude_if=lambda value: value == "items")
    sample: int | None = None
    seed: int | None = None
