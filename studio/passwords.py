"""Organisers' passwords: only their scrypt hashes are ever kept, in a setting."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading

from tasks.errors import InputError

SHORTEST = 12
COST, BLOCK, LANES = 2**14, 8, 1
"""scrypt's n, r, p: 16 MB and about 50 ms a check."""
_one_at_a_time = threading.Lock()


class PasswordError(InputError):
    """A password or a hash that cannot be used; str() says why."""


def hashed(password: str, salt: bytes) -> str:
    """`scrypt:n:r:p:salt:hash`, for the setting.

    Raises:
        PasswordError: shorter than 12 characters.
    """
    if len(password) < SHORTEST:
        raise PasswordError(f"a password of {len(password)} characters; at least {SHORTEST} are needed")
    made = _scrypt(password, salt, COST, BLOCK, LANES)
    return f"scrypt:{COST}:{BLOCK}:{LANES}:{_text(salt)}:{_text(made)}"


def parse(text: str) -> tuple[int, int, int, bytes, bytes]:
    """(n, r, p, salt, hash) of a setting. PasswordError if it is none."""
    try:
        name, cost, block, lanes, salt, made = text.split(":")
        found = int(cost), int(block), int(lanes), _bytes(salt), _bytes(made)
    except ValueError as error:
        raise PasswordError("not a hash that `python -m studio password-hash` prints") from error
    if name != "scrypt" or found[0] > 2**17 or len(found[4]) != 32:
        raise PasswordError("not a hash that `python -m studio password-hash` prints")
    return found


def matches(password: str, text: str) -> bool:
    """True if `text` is the hash of `password`. One check at a time, because each takes 16 MB."""
    cost, block, lanes, salt, made = parse(text)
    with _one_at_a_time:
        given = _scrypt(password[:1000], salt, cost, block, lanes)
    return hmac.compare_digest(given, made)


def _scrypt(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    raw = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(raw, salt=salt, n=cost, r=block, p=lanes, maxmem=2**28, dklen=32)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
