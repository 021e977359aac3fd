"""The real studio on a free port: real store, real service, real server, for tests and pictures."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from studio.demo.visits import Visits
from studio.service import Service
from studio.settings import Settings, sqlite_url
from studio.store.database import Store
from tasks.design.planning import plan
from tasks.schema import Study


@dataclass(frozen=True)
class Studio:
    """A running studio and its service."""

    service: Service
    url: str
    server: Any

    def link(self, study_id: str) -> str:
        """A new rater's personal link."""
        return f"{self.url}/e/{self.service.invite(study_id)[0]}"


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(folder: Path, *studies: Study, port: int = 0) -> Iterator[Studio]:
    """A studio that holds `studies`, served until the block is left."""
    settings = Settings(database_url=sqlite_url(folder / "studio.sqlite"), port=port)
    service = Service(Store(settings.database_url))
    for study in studies:
        service.create_study(study, plan(study))
    with running(service, settings) as studio:
        yield studio


@contextmanager
def running(service: Service, settings: Settings, visits: Visits | None = None) -> Iterator[Studio]:
    """The studio of `service`, served until the block is left; port 7860 and 0 mean a free one."""
    import uvicorn

    from studio.web.app import build

    port = settings.port if settings.port not in (0, Settings.port) else free_port()
    settings = replace(settings, port=port)
    config = uvicorn.Config(build(service, settings, visits), port=port, log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the studio did not start")
        time.sleep(0.02)
    try:
        yield Studio(service, settings.base_url, server)
    finally:
        server.should_exit = True
        thread.join(timeout=10)
