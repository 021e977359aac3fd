"""The environment, read in one place."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Where converted models and tokenised data are kept: `$XDG_CACHE_HOME/kokoro-studio`, or `~/.cache/…`."""
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "kokoro-studio"


def serving_token() -> str:
    """`$FINETUNE_TOKEN`: what clients of `serve` have to bring, and what `generate --engine` brings; "" = none."""
    return os.environ.get("FINETUNE_TOKEN", "")


def with_vllm_key(token: str) -> dict[str, str]:
    """The whole environment for vLLM, which asks for the token if there is one."""
    return {**os.environ, **({"VLLM_API_KEY": token} if token else {})}


def wants_colour() -> bool:
    """False where `$NO_COLOR` asks for none (no-color.org)."""
    return not os.environ.get("NO_COLOR")


def process_rank() -> int:
    """This process's number among those `accelerate launch` started; 0 where there is one."""
    return int(os.environ.get("RANK", "0"))


def process_count() -> int:
    """How many processes `accelerate launch` started; 1 without it."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def local_rank() -> int:
    """This process's GPU number on its machine; 0 where there is one process."""
    return int(os.environ.get("LOCAL_RANK", "0"))
