"""JSONL in trl's words, read strictly: `prompt`, `chosen`, `rejected`, as of `results pairs`, or `completion`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from finetune.recipe import Recipe
from finetune.rendering import Message
from tasks.errors import InputError
from tasks.files import read_jsonl, sha256_texts
from tasks.intake.faults import Faults, quoted
from tasks.intake.text import visible
from tasks.schema import Role
from tasks.strict_json import loads

ROLES: dict[str, Role] = {"user": "client", "assistant": "counselor"}


class Said(BaseModel):
    """One message in trl's conversational form."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: Literal["system", "user", "assistant"]
    content: Annotated[str, Field(min_length=1)]


class Row(BaseModel):
    """One line. Further keys are allowed and not read; a prompt that is a text is the client's one message."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    judged: bool = True
    """False of a row of `prompt` and `completion`: nobody compared anything there."""
    prompt: Annotated[tuple[Said, ...], Field(min_length=1)]
    chosen: tuple[Said, ...] | str
    rejected: tuple[Said, ...] | str | None = None
    """None where only what was chosen is known, which is enough for supervised training."""
    opening: str | None = None
    """The counsellor's words that stand before the client's in the first message, an empty line between."""
    dialogue_id: str | None = None
    """Rows of one dialogue are held out together; without it, rows whose prompts begin alike."""
    item_id: str | None = None
    study_id: str | None = None
    margin: float | None = None
    raters: int | None = None
    simulated: bool = False
    """True where a script preferred it, and no person."""

    @model_validator(mode="before")
    @classmethod
    def _of_either_form(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        said = value.get("prompt")
        prompt = {"prompt": [{"role": "user", "content": said}]} if isinstance(said, str) else {}
        judged = "completion" not in value
        return {**value, **prompt, **({} if judged else {"chosen": value["completion"]}), "judged": judged}

    @property
    def answer(self) -> str:
        """The chosen text."""
        return text_of(self.chosen)

    @property
    def group(self) -> str:
        """What is held out together: the dialogue's id, or a hash of the first words."""
        return self.dialogue_id or opening_hash(next((s.content for s in self.prompt if s.role != "system"), ""))

    @property
    def history(self) -> list[Message]:
        """The dialogue so far, runs of one role joined as in training on dialogues; no token of it has a loss."""
        turns = [Message("counselor", self.opening, False)] if self.opening else []
        said = [message for message in self.prompt if message.role != "system"]
        for place, message in enumerate(said):
            content = message.content.removeprefix(f"{self.opening}\n\n") if place == 0 else message.content
            role = ROLES[message.role]
            if turns and turns[-1].role == role:
                turns[-1] = Message(role, f"{turns[-1].text}\n{content}", False)
            else:
                turns.append(Message(role, content, False))
        return turns


Numbered = tuple[int, Row]
"""A row with the number of its line."""


def text_of(said: tuple[Said, ...] | str) -> str:
    """The text of a response in either form."""
    return said if isinstance(said, str) else "\n".join(message.content for message in said)


def opening_hash(text: str) -> str:
    """What stands for a dialogue that has no id: 16 hexadecimal digits of its first turn."""
    return sha256_texts(text)[:16]


def are_rows(path: Path) -> bool:
    """Whether a file looks like such rows, by its first line; False for a folder, or another kind of file."""
    if path.suffix.lower() != ".jsonl" or not path.is_file():
        return False
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        first = next((line for line in lines if line.strip()), "")
    try:
        keys = loads(first)
    except ValueError:
        return False
    return isinstance(keys, dict) and "prompt" in keys and not keys.keys().isdisjoint(("chosen", "completion"))


class Problem(NamedTuple):
    """What is wrong with a row: the field, what was found ('' = nothing to show) and what is allowed."""

    field: str
    found: str
    allowed: str


def read(path: Path, recipe: Recipe, *, simulated: bool) -> list[Numbered]:
    """Every row.

    Args:
        simulated: rows that a script preferred are wanted, too.

    Raises:
        InputError: each kind of fault with its lines, no row at all, or simulated ones that nobody asked for.
    """
    rows, wrong = list[Numbered](), Faults(str(path))
    for number, value in read_jsonl(path):
        try:
            row = Row.model_validate(value)
        except ValidationError as error:
            for field, e in {e["loc"][:1]: e for e in reversed(error.errors())}.items():  # the first of each field
                rule = "a text or a list of messages" if e["type"] == "tuple_type" else e["msg"]
                place = ".".join(map(str, e["loc"])) if field == ("prompt",) else "".join(map(str, field))
                wrong.add(
                    rule, row=number, column=place, found="" if e["type"] == "missing" else quoted(str(e["input"]))
                )
            continue
        for problem in _problems(row, recipe):
            wrong.add(problem.allowed, row=number, column=problem.field, found=problem.found)
        rows.append((number, row))
    if wrong or not rows:
        raise InputError(wrong.lines() or f"{path}: holds no row")
    made_up = sum(row.simulated for _, row in rows)
    if made_up and not simulated:
        raise InputError(
            f"{path}: {made_up} of {len(rows)} rows are simulated: no person preferred anything there; to try the road"
            " with them all the same, say --allow-simulated"
        )
    return rows


def _problems(row: Row, recipe: Recipe) -> Iterator[Problem]:
    told = next((said.content for said in row.prompt if said.role == "system" and said.content != recipe.prompt), None)
    if told is not None:
        yield Problem(
            "prompt",
            f"a system message {quoted(told)}",
            f"the recipe's system_prompt {recipe.system_prompt!r}, or none; to train with this one, put its words into"
            " a file and say --set system_prompt=FILE.txt",
        )
    if not any(said.role == "user" for said in row.prompt):
        yield Problem("prompt", "no message of the role user", "the client's words are needed")
    first = next((said.content for said in row.prompt if said.role != "system"), "")
    if row.opening and not first.startswith(f"{row.opening}\n\n"):
        yield Problem("opening", quoted(row.opening), "the first message must begin with it and an empty line")
    for name in ("chosen", "rejected") if row.judged else ("chosen",):
        said = getattr(row, name)
        field = name if row.judged else "completion"
        if not isinstance(said, str | None) and [message.role for message in said] != ["assistant"]:
            found = ", ".join(message.role for message in said) or "none"
            yield Problem(field, f"the roles {found}", "one message of the role assistant is needed")
        elif said is not None and not visible(text_of(said)):
            yield Problem(field, quoted(text_of(said)), "a text in which something can be read")
