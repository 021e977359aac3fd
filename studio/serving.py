"""Serving: studies brought in once, a socket that is open before anything heavy is loaded, links told at once."""

from __future__ import annotations

import socket
from dataclasses import replace

from studio.commands import say
from studio.service import Service, StudioError
from studio.settings import Settings
from tasks.design import plan
from tasks.schema import Study


def holds(service: Service, study: Study) -> bool:
    """False where the database holds another study under this id."""
    known = {row["study_id"] for row in service.studies()}
    return study.study_id not in known or service.study(study.study_id) == study


def bring_in(service: Service, study: Study) -> bool:
    """Import a study the database does not hold yet; True if it was new.

    Raises:
        StudioError: the database holds another study under this id; changing one under its raters would mix two.
    """
    if study.study_id not in {row["study_id"] for row in service.studies()}:
        service.create_study(study, plan(study))
        return True
    if not holds(service, study):
        raise StudioError(
            f"study_id: the database holds {study.study_id!r} with other contents than the folder; judgments of two "
            "versions must not be mixed: give the changed study another id, or name another database with --db"
        )
    return False


def serve(service: Service, settings: Settings, demo: str | None) -> int:
    """Listen, print the links, serve until stopped. `demo` names the study a rater's link is printed for."""
    listening = _listen(settings, searching=demo is not None)
    settings = replace(settings, port=listening.getsockname()[1])
    if demo is not None:
        say(f"Rater:     {settings.base_url}/e/{service.invite(demo)[0]}")
    say(f"Organiser: {settings.base_url}/o/{service.organiser_link()}   (works once)")
    say("Starting; the links answer in a few seconds. Stop with Ctrl-C; what was judged stays.")
    _run(service, settings, listening)
    service.store.close()
    return 0


def _listen(settings: Settings, searching: bool) -> socket.socket:
    """A listening socket: whoever opens a link while the pages load waits a moment instead of being refused."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    for port in (settings.port, 0) if searching else (settings.port,):
        # named as TCP, because asyncio turns delayed sending (40 ms a save) off only where it reads that name
        opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind((settings.host, port))
            opened.listen(1024)
        except OSError as error:
            opened.close()
            if port == 0 or not searching:
                raise StudioError(
                    f"cannot listen on {settings.host} port {port}: {error.strerror}; name another --port"
                ) from error
        else:
            return opened
    raise StudioError(f"cannot listen on {settings.host}")


def _run(service: Service, settings: Settings, listening: socket.socket) -> None:
    import uvicorn

    from studio.app import build

    config = uvicorn.Config(
        build(service, settings),
        log_level="warning",
        access_log=False,  # addresses hold personal links
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run(sockets=[listening])
