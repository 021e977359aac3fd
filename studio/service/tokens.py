"""Personal links and sessions: 256 random bits, stored only as hashes.

The session token is computed from the link token, so that opening a link again, on any device, signs in the same Rater
and uses nothing up; the store holds neither, only a hash of each.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

TOKEN_BYTES = 32
TOKEN_CHARACTERS = 43
"""Of 32 bytes in URL-safe base64."""
MAX_TOKEN_CHARACTERS = 100
_RUN = re.compile(r"[A-Za-z0-9_-]+")

RandomText = Callable[[int], str]
"""Bytes of randomness -> URL-safe text; `secrets.token_urlsafe` outside tests."""


def digest(token: str) -> str:
    """The hash under which a token is stored, 64 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def repaired(link: str) -> str:
    """The token in what was opened as a link, without what mail programs and people put beside it: `.`, `)`, `。`, `/`.

    '' where nothing of it can be a token. A token is 43 characters: what runs on behind it is cut off.
    """
    run = _RUN.search(link[: 2 * MAX_TOKEN_CHARACTERS])
    return run[0][:TOKEN_CHARACTERS] if run else ""


def session_of(link: str) -> str:
    """The session token of a link token; the link cannot be computed from it."""
    raw = hashlib.sha256(b"studio session\0" + link.encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def plausible(token: str | None) -> bool:
    """False for what cannot be a token, so that it need not be hashed and looked up."""
    return bool(token) and len(token or "") <= MAX_TOKEN_CHARACTERS
