"""One file compressed with gzip or xz: unpacked within a bound, however much more it claims to hold."""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Callable
from typing import Any

from tasks.errors import InputError
from tasks.languages.fault import Fault, at, why

MOST_MEMORY = 96 * 2**20
"""Bytes that an xz stream may ask for to be unpacked; its highest usual level asks for 65 MB."""
MOST_STREAMS = 1000
"""Streams one after the other in a file, as tools that append to it write them."""
_NEW: dict[str, Callable[[], Any]] = {
    "gzip": lambda: zlib.decompressobj(zlib.MAX_WBITS | 16),
    "xz": lambda: lzma.LZMADecompressor(memlimit=MOST_MEMORY),
}


def unpacked(data: bytes, kind: str, most: int, name: str) -> bytes:
    """What a compressed file holds.

    Args:
        kind: `gzip` or `xz`.
        most: bytes that it may hold.
        name: what messages call it.

    Raises:
        InputError: a broken or cut file, or one that holds more.
    """
    parts: list[bytes] = []
    size = 0
    try:
        for _ in range(MOST_STREAMS):
            stream = _NEW[kind]()
            parts.append(stream.decompress(data, most - size + 1))
            size += len(parts[-1])
            if size > most:
                raise InputError(at(name, Fault("unpacks_to_more", most=f"{most // 2**20:,}")))
            if not stream.eof:
                raise EOFError(Fault("ends_early"))
            data = stream.unused_data.lstrip(b"\0")  # tapes and xz pad with zeros
            if not data:
                return b"".join(parts)
    except (zlib.error, lzma.LZMAError, EOFError) as error:
        raise InputError(at(name, Fault("not_unpacked", reason=why(error)))) from error
    raise InputError(at(name, Fault("many_streams", most=f"{MOST_STREAMS:,}")))
