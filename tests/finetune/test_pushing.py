"""Pushing an adapter to a local Hub: private, with its cards and terms, without a path or a text of this machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from finetune import licences, manifest
from finetune.__main__ import main
from finetune.hub import client as ours
from finetune.hub import push as pushing
from finetune.model import bases, systems
from finetune.model.bases import Base
from tasks.errors import InputError
from tasks.files import write_json
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
    assert (head["language"], head["datasets"]) == (["ja"], ["UEC-InabaLab/KokoroChat"])
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


def test_a_base_from_the_hub_is_named_with_its_commit(adapter: Path, tmp_path: Path) -> None:
    """In the recipe, the card and peft's configuration, so that the adapter meets the same base later."""
    cached = Base(tmp_path / "models--owner--model" / "snapshots" / ("a" * 40), "owner/model", "", False)
    recipe = world.tiny("backend=transformers", "model_name_or_path=owner/model")
    pinned = bases.pinned(recipe, cached)
    assert pinned.model_revision == "a" * 40
    own = Base(tmp_path / "model", "owner/model", "", False)
    assert bases.pinned(recipe, own) is recipe
    card = manifest.read(adapter)
    based = card.base.model_copy(update={"backend": "transformers", "name": "owner/model", "revision": "a" * 40})
    copied = tmp_path / "copied"
    shutil.copytree(adapter, copied)
    write_json(copied / manifest.NAME, manifest.dumped(card.model_copy(update={"base": based})))
    sent = pushing.files(copied, NAME)
    assert f"| base, commit | `owner/model`, `{'a' * 40}` |" in str(sent["README.md"], "utf-8")  # type: ignore[arg-type]
    assert json.loads(sent["adapter_config.json"])["revision"] == "a" * 40  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def from_a_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A run whose base and data lie in folders that name a person."""
    from finetune import recipe
    from finetune.model import tiny
    from finetune.training.train import train

    home = tmp_path_factory.mktemp("home") / "hanako.yamada"
    with world.own_cache(home):
        base = tiny.make(home / "private models" / "my-llama", tiny.TEXT, seed=3)
        (base / "README.md").write_text("---\nlicense: apache-2.0\n---\n# my llama\n", encoding="utf-8")
        data = world.data(home / "yamadas copy", 40)
        small = ("max_steps=1", "max_length=384", "on_long=split", "tokens_per_batch=384", "eval_dialogues=4")
        place = ("backend=transformers", f"model_name_or_path={base}", "dtype=float32")
        train(recipe.load("tiny", None, (*small, *place)), data, home / "runs" / "first")
        yield home / "runs" / "first"


@pytest.mark.parametrize("moved", [False, True])
def test_nothing_pushed_names_the_machine(hub: Hub, from_a_folder: Path, tmp_path: Path, moved: bool) -> None:
    """Every file there is, also where the base's folder is gone by the time of the push."""
    import getpass
    import shutil
    import socket

    home = next(path for path in from_a_folder.parents if path.name == "hanako.yamada")
    run = from_a_folder
    if moved:
        run = shutil.copytree(from_a_folder, tmp_path / "run")
        card = manifest.read(run)
        gone = str(tmp_path / "hanako.yamada" / "my-llama")
        elsewhere = card.model_copy(
            update={
                "base": card.base.model_copy(update={"name": gone, "folder": gone}),
                "recipe": card.recipe.model_copy(update={"model_name_or_path": gone}),
            }
        )
        (run / manifest.NAME).write_text(elsewhere.model_dump_json(), encoding="utf-8")
    pushing.push(run, NAME, endpoint=hub.url)
    sent = hub.files(*KEY)
    assert {"README.md", "manifest.json", "adapter_config.json", "adapter_model.safetensors"} <= set(sent)
    secrets = {"hanako", "yamada", "private models", str(home), str(tmp_path), str(Path.home()), socket.gethostname()}
    secrets |= {f"/{getpass.getuser()}/", str(Path.cwd())}
    for name, content in sent.items():
        text = content.decode("utf-8", errors="replace")
        assert not [secret for secret in secrets if secret in text], name
    assert "my-llama" in sent["README.md"].decode()
    assert "base_model:" not in sent["README.md"].decode()  # the Hub would look for it there
    public = manifest.Manifest.model_validate_json(sent["manifest.json"])
    assert (public.base.public_name, public.base.hub_id, public.data.source) == ("my-llama", "", "KokoroChat")
    assert public.recipe.model_name_or_path == "my-llama"


def test_the_licences_are_those_of_what_was_used(from_a_folder: Path, adapter: Path) -> None:
    assert manifest.read(from_a_folder).licences == (licences.KOKOROCHAT, "my-llama: apache-2.0")
    assert manifest.read(adapter).licences == (licences.KOKOROCHAT,)  # random weights have no terms


@pytest.mark.parametrize(
    ("readme", "expected"),
    [
        ("---\nlicense: [llama3.1, gemma]\n---\n", [licences.LLAMA, licences.GEMMA]),
        ("---\nlicense: gemma\n---\ntext\n---\nmore", [licences.GEMMA]),
        ("---\nlicense: other\nlicense_name: own\nlicense_link: https://x.org/l\n---\n", ["own (https://x.org/l)"]),
        ("---\nlicense: other\nlicense_link: LICENSE\n---\n", ["its own licence"]),
        ("# no head", ["its licence is not stated beside its weights; read it before the adapter is shared"]),
        ("---\n[broken\n---\n", ["its licence is not stated beside its weights; read it before the adapter is shared"]),
        (None, ["its licence is not stated beside its weights; read it before the adapter is shared"]),
    ],
)
def test_a_bases_licence_is_what_its_card_states(tmp_path: Path, readme: str | None, expected: list[str]) -> None:
    """Nothing is read from a name: many models called llama or gemma have other terms."""
    if readme is not None:
        (tmp_path / "README.md").write_text(readme, encoding="utf-8")
    found = licences.of_base("transformers", "me/llama-gemma-swallow", tmp_path)
    assert found == tuple(f"me/llama-gemma-swallow: {words}" for words in expected)


def test_known_bases_and_data_have_their_terms() -> None:
    assert licences.of_base("embedded", "Gemma 3 270M") == (licences.GEMMA,)
    swallow = "tokyotech-llm/Llama-3.1-Swallow-8B-Instruct-v0.3"
    assert set(licences.of_base("transformers", swallow)) == {licences.LLAMA, licences.GEMMA}
    assert licences.of_data("") == (licences.KOKOROCHAT,)
    assert licences.KOKOROCHAT not in (*licences.of_data("preferences"), *licences.of_data("conversations"))
