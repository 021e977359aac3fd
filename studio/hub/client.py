"""The Hugging Face Hub, as the studio sees it: one repository, five verbs, three ways to fail.

The only place of the studio that imports huggingface_hub. That client repeats few of its calls by itself (no commit, no
single download), so every failure is sorted here into one the caller may try again and one that only a person can mend.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError, RepositoryNotFoundError
from huggingface_hub.utils import httpx

from tasks.hub import LIBRARY, Faults, access, asking, require_visibility, with_retries
from tasks.languages.fault import Fault

FAULTS = Faults(
    (httpx.HTTPError, EntryNotFoundError, OSError, ValueError),
    (httpx.HTTPError, LocalEntryNotFoundError, ConnectionError, TimeoutError),
)
ADVICE = Fault("hub_advice")
RepoKind = Literal["model", "dataset", "space"]


@dataclass(frozen=True)
class Head:
    """The newest version of a repository and whether only its owners see it."""

    oid: str
    private: bool


def connect(endpoint: str = "", token: str | None = None, environment: Mapping[str, str] | None = None) -> HfApi:
    """A client for huggingface.co, or for the endpoint that is named here: see `tasks.hub.access`.

    Args:
        environment: where `HF_TOKEN` and `HF_ENDPOINT` are looked up; None = this process's.

    Raises:
        HubRefusedError: no token; or `HF_ENDPOINT` names another host, which would get the token unasked.
    """
    granted = access(os.environ if environment is None else environment, endpoint, token)
    return HfApi(endpoint=granted.endpoint, token=granted.token, library_name=LIBRARY)


class Repo:
    """One repository on the Hub. Every method raises HubError's kinds and nothing else for what the Hub may do."""

    def __init__(self, api: HfApi, repo_id: str, kind: RepoKind = "dataset") -> None:
        self.api, self.repo_id, self.kind = api, repo_id, kind

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        prefix = "" if self.kind == "model" else f"{self.kind}s/"
        return f"{self.api.endpoint}/{prefix}{self.repo_id}"

    def head(self) -> Head | None:
        """The newest version; None where there is no such repository, or none this token may see."""
        with self._asking("look"):
            try:
                info = self.api.repo_info(self.repo_id, repo_type=self.kind)
            except RepositoryNotFoundError:
                return None
            return Head(info.sha, bool(info.private))

    def create(self, private: bool = True, **space: Any) -> None:
        """Make it; nothing changes if it is there already. `space`: space_sdk and the like."""
        with self._asking("create"):
            self.api.create_repo(self.repo_id, repo_type=self.kind, private=private, exist_ok=True, **space)

    def files(self, revision: str | None = None) -> tuple[str, ...]:
        """Every path in it, sorted."""
        with self._asking("list"):
            return tuple(sorted(self.api.list_repo_files(self.repo_id, repo_type=self.kind, revision=revision)))

    def download(self, folder: Path, patterns: Sequence[str], revision: str | None = None) -> None:
        """Copy the files that match into the folder, every one of them or an error."""
        with self._asking("download"):
            self.api.snapshot_download(
                self.repo_id,
                repo_type=self.kind,
                revision=revision,
                allow_patterns=list(patterns),
                cache_dir=folder / ".cache",
                local_dir=folder,
            )

    def commit(
        self,
        message: str,
        add: Mapping[str, bytes | Path],
        delete: Sequence[str] = (),
        parent: str | None = None,
    ) -> str:
        """One new version, whole or not at all; returns its id.

        Args:
            message: its title.
            add: contents by path, or the files that hold them.
            delete: paths to take away.
            parent: the version this follows; HubConflictError where another has come between.
        """
        operations: list[Any] = [CommitOperationDelete(path) for path in delete]
        operations += [CommitOperationAdd(path, content) for path, content in add.items()]
        with self._asking("write"):
            return str(
                self.api.create_commit(
                    self.repo_id, operations, commit_message=message, repo_type=self.kind, parent_commit=parent
                ).oid
            )

    def squash(self) -> None:
        """Leave the newest version alone and forget every older one."""
        with self._asking("squash"):
            self.api.super_squash_history(self.repo_id, repo_type=self.kind)

    def secret(self, name: str, value: str) -> None:
        """Set a secret of a Space; nobody can read it back."""
        with self._asking("secret"):
            self.api.add_space_secret(self.repo_id, name, value)

    def variable(self, name: str, value: str) -> None:
        """Set a variable of a Space; everybody who may see the Space can read it."""
        with self._asking("variable"):
            self.api.add_space_variable(self.repo_id, name, value)

    def _asking(self, act: str) -> AbstractContextManager[None]:
        return asking(FAULTS, Fault(f"hub_{act}", kind=self.kind, name=self.repo_id), ADVICE)


def publish(
    repo: Repo,
    files: Mapping[str, bytes | Path],
    private: bool,
    message: str,
    pause: Callable[[float], None] = time.sleep,
    **space: Any,
) -> str | None:
    """One version with exactly these contents beside what is there; returns its id. The same again changes nothing.

    Raises:
        HubRefusedError: the repository is there with another visibility than asked for; nothing was sent.
        HubError: see its kinds.
    """
    head = with_retries(repo.head, pause=pause)
    if head is None:
        with_retries(lambda: repo.create(private, **space), pause=pause)
        head = with_retries(repo.head, pause=pause)
    require_visibility(f"{repo.kind} {repo.repo_id}", head is not None and head.private, private)
    return with_retries(lambda: repo.commit(message, files), pause=pause)
