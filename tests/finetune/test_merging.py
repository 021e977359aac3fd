"""Merging: into a fresh unquantised base, equal to the adapter kept apart, usable as a full model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from safetensors.torch import load_file

from finetune import manifest
from finetune.model import bases
from finetune.model import merge as merging
from finetune.training import evaluate
from tasks.errors import InputError
from tests import finetune_world as world


@pytest.fixture(autouse=True)
def adapter() -> Iterator[Path]:
    torch.set_num_threads(1)
    with world.own_cache(world.trained().folder):
        yield world.trained().adapter


def test_a_merged_model_says_what_the_adapter_says(adapter: Path, tmp_path: Path) -> None:
    done = merging.merge(str(adapter), tmp_path / "merged", "float32")
    assert abs(done.divergence) < 1e-5
    assert done.from_quantised is None
    names = [f"apart={adapter}", f"merged={done.folder}"]
    apart, merged = evaluate.evaluate(names, world.trained().data, tmp_path / "losses", ("test",), 2)
    for one, other in zip(world.lines(apart), world.lines(merged), strict=True):
        assert other["loss_sum"] == pytest.approx(one["loss_sum"], rel=1e-4)


def test_a_quantised_run_is_merged_into_whole_weights(adapter: Path, tmp_path: Path) -> None:
    """An adapter trained on NF4 goes into bfloat16 weights: merging into 4 bits would round it away."""
    card = manifest.read(adapter)
    quantised = card.model_copy(update={"recipe": card.recipe.model_copy(update={"load_in_4bit": True})})
    run = tmp_path / "run"
    run.mkdir()
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (run / name).write_bytes((adapter / name).read_bytes())
    (run / manifest.NAME).write_text(quantised.model_dump_json(), encoding="utf-8")
    done = merging.merge(str(run), tmp_path / "merged")
    weights = load_file(done.folder / "model.safetensors")
    base = load_file(bases.find(world.tiny()).folder / "model.safetensors")
    assert {value.dtype for value in weights.values()} == {torch.bfloat16}
    assert not any("lora" in name or "absmax" in name for name in weights)
    name = "model.layers.0.self_attn.q_proj.weight"
    assert not torch.equal(weights[name], base[name].to(torch.bfloat16))
    assert "quantization_config" not in json.loads((done.folder / "config.json").read_text(encoding="utf-8"))


def test_what_cannot_be_merged_is_told(adapter: Path, tmp_path: Path) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "file").write_text("x")
    with pytest.raises(InputError, match="is not empty"):
        merging.merge(str(adapter), tmp_path / "used")
    with pytest.raises(InputError, match="is a full model already"):
        merging.merge(str(bases.find(world.tiny()).folder), tmp_path / "out")
    assert not (tmp_path / "out").exists()
