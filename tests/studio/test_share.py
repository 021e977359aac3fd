"""`serve --share` against a stand-in of the program that Gradio's tunnel runs, which forwards a port of its own."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from gradio import networking, tunneling

from studio.__main__ import main
from studio.health import checkup
from studio.settings import Settings
from studio.web.serving import shared
from studio.web.share.tunnel import opened
from tests.studio.test_doctor import studio
from tests.studio_world import empty_database

FORWARDS = """\
#!{python}
import socket, sys, threading
local = int(sys.argv[sys.argv.index("-l") + 1])
def pump(source, target):
    while data := source.recv(65536):
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)
with socket.create_server(("127.0.0.1", 0)) as opened:
    print(f"start proxy success: http://localhost:{{opened.getsockname()[1]}}", flush=True)
    while True:
        outside, _ = opened.accept()
        inside = socket.create_connection(("127.0.0.1", local))
        for pair in ((outside, inside), (inside, outside)):
            threading.Thread(target=pump, args=pair, daemon=True).start()
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where Gradio looks for its program; a test writes the stand-in there."""
    made = tmp_path / "frpc"
    monkeypatch.setattr(tunneling, "BINARY_PATH", str(made))
    monkeypatch.setattr(networking, "GRADIO_SHARE_SERVER_ADDRESS", "127.0.0.1:1")
    monkeypatch.setattr(tunneling, "TUNNEL_TIMEOUT_SECONDS", 1)
    yield made
    for tunnel in tunneling.CURRENT_TUNNELS:
        if tunnel.proc is not None:
            tunnel.proc.terminate()
            until = time.monotonic() + 10
            while not (tunnel.proc.stdout.closed and tunnel.proc.stderr.closed):
                assert time.monotonic() < until
                time.sleep(0.02)
            tunnel.proc = None
    tunneling.CURRENT_TUNNELS.clear()


def written(program: Path, text: str) -> None:
    program.write_text(text.format(python=sys.executable))
    program.chmod(0o755)


def test_what_listens_is_reached_by_the_public_address_until_the_tunnel_ends(program: Path, tmp_path: Path) -> None:
    written(program, FORWARDS)
    file = tmp_path / "studio.sqlite"
    file.write_bytes(empty_database())
    ended = threading.Event()
    with studio(file) as port:
        address = opened(port, ended.set)
        found = {f.what: f for f in checkup.looked_at(address, f"sqlite:///{file}", datetime.now(UTC))}
        assert found["streams"].standing == found["cookies"].standing == found["server"].standing == "good", found
        process = tunneling.CURRENT_TUNNELS[-1].proc
        assert process is not None
        assert not ended.is_set()
        process.terminate()
        assert ended.wait(10)


def test_links_and_cookies_are_those_of_the_public_address(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(program, "#!{python}\nprint('start proxy success: https://name.gradio.live', flush=True)\n")
    settings = shared(Settings(share=True))
    assert settings.base_url == "https://name.gradio.live"
    assert settings.secure_cookies
    assert settings.behind_proxy
    assert "for a week at most" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#!{python}\nprint('login to server failed: refused', flush=True)\n", "Could not create share URL"),
        ("#!{python}\nimport time\ntime.sleep(20)\n", "Gradio's tunnel did not answer within 1 seconds"),
        ("no program", "Exec format error"),
    ],
)
def test_without_a_tunnel_one_sentence_is_said(
    text: str, why: str, program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(program, text)
    plain = Settings(share=True)
    assert shared(plain, seconds=1) == plain
    said = capsys.readouterr().err
    assert f"--share: no public address: {why}" in said.replace("[Errno 8] ", "")


def test_share_and_a_public_address_are_one_too_many(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STUDIO_PUBLIC_URL", "https://study.example.org")
    assert main(["serve", "--new", "--share"]) == 2
    assert "--share: STUDIO_PUBLIC_URL is set" in capsys.readouterr().err
