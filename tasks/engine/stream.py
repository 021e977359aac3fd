"""An answer that comes in pieces, put together as it would be told whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

DONE = "[DONE]"


def held(lines: Iterable[str]) -> dict[str, Any]:
    """The whole answer of a chat from the lines of its event stream (server-sent events, OpenAI's chunks).

    Returns:
        `model`, `usage` and one of `choices`, whose `finish_reason` is None where the stream broke off; or the
        server's `error` alone, where it told one.
    """
    message: dict[str, str] = {"content": ""}
    choice: dict[str, Any] = {"message": message, "finish_reason": None}
    whole: dict[str, Any] = {"choices": [choice]}
    for line in lines:
        told = _event(line)
        if told.get("error"):
            return {"error": told["error"]}
        whole |= {name: told[name] for name in ("model", "usage") if told.get(name)}
        for piece in (told.get("choices") or ())[:1]:
            _add(message, piece.get("delta") or {})
            choice["finish_reason"] = piece.get("finish_reason") or choice["finish_reason"]
    return whole


def _event(line: str) -> Mapping[str, Any]:
    """One event; {} for what is none: comments, blank lines, names, the last line, half a line."""
    data = line.removeprefix("data:").strip() if line.startswith("data:") else ""
    try:
        found = json.loads(data) if data and data != DONE else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _add(message: dict[str, str], delta: Mapping[str, Any]) -> None:
    for name in ("content", "refusal"):
        if isinstance(piece := delta.get(name), str) and piece:
            message[name] = message.get(name, "") + piece
