"""True QLoRA on this machine: NF4 with double quantisation, gradients right also after an evaluation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")
bnb = pytest.importorskip("bitsandbytes", reason="bitsandbytes is not installed")

from finetune import manifest
from finetune.__main__ import main
from finetune.data.encoding import Example
from finetune.generation import generate
from finetune.generation.decoding import Decoding
from finetune.model import bases, loss, tiny
from finetune.training import collate
from finetune.training.evaluate import evaluate
from finetune.training.train import train
from tests import finetune_world as world

NF4 = ("load_in_4bit=true", "lora_dropout=0", "dtype=bfloat16")


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("qlora")
    torch.set_num_threads(1)
    with world.own_cache(path):
        yield path


def batch() -> dict[str, Any]:
    import numpy as np

    drawn = np.random.default_rng(0).integers(6, 300, 48).astype(np.int32)
    return collate.padded([Example("d", drawn, np.arange(48) % 3 > 0)], 0)


def gradients(model: Any) -> dict[str, Any]:
    model.zero_grad()
    model(**batch())["loss"].backward()
    return {name: value.grad.clone() for name, value in model.named_parameters() if value.requires_grad}


def adapted(*overrides: str) -> Any:
    recipe = world.tiny(*overrides)
    model = bases.adapt(bases.load(bases.find(recipe), recipe), recipe)
    loss.install(bases.causal_of(model))
    for name, value in model.named_parameters():
        if "lora_B" in name:  # zero at the start, which would hide the gradients of lora_A
            torch.nn.init.normal_(value.data, std=0.02, generator=torch.Generator().manual_seed(len(name)))
    return model


def test_all_linear_layers_are_nf4_with_double_quantisation() -> None:
    model = bases.load(bases.find(world.tiny()), world.tiny(*NF4))
    layers = [module for module in model.modules() if isinstance(module, bnb.nn.Linear4bit)]
    assert len(layers) == 14  # seven in each of two blocks; the output layer stays whole
    for layer in layers:
        assert layer.weight.dtype == torch.uint8
        assert layer.weight.quant_state.quant_type == "nf4"
        assert layer.weight.quant_state.nested


def test_the_guard_reaches_every_layer() -> None:
    model = bases.load(bases.find(world.tiny()), world.tiny(*NF4))
    assert bases.guard_4bit(model) == 14
    assert not any(getattr(m, "support_avx512bf16_for_cpu", False) for m in model.modules())


def test_gradients_after_an_evaluation_equal_those_before_and_the_dequantised_models() -> None:
    quantised = adapted(*NF4)
    before = gradients(quantised)
    quantised.eval()
    with torch.no_grad():
        quantised(input_ids=batch()["input_ids"])
    after = gradients(quantised.train())
    plain = adapted("lora_dropout=0")
    dequantise(quantised, plain)
    true = gradients(plain)
    assert set(before) == set(after) == set(true)
    for name in true:
        torch.testing.assert_close(after[name], before[name])
        cosine = torch.nn.functional.cosine_similarity(after[name].float().flatten(), true[name].flatten(), dim=0)
        assert float(cosine) > 0.99, name
        assert float(after[name].norm() / true[name].norm()) == pytest.approx(1, abs=0.05), name


def dequantise(quantised: Any, plain: Any) -> None:
    """Copies the quantised base's weights, made float again, and its adapter into the plain model."""
    target = dict(plain.named_modules())
    for name, module in quantised.named_modules():
        if isinstance(module, bnb.nn.Linear4bit):
            whole = bnb.functional.dequantize_4bit(module.weight.data, module.weight.quant_state)
            target[name].weight.data.copy_(whole.float())
    parameters = dict(plain.named_parameters())
    for name, value in quantised.named_parameters():
        if name in parameters and value.dtype != torch.uint8:
            parameters[name].data.copy_(value.data.float())


@pytest.mark.slow
def test_nf4_trains_evaluates_answers_and_is_merged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = (*NF4, "max_length=384", "on_long=split", "tokens_per_batch=384", "max_steps=6", "eval_steps=3")
    card = train(world.tiny(*settings, "learning_rate=2e-2"), world.data(folder, 40), folder / "run")
    assert world.fall(card) > 0
    assert manifest.read(folder / "run").recipe.load_in_4bit
    generate.generate(
        world.items(folder, 2), [f"q={folder / 'run'}"], folder / "answers", Decoding(max_new_tokens=4), seed=0
    )
    assert len(world.lines(folder / "answers" / "q.jsonl")) == 2
    assert main(["merge", str(folder / "run"), "--out", str(folder / "merged")]) == 0
    assert "from the base in 4 bits with the adapter, which is what was trained" in capsys.readouterr().out
    told = json.loads((folder / "merged" / "merged.json").read_text(encoding="utf-8"))
    assert 0 <= told["divergence"] < told["from_quantised"] < 1  # leaving 4 bits moves it further than rounding
    assert held_out(folder, "run") == pytest.approx(card.metrics.held_out_loss_after, abs=1e-3)
    assert held_out(folder, "merged") != pytest.approx(held_out(folder, "run"), abs=1e-5)


def held_out(folder: Path, name: str) -> float:
    """The loss that `evaluate` finds in the valid part, in nats per counsellor token."""
    (path,) = evaluate([f"m={folder / name}"], folder / "data", folder / f"losses-{name}", ("valid",), None)
    rows = world.lines(path)
    return float(sum(row["loss_sum"] for row in rows) / sum(row["targets"] for row in rows))


def test_tiny_is_made_once_and_the_same(tmp_path: Path) -> None:
    one = tiny.make(tmp_path / "one", tiny.TEXT, seed=4)
    two = tiny.make(tmp_path / "two", tiny.TEXT, seed=4)
    other = tiny.make(tmp_path / "other", tiny.TEXT, seed=5)
    assert bases.digest(one) == bases.digest(two) != bases.digest(other)
