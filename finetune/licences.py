"""The terms that bind an adapter, from what was really used: the data, and what the base says of itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

KOKOROCHAT = "KokoroChat: CC BY-NC-ND 4.0 (non-commercial; https://github.com/UEC-InabaLab/KokoroChat)"
PREFERENCES = (
    "responses that raters chose: the terms of the dialogues and of the systems they come from, which the file does not"
    " name (dialogues of KokoroChat: CC BY-NC-ND 4.0, non-commercial)"
)
CONVERSATIONS = "dialogues of a file of one's own: its terms, which the file does not name"
GEMMA = "Gemma Terms of Use (https://ai.google.dev/gemma/terms)"
LLAMA = "Llama 3.1 Community License (https://www.llama.com/llama3_1/license/)"
BASES = {"tokyotech-llm/Llama-3.1-Swallow-8B-Instruct-v0.3": (GEMMA, LLAMA)}
"""Terms of the bases that shipped recipes name, as their pages state them."""
IDENTIFIERS = {"gemma": GEMMA, "llama3.1": LLAMA}
"""Words for licence identifiers of the Hub that say too little by themselves."""
HEAD = re.compile(r"\A---\s*\n(.*?)\n---\s*$", re.DOTALL | re.MULTILINE)


def of_data(source: str) -> tuple[str, ...]:
    """The terms of what was trained on, by the `source` of its split's record; '' = KokoroChat."""
    return ({"preferences": PREFERENCES, "conversations": CONVERSATIONS}.get(source, KOKOROCHAT),)


def of_base(backend: str, name: str, folder: Path | None = None) -> tuple[str, ...]:
    """The terms of a base model; none of random weights.

    Args:
        name: a Hub id, or how a folder is to be called.
        folder: where the model lies; its README.md states the licence. None = it is not here yet.
    """
    if backend == "tiny":
        return ()
    if backend == "embedded":
        return (GEMMA,)
    if name in BASES:
        return BASES[name]
    head = _head(folder / "README.md") if folder else {}
    stated = head.get("license")
    identifiers = [str(entry) for entry in (stated if isinstance(stated, list) else [stated]) if entry]
    if not identifiers:
        return (f"{name}: its licence is not stated beside its weights; read it before the adapter is shared",)
    return tuple(f"{name}: {_words(identifier, head)}" for identifier in identifiers)


def _words(identifier: str, head: dict[str, Any]) -> str:
    if identifier != "other":
        return IDENTIFIERS.get(identifier, identifier)
    link = f" ({head['license_link']})" if str(head.get("license_link", "")).startswith("https://") else ""
    return f"{head.get('license_name') or 'its own licence'}{link}"


def _head(readme: Path) -> dict[str, Any]:
    """The YAML head of a model's card; {} where there is none that can be read."""
    try:
        match = HEAD.search(readme.read_text(encoding="utf-8"))
        head = yaml.safe_load(match[1]) if match else {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    return head if isinstance(head, dict) else {}
