"""Training on what raters chose: a JSONL of `prompt`, `chosen`, `rejected`, trl's words; only `chosen` is trained on.

This is supervised training on the chosen responses; `rejected` is read for nothing. Training on the difference (DPO) is
not done here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from finetune.data.dialogues import JAPANESE, Named
from finetune.recipe import Recipe
from finetune.rendering import SYSTEM_PROMPTS, Message
from tasks.errors import InputError
from tasks.files import read_jsonl, sha256_texts
from tasks.schema import Role

HELD_OUT_SHARE = 0.1
ROLES: dict[str, Role] = {"user": "client", "assistant": "counselor"}


@dataclass(frozen=True)
class Preferences:
    """The file, where it stands in for the data set."""

    file: Path


class Said(BaseModel):
    """One message in trl's conversational form."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: Literal["system", "user", "assistant"]
    content: Annotated[str, Field(min_length=1)]


class Row(BaseModel):
    """One line. Further keys (margins, counts of raters) are allowed and not read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    prompt: Annotated[tuple[Said, ...], Field(min_length=1)]
    chosen: tuple[Said, ...] | str
    dialogue_id: str | None = None
    """Rows of one dialogue are held out together; without it, rows whose prompts begin alike."""

    @property
    def answer(self) -> str:
        """The chosen text."""
        return self.chosen if isinstance(self.chosen, str) else "\n".join(said.content for said in self.chosen)

    @property
    def group(self) -> str:
        """What is held out together."""
        opening = next((said.content for said in self.prompt if said.role != "system"), "")
        return self.dialogue_id or sha256_texts(opening)[:16]


@dataclass(frozen=True)
class Chosen:
    """Rows to train on and rows held out, as named messages; `record` has their names and counts."""

    train: tuple[Named, ...]
    held_out: tuple[Named, ...]
    record: dict[str, Any]
    digest: str


def select(source: Preferences, recipe: Recipe) -> Chosen:
    """Reads the file, drops repeated rows, holds out a tenth of the dialogues.

    Raises:
        InputError: every wrong line, or rows of fewer than two dialogues.
    """
    rows = _distinct(_read(source.file, recipe))
    groups = sorted({row.group for _, row in rows}, key=lambda group: _drawn(recipe, group))
    if len(groups) < 2:
        raise InputError(f"{source.file}: rows of {len(groups)} dialogues; at least two are needed, one is held out")
    held = set(groups[: min(recipe.eval_dialogues, max(1, round(HELD_OUT_SHARE * len(groups))))])
    train = tuple(_named(name, row) for name, row in rows if row.group not in held)
    held_out = tuple(_named(name, row) for name, row in rows if row.group in held)
    record = {
        "source": "preferences",
        "salt": recipe.split_salt,
        "counts": {"train": len(train), "valid": len(held_out), "test": 0},
        "trained": [name for name, _ in train],
        "held_out": [name for name, _ in held_out],
        "test": [],
    }
    parts = [sha256_texts(name, *(m.role + m.text for m in said)) for name, said in (*train, *held_out)]
    return Chosen(train, held_out, record, sha256_texts(str(len(train)), *parts))


def _drawn(recipe: Recipe, group: str) -> bytes:
    return hashlib.sha256(f"{recipe.split_salt}:preferences:{group}".encode()).digest()


def _read(path: Path, recipe: Recipe) -> list[tuple[str, Row]]:
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
        errors += [f"{path}:{number}: {problem}" for problem in _problems(row, recipe)]
        rows.append((f"row-{number}", row))
    if errors or not rows:
        raise InputError(errors or f"{path}: holds no row")
    return rows


def _problems(row: Row, recipe: Recipe) -> Iterator[str]:
    prompts = [said.content for said in row.prompt if said.role == "system"]
    ours = SYSTEM_PROMPTS.get(recipe.system_prompt, "")
    if any(prompt != ours for prompt in prompts):
        yield f"prompt: a system message other than the recipe's system_prompt {recipe.system_prompt!r}; leave it out"
    if not any(said.role == "user" for said in row.prompt):
        yield "prompt: no message of the role user; the client's words are needed"
    if not isinstance(row.chosen, str) and [said.role for said in row.chosen] != ["assistant"]:
        yield f"chosen: found roles {[said.role for said in row.chosen]}; one message of the role assistant is needed"
    elif not JAPANESE.search(row.answer):
        yield f"chosen: found {row.answer!r}; a text with Japanese letters is needed"


def _distinct(rows: Iterable[tuple[str, Row]]) -> list[tuple[str, Row]]:
    """The first of each (prompt, chosen): several raters choosing the same text are one example."""
    seen: dict[str, tuple[str, Row]] = {}
    for name, row in rows:
        seen.setdefault(sha256_texts(*(said.role + said.content for said in row.prompt), row.answer), (name, row))
    return list(seen.values())


def _named(name: str, row: Row) -> Named:
    history = _merged([said for said in row.prompt if said.role != "system"])
    return name, (*history, Message("counselor", row.answer, True))


def _merged(said: Sequence[Said]) -> list[Message]:
    """Runs of one role joined, as in training on dialogues; no token of the history has a loss."""
    turns: list[Message] = []
    for message in said:
        role = ROLES[message.role]
        if turns and turns[-1].role == role:
            turns[-1] = Message(role, f"{turns[-1].text}\n{message.content}", False)
        else:
            turns.append(Message(role, message.content, False))
    return turns
