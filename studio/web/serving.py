"""Start the server: import studies, bind the socket before heavy imports, print links."""

from __future__ import annotations

import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from studio.documents import addresses
from studio.service import Service, StudioError
from studio.service.erasing import DueStudy
from studio.service.room.planned import as_launched
from studio.settings import Settings
from studio.store.errors import StoreError
from studio.store.upkeep import serving as one_server
from studio.web import logs
from studio.web.share import tunnel
from tasks.console import say
from tasks.design.planning import plan
from tasks.schema import Study
from tasks.study.wording import drafts

if TYPE_CHECKING:
    import uvicorn

    from studio.demo.visits import Visits
    from studio.hub.mirror import HubCopy
    from studio.web.guard.asgi import Application


PURGE_SECONDS = 3600.0
MOST_FILES = 65_536
"""Nobody needs more file descriptors, and what is handed on to other programs costs them time."""
TOLD_DUE: set[str] = set()
"""Studies of which this process has said that they are due."""


def holds(service: Service, study: Study) -> bool:
    """False where the database holds another study under this id."""
    known = {row.study_id for row in service.studies()}
    return study.study_id not in known or service.study(study.study_id) == as_launched(study)


def bring_in(service: Service, study: Study) -> bool:
    """Import a study the database does not hold yet; True if it was new.

    Raises:
        StudioError: the database holds another study under this id; changing one under its raters would mix two.
        InputError: the study holds drafts that nobody has accepted.
    """
    if study.study_id not in {row.study_id for row in service.studies()}:
        if study.support is None or not study.support.contact.strip():
            raise StudioError(
                f"study.yaml: support.contact: is empty in {study.study_id!r}; raters must know whom to ask, "
                "and where to find help, before a study opens"
            )
        drafts.refuse(study)
        service.create_study(study, plan(study))
        return True
    if not holds(service, study):
        raise StudioError(
            f"study_id: the database holds {study.study_id!r} with other contents than the folder; judgments of two "
            "versions must not be mixed: give the changed study another id, or name another database with --db; of "
            "primary, hypotheses and exclusions alone: python -m studio amend STUDY_DIR"
        )
    return False


def fetched(settings: Settings) -> list[Path]:
    """The study folders of the private data set that `STUDIO_STUDY_FROM` names, in a new folder of this machine.

    Raises:
        StudioError: the data set is public, holds no study, or cannot be read.
    """
    from studio.hub.client import Repo, connect
    from tasks.hub import HubError, with_retries

    folder = Path(tempfile.mkdtemp(prefix="studio-study-"))
    try:
        repo = Repo(connect(settings.hub_endpoint), settings.study_from)
        head = with_retries(repo.head)
        if head is None or not head.private:
            why = "there is none this token may see" if head is None else "it is public, and says which system is which"
            raise StudioError(f"STUDIO_STUDY_FROM: data set {settings.study_from!r}: {why}")
        with_retries(lambda: repo.download(folder, ["*"], head.oid))
    except HubError as error:
        raise StudioError(f"STUDIO_STUDY_FROM: {error}") from error
    found = sorted(path.parent for path in folder.rglob("study.yaml"))
    if not found:
        raise StudioError(f"STUDIO_STUDY_FROM: data set {settings.study_from!r} holds no study.yaml")
    return found


def hub_mirror(service: Service, settings: Settings) -> HubCopy | None:
    """The copy the settings ask for, or None; an empty database is filled from it first.

    Raises:
        StudioError: the copy cannot be used; then nobody may be let in.
    """
    if not settings.copy_to:
        return None
    from studio.hub.client import connect
    from studio.hub.mirror import CopyError, keep, restore_into
    from tasks.hub import HubError

    try:
        api = connect(settings.hub_endpoint)
        count = restore_into(service.store, settings.copy_to, api, service.desk.clock)
    except (HubError, CopyError) as error:
        raise StudioError(f"Hub mirror: {error}") from error
    if count:
        say(f"Restored {count} events from {settings.copy_to}. Links are not in a copy: invite STUDY --again")
    return keep(service.store, settings.copy_to, api, service.desk.clock)


def _begin(copy: HubCopy) -> None:
    from studio.hub.mirror import CopyError, begin
    from tasks.hub import HubError

    try:
        problem = begin(copy)
    except (HubError, CopyError) as error:
        raise StudioError(f"Hub mirror: {error}") from error
    say(f"Copy:      {copy.status().url}" + (f"   not yet: {problem}" if problem else ""))


def serve(service: Service, settings: Settings, demo: str | None, visits: Visits | None = None) -> int:
    """Listen, print the links, serve until stopped. `demo` names the study a rater's link is printed for.

    On SIGTERM and Ctrl-C requests under way are answered and the Hub mirror is brought up to date.
    """
    logs.configure()
    _end_in_order()
    _purge_when_due(service)
    listening = _listen(settings, searching=demo is not None)
    settings = replace(settings, port=listening.getsockname()[1])
    held = None
    try:
        if service.store.is_sqlite:
            held = one_server.take(Path(str(service.store.engine.url.database)), settings.port)
        if service.copy is not None:
            _begin(service.copy)
        if settings.share:
            settings = shared(settings)
        if demo is not None:
            say(f"Rater:     {settings.base_url}/e/{service.invite(demo)[0]}")
        _say_where(service, settings)
        _run(service, settings, visits, listening)
    except KeyboardInterrupt:
        say("stopped")
    finally:
        listening.close()
        if service.copy is not None and not service.copy.stop():
            print(f"the Hub mirror is behind: {service.copy.status()}", file=sys.stderr)
        service.store.close()
        if held is not None:
            held.close()
    return 0


def shared(settings: Settings, seconds: float = tunnel.OPENING_SECONDS) -> Settings:
    """The settings under a tunnel's public address; as they were, and one sentence said, where there is no tunnel."""

    def ended() -> None:
        print("the tunnel has ended: links open on this machine alone until you start again", file=sys.stderr)

    try:
        address = tunnel.opened(settings.port, ended, seconds)
    except tunnel.ShareError as error:
        print(f"--share: no public address: {error}; the studio goes on without", file=sys.stderr)
        return settings
    say(f"Public:    {address}")
    for line in tunnel.TOLD:
        say(f"           {line}")
    return replace(settings, public_url=address, behind_proxy=True)


def _say_where(service: Service, settings: Settings) -> None:
    if service.anonymous is not None:
        say(f"Visitors:  {settings.base_url}/")
        say("Starting; it answers in a few seconds. Stop with Ctrl-C; nothing is kept.")
        return
    say(f"Organiser: {settings.base_url}/o/{service.organiser_link()}   (works once)")
    if not service.desk.demonstration and (reach := addresses.note(settings.base_url, "en")):
        say(f"           {reach} (STUDIO_PUBLIC_URL: docs/hosting.md)")
    say("Starting; the links answer in a few seconds. Stop with Ctrl-C; what was judged stays.")


def open_files() -> int:
    """How many file descriptors this process may open, raised as far as the system lets it."""
    try:
        import resource
    except ImportError:  # Windows counts its sockets elsewhere
        return MOST_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):  # macOS allows less than it says
            return soft
        return wanted
    return MOST_FILES if soft == resource.RLIM_INFINITY else soft


def _end_in_order() -> None:
    """SIGTERM ends the program as its own exit would, so that the copy is flushed; uvicorn raises it again."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def purge_notice(study: DueStudy) -> str:
    """What a study waits for whose people are due to be erased."""
    now = f"python -m studio purge {study.study_id} erases its people now"
    if study.doubtful:
        return (
            f"{study.study_id}: its retention date {study.due_at[:10]} has come long ago by this clock, and nothing "
            f"was stored for months; is the clock right? Nobody is erased until you say so: {now}"
        )
    when = f"its retention date {study.due_at[:10]} has come; the second look, a day after the first, erases"
    return f"{study.study_id}: {when}; {now}"


def _purge_when_due(service: Service) -> None:
    """Erase the people of studies whose retention date has come: now, and every hour while the studio runs."""
    try:
        for one in service.purge():
            say(f"{one.study_id}: its retention date {one.due_at[:10]} has come; {one.people} people erased")
        for due in service.due_studies():
            if due.study_id not in TOLD_DUE:
                TOLD_DUE.add(due.study_id)
                say(purge_notice(due))
    except StoreError as error:
        print(f"purge: {error}; trying again in an hour", file=sys.stderr)
    timer = threading.Timer(PURGE_SECONDS, _purge_when_due, (service,))
    timer.daemon = True
    timer.start()


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


def _run(service: Service, settings: Settings, visits: Visits | None, listening: socket.socket) -> None:
    from studio.web.app import build

    guard = build(service, settings, visits)
    server_of(guard, settings.behind_proxy, guard.leaving).run(sockets=[listening])


def server_of(
    application: Application, behind_proxy: bool = False, leaving: Callable[[], None] = lambda: None
) -> uvicorn.Server:
    """The HTTP server around the studio: nothing of a request in a log, and no more of it in memory than it needs.

    Args:
        leaving: called when the server is to stop, before it waits for open connections.
    """
    import uvicorn

    from studio.web.connections import backlog_of, bounded

    files = open_files()
    config = uvicorn.Config(
        application,
        http=bounded(files, behind_proxy),  # on h11, which refuses endless headers where httptools keeps them all
        ws="none",
        proxy_headers=False,  # the guard reads them, and only where the settings say that a proxy writes them
        backlog=backlog_of(files),
        log_config=None,
        log_level="warning",
        access_log=False,  # addresses hold personal links
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=75,  # a rater reads for a minute; proxies give up theirs after 60 s
    )

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            leaving()
            await super().shutdown(sockets)

    return Server(config)
