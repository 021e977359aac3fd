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
    written = _written(rendering)
    own = json.dumps(system_prompt, ensure_ascii=False)
    told = "messages and messages[0]['role'] in ['system', 'developer']"
    head = [_framed(rendering.system, "prompt")] if not rendering.joined else []
    return "".join(
        [
            _ONE_LINE_BREAKS if rendering.one_line_breaks else "",
            "{%- set told = " + told + " -%}{%- set prompt = messages[0]['content'] if told else " + own + " -%}",
            "{%- set turns = messages[1:] if told else messages -%}",
            _text(rendering.begin),
            *(["{%- if prompt -%}", *head, "{%- endif -%}"] if head else []),
            "{%- for message in turns -%}",
            "{%- if message['role'] == 'user' -%}", _client(rendering, written),
            "{%- elif message['role'] == 'assistant' -%}", _alone(rendering, "loop.first"),
            _framed(rendering.counselor, written),
            "{%- else -%}", _framed(rendering.system, "message['content']"), "{%- endif -%}",
            "{%- endfor -%}",
            "{%- if add_generation_prompt -%}", _alone(rendering, "not turns"), _text(rendering.counselor.before),
            "{%- endif -%}",
        ]
    )  # fmt: skip


def _written(rendering: Rendering) -> str:
    if rendering.one_line_breaks:
        return "written(message['content'])"
    return "message['content'] | trim" if rendering.joined else "message['content']"


def _client(rendering: Rendering, written: str) -> str:
    """The client's turn, behind the prompt where the two are joined."""
    if not rendering.joined:
        return _framed(rendering.client, written)
    joint = "{%- if loop.first and prompt -%}{{- prompt + '\\n\\n' -}}{%- endif -%}"
    return _text(rendering.client.before) + joint + "{{- " + written + " -}}" + _text(rendering.client.after)


def _alone(rendering: Rendering, where: str) -> str:
    """The prompt's own turn before the counsellor's, where it is joined to the client's else."""
    if not rendering.joined:
        return ""
    return "{%- if prompt and " + where + " -%}" + _framed(rendering.system, "prompt") + "{%- endif -%}"


def _framed(frame: Frame, written: str) -> str:
    return _text(frame.before) + "{{- " + written + " -}}" + _text(frame.after)


def _text(parts: Sequence[Part]) -> str:
    text = "".join(map(str, parts))
    return "{{- " + json.dumps(text, ensure_ascii=False) + " -}}" if text else ""
