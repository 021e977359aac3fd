"""The files of deploy/: proxies and back-up really run, units verified, container files read; doctor through each."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from studio.health import checkup
from studio.health.finding import Finding
from studio.service import Service
from studio.store.database import Store
from studio.store.upkeep.verify import differences
from tests.studio_world import plan, study
from tests.tls import Authority

pytestmark = pytest.mark.slow

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
WAIT_SECONDS = 60


class Hosted(NamedTuple):
    """A studio that runs as behind a proxy of this machine, and what a proxy needs to stand before it."""

    folder: Path
    database: Path
    port: int
    public_port: int
    certificate: Path
    key: Path
    root: Path
    link: str

    @property
    def url(self) -> str:
        return f"https://localhost:{self.public_port}"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        return int(opened.getsockname()[1])


def wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert running.poll() is None, "it ended"
            time.sleep(0.05)
    pytest.fail("it does not answer")


@contextmanager
def running(words: Sequence[str], port: int, **more: str) -> Iterator[None]:
    with subprocess.Popen(words, env={**os.environ, **more}, start_new_session=True) as process:
        try:
            wait_for(port, process)
            yield
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def hosted() -> Iterator[Hosted]:
    """On the disk: other tests' folders may stand in memory, which doctor would say."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _hosted(Path(folder))


def _hosted(disk: Path) -> Iterator[Hosted]:
    authority = Authority(disk)
    certificate, key = authority.certificate("localhost", 90)
    database = disk / "studio.sqlite"
    service = Service(Store(f"sqlite:///{database}"))
    of = study(items=2)
    service.create_study(of, plan(of, seats=2))
    link = service.invite(of.study_id)[0]
    service.store.close()
    port, public = free_port(), free_port()
    told = {
        "STUDIO_PUBLIC_URL": f"https://localhost:{public}", "STUDIO_BEHIND_PROXY": "1", "STUDIO_PORT": str(port),
        "STUDIO_DATABASE_URL": f"sqlite:///{database}",
    }  # fmt: skip
    with running([sys.executable, "-m", "studio", "serve"], port, **told):
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_SECONDS)
        asking.request("GET", "/healthz")  # the port is open before the pages are ready
        assert asking.getresponse().status == 200
        asking.close()
        yield Hosted(disk, database, port, public, certificate, key, authority.root, link)


@contextmanager
def nginx(hosted: Hosted, tmp_path: Path, *changes: tuple[str, str]) -> Iterator[None]:
    """nginx with the site of deploy/, its names and ports those of the test, and lines of it changed."""
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed: apt-get install nginx")
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("/etc/letsencrypt/live/study.example.org/fullchain.pem", str(hosted.certificate)),
        ("/etc/letsencrypt/live/study.example.org/privkey.pem", str(hosted.key)),
        ("study.example.org", "localhost"), ("listen 80;", f"listen {free_port()};"),
        ("listen 443 ssl;", f"listen {hosted.public_port} ssl;"), ("127.0.0.1:7860", f"127.0.0.1:{hosted.port}"),
        *changes,
    ):  # fmt: skip
        assert old in site, old
        site = site.replace(old, new)
    places = " ".join(
        f"{name}_temp_path {tmp_path}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = tmp_path / "whole.conf"
    user = "user root; " if os.geteuid() == 0 else ""
    whole.write_text(
        f"{user}daemon off; worker_processes 1; pid {tmp_path}/pid; error_log {tmp_path}/errors;\n"
        f"events {{}}\nhttp {{ {places}\n{site}\n}}\n"
    )
    with running(["nginx", "-p", str(tmp_path), "-c", str(whole), "-e", f"{tmp_path}/errors"], hosted.public_port):
        yield


@contextmanager
def caddy(hosted: Hosted, tmp_path: Path) -> Iterator[None]:
    """Caddy with the file of deploy/; the certificate is the test's, since no authority of the internet knows it."""
    if shutil.which("caddy") is None:
        pytest.skip("Caddy is not installed: apt-get install caddy")
    site = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    site = site.replace("\treverse_proxy", f"\ttls {hosted.certificate} {hosted.key}\n\treverse_proxy")
    whole = tmp_path / "Caddyfile"
    whole.write_text(f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{site}")
    told = {"STUDIO_NAME": f"localhost:{hosted.public_port}", "STUDIO_UPSTREAM": f"127.0.0.1:{hosted.port}"}
    told |= {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    with running(["caddy", "run", "--config", str(whole), "--adapter", "caddyfile"], hosted.public_port, **told):
        yield


def doctor(hosted: Hosted) -> dict[str, Finding]:
    found = checkup.looked_at(hosted.url, f"sqlite:///{hosted.database}", datetime.now(UTC))
    return {finding.what: finding for finding in found}


def asked(hosted: Hosted, method: str, path: str, body: object = None, cookie: str = "") -> tuple[int, str, str]:
    """(status, text, cookie set) of a browser that trusts the test's authority."""
    context = ssl.create_default_context(cafile=str(hosted.root))
    connection = http.client.HTTPSConnection("localhost", hosted.public_port, timeout=WAIT_SECONDS, context=context)
    headers = {"Cookie": cookie, "Origin": hosted.url, "Content-Type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read().decode("utf-8")
    connection.close()
    return answer.status, answer.headers.get("location", text), answer.headers.get("set-cookie", "").partition(";")[0]


PROXIES = {"nginx": nginx, "caddy": caddy}


@pytest.mark.parametrize("proxy", PROXIES)
def test_doctor_finds_all_good_through_the_proxy_and_a_rater_comes_in(
    proxy: str, hosted: Hosted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(hosted.root))
    backups = hosted.folder / "backups"
    backups.mkdir(exist_ok=True)
    (backups / "now.sqlite").touch()
    with PROXIES[proxy](hosted, tmp_path):
        findings = doctor(hosted)
        status, page, cookie = asked(hosted, "GET", f"/e/{hosted.link}")
        assert (status, cookie.startswith("studio_rater")) == (303, True)
        status, text, _ = asked(hosted, "GET", page, cookie=cookie)
        assert status == 200
        assert "眠れない日が続いています" in text
    not_good = {what: finding for what, finding in findings.items() if finding.standing != "good"}
    assert list(not_good) == ["host"], not_good  # localhost is open to nobody else


def test_a_proxy_that_gathers_streams_takes_cookies_and_says_not_who_comes(
    hosted: Hosted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(hosted.root))
    gathers = "proxy_buffering on; proxy_ignore_headers X-Accel-Buffering; proxy_hide_header Set-Cookie;"
    silent = ("proxy_set_header X-Forwarded-For $remote_addr;", "")
    with nginx(hosted, tmp_path, ("proxy_buffering off;", gathers), silent):
        findings = doctor(hosted)
    for what in ("streams", "cookies", "proxy"):
        assert findings[what].standing == "mend", findings


def unit(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def test_units_are_verified_by_systemd(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    names = [path.name for path in DEPLOY.glob("*.service")] + [path.name for path in DEPLOY.glob("*.timer")]
    for name in names:
        changed = unit(name).replace("/opt/kokoro-studio/venv/bin/kokoro-studio", sys.executable)
        (tmp_path / name).write_text(changed.replace("kokoro\n", "root\n"))
    words = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in names)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    mine = [line for line in done.stderr.splitlines() if "kokoro-studio" in line]
    assert not mine, mine


def test_the_back_up_of_the_timer_can_be_restored_while_the_studio_runs(hosted: Hosted, tmp_path: Path) -> None:
    (line,) = re.findall(r"^ExecStart=/bin/sh -c '(.*)'$", unit("kokoro-studio-backup.service"), re.M)
    command = line.replace("%%", "%").replace("$$", "$").replace("/var/lib/kokoro-studio", str(tmp_path))
    command = command.replace("/opt/kokoro-studio/venv/bin/kokoro-studio", f"{sys.executable} -m studio")
    told = {**os.environ, "STUDIO_DATABASE_URL": f"sqlite:///{hosted.database}"}
    subprocess.run(["/bin/sh", "-c", command], env=told, check=True)
    (made,) = (tmp_path / "backups").glob("*.sqlite")
    again = tmp_path / "again.sqlite"
    words = [sys.executable, "-m", "studio", "restore", str(made), "--db", str(again)]
    subprocess.run(words, check=True, capture_output=True)
    store = Store(f"sqlite:///{again}")
    assert differences(store)[1] == []
    assert [row.study_id for row in Service(store).studies()] == ["sleep"]
    store.close()


def test_container_files_say_what_they_promise() -> None:
    steps = [line.split(" ", 1) for line in unit("Dockerfile").splitlines() if line and line[0].isupper()]
    by_name = dict(steps)
    assert by_name["USER"] == "kokoro"
    assert by_name["VOLUME"] == "/data"
    assert "HEALTHCHECK" in by_name
    assert json.loads(by_name["CMD"]) == ["kokoro-studio", "serve", "--new"]
    services = yaml.safe_load(unit("compose.yaml"))["services"]
    assert set(services) == {"studio", "database", "proxy"}
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert not re.findall(r"(?i)password\s*[:=]\s*[a-z0-9]", unit("compose.yaml").replace("POSTGRES_PASSWORD=…", ""))
