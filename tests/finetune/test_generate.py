"""Generation: seeded per response, resumable, never empty, base untouched by adapters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from finetune.generation import decoding, engine, generate, sampling
from finetune.generation.decoding import Decoding
from finetune.model import bases
from tasks.errors import InputError
from tasks.schema import Response
from tests import finetune_world as world

FEW = Decoding(max_new_tokens=12, batch_size=4)


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("generate")
    torch.set_num_threads(1)
    with world.own_cache(world.trained().folder):
        yield path


@pytest.fixture(scope="module")
def adapter() -> Path:
    return world.trained().adapter


@pytest.fixture(scope="module")
def items(folder: Path) -> Path:
    return world.items(folder)


@pytest.fixture(scope="module")
def responses(folder: Path, adapter: Path, items: Path) -> Path:
    generate.generate(items, ["base=base", f"tuned-1.0={adapter}"], folder / "responses", FEW, seed=0)
    return folder / "responses"


def test_every_system_answers_every_item_with_its_facts(responses: Path, items: Path) -> None:
    ids = [row["item_id"] for row in world.lines(items)]
    for system in ("base", "tuned-1.0"):
        rows = world.lines(responses / f"{system}.jsonl")
        assert [row["item_id"] for row in rows] == ids
        for row in rows:
            assert Response(system_id=system, **row).text.strip()
            assert row["generation"]["seed"] == decoding.seed_of(
                0, row["item_id"], system, row["generation"]["attempt"]
            )
            assert row["generation"]["tokens"] <= 12
        card = json.loads((responses / f"{system}.manifest.json").read_text(encoding="utf-8"))
        assert card["decoding"]["temperature"] == 0.7
        assert "not a usable counsellor" in card["note"]
    assert {p.name for p in responses.iterdir()} == {
        f"{s}.{end}" for s in ("base", "tuned-1.0") for end in ("jsonl", "manifest.json")
    }


def test_base_and_adapter_differ_and_the_base_is_untouched_by_the_adapter(
    responses: Path, items: Path, folder: Path
) -> None:
    both, tuned = (world.lines(responses / f"{s}.jsonl") for s in ("base", "tuned-1.0"))
    assert [r["text"] for r in both] != [r["text"] for r in tuned]
    generate.generate(items, ["base=base"], folder / "alone", FEW, seed=0, base_recipe="tiny")
    assert (folder / "alone" / "base.jsonl").read_bytes() == (responses / "base.jsonl").read_bytes()


def test_a_row_draws_the_same_whatever_stands_beside_it(folder: Path, items: Path, responses: Path) -> None:
    one = folder / "one.jsonl"
    one.write_text(items.read_text(encoding="utf-8").splitlines()[3] + "\n", encoding="utf-8")
    generate.generate(one, ["base=base"], folder / "single", FEW, seed=0, base_recipe="tiny")
    (single,) = world.lines(folder / "single" / "base.jsonl")
    beside = world.lines(responses / "base.jsonl")[3]
    assert (single["text"], single["generation"]["seed"]) == (beside["text"], beside["generation"]["seed"])


def test_an_interrupted_run_goes_on_and_gives_the_same(
    folder: Path, items: Path, responses: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, plain, calls = folder / "broken", engine.TorchEngine.answer, []

    def once(self: Any, prompts: Any, seeds: Any) -> Any:
        calls.append(len(prompts))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return plain(self, prompts, seeds)

    monkeypatch.setattr(engine.TorchEngine, "answer", once)
    with pytest.raises(KeyboardInterrupt):
        generate.generate(items, ["base=base"], out, FEW, seed=0, base_recipe="tiny")
    assert not (out / "base.jsonl").exists()
    generate.generate(items, ["base=base"], out, FEW, seed=0, base_recipe="tiny")
    assert calls == [4, 2, 2], "the first batch is not made again"
    assert (out / "base.jsonl").read_bytes() == (responses / "base.jsonl").read_bytes()


def test_finished_responses_are_kept_and_other_settings_refused(
    items: Path, responses: Path, adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bases, "load", lambda *_: pytest.fail("nothing is to be made"))
    generate.generate(items, [f"tuned-1.0={adapter}"], responses, FEW, seed=0)
    with pytest.raises(InputError, match="made otherwise"):
        generate.generate(items, [f"tuned-1.0={adapter}"], responses, FEW, seed=1)


def test_an_empty_answer_is_drawn_again_with_another_seed(
    folder: Path, items: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []

    def answer(self: Any, prompts: Any, seeds: Any) -> list[engine.Draft]:
        asked.append(list(seeds))
        text = "。" if len(asked) == 1 else "はい"
        return [engine.Draft(text, 1, "end") for _ in prompts]

    monkeypatch.setattr(engine.TorchEngine, "answer", answer)
    few = Decoding(batch_size=6, attempts=2)
    generate.generate(items, ["base=base"], folder / "empty", few, seed=0, base_recipe="tiny")
    rows = world.lines(folder / "empty" / "base.jsonl")
    assert {row["generation"]["attempt"] for row in rows} == {1}
    assert not set(asked[0]) & set(asked[1])


def test_an_answer_that_stays_empty_is_an_error(folder: Path, items: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        engine.TorchEngine, "answer", lambda self, prompts, seeds: [engine.Draft("…", 1, "end") for _ in prompts]
    )
    with pytest.raises(InputError, match="no answer to item-"):
        generate.generate(items, ["base=base"], folder / "never", FEW, seed=0, base_recipe="tiny")
    assert not (folder / "never" / "base.jsonl").exists()


@pytest.mark.parametrize(
    ("systems", "message"),
    [
        (["a b=base"], "found id 'a b'"),
        (["x=base", "x=base"], "named twice"),
        (["x="], "write NAME=base"),
        (["x=nowhere/at-all-here-x/y"], "nowhere"),
    ],
)
def test_wrong_systems_are_named(items: Path, folder: Path, systems: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        generate.generate(items, systems, folder / "wrong", FEW, seed=0, base_recipe="tiny")


def test_wrong_items_are_named_all_at_once(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('{"item_id": "a", "turns": [], "topik": ""}\n{"item_id": "b"}\n', encoding="utf-8")
    with pytest.raises(InputError) as error:
        generate.read_items(path)
    assert any(":1: topik" in line for line in error.value.errors)
    assert any(":2: turns" in line for line in error.value.errors)


def test_an_adapter_of_another_base_is_refused(adapter: Path, items: Path, tmp_path: Path) -> None:
    import shutil

    other = tmp_path / "other"
    shutil.copytree(adapter, other)
    card = json.loads((other / "manifest.json").read_text(encoding="utf-8"))
    card["base"]["digest"] = "0" * 64
    (other / "manifest.json").write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(InputError, match="trained on another base"):
        generate.generate(items, [f"x={other}"], tmp_path / "out", FEW, seed=0)


class TestRules:
    def test_repeating_names_the_token_that_would_repeat_a_run(self) -> None:
        # ... 1 2 3 ... 1 2 -> 3 would make "1 2 3" twice.
        assert sampling.repeating([1, 2, 3, 9, 1, 2], 3) == {3}
        assert sampling.repeating([1, 2, 3, 9, 1, 2], 0) == set()
        assert sampling.repeating([1], 2) == set()

    def test_the_penalty_divides_gains_and_multiplies_losses(self) -> None:
        scores = torch.tensor([2.0, -2.0, 4.0])
        assert sampling.penalised(scores, [0, 1], 2.0).tolist() == [1.0, -4.0, 4.0]
        assert scores.tolist() == [2.0, -2.0, 4.0]

    def test_nucleus_keeps_the_smallest_set_that_holds_top_p(self) -> None:
        chances = torch.tensor([0.5, 0.3, 0.15, 0.05])
        assert sampling.nucleus(chances, 0.8).gt(0).tolist() == [True, True, False, False]
        assert sampling.nucleus(chances, 0.1).gt(0).tolist() == [True, False, False, False]

    def test_control_tokens_are_never_drawn_and_the_end_not_too_early(self) -> None:
        rules = Decoding(min_new_tokens=1, temperature=0)
        sampler = sampling.RowSampler([rules], [1], prompt_length=2, end_id=0, banned={0, 1})
        scores = torch.tensor([[9.0, 8.0, 1.0]])
        first = sampler(torch.tensor([[5, 5]]), scores.clone())
        later = sampler(torch.tensor([[5, 5, 2]]), scores.clone())
        assert (int(first.argmax()), int(later.argmax())) == (2, 0)


def test_decoding_settings_are_checked() -> None:
    assert decoding.load(("temperature=0.2", "batch_size=2")).batch_size == 2
    with pytest.raises(InputError, match="temprature"):
        decoding.load(("temprature=1",))


def test_a_long_history_loses_its_oldest_turns_first(folder: Path) -> None:
    from finetune.training.prepare import encoder
    from tasks.schema import Turn

    writer = encoder(bases.find(world.tiny()).vocabulary(), world.tiny())
    turns = [Turn(role="client", text=f"話{i}" * 20) for i in range(6)]
    whole, cut = generate.prompt(writer, turns, 10**6), generate.prompt(writer, turns, 300)
    assert len(cut) <= 300 < len(whole)
    assert cut[-50:] == whole[-50:]
    with pytest.raises(InputError, match="max_prompt_tokens"):
        generate.prompt(writer, turns, 70)
