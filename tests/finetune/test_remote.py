"""Generation by servers: the same texts as without one, shared, resumed, and nothing lost or doubled when one dies."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from finetune.data.preference_rows import opening_hash
from finetune.generation import generate, remote
from finetune.generation.decoding import Decoding
from finetune.generation.remote import Asking
from tasks.engine.client import Engine
from tasks.errors import InputError
from tests import engine_server
from tests import finetune_world as world
from tests.finetune_serving import Running, serving

FEW = Decoding(max_new_tokens=12, batch_size=4, max_prompt_tokens=110)
"""Prompts of three and five turns are too long by a turn or more."""


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    torch.set_num_threads(1)
    with world.own_cache(world.trained().folder):
        yield tmp_path_factory.mktemp("remote")


@pytest.fixture(scope="module")
def asking(folder: Path) -> Asking:
    return Asking(world.items(folder), FEW, seed=0)


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Running]:
    with serving(["base=base", f"tuned={world.trained().adapter}"], FEW) as found:
        yield found


@pytest.fixture(scope="module")
def local(folder: Path, asking: Asking) -> dict[str, list[str]]:
    named = ["base=base", f"tuned={world.trained().adapter}"]
    generate.generate(asking.items, named, folder / "local", FEW, seed=0)
    return {name: texts(folder / "local" / f"{name}.jsonl") for name in ("base", "tuned")}


def texts(path: Path) -> list[str]:
    return [row["text"] for row in world.lines(path)]


def quick(url: str, model: str) -> Engine:
    """Gives a server that is gone up at once."""
    return Engine(url, model, pause=lambda _: None)


def test_a_server_gives_the_texts_of_generate(
    folder: Path, asking: Asking, running: Running, local: dict[str, list[str]]
) -> None:
    base, tuned = remote.generate(asking, ["base", "tuned=tuned"], [running.url], folder / "served", quick)
    assert {"base": texts(base), "tuned": texts(tuned)} == local
    rows = world.lines(base)
    assert [row["item_id"] for row in rows] == [f"item-{i}" for i in range(6)]
    assert [row["generation"]["cut_turns"] > 0 for row in rows] == [False, True, True] * 2
    card = json.loads((folder / "served" / "tuned.manifest.json").read_text(encoding="utf-8"))
    known = json.loads((folder / "local" / "tuned.manifest.json").read_text(encoding="utf-8"))
    assert card["engine"]["name"] == "kokoro-studio"
    assert f"torch {known['versions']['torch']}" in card["engine"]["version"]
    assert card["precision"] == known["precision"]
    assert card["adapter"]["sha256"] == known["adapter"]["sha256"]
    assert card["base"]["digest"] == known["base"]["digest"]
    assert card["not_sent"] == []
    before = base.stat().st_mtime_ns
    remote.generate(asking, ["base"], [running.url], folder / "served", quick)
    assert base.stat().st_mtime_ns == before, "finished files are left alone"


def test_when_every_server_is_gone_what_was_answered_is_kept(
    folder: Path, asking: Asking, running: Running, local: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, plain, count = folder / "resumed", Engine.chat, Counter[str]()

    def chat(self: Engine, *given: Any) -> Any:
        count["asked"] += 1
        if count["asked"] == 4:
            self.url = "http://127.0.0.1:9/v1"
        return plain(self, *given)

    one = Asking(asking.items, FEW.model_copy(update={"batch_size": 1}), 0)
    with monkeypatch.context() as patch:
        patch.setattr(Engine, "chat", chat)
        with pytest.raises(InputError, match="no connection"):
            remote.generate(one, ["tuned"], [running.url], out, quick)
    kept = len((out / ".tuned.part.jsonl").read_text(encoding="utf-8").splitlines()) - 1
    assert 0 < kept < 6
    assert not (out / "tuned.jsonl").exists()
    (path,) = remote.generate(one, ["tuned"], [running.url], out, quick)
    assert texts(path) == local["tuned"]


def test_servers_that_differ_are_not_mixed(folder: Path, asking: Asking, running: Running) -> None:
    with (
        serving([f"base={world.trained().adapter}"], FEW) as other,
        pytest.raises(InputError, match=r"answer differently for base \(adapter\)"),
    ):
        remote.generate(asking, ["base"], [running.url, other.url], folder / "mixed", quick)


def test_what_is_asked_of_another_engine(folder: Path, asking: Asking) -> None:
    with engine_server.serving() as server:
        server.told = {"/v1/models": {"data": [{"id": "m", "owned_by": "vllm"}]}, "/version": {"version": "0.20.1"}}
        server.otherwise = lambda _: engine_server.Answer("はい", model="m")
        told = Asking(asking.items, FEW, 0, "counselor-ja-1")
        remote.generate(told, ["other=m"], [server.url], folder / "other", quick)
        sent = server.asked[0][2]
        assert sent["messages"][0]["role"] == "system"
        assert sent["min_tokens"] == 2
        assert "no_repeat_ngram_size" not in sent
        card = json.loads((folder / "other" / "other.manifest.json").read_text(encoding="utf-8"))
        assert card["engine"] == {"name": "vllm", "version": "0.20.1", "model": "m"}
        assert card["not_sent"] == ["no_repeat_ngram_size"]
        assert "no_repeat_ngram_size" not in card["decoding"]
        typed = folder / "typed.jsonl"
        typed.write_text(asking.items.read_text(encoding="utf-8").replace("眠れない", "<|eot_id|>"), encoding="utf-8")
        with pytest.raises(InputError, match=r"item-0: found <\|eot_id\|>"):
            remote.generate(Asking(typed, FEW, 0), ["other=m"], [server.url], folder / "typed", quick)


def test_a_served_model_is_not_judged_on_dialogues_whose_preferences_it_learned(folder: Path, asking: Asking) -> None:
    first = world.lines(asking.items)[0]["turns"][0]["text"]
    with engine_server.serving() as server:
        facts = {"name": "kokoro-studio", "preferred": [opening_hash(first)]}
        server.told = {"/v1/models": {"data": [{"id": "learned", "engine": facts}]}}
        with pytest.raises(InputError, match="--system learned: learned from preferences about 2 of the 6 items"):
            remote.generate(asking, ["learned"], [server.url], folder / "learned", quick)


@pytest.mark.parametrize(("systems", "said"), [(["a b"], "found id 'a b'"), (["x", "x=y"], "named twice")])
def test_names_of_systems(folder: Path, asking: Asking, systems: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        remote.generate(asking, systems, ["http://127.0.0.1:9/v1"], folder / "names", quick)


@pytest.mark.slow
def test_three_servers_one_killed_and_nothing_is_lost_or_doubled(folder: Path) -> None:
    rules = Decoding(max_new_tokens=24, min_new_tokens=24, batch_size=2)
    asking = Asking(world.items(folder / ".", 60), rules, seed=0)
    named = ["base=base"]
    generate.generate(asking.items, named, folder / "alone", rules, 0, base_recipe="tiny")
    words = [sys.executable, "-m", "finetune", "serve", "--system", "base=base", "--recipe", "tiny", "--port", "0"]
    with (
        subprocess.Popen([*words, "--threads", "1"], stdout=subprocess.PIPE, text=True) as victim,
        serving(named, rules, recipe="tiny") as first,
        serving(named, rules, recipe="tiny") as second,
    ):
        assert victim.stdout is not None
        url = [victim.stdout.readline() for _ in range(2)][1].split()[2].rstrip(";")
        part = folder / "three" / ".base.part.jsonl"

        def kill() -> None:
            while not part.is_file() or url.split("/")[2] not in part.read_text(encoding="utf-8"):
                time.sleep(0.005)
            victim.send_signal(signal.SIGKILL)

        killing = threading.Thread(target=kill)
        killing.start()
        (path,) = remote.generate(asking, ["base"], [url, first.url, second.url], folder / "three", quick)
        killing.join()
    rows = world.lines(path)
    assert [row["item_id"] for row in rows] == [f"item-{i}" for i in range(60)]
    assert [row["text"] for row in rows] == texts(folder / "alone" / "base.jsonl")
    shares = Counter(row["generation"]["engine"] for row in rows)
    assert set(shares) == {address.split("/")[2] for address in (url, first.url, second.url)}
    assert 0 < shares[url.split("/")[2]] < 40
