"""A server of base and adapters on a socket of this machine, for tests and benchmarks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from finetune.generation.decoding import Decoding
from finetune.model.systems import asked
from finetune.serving.server import Address, answering, listen, server_of
from finetune.serving.worker import Worker


class Running(NamedTuple):
    """A server that answers."""

    url: str
    worker: Worker


@contextmanager
def serving(
    systems: Sequence[str], decoding: Decoding, recipe: str | None = None, token: str = ""
) -> Iterator[Running]:
    """Answers on a free port until the end of the block."""
    address = Address("127.0.0.1", 0)
    with listen(address) as listening, answering(asked(systems, recipe), decoding) as (served, worker):
        server = server_of(served, worker, token)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield Running(Address("127.0.0.1", listening.getsockname()[1]).url, worker)
        finally:
            server.should_exit = True
            thread.join()
