"""What `--system` names: the laptop model by default, adapters and models of any origin, one base for those it fits."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from finetune import manifest, recipe
from finetune.generation import generate
from finetune.generation.decoding import Decoding
from finetune.model import bases, systems, tiny
from tasks.errors import InputError
from tests import finetune_world as world


@pytest.fixture(autouse=True)
def adapter() -> Iterator[Path]:
    with world.own_cache(world.trained().folder):
        yield world.trained().adapter


def test_base_alone_is_the_laptop_model(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for: list[str] = []
    plain = bases.find

    def find(chosen: recipe.Recipe) -> bases.Base:
        asked_for.append(chosen.backend)
        return plain(world.tiny())

    monkeypatch.setattr(bases, "find", find)
    (only,) = systems.asked(["base=base"], None)
    assert asked_for == ["embedded"]
    assert (only.recipe.rendering, only.adapter) == ("plain", None)


def test_the_laptop_model_missing_says_the_commands() -> None:
    with pytest.raises(InputError, match="embedded --accept-gemma-terms"):
        systems.asked(["base=base"], None)


def test_base_beside_an_adapter_is_that_adapters_base(adapter: Path) -> None:
    base, tuned = systems.asked(["base=base", f"tuned={adapter}"], None)
    assert base.base == tuned.base
    assert tuned.card is not None
    assert systems.by_base([base, tuned]) == [[base, tuned]]
    assert tuned.trained_on == set(json.loads((adapter / "splits.json").read_text(encoding="utf-8"))["trained"])
    assert base.trained_on == frozenset()


def test_another_quantisation_is_another_base_in_memory(adapter: Path, tmp_path: Path) -> None:
    card = manifest.read(adapter)
    other = shutil.copytree(adapter, tmp_path / "nf4")
    quantised = card.model_copy(update={"recipe": card.recipe.model_copy(update={"load_in_4bit": True})})
    (other / manifest.NAME).write_text(quantised.model_dump_json(), encoding="utf-8")
    wanted = systems.asked([f"plain={adapter}", f"nf4={other}"], None)
    assert [[s.system_id for s in group] for group in systems.by_base(wanted)] == [["plain"], ["nf4"]]


def changed(adapter: Path, path: Path, **settings: object) -> Path:
    """A copy of an adapter whose recipe says something else."""
    card = manifest.read(adapter)
    other = shutil.copytree(adapter, path)
    again = card.model_copy(update={"recipe": card.recipe.model_copy(update=settings)})
    (other / manifest.NAME).write_text(again.model_dump_json(), encoding="utf-8")
    return other


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("load_in_4bit", True),
        ("dtype", "bfloat16"),
        ("attn_implementation", "eager"),
        ("rendering", "chatml"),
        ("system_prompt", ""),
    ],
)
def test_the_base_alone_never_depends_on_the_order_of_the_systems(
    adapter: Path, tmp_path: Path, setting: str, value: object
) -> None:
    """With an adapter in 4 bits beside one in bfloat16 the base took the last one's precision."""
    other = changed(adapter, tmp_path / "other", **{setting: value})
    for adapters in ([f"a={adapter}", f"b={other}"], [f"b={other}", f"a={adapter}"]):
        with pytest.raises(InputError, match=rf"--system base=base: .*{setting}={value}.*say with --recipe"):
            systems.asked(["base=base", *adapters], None)
        told = systems.asked(["base=base", *adapters], "tiny")
        assert told[0].recipe == recipe.load("tiny")
    one, two = (systems.asked(order, None) for order in (["base=base", f"a={adapter}"], [f"a={adapter}", "base=base"]))
    assert one[0] == two[1]


def test_precision_is_part_of_what_a_system_is(adapter: Path, tmp_path: Path) -> None:
    cards = [
        systems.made_by(system)["precision"]
        for system in systems.asked(
            [
                f"plain={adapter}",
                f"nf4={changed(adapter, tmp_path / 'nf4', load_in_4bit=True)}",
                f"half={changed(adapter, tmp_path / 'half', dtype='bfloat16')}",
                f"eager={changed(adapter, tmp_path / 'eager', attn_implementation='eager')}",
            ],
            None,
        )
    ]
    assert cards[0] == {"weights": "float32", "compute": "float32", "attention": "sdpa"}
    assert len({tuple(card.items()) for card in cards}) == 4


def test_responses_made_in_another_precision_are_not_taken_for_the_same(adapter: Path, tmp_path: Path) -> None:
    items, out = world.items(tmp_path, 2), tmp_path / "out"
    few = Decoding(max_new_tokens=6)
    generate.generate(items, [f"x={adapter}"], out, few, seed=0)
    half = changed(adapter, tmp_path / "half", dtype="bfloat16")
    with pytest.raises(InputError, match="made otherwise"):
        generate.generate(items, [f"x={half}"], out, few, seed=0)


def test_a_full_model_needs_no_recipe(tmp_path: Path) -> None:
    folder = tiny.make(tmp_path / "model", tiny.TEXT, seed=9)
    (found,) = systems.asked([f"authors={folder}"], None)
    assert (found.recipe.rendering, found.recipe.backend, found.adapter) == ("llama3", "transformers", None)
    items = world.items(tmp_path, 2)
    few = Decoding(max_new_tokens=6)
    (path,) = generate.generate(items, [f"authors={folder}"], tmp_path / "out", few, seed=0)
    assert len(world.lines(path)) == 2


def test_an_adapter_made_elsewhere_names_its_own_base(adapter: Path, tmp_path: Path) -> None:
    foreign = shutil.copytree(adapter, tmp_path / "foreign")
    (foreign / manifest.NAME).unlink()
    (found,) = systems.asked([f"foreign={foreign}"], None)
    assert found.card is None
    assert found.base.digest == manifest.read(adapter).base.digest
    config = json.loads((foreign / "adapter_config.json").read_text(encoding="utf-8"))
    (foreign / "adapter_config.json").write_text(json.dumps({**config, "base_model_name_or_path": ""}))
    with pytest.raises(InputError, match="names no base; say --recipe"):
        systems.asked([f"foreign={foreign}"], None)
    (found,) = systems.asked([f"foreign={foreign}"], "tiny")
    assert found.base.name == "tiny"


def test_an_adapter_of_another_base_is_refused(adapter: Path, tmp_path: Path) -> None:
    card = manifest.read(adapter)
    other = shutil.copytree(adapter, tmp_path / "other")
    moved = card.model_copy(update={"base": card.base.model_copy(update={"digest": "0" * 64})})
    (other / manifest.NAME).write_text(moved.model_dump_json(), encoding="utf-8")
    with pytest.raises(InputError, match="trained on another base"):
        systems.asked([f"x={other}"], None)
    with pytest.raises(InputError, match="which base is meant"):
        systems.asked(["base=base", f"x={other}", f"y={adapter}"], None)


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        systems.asked(["a b=base", "x=", "y=base", "y=base"], None)
    assert len(error.value.errors) == 3
    with pytest.raises(InputError) as error:
        systems.asked([f"x={tmp_path}", "y=nowhere"], None)
    assert "neither adapter_config.json" in error.value.errors[0]
    assert "not a folder here" in error.value.errors[1]


def test_a_tokeniser_without_turns_is_refused(tmp_path: Path) -> None:
    folder = tiny.make(tmp_path / "model", tiny.TEXT)
    text = (folder / "tokenizer.json").read_text(encoding="utf-8")
    (folder / "tokenizer.json").write_text(text.replace("start_header_id", "no_header_id"), encoding="utf-8")
    with pytest.raises(InputError, match="control tokens of none of llama3, qwen3, chatml, gemma3, plain"):
        systems.rendering_of(folder)
