"""`doctor` names what would keep raters away or lose what they give: every fault planted here, and none elsewhere."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from studio.__main__ import main
from studio.health import answering, checkup, clock, disk
from studio.health.finding import Finding
from studio.health.way import PATH
from studio.service import Service
from studio.settings import Settings
from studio.store.errors import StoreError
from studio.store.migrate import SCRIPTS
from studio.store.upkeep import serving
from studio.web.guard.guard import Guard
from studio.web.serving import server_of
from tests.studio_world import empty_database
from tests.tls import Authority

NOW = datetime.now(UTC)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder on the disk: other tests' folders may stand in memory, which doctor would say."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with a back-up of today."""
    made = tmp_path / "studio.sqlite"
    made.write_bytes(empty_database())
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "today.sqlite").write_bytes(empty_database())
    return made


@contextmanager
def studio(
    file: Path, public: str = "", tls: tuple[Path, Path] | None = None, behind_proxy: bool = False
) -> Iterator[int]:
    """The port of a studio that can be asked for its health, by itself or behind a door of TLS."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = listening.getsockname()[1]
        seen_at = f"http{'s' if tls else ''}://localhost:{port}"
        settings = Settings(port=port, public_url=public or seen_at, behind_proxy=behind_proxy)
        application = FastAPI()
        service = Service(serving_store(file, stack))
        answering.mount(application, service, settings)
        server = server_of(Guard(application, settings), behind_proxy)
        if tls:
            server.config.ssl_certfile, server.config.ssl_keyfile = map(str, tls)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        held = serving.take(file, port)
        assert held is not None
        stack.enter_context(held)
        while not server.started:
            time.sleep(0.01)
        try:
            yield port
        finally:
            server.should_exit = True
            thread.join(timeout=20)


def serving_store(file: Path, stack: ExitStack):  # type: ignore[no-untyped-def]
    from studio.store.database import Store

    store = Store(f"sqlite:///{file}")
    stack.callback(store.close)
    return store


def found(url: str, file: Path) -> dict[str, Finding]:
    """What is said of an address and a database, by subject."""
    return {finding.what: finding for finding in checkup.looked_at(url, f"sqlite:///{file}", datetime.now(UTC))}


def standing(findings: dict[str, Finding], *standings: str) -> list[str]:
    return [what for what, finding in findings.items() if finding.standing in standings]


def test_a_good_studio_on_this_computer_lacks_nothing_but_an_address_for_others(file: Path) -> None:
    with studio(file) as port:
        findings = found(f"http://localhost:{port}", file)
    assert standing(findings, "mend", "look") == ["host"], findings
    for what in (
        "cookies",
        "streams",
        "headers",
        "links",
        "saving",
        "clocks",
        "fsync",
        "server",
        "back-up",
        "database",
    ):
        assert findings[what].standing == "good", findings[what]


@pytest.mark.parametrize(("days", "says"), [(90.5, "good for 90 days"), (3.5, "ends in 3 days"), (-1, "has expired")])
def test_a_certificate(
    days: float, says: str, file: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    with studio(file, tls=authority.certificate(f"days{days}", days)) as port:
        findings = found(f"https://localhost:{port}", file)
    assert findings["certificate"].seen == says
    assert findings["streams"].standing == "good", "what comes behind the door is looked at all the same"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def test_a_certificate_nobody_trusts(file: Path, authority: Authority) -> None:
    with studio(file, tls=authority.certificate("unknown", 90)) as port:
        assert "is not trusted" in found(f"https://localhost:{port}", file)["certificate"].seen
        assert "no https" not in str(found(f"https://localhost:{port}", file))
        wrong = found(f"http://localhost:{port}", file)
    assert wrong["studio"].standing == "mend"


@pytest.mark.parametrize(
    ("url", "what", "says"),
    [
        ("study.example.org", "address", "no scheme"),
        ("https://study.example.org/path", "address", "path"),
        ("https://me:hidden@study.example.org", "address", "password"),
        ("ftp://study.example.org", "address", "ftp"),
        ("https://[::1", "address", "no address"),
        ("http://localhost:1", "port", "nothing listens at port 1"),
        ("https://no-such-host.invalid", "host", "no address is known"),
    ],
)
def test_an_address_that_cannot_be_opened(url: str, what: str, says: str, file: Path) -> None:
    finding = found(url, file)[what]
    assert finding.standing == "mend"
    assert says in finding.seen
    assert "hidden" not in finding.line()


def test_a_private_address_is_said(file: Path) -> None:
    from studio.health.address import Door, who_can_open

    assert [f.standing for f in who_can_open(Door(True, "192.168.1.5", 443))] == ["look"]
    assert [f.standing for f in who_can_open(Door(False, "192.168.1.5", 80))] == ["mend", "look"]
    assert [f.standing for f in who_can_open(Door(True, "8.8.8.8", 443))] == ["good"]


def test_links_that_name_another_address_and_what_pages_would_send(file: Path) -> None:
    with studio(file, public="https://study.example.org") as port:
        findings = found(f"http://localhost:{port}", file)
    assert standing(findings, "mend") == ["host", "links", "saving"]
    assert f"STUDIO_PUBLIC_URL=http://localhost:{port}" in findings["links"].todo


def test_two_servers_on_one_file_are_refused_and_told(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "studio.sqlite").write_bytes(empty_database())
    with studio(file) as port:
        with pytest.raises(StoreError, match=rf"process {os.getpid()}, port {port}"):
            serving.take(file, 7860)
        assert main(["serve", "--db", str(file), "--new", "--port", "0"]) == 2
        assert found(f"http://localhost:{port}", other / "studio.sqlite")["server"].standing == "mend"
        note = serving.note_of(file)
        note.write_text(note.read_text().replace(serving.INSTANCE, "elsewhere"))
        assert "two servers" in found(f"http://localhost:{port}", file)["server"].todo
    assert serving.server_of(file) == {}


def test_a_share_memory_and_a_container_layer(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    for kind, standing_ in (
        ("nfs4", "mend"),
        ("fuse.sshfs", "mend"),
        ("tmpfs", "mend"),
        ("overlay", "mend"),
        ("xfs", "good"),
    ):
        mounts.write_text(f"/dev/a / ext4 rw 0 0\nserver:/x {tmp_path} {kind} rw 0 0\n")
        first = next(iter(disk.looked_at(tmp_path / "not" / "yet", mounts)))
        assert (first.standing, kind in first.seen or kind == "overlay") == (standing_, True), first
    mounts.write_text(f"overlay {tmp_path} overlay rw 0 0\n")
    assert next(iter(disk.looked_at(tmp_path, mounts, copied=True))).standing == "look", "the copy fills it again"
    assert disk.file_system(tmp_path, tmp_path / "none") == ""


def test_fsync_that_is_too_fast_or_slow() -> None:
    assert [disk.synced(ms).standing for ms in (0.001, 2.0, 80.0)] == ["look", "good", "look"]


def test_a_disk_that_is_nearly_full(file: Path) -> None:
    assert [disk.roomy(free).standing for free in (0, 150e6, 500e6, 5e9)] == ["mend", "mend", "look", "good"]
    assert disk.roomy(150e6).line() == "mend  room: 0.1 GB free; make room: a full disk refuses judgments"
    free = shutil.disk_usage(file.parent).free
    assert found("x", file)["room"].standing == disk.roomy(free).standing


def test_a_full_disk_is_no_traceback(tmp_path: Path) -> None:
    """`/dev/full` refuses every write as a full disk does; a folder on a full file system cannot be made here."""
    if os.geteuid() == 0 or not Path("/proc/1").exists():
        folder = Path("/proc/self")  # nobody, root included, makes a file there
    else:
        folder = tmp_path
        folder.chmod(0o500)
    findings = {finding.what: finding for finding in disk.looked_at(folder)}
    assert findings["fsync"].standing == "mend"
    assert "cannot be written to" in findings["fsync"].seen


NEWEST = max(path.name[:4] for path in (SCRIPTS / "versions").glob("[0-9]*.py"))


@pytest.mark.parametrize(
    ("schema", "standing_", "says"),
    [
        ("9999", "mend", f"newer than this program ({NEWEST})"),
        ("0001", "look", "schema 0001"),
        (NEWEST, "good", NEWEST),
    ],
)
def test_a_database_of_another_version(schema: str, standing_: str, says: str, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (schema,))
    finding = found("x", file)["database"]
    assert finding.standing == standing_
    assert says in finding.seen


def test_a_newer_database_is_not_opened(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = file.read_bytes()
    assert main(["serve", "--db", str(file), "--new", "--port", "0"]) == 2
    assert "newer" in capsys.readouterr().err
    assert file.read_bytes() == before


def test_a_wrong_port(file: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    with studio(file) as port:
        assert found(f"https://localhost:{port}", file)["port"].seen == f"no https is spoken at port {port}"
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        monkeypatch.setattr("studio.health.address.SECONDS", 0.2)
        assert found(f"http://localhost:{port}", file)["studio"].standing == "mend"


def test_clock_and_time_zone(file: Path) -> None:
    later = clock.looked_at(NOW, NOW + timedelta(hours=1))
    assert later[0].standing == "mend"
    words = [sys.executable, "-m", "studio", "doctor", "study.example.org", "--db", str(file)]
    done = subprocess.run(words, env={**os.environ, "TZ": "Asia/Tokio"}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "mend  time zone: 'Asia'" in done.stdout
    done = subprocess.run(words, env={**os.environ, "TZ": "Asia/Tokyo"}, capture_output=True, text=True, check=False)
    assert "good  time zone: JST (+0900)" in done.stdout


def test_old_back_ups_and_none(file: Path) -> None:
    backup = file.parent / "backups" / "today.sqlite"
    then = (NOW - timedelta(days=3)).timestamp()
    os.utime(backup, (then, then))
    assert found("x", file)["back-up"].standing == "mend"
    backup.unlink()
    assert found("x", file)["back-up"].standing == "look"


def test_a_database_that_cannot_be_read(tmp_path: Path) -> None:
    bad = tmp_path / "bad.sqlite"
    bad.write_bytes(b"no database" * 200)
    assert found("x", bad)["database"].standing == "mend"
    assert found("x", tmp_path / "none.sqlite")["database"].standing == "look"
    (secret,) = [
        f
        for f in checkup.looked_at("x", "postgresql://me:hidden@localhost:1/x", datetime.now(UTC))
        if f.what == "database"
    ]
    assert secret.standing == "mend"
    assert "hidden" not in secret.line()


def test_a_stream_and_a_cookie_in_the_guarded_studio(file: Path) -> None:
    with studio(file) as port:
        connection = http.client.HTTPConnection("localhost", port, timeout=10)
        connection.request("GET", PATH)
        answer = connection.getresponse()
        assert answer.headers["x-accel-buffering"] == "no"
        assert answer.headers["cache-control"] == "no-store"
        answer.read()
        connection.close()
