"""The Hugging Face Hub for models and adapters: find, fetch, push. The only place here that imports huggingface_hub."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tasks.errors import InputError
from tasks.hub import HOME, LIBRARY, Faults, access, asking, is_home, require_visibility, with_retries

WANTED = ("*.json", "*.safetensors", "*.model", "*.jinja", "README.md", "LICENSE*")
"""Weights, configuration, tokeniser, run card and terms; never pickles, which run code when opened."""
WITHOUT_WEIGHTS = ("config.json", "generation_config.json", "tokenizer*", "*.model", "*.jinja", "README.md", "LICENSE*")
ADVICE = "check the name and that HF_TOKEN may write there"
HUB_ID = re.compile(r"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(@[\w./-]+)?$")


@dataclass(frozen=True)
class Artifact:
    """A folder on this machine with a whole model or an adapter."""

    folder: Path
    kind: Literal["model", "adapter"]
    revision: str | None
    """The Hub's commit id; None for a folder of the reader's own."""


def resolve(name: str, endpoint: str = "") -> Artifact:
    """A model or adapter by folder or by Hub id.

    Args:
        name: a folder, or `owner/name` with an optional `@revision`.
        endpoint: another Hub than huggingface.co.

    Raises:
        InputError: neither; or it cannot be fetched; or it holds no model and no adapter.
    """
    if Path(name).is_dir():
        return Artifact(Path(name), _kind(Path(name), name), None)
    if not HUB_ID.match(name):
        raise InputError(f"{name}: not a folder here, and no Hub id; write FOLDER, OWNER/NAME or OWNER/NAME@REVISION")
    repo_id, _, revision = name.partition("@")
    folder = snapshot(repo_id, revision or None, endpoint)
    return Artifact(folder, _kind(folder, name), folder.name)


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
    advice = f"look at {page}, accept its terms there, set HF_TOKEN if it is gated"
    with asking(_faults(), f"{name} cannot be fetched", advice, instead="name a local folder"):
        token = None if endpoint or is_home(os.environ) else False  # a mirror set for all programs gets no token
        folder = snapshot_download(
            name, revision=revision, allow_patterns=list(wanted), endpoint=endpoint or None, token=token
        )
    return Path(folder)


def connect(endpoint: str = "", token: str | None = None, environment: Mapping[str, str] | None = None) -> Any:
    """A client that writes to huggingface.co, or to the endpoint that is named here: see `tasks.hub.access`.

    Raises:
        HubRefusedError: no token; or `HF_ENDPOINT` names another host, which would get the token unasked.
    """
    from huggingface_hub import HfApi

    granted = access(os.environ if environment is None else environment, endpoint, token)
    return HfApi(endpoint=granted.endpoint, token=granted.token, library_name=LIBRARY)


def upload(
    api: Any,
    repo_id: str,
    files: Mapping[str, bytes | Path],
    message: str,
    private: bool,
    pause: Callable[[float], None] = time.sleep,
) -> str:
    """One commit of exactly these files to a model repository, made where it is not there; returns its address.

    Sending the same files again changes nothing.

    Raises:
        HubRefusedError: the repository is there with another visibility than asked for; nothing was sent.
        HubError: refused, or the Hub failed five times.
    """
    from huggingface_hub import CommitOperationAdd

    operations = [CommitOperationAdd(path, content) for path, content in files.items()]

    def prepare() -> bool:
        with asking(_faults(), f"{repo_id} cannot be made or read", ADVICE):
            api.create_repo(repo_id, private=private, exist_ok=True)
            return bool(api.repo_info(repo_id).private)

    def send() -> None:
        with asking(_faults(), f"{repo_id} cannot be written", ADVICE):
            api.create_commit(repo_id, operations, commit_message=message)

    require_visibility(repo_id, with_retries(prepare, pause=pause), private)
    with_retries(send, pause=pause)
    return f"{api.endpoint}/{repo_id}"


def _faults() -> Faults:
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError
    from huggingface_hub.utils import httpx

    return Faults(
        (httpx.HTTPError, EntryNotFoundError, OSError, ValueError),
        (httpx.HTTPError, LocalEntryNotFoundError, ConnectionError, TimeoutError),
    )
