"""What raters chose, as `results pairs` and trl write it: JSONL of `prompt`, `chosen`, `rejected`, read strictly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from finetune.recipe import Recipe
from finetune.rendering import Message
from tasks.errors import InputError
from tasks.files import read_jsonl, sha256_texts
from tasks.schema import Role

ROLES: dict[str, Role] = {"user": "client", "assistant": "counselor"}


class Said(BaseModel):
    """One message in trl's conversational form."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: Literal["system", "user", "assistant"]
    content: Annotated[str, Field(min_length=1)]


class Row(BaseModel):
    """One line. Further keys are allowed and not read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

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


def read(
    path: Path, recipe: Recipe, *, simulated: bool, further: Callable[[Row], Iterator[str]] = lambda _: iter(())
) -> list[Numbered]:
    """Every row.

    Args:
        simulated: rows that a script preferred are wanted, too.
        further: what else must hold of a row, a sentence each.

    Raises:
        InputError: every wrong line, no row at all, or simulated ones that nobody asked for.
    """
    rows, errors = [], []
    for number, value in read_jsonl(path):
        try:
            row = Row.model_validate(value)
        except ValidationError as error:
            errors += [
                f"{path}:{number}: {'.'.join(map(str, e['loc']))}: found {e['input']!r}; {e['msg']}"
                for e in error.errors()
            ]
            continue
        errors += [f"{path}:{number}: {problem}" for problem in (*_problems(row, recipe), *further(row))]
        rows.append((number, row))
    if errors or not rows:
        raise InputError(errors or f"{path}: holds no row")
    made_up = sum(row.simulated for _, row in rows)
    if made_up and not simulated:
        raise InputError(
            f"{path}: {made_up} of {len(rows)} rows are simulated: no person preferred anything there; to try the road"
            " with them all the same, say --allow-simulated"
        )
    return rows


def _problems(row: Row, recipe: Recipe) -> Iterator[str]:
    prompts = [said.content for said in row.prompt if said.role == "system"]
    ours = recipe.prompt
    if any(prompt != ours for prompt in prompts):
        yield f"prompt: a system message other than the recipe's system_prompt {recipe.system_prompt!r}; leave it out"
    if not any(said.role == "user" for said in row.prompt):
        yield "prompt: no message of the role user; the client's words are needed"
    first = next((said.content for said in row.prompt if said.role != "system"), "")
    if row.opening and not first.startswith(f"{row.opening}\n\n"):
        yield f"opening: found {row.opening!r}; the first message must begin with it and an empty line"
    for name in ("chosen", "rejected"):
        said = getattr(row, name)
        if not isinstance(said, str | None) and [message.role for message in said] != ["assistant"]:
            found = [message.role for message in said]
            yield f"{name}: found roles {found}; one message of the role assistant is needed"
