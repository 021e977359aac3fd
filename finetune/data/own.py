"""The dialogues that --data names, KokoroChat or anybody's; of a file of neither, the settings that may read it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from finetune.recipe import Recipe
from tasks.data import conversations, kokorochat
from tasks.data.conversations import ALLOWED, Reading
from tasks.data.dialogue import Dialogue
from tasks.data.unknown_shape import Unknown, unknown
from tasks.errors import InputError

OTHERS = f"{ALLOWED}; JSONL of prompt and completion, or of prompt, chosen, rejected; a copy of KokoroChat"

TABLES = (".csv", ".tsv", ".txt", ".xlsx")


def dialogues_of(path: Path, recipe: Recipe) -> tuple[Dialogue, ...]:
    """The dialogues of a copy of KokoroChat, or of a file as the recipe's settings say that it is read.

    Raises:
        InputError: it cannot be read; every kind of fault of it, with the settings to try.
    """
    reading = Reading(
        recipe.dialogue_field, recipe.speaker_field, recipe.text_field, recipe.speaker_roles, recipe.person_field
    )
    try:
        if recipe.dialogue_field or conversations.are_conversations(path):
            return _read(path, reading)
        if (found := unknown(path)) is not None:
            raise InputError(_to_try(path, found))
        if path.suffix.lower() in TABLES:
            raise InputError(f"{path.name}: found a table or a text; allowed: {OTHERS}")
        return kokorochat.load(path)
    except InputError as error:
        raise InputError(error.errors) from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error}); KokoroChat's folder or archive is needed") from error


def _read(path: Path, reading: Reading) -> tuple[Dialogue, ...]:
    try:
        return conversations.load(path, reading)
    except InputError as error:
        found = unknown(path, reading)
        raise InputError([*error.errors, *([_to_try(path, found)] if found else [])]) from error


def _to_try(path: Path, found: Unknown) -> str:
    """What stands in the file, and the settings by which it may be read; roles are for a person to say."""
    fields = f"{path.name}: found the fields {', '.join(found.fields)}"
    if not found.dialogue:
        return f"{fields}, none of them a list of messages; allowed: {OTHERS}"
    settings = [] if found.told else [
        f"dialogue_field={found.dialogue}", f"speaker_field={found.speaker}", f"text_field={found.said}"
    ]  # fmt: skip
    labels = [label if label.isalpha() else json.dumps(label, ensure_ascii=False) for label in found.labels]
    settings += [f"speaker_roles={{{', '.join(f'{label}: ROLE' for label in labels)}}}"] if labels else []
    meant = " (ROLE: client, counselor, or none to leave its messages out)" if labels else ""
    return f"{fields}; to try: {' '.join(f'--set {shlex.quote(setting)}' for setting in settings)}{meant}"


def rated(path: Path, recipe: Recipe) -> tuple[Dialogue, ...]:
    """The same, where the clients' ratings are needed.

    Raises:
        InputError: as `dialogues_of`; or there are no ratings.
    """
    found = dialogues_of(path, recipe)
    if not all(dialogue.published for dialogue in found):
        raise InputError(f"{path}: found dialogues without the client's ratings; allowed: a copy of KokoroChat")
    return found
