"""Losses dialogue by dialogue: what training measured, resumable, never on dialogues trained on, read by results."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from finetune.training import evaluate, heldout
from results.responses.losses import read_losses
from tasks.data.kokorochat import load, split
from tasks.errors import InputError
from tests import finetune_world as world

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def made() -> Iterator[world.Trained]:
    torch.set_num_threads(1)
    with world.own_cache(world.trained().folder):
        yield world.trained()


@pytest.fixture(scope="module")
def losses(made: world.Trained) -> Path:
    names = ["base=base", f"tuned={made.adapter}"]
    evaluate.evaluate(names, made.data, made.folder / "losses", ("valid", "test"))
    return made.folder / "losses"


def test_results_reads_the_files_and_every_dialogue_of_the_splits_is_there(losses: Path, made: world.Trained) -> None:
    parts = split(load(made.data))
    base, tuned = read_losses([losses / "base.jsonl", losses / "tuned.jsonl"])
    for name in ("valid", "test"):
        found = {line.dialogue_id for line in tuned.lines if line.split == name}
        assert found == {dialogue.dialogue_id for dialogue in parts[name]}
    bands = {d.dialogue_id: d.band for part in parts.values() for d in part}
    assert all(line.band == bands[line.dialogue_id] for line in base.lines)
    assert [(line.dialogue_id, line.targets) for line in base.lines] == [
        (line.dialogue_id, line.targets) for line in tuned.lines
    ]


def test_losses_are_those_that_training_measured(losses: Path, made: world.Trained) -> None:
    measured = {row["dialogue_id"]: row for row in world.lines(made.adapter / "held_out.jsonl")}
    for system, key in (("base", "loss_before"), ("tuned", "loss_after")):
        rows = {row["dialogue_id"]: row for row in world.lines(losses / f"{system}.jsonl")}
        assert set(measured) <= set(rows)
        for name, row in measured.items():
            assert rows[name]["loss_sum"] == pytest.approx(row[key], rel=1e-4)
            assert rows[name]["targets"] == row["tokens"]


def test_an_interrupted_run_goes_on_and_gives_the_same(
    losses: Path, made: world.Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, seen = heldout._batch, list[object]()

    def broken(*given: object) -> object:
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(1)
        return plain(*given)  # type: ignore[arg-type]

    out = made.folder / "broken"
    with monkeypatch.context() as patch:
        patch.setattr(heldout, "_batch", broken)
        with pytest.raises(KeyboardInterrupt):
            evaluate.evaluate([f"tuned={made.adapter}"], made.data, out, ("valid", "test"))
    kept = len((out / ".tuned.part.jsonl").read_text(encoding="utf-8").splitlines()) - 1
    assert kept
    evaluate.evaluate([f"tuned={made.adapter}"], made.data, out, ("valid", "test"))
    again, whole = world.lines(out / "tuned.jsonl"), world.lines(losses / "tuned.jsonl")
    assert [row["dialogue_id"] for row in again] == [row["dialogue_id"] for row in whole]
    assert [row["loss_sum"] for row in again] == pytest.approx([row["loss_sum"] for row in whole], rel=1e-4)


def test_finished_losses_are_kept_and_others_refused(
    losses: Path, made: world.Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate, "loaded", lambda *_: pytest.fail("nothing is to be measured"))
    evaluate.evaluate([f"tuned={made.adapter}"], made.data, losses, ("valid", "test"))
    with pytest.raises(InputError, match="made otherwise"):
        evaluate.evaluate([f"tuned={made.adapter}"], made.data, losses, ("test",))


def test_a_dialogue_trained_from_is_refused(made: world.Trained, tmp_path: Path) -> None:
    leaky = shutil.copytree(made.adapter, tmp_path / "leaky")
    record = json.loads((leaky / "splits.json").read_text(encoding="utf-8"))
    trained = record["test"][0]
    (leaky / "splits.json").write_text(json.dumps({**record, "trained": [*record["trained"], trained]}))
    with pytest.raises(InputError, match=f"was trained on 1 of the dialogues to be measured .*{trained}"):
        evaluate.evaluate([f"leaky={leaky}"], made.data, tmp_path / "out", ("test",))


def test_the_table_adds_up(losses: Path) -> None:
    rows = world.lines(losses / "tuned.jsonl")
    test = [row for row in rows if row["split"] == "test"]
    expected = sum(row["loss_sum"] for row in test) / sum(row["targets"] for row in test)
    (line,) = [line for line in evaluate.table([losses / "tuned.jsonl"]) if " test   all " in line]
    assert f"{expected:.4f}" in line
    assert f" {len(test)} " in line


def test_some_dialogues_are_drawn_the_same_each_time(made: world.Trained, tmp_path: Path) -> None:
    (first,) = evaluate.evaluate(["base=base"], made.data, tmp_path / "a", ("test",), 2, "tiny")
    (second,) = evaluate.evaluate(["base=base"], made.data, tmp_path / "b", ("test",), 2, "tiny")
    assert len(world.lines(first)) == 2
    assert first.read_bytes() == second.read_bytes()
