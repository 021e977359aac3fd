"""finetune's side of the Hub: models and adapters found by folder or id, and pushed without surprises."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from finetune.hub import client as ours
from tasks.errors import InputError
from tasks.hub import HOME
from tests.hub_fixture import hub
from tests.hub_server import environment
from tests.hub_state import STRANGER, WRITER, Fault, Hub

__all__ = ["hub"]
ROOT = Path(__file__).resolve().parents[2]
ADAPTER = "tester/adapter"
KEY = ("models", ADAPTER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "adapter"
    folder.mkdir()
    (folder / "adapter_config.json").write_text("{}")
    (folder / "adapter_model.safetensors").write_bytes(b"weights")
    return folder


def files(folder: Path) -> dict[str, bytes | Path]:
    return {path.name: path for path in folder.iterdir()}


def push(hub: Hub, folder: Path, private: bool = True, pause: Callable[[float], None] = time.sleep) -> str:
    return ours.upload(ours.connect(hub.url, WRITER, {}), ADAPTER, files(folder), "adapter", private, pause)


def test_a_folder_is_taken_as_it_is(folder: Path) -> None:
    assert ours.resolve(str(folder)) == ours.Artifact(folder, "adapter", None)
    (folder / "adapter_config.json").rename(folder / "config.json")
    assert ours.resolve(str(folder)).kind == "model"
    (folder / "config.json").unlink()
    with pytest.raises(InputError, match=r"neither adapter_config\.json"):
        ours.resolve(str(folder))


@pytest.mark.parametrize("name", ["nowhere", "a/b/c", "/abs/nowhere", "a/b@", "../x"])
def test_what_is_neither_folder_nor_id_is_told(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="OWNER/NAME"):
        ours.resolve(name)


def test_pushed_private_and_found_again(hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert push(hub, folder) == f"{hub.url}/{ADAPTER}"
    assert hub.repos[KEY].private
    push(hub, folder)
    assert len(hub.asked("/commit/")) == 1, "the same files make no second version"
    monkeypatch.setattr("huggingface_hub.utils._headers.get_token", lambda: WRITER)
    found = ours.resolve(ADAPTER, hub.url)
    assert (found.kind, found.revision) == ("adapter", hub.repos[KEY].commits[-1].oid)
    assert (found.folder / "adapter_model.safetensors").read_bytes() == b"weights"
    old = hub.repos[KEY].commits[-1].oid
    (folder / "adapter_model.safetensors").write_bytes(b"newer weights")
    push(hub, folder)
    assert (ours.resolve(f"{ADAPTER}@{old}", hub.url).folder / "adapter_model.safetensors").read_bytes() == b"weights"


def test_pickles_are_never_fetched(hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "training_args.bin").write_bytes(b"a pickle")
    push(hub, folder, private=False)
    assert not (ours.resolve(ADAPTER, hub.url).folder / "training_args.bin").exists()


def test_a_public_repository_gets_nothing_private(hub: Hub, folder: Path) -> None:
    push(hub, folder, private=False)
    (folder / "adapter_model.safetensors").write_bytes(b"newer weights")
    with pytest.raises(InputError, match="is public, and private was asked for: nothing was sent"):
        push(hub, folder)
    assert hub.files(*KEY)["adapter_model.safetensors"] == b"weights"


def test_trouble_of_the_hub_is_waited_out(hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    hub.faults += [Fault("/commit/", 503), Fault("/commit/", 500)]
    push(hub, folder, pause=waited.append)
    assert waited == [2.0, 4.0]
    assert "adapter_model.safetensors" in hub.files(*KEY)
    (folder / "adapter_model.safetensors").write_bytes(b"newer weights")
    hub.faults.append(Fault("/commit/", 503, times=99))
    with pytest.raises(InputError, match="503; try again later"):
        push(hub, folder, pause=waited.append)


def test_who_may_not_is_told_what_to_do(hub: Hub, folder: Path) -> None:
    with pytest.raises(InputError, match="403; check the name"):
        ours.upload(ours.connect(hub.url, STRANGER, {}), ADAPTER, files(folder), "adapter", True)
    with pytest.raises(InputError, match=r"404.*accept its terms"):
        ours.resolve("tester/nothing", hub.url)
    with pytest.raises(InputError, match=r"no connection.*local folder"):
        ours.resolve("tester/nothing", "http://127.0.0.1:9")


def test_a_token_goes_to_huggingface_alone_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="set HF_TOKEN"):
        ours.connect(environment={})
    elsewhere = {"HF_TOKEN": WRITER, "HF_ENDPOINT": "https://hub.example.org"}
    with pytest.raises(InputError, match="--hub-endpoint"):
        ours.connect(environment=elsewhere)
    assert ours.connect("https://hub.example.org", environment=elsewhere).endpoint == "https://hub.example.org"
    assert ours.connect(environment={"HF_TOKEN": WRITER}).endpoint == HOME


def test_a_mirror_set_for_all_programs_gets_no_token(hub: Hub, folder: Path, tmp_path: Path) -> None:
    push(hub, folder, private=False)
    hub.log.clear()
    program = f"from finetune.hub.client import resolve; print(resolve('{ADAPTER}').kind)"
    child = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **environment(hub.url, tmp_path / "home")},
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert child.stdout.strip() == "adapter"
    assert {request.user for request in hub.log} == {None}


def test_a_lost_connection_while_sending_is_one_sentence(
    hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library's own ConnectionError, and a socket's, are no traceback; both are tried again."""
    tries: list[int] = []

    def lost(*_: object, **__: object) -> None:
        tries.append(1)
        raise ConnectionResetError(104, "Connection reset by peer")

    monkeypatch.setattr("huggingface_hub.HfApi.create_commit", lost)
    with pytest.raises(InputError, match="cannot be written: no connection to the Hub"):
        push(hub, folder, pause=lambda _: None)
    assert len(tries) == 5
