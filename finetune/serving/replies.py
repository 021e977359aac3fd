"""Answers as OpenAI's interface words them: whole, piece by piece, or refused."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from finetune.generation.engine import Draft
from finetune.serving.requests import RefusedError

DONE = b"data: [DONE]\n\n"
FINISHED = {"end": "stop", "stray": "stop", "length": "length"}
"""Why a draft stopped, in OpenAI's words."""


class Form:
    """The form of one request's answers.

    Args:
        chat: of a conversation; otherwise of completions.
        name: the answer's id.
        model: as the client named it.
    """

    def __init__(self, chat: bool, name: str, model: str) -> None:
        self._chat, self._name, self._model, self._made = chat, name, model, int(time.time())

    def whole(self, drafts: Sequence[Draft], prompt_tokens: int) -> dict[str, Any]:
        """Every draft, with what was counted."""
        choices = [self._choice(i, draft.text, FINISHED[draft.stop]) for i, draft in enumerate(drafts)]
        return {**self._head("chat.completion"), "choices": choices, "usage": usage(drafts, prompt_tokens)}

    def begun(self) -> bytes:
        """The first piece, which says who speaks; completions have none."""
        return self._piece([{"index": 0, "delta": {"role": "assistant", "content": ""}}]) if self._chat else b""

    def piece(self, index: int, text: str) -> bytes:
        """What the answer to prompt `index` has grown by."""
        grown = {"delta": {"content": text}} if self._chat else {"text": text}
        return self._piece([{"index": index, **grown, "finish_reason": None}])

    def ended(self, index: int, draft: Draft) -> bytes:
        """Why the answer to prompt `index` stopped."""
        nothing: dict[str, Any] = {"delta": {}} if self._chat else {"text": ""}
        return self._piece([{"index": index, **nothing, "finish_reason": FINISHED[draft.stop]}])

    def counted(self, drafts: Sequence[Draft], prompt_tokens: int) -> bytes:
        """What was counted, behind all pieces."""
        return event({**self._head("chat.completion.chunk"), "choices": [], "usage": usage(drafts, prompt_tokens)})

    def _choice(self, index: int, text: str, finished: str) -> dict[str, Any]:
        said: dict[str, Any] = {"message": {"role": "assistant", "content": text}} if self._chat else {"text": text}
        return {"index": index, **said, "finish_reason": finished, "logprobs": None}

    def _piece(self, choices: list[dict[str, Any]]) -> bytes:
        return event({**self._head("chat.completion.chunk"), "choices": choices})

    def _head(self, kind: str) -> dict[str, Any]:
        kind = kind if self._chat else "text_completion"
        return {"id": self._name, "object": kind, "created": self._made, "model": self._model}


def usage(drafts: Sequence[Draft], prompt_tokens: int) -> dict[str, int]:
    """Tokens read and drawn; the token that ends a turn is not counted."""
    drawn = sum(draft.tokens for draft in drafts)
    return {"prompt_tokens": prompt_tokens, "completion_tokens": drawn, "total_tokens": prompt_tokens + drawn}


def event(value: Mapping[str, Any]) -> bytes:
    """One event of a stream."""
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def refusal(error: RefusedError) -> dict[str, Any]:
    """A refusal as clients read it."""
    kind = "invalid_request_error" if error.status < 500 else "server_error"
    return {"error": {"message": str(error), "type": kind, "param": None, "code": error.code}}
