"""How responses are drawn: recorded with every response."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict, Field

from finetune.settings import laid_over


class Decoding(BaseModel):
    """Settings of generation; names as in transformers' GenerationConfig. Unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_new_tokens: int = Field(default=96, ge=1)
    """99 of 100 human replies have at most 104 tokens."""
    min_new_tokens: int = Field(default=2, ge=0)
    """Tokens before the turn may end."""
    temperature: float = Field(default=0.7, ge=0)
    """0 = always the likeliest token."""
    top_p: float = Field(default=0.9, gt=0, le=1)
    repetition_penalty: float = Field(default=1.1, ge=1)
    """Divides the scores of tokens the response already holds; the prompt does not count."""
    no_repeat_ngram_size: int = Field(default=4, ge=0)
    """No run of so many tokens occurs twice in a response; 0 = no such rule."""
    batch_size: int = Field(default=16, ge=1)
    """Recorded because in bfloat16 near-ties can fall otherwise in another batch."""
    max_prompt_tokens: int = Field(default=8192, ge=64)
    """A longer history loses its oldest turns."""
    attempts: int = Field(default=5, ge=1)
    """Seeds tried where a response comes out empty."""


def load(overrides: tuple[str, ...]) -> Decoding:
    """Defaults with `key=value` laid over them.

    Raises:
        InputError: unknown key or value not allowed, all at once.
    """
    return laid_over(Decoding, overrides)


def seed_of(seed: int, item_id: str, system_id: str, attempt: int = 0) -> int:
    """The seed of one response, 0..2^63-1: its own for every (item, system), whatever else is generated."""
    digest = hashlib.sha256(f"{seed}:{item_id}:{system_id}:{attempt}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
