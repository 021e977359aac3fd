"""Pushing an adapter to a local Hub: private, with its cards and terms, without a path or a text of this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from finetune import manifest
from finetune.__main__ import main
from finetune.hub import client as ours
from finetune.hub import push as pushing
from finetune.model import systems
from tasks.errors import InputError
from tests import finetune_world as world
from tests.hub_fixture import hub
from tests.hub_state import WRITER, Hub

__all__ = ["hub"]
NAME = "tester/kokoro-tiny"
KEY = ("models", NAME)


@pytest.fixture(autouse=True)
def adapter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("HF_TOKEN", WRITER)
    with world.own_cache(world.trained().folder):
        yield world.trained().adapter


def test_pushed_private_with_everything_that_describes_it(hub: Hub, adapter: Path) -> None:
    assert main(["push", str(adapter), NAME, "--yes", "--hub-endpoint", hub.url]) == 0
    assert hub.repos[KEY].private
    sent = hub.files(*KEY)
    assert {"adapter_model.safetensors", "adapter_config.json", "manifest.json", "README.md", "splits.json"} <= set(
        sent
    )
    assert sent["adapter_model.safetensors"] == (adapter / "adapter_model.safetensors").read_bytes()
    head = yaml.safe_load(sent["README.md"].decode("utf-8").split("---")[1])
    assert head["license"] == "other"
    text = sent["README.md"].decode("utf-8")
    for line in manifest.read(adapter).licences:
        assert line in text
    assert "Not for counselling people" in text


def test_no_path_of_this_machine_and_no_utterance_is_sent(hub: Hub, adapter: Path) -> None:
    pushing.push(adapter, NAME, endpoint=hub.url)
    folder = str(world.trained().folder)
    utterances = [
        said["utterance"]
        for path in world.trained().data.rglob("*.json")
        for said in json.loads(path.read_text(encoding="utf-8"))["dialogue"]
    ]
    assert len(utterances) > 100
    for name, content in hub.files(*KEY).items():
        text = content.decode("utf-8", errors="replace")
        assert folder not in text, name
        if not name.endswith(".safetensors"):
            assert not [u for u in utterances if len(u) > 8 and u in text], name


def test_without_a_yes_nothing_is_sent(hub: Hub, adapter: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["push", str(adapter), NAME, "--hub-endpoint", hub.url]) == 2
    shown = capsys.readouterr()
    assert "KokoroChat: CC BY-NC-ND 4.0" in shown.out
    assert "say --yes" in shown.err
    assert KEY not in hub.repos


def test_a_pushed_adapter_answers_by_its_hub_id(hub: Hub, adapter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pushing.push(adapter, NAME, private=False, endpoint=hub.url)
    plain = ours.resolve
    monkeypatch.setattr(ours, "resolve", lambda name: plain(name, hub.url))
    (found,) = systems.asked([f"tuned={NAME}"], None)
    assert found.card is not None
    assert found.card.base.folder == ""
    assert found.adapter is not None
    assert (found.adapter / "adapter_model.safetensors").is_file()


def test_what_cannot_be_pushed_is_told(hub: Hub, adapter: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="OWNER/NAME"):
        pushing.push(adapter, "name-alone", endpoint=hub.url)
    with pytest.raises(InputError, match="no finished run"):
        pushing.push(tmp_path, NAME, endpoint=hub.url)
    assert not hub.log
