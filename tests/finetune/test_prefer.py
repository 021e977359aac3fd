"""Adapters that learn from preferences: what is learned from, what it is held to, what held-out dialogues say of it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")
pytest.importorskip("trl", reason="the prefer extra is not installed")

from safetensors.torch import load_file

from finetune import manifest, preference_recipe
from finetune.__main__ import main
from finetune.hub.card import model_card
from finetune.model import bases
from finetune.preference import heldout
from finetune.preference.heldout import Likelihood
from finetune.preference.pairs import Pairs, examples, prepare
from finetune.preference.start import Start, found, loaded
from finetune.preference.trainer import trainer
from finetune.training import trainer as training
from finetune.training.prepare import encoder
from tasks.errors import InputError
from tasks.schema import Item, Source
from tests import finetune_world as world

WARM = ("それはつらいですね。", "話してくださってありがとうございます。", "眠れない夜が続くのですね。")
COLD = ("気のせいです。", "早く寝てください。", "病院へ行きましょう。")
FAST = ("learning_rate=0.02", "gradient_accumulation_steps=1", "logging_steps=2", "num_train_epochs=3")


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    torch.set_num_threads(1)
    with world.own_cache(world.trained().folder):
        yield tmp_path_factory.mktemp("prefer")


@pytest.fixture(scope="module")
def start(folder: Path) -> Start:
    return found(str(world.trained().adapter))


def row(number: int, **changes: Any) -> dict[str, Any]:
    prompt = [{"role": "user", "content": f"眠れない日が{number}日も続いています"}]
    chosen = [{"role": "assistant", "content": WARM[number % 3]}]
    rejected = [{"role": "assistant", "content": COLD[(number // 3) % 3]}]
    facts = {"margin": 1.5, "raters": 3, "dialogue_id": f"d{number}", "item_id": f"i{number}", "simulated": True}
    return {"prompt": prompt, "chosen": chosen, "rejected": rejected, **facts, **changes}


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    return path


def prepared(path: Path, start: Start, *settings: str) -> Pairs:
    system = start.system
    made = encoder(system.base.vocabulary(), system.recipe)
    return prepare(path, system.recipe, preference_recipe.load(settings), made, simulated=True)


def test_pairs_are_what_the_model_will_be_asked_with_and_what_is_useless_is_counted(folder: Path, start: Start) -> None:
    rows = [
        *(row(i) for i in range(10)),
        row(10, margin=0.0),
        row(11, rejected=row(11)["chosen"]),
        row(12, margin=0.5),
        row(13, raters=1),
        row(14, chosen="長い" * 200),
    ]
    path = written(folder / "pairs.jsonl", rows)
    pairs = prepared(path, start, "min_margin=1", "min_raters=2", "max_length=128")
    assert pairs.left_out == {"tie": 2, "weak": 1, "few_raters": 1, "long": 1}
    assert (len(pairs.train), len(pairs.held_out)) == (8, 2)
    vocabulary = start.system.base.vocabulary()
    writer = encoder(vocabulary, start.system.recipe)
    for pair in pairs.train:
        assert pair.prompt == writer.prompt([world.turn(0, pair.row.prompt[0].content)])
        assert pair.chosen[-1] == pair.rejected[-1] == writer.end_id
        assert vocabulary.decode(pair.chosen[:-1]) == pair.row.answer
    assert not set(pairs.record["trained"]) & set(pairs.record["held_out"])
    with pytest.raises(InputError, match=r"pairs\.jsonl, row 1, column rejected: is missing"):
        prepared(written(folder / "pairs.jsonl", [row(0, rejected=None)]), start)


def test_what_is_held_out_is_right_where_the_chosen_text_gained_more(folder: Path, start: Start) -> None:
    pairs = prepared(written(folder / "told.jsonl", [row(i, dialogue_id=f"d{i // 4}") for i in range(12)]), start).train
    before = [Likelihood(-10.0, -10.0)] * 8
    after = [Likelihood(-9.0, -9.5)] * 3 + [Likelihood(-9.0, -8.0)] * 1 + [Likelihood(-12.0, -11.0)] * 4
    told = heldout.told(pairs, before, after)
    assert heldout.accuracy(told) == pytest.approx((3 / 4 + 0 / 4) / 2)
    by_hand = (3 * math.log1p(math.exp(-0.2 * 0.5)) + 5 * math.log1p(math.exp(0.2 * 1.0))) / 8
    assert heldout.loss(told, 0.2) == pytest.approx(by_hand)
    assert heldout.loss(heldout.told(pairs, before, before), 0.2) == pytest.approx(math.log(2))
    assert math.isnan(heldout.loss(heldout.told(pairs[:1], before[:1], [Likelihood(math.nan, 0)]), 0.1))


@pytest.mark.parametrize("method", ["dpo", "kto"])
def test_trl_starts_from_our_adapter_and_counts_the_same_log_probabilities(
    folder: Path, start: Start, method: preference_recipe.Method
) -> None:
    """Its first loss is that of nothing learned, and its reference is the adapter: not the base beneath it."""
    pairs = prepared(written(folder / "first.jsonl", [row(i) for i in range(5)]), start)
    settings = preference_recipe.load(("per_device_train_batch_size=2",), method=method)
    model = loaded(start)
    ours = heldout.likelihoods(model, pairs.train, budget=512, pad_id=0)
    with model.disable_adapter():
        plain = heldout.likelihoods(model, pairs.train, budget=512, pad_id=0)
    made = trainer(model, start.system.base, start.system.recipe, settings, pairs.train, str(folder / "trl"), "name")
    batch = made.data_collator([made.train_dataset[i] for i in range(2)])
    loss = made.compute_loss(made.model.eval(), batch).detach()
    assert float(loss) == pytest.approx(math.log(2) if method == "dpo" else 0.5, abs=1e-4)
    listed, adapted, base = (
        examples(pairs.train),
        [v for pair in ours for v in pair],
        [v for pair in plain for v in pair],
    )
    by_ids = {tuple(listed[i].ids.tolist()): (adapted[i], base[i]) for i in range(len(listed))}
    if method == "dpo":
        theirs = torch.cat(made.compute_ref_log_probs(made.model, batch)).tolist()
        for ids, mask, value in zip(batch["input_ids"], batch["attention_mask"], theirs, strict=True):
            with_adapter, without = by_ids[tuple(ids[mask.bool()].tolist())]
            assert value == pytest.approx(with_adapter, abs=1e-3)
            assert abs(value - without) > 0.01


def test_a_run_learns_what_was_preferred_and_the_adapter_is_the_learned_one(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(folder / "run.jsonl", [row(i) for i in range(15)])
    out, begun = folder / "run", world.trained().adapter
    command = ["prefer", str(path), "--from", str(begun), "--out", str(out), *(f"--set={value}" for value in FAST)]
    assert main(command) == 2
    assert "15 of 15 rows are simulated" in capsys.readouterr().err
    assert main([*command, "--allow-simulated"]) == 0
    assert "held-out preferences 3 of 3 pairs right, 1.00 over 3 dialogues" in capsys.readouterr().out
    card = manifest.read(out)
    assert card.preferred is not None
    assert (card.preferred.simulated, card.preferred.accuracy, card.preferred.pairs) == (15, 1.0, 12)
    assert card.metrics.held_out_loss_after is not None
    assert card.metrics.held_out_loss_after < card.metrics.held_out_loss_before == pytest.approx(math.log(2))
    assert set(manifest.read(begun).licences) < set(card.licences)
    split = json.loads((out / "splits.json").read_text(encoding="utf-8"))
    assert {f"d{i}" for i in range(15)} == set(split["preferred"])
    assert set(split["trained"]) > set(json.loads((begun / "splits.json").read_text(encoding="utf-8"))["trained"])
    assert not list(out.glob("ref*"))
    told = world.lines(out / "held_out.jsonl")
    again = found(str(out))
    pairs = prepared(path, again)
    measured = heldout.likelihoods(loaded(again), pairs.held_out, budget=512, pad_id=0)
    assert [pair.chosen for pair in measured] == pytest.approx([line["chosen_after"] for line in told], abs=1e-2)
    assert WARM[0] not in (out / "log.jsonl").read_text(encoding="utf-8")
    told_on_the_hub(card)
    refused_in_its_own_study(folder, out, begun, capsys)


@pytest.mark.parametrize("method", ["dpo", pytest.param("kto", marks=pytest.mark.slow)])
def test_a_run_stopped_in_the_middle_resumes_to_the_same_weights(
    folder: Path, method: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Stopped after 3 of 5 steps, the last checkpoint at 2: bit for bit the unbroken run, against the same start."""
    path = written(folder / "resumed.jsonl", [row(i) for i in range(8)])
    begun = world.trained().adapter
    fast = [f"--set={value}" for value in (*FAST[:2], "max_steps=5", "save_steps=2", "logging_steps=1")]
    command = ["prefer", str(path), "--from", str(begun), "--method", method, "--allow-simulated", *fast]
    assert main([*command, "--out", str(folder / f"{method}-whole")]) in (0, 3)
    plain, out = training.Clock.on_step_end, folder / f"{method}-stopped"

    def stop(self: Any, args: Any, state: Any, control: Any, **more: Any) -> None:
        if state.global_step == 3:
            raise KeyboardInterrupt
        plain(self, args, state, control, **more)

    with monkeypatch.context() as patch:
        patch.setattr(training.Clock, "on_step_end", stop)
        main([*command, "--out", str(out)])
    assert not (out / manifest.NAME).exists()
    capsys.readouterr()
    assert main([*command, "--out", str(out)]) == 2
    assert "go on with it with --resume" in capsys.readouterr().err
    assert main([*command, "--out", str(out), "--resume", "--set", "beta=0.3"]) == 2
    assert "was begun with another recipe" in capsys.readouterr().err
    assert main([*command, "--out", str(out), "--resume"]) in (0, 3)
    assert "resuming from" in capsys.readouterr().err
    whole, resumed = (load_file(place / "adapter_model.safetensors") for place in (folder / f"{method}-whole", out))
    assert all(torch.equal(value, resumed[name]) for name, value in whole.items())
    for name in ("held_out.jsonl", "splits.json"):
        assert (out / name).read_bytes() == (folder / f"{method}-whole" / name).read_bytes()
    assert not (out / "checkpoints").exists()


def told_on_the_hub(card: manifest.Manifest) -> None:
    """The card that is pushed says what was learned from, how it was told on held-out pairs, and who preferred."""
    told = model_card(card, "owner/name")
    assert "trained by DPO on 12 pairs of responses in 12 dialogues" in told
    assert "| held-out preferences | 3 of 3 pairs right, mean over dialogues 1.00 (chance 0.5) |" in told
    assert "| pairs that a script preferred, no person | 15 |" in told
    assert "0.02" in told


def refused_in_its_own_study(folder: Path, learned: Path, begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It answers no item of a dialogue whose preferences it has seen, held out or not; its start may."""
    known = json.loads((learned / "splits.json").read_text(encoding="utf-8"))["held_out"][0]
    name = "known.jsonl"
    listed = [
        Item(item_id=f"i{n}", turns=(world.turn(0, "眠れません"),), source=Source(dataset="s", dialogue_id=dialogue))
        for n, dialogue in enumerate((known, "another"))
    ]
    (folder / name).write_text("".join(item.model_dump_json() + "\n" for item in listed), encoding="utf-8")
    command = ["generate", "--items", str(folder / name), "--set", "max_new_tokens=4", "--out", str(folder / "told")]
    assert main([*command, "--system", f"learned={learned}", "--system", f"begun={begun}"]) == 2
    told = capsys.readouterr().err
    assert f"--system learned: learned from preferences about 1 of the 2 items (the first: {listed[0].item_id}" in told
    assert "begun" not in told
    assert not list((folder / "told").glob("*.jsonl"))


def test_kto_trains_a_fresh_adapter_of_a_model(folder: Path) -> None:
    path, out = written(folder / "kto.jsonl", [row(i, simulated=False) for i in range(6)]), folder / "kto"
    model = bases.find(world.tiny()).folder
    command = ["prefer", str(path), "--from", str(model), "--out", str(out), "--method", "kto", "--set", "max_steps=2"]
    assert main([*command, "--set", "learning_rate=0.01", "--set", "gradient_accumulation_steps=2"]) in (0, 3)
    card = manifest.read(out)
    assert card.preferred is not None
    assert (card.preferred.settings.method, card.preferred.simulated) == ("kto", 0)
    assert (card.metrics.ended, card.metrics.steps, card.metrics.loss_of) == ("max_steps", 2, "pair")
    learned = found(str(out))
    assert learned.system.base.digest == bases.digest(model)
    assert any(weight.abs().sum() > 0 for name, weight in loaded(learned).named_parameters() if "lora_B" in name)


def test_a_start_that_cannot_be_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(folder / "start.jsonl", [row(i) for i in range(4)])
    command = ["prefer", str(path), "--from", "nowhere", "--out", str(folder / "none"), "--allow-simulated"]
    assert main(command) == 2
    assert "--from nowhere: nowhere: not a folder here" in capsys.readouterr().err
    assert main([*command, "--set", "beta=-1", "--set", "bta=1"]) == 2
    told = capsys.readouterr().err
    assert "--set beta: found -1" in told
    assert "--set bta: found 1" in told
