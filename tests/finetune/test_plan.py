"""`plan` and `inspect`: counts equal to what training does, estimates equal to known sizes, no weight needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from finetune import manifest
from finetune.data import inspection
from finetune.model import bases, tiny
from finetune.model.shape import Shape, shape_of
from finetune.training import estimate, plan, prepare
from finetune.training import job as jobs
from tasks.errors import InputError
from tests import finetune_world as world

SHORT = ("max_length=384", "on_long=split", "tokens_per_batch=384", "max_steps=6", "learning_rate=0.05")
LLAMA_8B = Shape(
    blocks=32 * (2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14336),
    rest=2 * 128256 * 4096 + 65 * 4096,
    adapter=16 * 32 * (2 * (4096 + 4096) + 2 * (4096 + 1024) + 3 * (4096 + 14336)),
    adapted_inputs=32 * (6 * 4096 + 14336),
    layers=32, width=4096, inner=14336, words=128256,
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def made() -> Iterator[world.Trained]:
    with world.own_cache(world.trained().folder):
        yield world.trained()


def test_a_plan_counts_what_the_run_did(made: world.Trained) -> None:
    found, card = plan.plan(world.tiny(*SHORT), made.data), manifest.read(made.adapter)
    assert found.run_tokens == card.metrics.tokens
    assert (found.job.prepared.train.dialogues, len(found.job.prepared.train)) == (
        card.data.dialogues,
        card.data.examples,
    )
    assert len(found.job.prepared.train) > card.data.dialogues
    text = plan.render(found)
    assert f"{card.data.dialogues:,} dialogues in {card.data.examples:,} pieces" in text
    assert "ESTIMATES" in text


def test_a_plan_compares_the_two_ways_as_each_plans_itself(made: world.Trained) -> None:
    plans = {
        way: plan.plan(world.tiny("max_length=4096", "sequences_per_batch=1", f"examples={way}"), made.data)
        for way in ("per_dialogue", "per_turn")
    }
    for way, found in plans.items():
        own, other = found.ways
        true = plans[other.examples].ways[0]
        assert (own.examples, other.count) == (way, true.count)
        assert other.tokens == pytest.approx(true.tokens, rel=0.05)  # what follows a last turn is not known
        assert other.costs[0].seconds == pytest.approx(true.costs[0].seconds, rel=0.05)
        assert f"per_turn       {plans['per_turn'].ways[0].count:>9,}" in plan.render(found)
    assert plans["per_turn"].ways[0].tokens > 2 * plans["per_dialogue"].ways[0].tokens
    assert not plan.plan(world.tiny(*SHORT, "loss_on=last"), made.data).ways


def test_several_gpus_share_the_tokens_and_each_costs_its_hours(made: world.Trained) -> None:
    alone = plan.plan(world.tiny(*SHORT), made.data)
    asked = plan.Fleet((1, 8), 0.175, 2.0)
    found = plan.plan(world.tiny(*SHORT), made.data, asked)
    rated = {one.machine: one.tokens_per_second for one in alone.costs}
    of = {(one.machine, one.gpus): one for one in found.shared}
    assert {name for name, _ in of} == {machine.name for machine in estimate.MACHINES if machine.launch_seconds}
    for (name, gpus), one in of.items():
        single = of[name, 1]
        assert one.tokens_per_second == pytest.approx(single.tokens_per_second * (gpus * 0.95 if gpus > 1 else 1))
        assert one.hours * one.tokens_per_second * 3600 == pytest.approx(found.run_tokens)
        assert one.price == pytest.approx(one.hours * gpus * 2.0)
        assert rated[name] / 2 <= single.tokens_per_second <= rated[name], "half the speed, the launches aside"
    text = plan.render(found)
    assert "TOGETHER" in text
    assert "at 18% of the rated speed" in text
    assert "TOGETHER" not in plan.render(alone)


def test_the_first_line_of_training_tells_pieces_from_dialogues(made: world.Trained) -> None:
    job = jobs.planned(world.tiny(*SHORT), made.data, Path("unused"))
    line = jobs.opening(job)
    assert f"{job.prepared.train.dialogues} dialogues in {len(job.prepared.train)} pieces" in line
    assert job.prepared.held_out.described() == "4 dialogues"


def test_plan_training_and_progress_count_the_steps_of_max_steps(made: world.Trained) -> None:
    import io

    from finetune.training.progress import Progress
    from finetune.training.trainer import Clock

    job = jobs.planned(world.tiny(*SHORT), made.data, Path("unused"))
    assert job.steps == 6 < job.planned_steps
    words = f"6 steps of {job.planned_steps:,} (max_steps)"
    assert words in plan.render(plan.plan(world.tiny(*SHORT), made.data))
    assert words in jobs.opening(job)
    progress = Progress(Clock(spent_seconds=60), job.steps, job.tokens(), io.StringIO())
    assert "step 3/6" in progress._line(3, 1.0)
    assert "1m00s left" in progress._line(3, 1.0)


def test_the_8b_shape_is_that_of_llama_3(tmp_path: Path) -> None:
    """8,030,261,248 parameters are published for Llama 3.1 8B; rank 16 on all linear layers makes 41.9 M."""
    from transformers import LlamaConfig

    LlamaConfig(
        vocab_size=128256, hidden_size=4096, intermediate_size=14336, num_hidden_layers=32, num_attention_heads=32,
        num_key_value_heads=8, architectures=["LlamaForCausalLM"],
    ).save_pretrained(tmp_path)  # fmt: skip
    shape = shape_of(tmp_path, world.tiny("lora_r=16"))
    assert shape == LLAMA_8B
    assert shape.blocks + shape.rest == 8_030_261_248
    assert shape.adapter == 41_943_040
    narrow = shape_of(tmp_path, world.tiny("lora_r=16", "lora_target_modules=[q_proj]"))
    assert narrow.adapter == 16 * 32 * (4096 + 4096)


def test_the_shape_of_a_model_is_that_of_its_weights(made: world.Trained) -> None:
    recipe = world.tiny()
    model = bases.adapt(bases.load(bases.find(recipe), recipe), recipe)
    shape = shape_of(tiny.folder(0), recipe)
    assert shape.adapter == sum(p.numel() for p in model.parameters() if p.requires_grad)
    assert shape.blocks + shape.rest == sum(p.numel() for p in model.parameters() if not p.requires_grad)


def test_memory_falls_with_4_bits_and_checkpointing_and_grows_with_tokens() -> None:
    recipe = world.tiny("lora_dropout=0")
    nf4 = recipe.model_copy(update={"load_in_4bit": True})
    kept = recipe.model_copy(update={"gradient_checkpointing": True})
    plain = estimate.memory(LLAMA_8B, recipe, 4096)
    # NF4 saves 1.484 bytes of each of the blocks' 6.98e9 parameters: 10.4 GB.
    assert plain - estimate.memory(LLAMA_8B, nf4, 4096) == pytest.approx(10.36, abs=0.05)
    assert plain - estimate.memory(LLAMA_8B, kept, 4096) > 20
    assert estimate.memory(LLAMA_8B, kept, 8192) > estimate.memory(LLAMA_8B, kept, 4096)


@pytest.mark.parametrize("name", ["kokoro-low", "kokoro-high", "kokoro-full", "kokoro-low-matched"])
def test_each_card_fits_its_section(name: str) -> None:
    from finetune import recipe

    for card, limit in (("24gb", 24), ("80gb", 80)):
        chosen = recipe.load(name, card)  # type: ignore[arg-type]
        assert estimate.memory(LLAMA_8B, chosen, chosen.tokens_per_batch) < 0.9 * limit


def test_a_small_model_waits_for_its_launches() -> None:
    small = replace(LLAMA_8B, blocks=100_000_000, adapter=0, words=8000, width=640, layers=18)
    card = next(machine for machine in estimate.MACHINES if machine.name.startswith("H100"))
    rate = estimate.tokens_per_second(small, world.tiny(), card, 768)
    assert rate < 768 / (small.layers * card.launch_seconds)


def test_inspect_marks_exactly_what_is_trained_on(made: world.Trained) -> None:
    recipe = world.tiny(*SHORT)
    base = bases.find_without_weights(recipe)
    found = prepare.prepare(recipe, made.data, base.vocabulary(), base.folder / "tokenizer.json").train
    example = inspection.chosen(found, None, 1)
    text = inspection.render(example, base.vocabulary(), colour=False)
    runs = text.count(inspection.OPEN) - 1  # the first line names the signs
    starts = int((example.targets[1:] & ~example.targets[:-1]).sum())
    assert runs == starts > 0
    for part in text.split(inspection.OPEN)[2:]:
        assert part.split(inspection.CLOSE)[0].endswith("<|eot_id|>")
    assert "\x1b[" in inspection.render(example, base.vocabulary(), colour=True)
    name = found.names[0].split("#")[0]
    assert inspection.chosen(found, name, 0).name == found.names[0]
    for wrong in ({"name": "no-such", "number": 0}, {"name": None, "number": len(found)}):
        with pytest.raises(InputError):
            inspection.chosen(found, **wrong)


def test_a_length_that_loses_counsellor_tokens_is_refused(made: world.Trained) -> None:
    with pytest.raises(InputError, match=r"would cut .* and lose .*% of the counsellor tokens"):
        plan.plan(world.tiny("max_length=256"), made.data)


def test_missing_weights_say_size_terms_and_how(monkeypatch: pytest.MonkeyPatch) -> None:
    from finetune import recipe
    from finetune.hub import client as hub

    def nothing(*_: object, **__: object) -> Path:
        raise InputError("cannot be fetched")

    monkeypatch.setattr(hub, "snapshot", nothing)
    with pytest.raises(InputError) as error:
        bases.find(recipe.load("kokoro-high"))
    advice = error.value.errors[-1]
    for part in ("about 16 GB", "Llama 3.1 Community License", "hf download", "embedded-"):
        assert part in advice


def test_a_large_model_without_a_gpu_and_too_little_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    base = bases.find(world.tiny())
    monkeypatch.setattr(bases, "device_of", lambda: "cpu")
    monkeypatch.setattr(bases, "gigabytes", lambda _: 16.1)
    with pytest.raises(InputError, match=r"no GPU was found, and tiny has 16\.1 GB"):
        bases.load(base, world.tiny())
    monkeypatch.setattr(bases, "gigabytes", lambda _: 4.0)
    monkeypatch.setattr(bases, "free_gigabytes", lambda _: 2.0)
    with pytest.raises(InputError, match=r"too little memory: tiny needs 4\.0 GB .* 2\.0 GB are free"):
        bases.load(base, world.tiny())
