"""What a client may ask, and the rows of a batch it becomes; text that spells a control token stays text."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from finetune.data.encoding import Encoder
from finetune.data.vocabulary import part_ids
from finetune.generation.decoding import Decoding
from finetune.generation.engine import Row
from finetune.model.systems import Asked
from tasks.schema import Turn

MOST_PROMPTS = 64
"""Prompts of one request for completions."""


class RefusedError(ValueError):
    """A request that cannot be answered: one sentence, its HTTP status and OpenAI's name for the kind."""

    def __init__(self, sentence: str, status: int = 400, code: str | None = None) -> None:
        super().__init__(sentence)
        self.status, self.code = status, code


class _Asked(BaseModel):
    """What both interfaces know; None = as the server was told. What is not here is refused, never passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    stream: bool = False
    stream_options: Mapping[str, bool] = {}
    max_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = Field(default=None, ge=0)
    top_p: float | None = Field(default=None, gt=0, le=1)
    seed: int | None = Field(default=None, ge=0, lt=2**63)
    min_tokens: int | None = Field(default=None, ge=0)
    repetition_penalty: float | None = Field(default=None, ge=1)
    no_repeat_ngram_size: int | None = Field(default=None, ge=0)
    n: Literal[1] = 1
    user: str = ""
    """Not kept."""

    @property
    def most_tokens(self) -> int | None:
        """Of the answer."""
        return self.max_tokens


class Part(BaseModel):
    """A part of a message's content."""

    type: Literal["text"]
    text: str


class Message(BaseModel):
    """One message; `developer` is another word for `system`."""

    role: Literal["system", "developer", "user", "assistant"]
    content: str | tuple[Part, ...]

    @property
    def text(self) -> str:
        """Its parts joined."""
        return self.content if isinstance(self.content, str) else "".join(part.text for part in self.content)


class Chat(_Asked):
    """`POST /v1/chat/completions`."""

    messages: tuple[Message, ...] = Field(min_length=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)

    @property
    def most_tokens(self) -> int | None:
        """Of the answer, by its newer name or its older one."""
        return self.max_completion_tokens or self.max_tokens


class Completion(_Asked):
    """`POST /v1/completions`: texts, or token ids of the model's own embedding, exactly as they are to be read."""

    prompt: str | tuple[int, ...] | tuple[str, ...] | tuple[tuple[int, ...], ...]

    @property
    def prompts(self) -> Sequence[str | tuple[int, ...]]:
        """One or several."""
        if isinstance(self.prompt, str):
            return (self.prompt,)
        if all(isinstance(one, int) for one in self.prompt):
            return (tuple(one for one in self.prompt if isinstance(one, int)),)
        return tuple(one for one in self.prompt if not isinstance(one, int))


FIELDS = {*Chat.model_fields, *Completion.model_fields, *Message.model_fields, *Part.model_fields}
Kind = TypeVar("Kind", Chat, Completion)


def read(kind: type[Kind], body: Any) -> Kind:
    """A request of a kind.

    Raises:
        RefusedError: another form; the sentence names the first field that is wrong.
    """
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if isinstance(part, int) or part in FIELDS) or "the body"
        if first["type"] == "extra_forbidden":
            raise RefusedError(
                f"{first['loc'][-1]}: not known here; allowed: {', '.join(kind.model_fields)}"
            ) from error
        raise RefusedError(f"{place}: found {str(first['input'])[:80]!r}; {first['msg']}") from error


@dataclass(frozen=True)
class Served:
    """One system as it is served: how it reads and writes, what it draws with unless told, what it can hold."""

    system: Asked
    encoder: Encoder
    """Writes turns as the system's recipe says."""
    decoding: Decoding
    positions: int
    """Tokens of prompt and answer together, at most."""
    facts: Mapping[str, Any]
    """What `GET /v1/models` says of it."""

    @property
    def name(self) -> str:
        """The model's name for clients."""
        return self.system.system_id

    def chat(self, asked: Chat) -> Row:
        """The conversation as the system reads it. A system message stands in place of the recipe's own prompt.

        Raises:
            RefusedError: no user's message at the end, a system message elsewhere than first, or too long.
        """
        told, turns = _told(asked.messages), _turns(asked.messages)
        own = self.encoder
        writer = own if told is None else Encoder(own.vocabulary, own.rendering, told)
        return self._row(asked, writer.prompt(turns))

    def completions(self, asked: Completion) -> list[Row]:
        """One row per prompt; a text stands behind the rendering's begin token, ids stand as they are.

        Raises:
            RefusedError: no prompt, too many or an empty one, an id that the model has no embedding of, or too long.
        """
        if not asked.prompts or len(asked.prompts) > MOST_PROMPTS:
            raise RefusedError(f"prompt: found {len(asked.prompts)} prompts; allowed: 1 to {MOST_PROMPTS}")
        return [self._row(asked, self._ids(prompt)) for prompt in asked.prompts]

    def _ids(self, prompt: str | tuple[int, ...]) -> list[int]:
        own = self.encoder
        if isinstance(prompt, str):
            begin = [number for part in own.rendering.begin for number in part_ids(own.vocabulary, part)]
            ids = [*begin, *own.vocabulary.encode([prompt])[0]]
        else:
            ids = list(prompt)
        if not ids:
            raise RefusedError("prompt: empty; allowed: a text, or at least one token id")
        strange = [number for number in ids if not 0 <= number < own.vocabulary.size]
        if strange:
            raise RefusedError(f"prompt: found token id {strange[0]}; allowed: 0 to {own.vocabulary.size - 1}")
        return ids

    def _row(self, asked: _Asked, ids: list[int]) -> Row:
        decoding = self._decoding(asked)
        most = min(self.decoding.max_prompt_tokens, self.positions - decoding.max_new_tokens)
        if len(ids) > most:
            raise RefusedError(
                f"the prompt has {len(ids):,} tokens; allowed: up to {max(most, 0):,} beside an answer of"
                f" {decoding.max_new_tokens:,}; leave out the oldest messages",
                code="context_length_exceeded",
            )
        return Row(ids, secrets.randbits(63) if asked.seed is None else asked.seed, decoding)

    def _decoding(self, asked: _Asked) -> Decoding:
        told = {
            "max_new_tokens": asked.most_tokens,
            "min_new_tokens": asked.min_tokens,
            "temperature": asked.temperature,
            "top_p": asked.top_p,
            "repetition_penalty": asked.repetition_penalty,
            "no_repeat_ngram_size": asked.no_repeat_ngram_size,
        }
        return self.decoding.model_copy(update={key: value for key, value in told.items() if value is not None})


def _told(messages: Sequence[Message]) -> str | None:
    """The system message's text; None = none."""
    if any(message.role in ("system", "developer") for message in messages[1:]):
        raise RefusedError("messages: a system message may only stand first")
    return messages[0].text if messages[0].role in ("system", "developer") else None


def _turns(messages: Iterable[Message]) -> list[Turn]:
    """Turns are runs of one speaker's messages, joined by line breaks, as in training."""
    spoken = [message for message in messages if message.role in ("user", "assistant")]
    if not spoken or spoken[-1].role != "user":
        raise RefusedError("messages: the last one has to be the user's")
    return [
        Turn(role="client" if role == "user" else "counselor", text="\n".join(message.text for message in run))
        for role, run in groupby(spoken, key=lambda message: message.role)
    ]
