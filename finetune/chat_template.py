"""A rendering as Jinja, for tools that write dialogues by a tokeniser's chat template.

It gives the very text of `finetune.rendering` for turns that alternate. Jinja cannot tell a control token from a turn
that spells one, which our own rendering does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from finetune.rendering import Frame, Part, Rendering

FILE = "chat_template.jinja"
"""Its name in a model's or an adapter's folder, where transformers looks for it."""
CARRIED = ("tokenizer.json", "tokenizer_config.json", FILE)
"""What such a folder holds for them."""
_ONE_LINE_BREAKS = (
    "{%- macro written(text) -%}"
    "{%- for line in text.strip('\\n').split('\\n') -%}"
    "{%- if loop.first or loop.last or line.strip() -%}"
    "{{- '' if loop.first else '\\n' -}}{{- line -}}"
    "{%- endif -%}"
    "{%- endfor -%}"
    "{%- endmacro -%}"
)


def chat_template(rendering: Rendering, system_prompt: str) -> str:
    """Jinja that writes messages as training did, and with `add_generation_prompt` up to the counsellor's next text.

    Args:
        system_prompt: what stands where no system message is first; '' = nothing.
    """
    written = "written(message['content'])" if rendering.one_line_breaks else "message['content']"
    own = _framed(rendering.system, json.dumps(system_prompt, ensure_ascii=False)) if system_prompt else ""
    return (
        (_ONE_LINE_BREAKS if rendering.one_line_breaks else "")
        + "{%- set told = messages and messages[0]['role'] in ['system', 'developer'] -%}"
        + _text(rendering.begin)
        + "{%- if not told -%}" + own + "{%- endif -%}"
        + "{%- for message in messages -%}"
        + "{%- if message['role'] == 'user' -%}" + _framed(rendering.client, written)
        + "{%- elif message['role'] == 'assistant' -%}" + _framed(rendering.counselor, written)
        + "{%- else -%}" + _framed(rendering.system, "message['content']") + "{%- endif -%}"
        + "{%- endfor -%}"
        + "{%- if add_generation_prompt -%}" + _text(rendering.counselor.before) + "{%- endif -%}"
    )  # fmt: skip


def _framed(frame: Frame, written: str) -> str:
    return _text(frame.before) + "{{- " + written + " -}}" + _text(frame.after)


def _text(parts: Sequence[Part]) -> str:
    text = "".join(map(str, parts))
    return "{{- " + json.dumps(text, ensure_ascii=False) + " -}}" if text else ""
