"""The environment and `--set key=value`, each read in one place."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from tasks.errors import InputError

Settings = TypeVar("Settings", bound=BaseModel)


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


def launched_sharded() -> bool:
    """True where `accelerate launch` was told to split weights itself."""
    return os.environ.get("ACCELERATE_USE_FSDP", "").lower() == "true"


def local_rank() -> int:
    """This process's GPU number on its machine; 0 where there is one process."""
    return int(os.environ.get("LOCAL_RANK", "0"))


def given(overrides: Sequence[str]) -> dict[str, Any]:
    """What `--set key=value` says, values read as YAML, numbers such as 1e-5 too; '' where nothing follows the sign.

    Raises:
        InputError: no `=`, or a value that is no YAML; all at once.
    """
    found, wrong = dict[str, Any](), list[str]()
    for text in overrides:
        key, sign, value = text.partition("=")
        try:
            found[key.strip()] = _value(value)
        except yaml.YAMLError:
            wrong.append(f"--set {text}: {value!r} cannot be read; a number, a word, or {{key: value}} is needed")
        if not sign:
            wrong.append(f"--set {text}: found no '='; write --set key=value")
    if wrong:
        raise InputError(wrong)
    return found


def _value(text: str) -> Any:
    try:
        number = float(text)
    except ValueError:
        return yaml.safe_load(text) if text else ""
    return int(number) if number.is_integer() and "e" not in text.lower() and "." not in text else number


def laid_over(settings: type[Settings], overrides: Sequence[str], **defaults: Any) -> Settings:
    """The defaults of a record, `defaults` and then `key=value` laid over them.

    Raises:
        InputError: unknown key or value not allowed, all at once.
    """
    try:
        return settings.model_validate({**defaults, **given(overrides)})
    except ValidationError as error:
        allowed = ", ".join(settings.model_fields)
        raise InputError(
            f"--set {'.'.join(map(str, e['loc']))}: found {e['input']!r}; {e['msg']}; settings: {allowed}"
            for e in error.errors()
        ) from error
