"""The Hugging Face Hub for models and adapters: find, fetch, push. The only place here that imports huggingface_hub."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from tasks.errors import InputError

HOME = "https://huggingface.co"
WANTED = ("*.json", "*.safetensors", "*.model", "*.jinja")
"""Weights, configuration, tokeniser and run card; never pickles, which run code when opened."""
WITHOUT_WEIGHTS = ("config.json", "generation_config.json", "tokenizer*", "*.model", "*.jinja")
ATTEMPTS = 5
TRANSIENT = (408, 425, 429, 500, 502, 503, 504)
HUB_ID = re.compile(r"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(@[\w./-]+)?$")


@dataclass(frozen=True)
class Found:
    """A folder on this machine with a whole model or an adapter."""

    folder: Path
    kind: Literal["model", "adapter"]
    revision: str | None
    """The Hub's commit id; None for a folder of the reader's own."""


def resolve(name: str, endpoint: str = "") -> Found:
    """A model or adapter by folder or by Hub id.

    Args:
        name: a folder, or `owner/name` with an optional `@revision`.
        endpoint: another Hub than huggingface.co.

    Raises:
        InputError: neither; or it cannot be fetched; or it holds no model and no adapter.
    """
    if Path(name).is_dir():
        return Found(Path(name), _kind(Path(name), name), None)
    if not HUB_ID.match(name):
        raise InputError(f"{name}: not a folder here, and no Hub id; write FOLDER, OWNER/NAME or OWNER/NAME@REVISION")
    repo_id, _, revision = name.partition("@")
    folder = snapshot(repo_id, revision or None, endpoint)
    return Found(folder, _kind(folder, name), folder.name)


def _kind(folder: Path, name: str) -> Literal["model", "adapter"]:
    if (folder / "adapter_config.json").is_file():
        return "adapter"
    if (folder / "config.json").is_file():
        return "model"
    raise InputError(f"{name}: holds neither adapter_config.json (an adapter) nor config.json (a model)")


def snapshot(name: str, revision: str | None = None, endpoint: str = "", wanted: tuple[str, ...] = WANTED) -> Path:
    """A Hub model's files in the user's Hub cache, fetched where they are not there yet.

    Args:
        wanted: patterns of the files; `WITHOUT_WEIGHTS` fetches a few MB where weights are 16 GB.

    Raises:
        InputError: no such model, no right to it (gated models: accept the terms on its page), or no connection.
    """
    from huggingface_hub import snapshot_download

    page = f"{endpoint or HOME}/{name}"
    with _asking(f"{name} cannot be fetched", f"look at {page}, accept its terms there, set HF_TOKEN if it is gated"):
        token = None if endpoint or _is_home(os.environ) else False  # a mirror set for all programs gets no token
        found = snapshot_download(
            name, revision=revision, allow_patterns=list(wanted), endpoint=endpoint or None, token=token
        )
    return Path(found)


def _is_home(environment: Mapping[str, str]) -> bool:
    return urlsplit(environment.get("HF_ENDPOINT", HOME))[:2] == urlsplit(HOME)[:2]


def connect(endpoint: str = "", token: str | None = None, environment: Mapping[str, str] | None = None) -> Any:
    """A client that writes to huggingface.co, or to the endpoint named here: naming it is consent to send it the token.

    Raises:
        InputError: no token; or `HF_ENDPOINT` names another host, which would get the token unasked.
    """
    from huggingface_hub import HfApi

    environment = os.environ if environment is None else environment
    token = token or environment.get("HF_TOKEN")
    if not token:
        raise InputError("no Hub token: set HF_TOKEN to a fine-grained token that may write to this model")
    if not endpoint and not _is_home(environment):
        raise InputError(
            f"HF_ENDPOINT names {environment['HF_ENDPOINT']!r}, which is not huggingface.co and would be sent your "
            "token; name it with --hub-endpoint if that is meant, or unset it"
        )
    return HfApi(endpoint=(endpoint or HOME).rstrip("/"), token=token, library_name="kokoro-studio")


def upload(api: Any, repo_id: str, files: Mapping[str, bytes | Path], message: str, private: bool) -> str:
    """One commit of exactly these files to a model repository, made where it is not there; returns its address.

    Sending the same files again changes nothing. A repository that exists keeps its visibility: if it is public
    although `private` is asked for, nothing is sent.

    Raises:
        InputError: refused, or the Hub failed five times.
    """
    from huggingface_hub import CommitOperationAdd

    with _asking(f"{repo_id} cannot be made or read", "check the name and that HF_TOKEN may write there"):
        api.create_repo(repo_id, private=private, exist_ok=True)
        is_private = bool(api.repo_info(repo_id).private)
    if private and not is_private:
        raise InputError(f"{repo_id} is public already: nothing was sent. Make it private, or say --public")
    operations = [CommitOperationAdd(path, content) for path, content in files.items()]
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with _asking(f"{repo_id} cannot be written", "check that HF_TOKEN may write there"):
                api.create_commit(repo_id, operations, commit_message=message)
                break
        except _TransientError:
            if attempt == ATTEMPTS:
                raise
            _pause(2.0**attempt)
    return f"{api.endpoint}/{repo_id}"


class _TransientError(InputError):
    """The same request may succeed later."""


def _pause(seconds: float) -> None:
    import time

    time.sleep(seconds)


@contextmanager
def _asking(what: str, advice: str) -> Iterator[None]:
    from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, OfflineModeIsEnabled
    from huggingface_hub.utils import httpx

    try:
        yield
    except (HfHubHTTPError, EntryNotFoundError, OfflineModeIsEnabled, httpx.HTTPError, ValueError) as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        if status in TRANSIENT:
            raise _TransientError(f"{what}: the Hub answered {status}; try again later") from error
        if status is not None:
            raise InputError(f"{what}: the Hub answered {status}; {advice}") from error
        if isinstance(error, ValueError):
            raise InputError(f"{what}: {error}") from error
        raise _TransientError(f"{what}: no connection to the Hub; {advice}, or name a local folder") from error
