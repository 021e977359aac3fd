"""Hashes of large files, taken once and remembered in the user cache."""

from __future__ import annotations

import json
from pathlib import Path

from finetune.settings import cache_folder
from tasks.files import sha256_file, write_json

SMALL = 1 << 20


def cached_sha256(path: Path) -> str:
    """sha256 of a file; remembered under its path, size and time of change when larger than 1 MB."""
    facts = path.stat()
    if facts.st_size < SMALL:
        return sha256_file(path)
    store = cache_folder() / "hashes.json"
    key = f"{path.resolve()}|{facts.st_size}|{facts.st_mtime_ns}"
    known = _known(store)
    if key not in known:
        known[key] = sha256_file(path)
        write_json(store, known)
    return known[key]


def _known(store: Path) -> dict[str, str]:
    try:
        return dict(json.loads(store.read_text(encoding="utf-8")))
    except (OSError, json.JSONDecodeError):
        return {}  # a lost memory costs one more hashing, nothing else
