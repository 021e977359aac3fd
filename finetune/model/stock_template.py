"""The chat template that came with a base: nothing is trained by it, but where it differs from ours one is told so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from finetune.chat_template import FILE, chat_template
from finetune.rendering import Rendering

SPECIAL = ("bos_token", "eos_token", "pad_token", "unk_token")
TALK = [
    {"role": "system", "content": "S"},
    {"role": "user", "content": "a"},
    {"role": "assistant", "content": "b"},
    {"role": "user", "content": "c"},
]
SHOWN = 40
"""Characters shown of either text where they part."""


def stock(folder: Path) -> str:
    """The template beside a base, or in its tokeniser's configuration; '' where it has none."""
    if (folder / FILE).is_file():
        return (folder / FILE).read_text(encoding="utf-8")
    found = _configuration(folder).get("chat_template")
    return found if isinstance(found, str) else ""


def difference(folder: Path, rendering: Rendering) -> str:
    """Where the base's own template parts from the rendering on a short dialogue; '' where it does not, or none is."""
    from jinja2 import TemplateError

    own = stock(folder)
    if not own:
        return ""
    try:
        theirs = written(own, _configuration(folder))
    except (TemplateError, TypeError, ValueError) as error:
        return f"it refuses a short dialogue with a system message ({error})"
    ours = written(chat_template(rendering, ""), {})
    if ours == theirs:
        return ""
    pairs = zip(ours, theirs, strict=False)
    place = next((place for place, (one, other) in enumerate(pairs) if one != other), min(len(ours), len(theirs)))
    return f"it has {theirs[place : place + SHOWN]!r} where the rendering has {ours[place : place + SHOWN]!r}"


def written(template: str, configuration: dict[str, Any]) -> str:
    """A short dialogue up to the counsellor's next text, in a template; one that can think is told not to."""
    from transformers.utils.chat_template_utils import render_jinja_template

    special = {name: _token(configuration.get(name)) for name in SPECIAL}
    (text,), _ = render_jinja_template(
        [TALK], chat_template=template, add_generation_prompt=True, enable_thinking=False, **special
    )
    return str(text)


def _token(value: Any) -> str:
    return str(value.get("content", "")) if isinstance(value, dict) else str(value or "")


def _configuration(folder: Path) -> dict[str, Any]:
    path = folder / "tokenizer_config.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found if isinstance(found, dict) else {}
