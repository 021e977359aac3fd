"""The server: one base with its adapters in memory, one worker, one address, until somebody ends it."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import uvicorn

from finetune.generation.decoding import Decoding
from finetune.manifest import versions
from finetune.model import bases
from finetune.model.systems import Asked, by_base, loaded, precision, weights_of
from finetune.serving.app import build
from finetune.serving.requests import Served
from finetune.serving.worker import Worker
from finetune.training.prepare import encoder
from tasks.console import say
from tasks.engine.client import is_loopback
from tasks.errors import InputError
from tasks.files import sha256_file

DECISIVE = ("kokoro-studio", "transformers", "torch")
"""Packages whose versions make up the engine's."""


class Address(NamedTuple):
    """Where a server listens; port 0 = a free one."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The interface's root."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}/v1"


def token_for(host: str, token: str) -> str:
    """The token that a server on this host asks for: none on this machine's own addresses unless one is given."""
    return token or ("" if is_loopback(host) else secrets.token_urlsafe(24))


def one_base(systems: Sequence[Asked]) -> Sequence[Asked]:
    """The systems, if one base in memory can serve them all.

    Raises:
        InputError: they have several, or one base in several precisions.
    """
    groups = by_base(systems)
    if len(groups) > 1:
        parts = "; ".join(", ".join(system.system_id for system in group) for group in groups)
        raise InputError(f"--system: one server holds one base in one precision; start one for each of: {parts}")
    return systems


def serve(systems: Sequence[Asked], address: Address, decoding: Decoding, token: str) -> None:
    """Answers until the process is told to end.

    Raises:
        InputError: the address is taken, or the base cannot be loaded.
    """
    listening = listen(address)
    with listening, answering(systems, decoding) as (served, worker):
        at = Address(address.host, listening.getsockname()[1])
        for one in served:
            say(f"{one.name}: {one.system.base.name}{' + adapter' if one.system.adapter else ''}")
        say(f"serving at {at.url}" + (f" with bearer token {token}" if token else "") + "; Ctrl-C ends it")
        server_of(served, worker, token).run(sockets=[listening])


@contextmanager
def answering(systems: Sequence[Asked], decoding: Decoding) -> Iterator[tuple[list[Served], Worker]]:
    """The systems loaded, and the worker that answers for them until the end of the block."""
    model = loaded(one_base(systems))
    positions = int(bases.causal_of(model).config.get_text_config().max_position_embeddings)
    served = [_served(system, decoding, positions) for system in systems]
    worker = Worker(model, decoding.batch_size)
    worker.start()
    try:
        yield served, worker
    finally:
        worker.stop()
        worker.join()


def _served(system: Asked, decoding: Decoding, positions: int) -> Served:
    weights = weights_of(system)
    found = versions()
    facts = {
        "root": system.base.name,
        "max_model_len": min(positions, decoding.max_prompt_tokens + decoding.max_new_tokens),
        "engine": {
            "name": "kokoro-studio",
            "version": ", ".join(f"{name} {found[name]}" for name in DECISIVE if name in found),
            "precision": precision(system.recipe),
            "base": system.base.digest,
            "adapter": sha256_file(weights) if weights else None,
            "preferred": sorted(system.preferred),
            "demonstration": system.base.demonstration,
        },
    }
    return Served(system, encoder(system.base.vocabulary(), system.recipe), decoding, positions, facts)


def server_of(served: Sequence[Served], worker: Worker, token: str) -> uvicorn.Server:
    """The HTTP server; nothing of a request in a log."""
    config = uvicorn.Config(
        build(served, worker, token),
        log_config=None,
        log_level="warning",
        access_log=False,
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


def listen(address: Address) -> socket.socket:
    """A listening socket, before anything is loaded.

    Raises:
        InputError: the address is taken or not this machine's.
    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind(address)
        opened.listen(256)
    except OSError as error:
        opened.close()
        raise InputError(
            f"cannot listen on {address.host} port {address.port}: {error.strerror}; name another --port"
        ) from error
    return opened
