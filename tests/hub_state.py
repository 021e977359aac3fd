"""What the Hub on this machine holds: repositories, their versions, a log of requests, and faults on order."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

WRITER, READER, STRANGER = "hf_test", "hf_reader", "hf_stranger"
USERS = {WRITER: "tester", READER: "tester", STRANGER: "stranger"}
LFS_SUFFIXES = (".parquet", ".safetensors", ".bin", ".gz", ".zip", ".png")
LFS_BYTES = 10 * 1024 * 1024


class RefusalError(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, code: str = "", message: str = "", **body: Any) -> None:
        super().__init__(message or code)
        self.status, self.code, self.body = status, code, {"error": message or code, **body}


@dataclass
class Fault:
    """Answers `status` to the next `times` requests with `part` in "METHOD path"; `late` = after doing the work."""

    part: str
    status: int
    times: int = 1
    late: bool = False
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Commit:
    """One version of a repository: its files, whole."""

    oid: str
    title: str
    files: dict[str, bytes]


@dataclass
class Repo:
    """A repository with one branch; `facts` is the body that created it."""

    kind: str
    repo_id: str
    private: bool
    facts: dict[str, Any]
    commits: list[Commit] = field(default_factory=list)
    settings: dict[str, dict[str, Any]] = field(default_factory=lambda: {"secrets": {}, "variables": {}})

    def commit(self, title: str, files: dict[str, bytes]) -> Commit:
        """Add a version."""
        made = Commit(hashlib.sha1(f"{title}{len(self.commits)}{sorted(files)}".encode()).hexdigest(), title, files)
        self.commits.append(made)
        return made

    def at(self, revision: str) -> Commit:
        """The version of this branch or commit id."""
        for commit in reversed(self.commits):
            if revision in ("main", commit.oid):
                return commit
        raise RefusalError(404, "RevisionNotFound")


@dataclass(frozen=True)
class Request:
    """One line of the log."""

    method: str
    path: str
    status: int
    user: str | None


@dataclass
class Hub:
    """All that the server knows. Tests read `log` and `repos`, and put `faults`."""

    url: str = ""
    repos: dict[tuple[str, str], Repo] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    log: list[Request] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    before: list[Callable[[str], object]] = field(default_factory=list)
    """Called once each, with "METHOD path", before the next commit is taken: room for a second writer."""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def files(self, kind: str, repo_id: str) -> dict[str, bytes]:
        """The newest files of a repository."""
        return self.repos[kind, repo_id].commits[-1].files

    def asked(self, part: str, status: int | None = None) -> list[Request]:
        """The log's requests with `part` in "METHOD path"."""
        return [r for r in self.log if part in f"{r.method} {r.path}" and status in (None, r.status)]

    def fault(self, line: str) -> Fault | None:
        """The fault put for this request, counted down."""
        with self.lock:
            for fault in self.faults:
                if fault.times > 0 and fault.part in line:
                    fault.times -= 1
                    return fault
        return None


def is_lfs(path: str, data: bytes | int) -> bool:
    """As the Hub's .gitattributes would say."""
    return path.endswith(LFS_SUFFIXES) or (data if isinstance(data, int) else len(data)) > LFS_BYTES


def git_oid(data: bytes) -> str:
    """The id git gives a file."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def entry(path: str, data: bytes) -> dict[str, Any]:
    """One line of a tree."""
    found = {"type": "file", "path": path, "size": len(data), "oid": git_oid(data)}
    if is_lfs(path, data):
        found["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
    return found
