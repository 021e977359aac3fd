"""What can be watched of a run: answers to the same contexts, the curve in the terminal, an end where it diverges."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from transformers import TrainerControl

from finetune import manifest
from finetune.__main__ import main
from finetune.training import loss_curve
from finetune.training.train import train
from finetune.training.watching import Divergence
from tests import finetune_world as world


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    torch.set_num_threads(1)
    with world.own_cache(world.trained().folder):
        yield tmp_path_factory.mktemp("watching")


SMALL = ("max_length=384", "on_long=split", "tokens_per_batch=384", "logging_steps=1")


def test_the_same_contexts_are_answered_at_each_evaluation(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = (*SMALL, "max_steps=4", "eval_steps=2", "sample_answers=2", "learning_rate=0.05", "save_steps=2")
    train(world.tiny(*settings), world.trained().data, folder / "run")
    rows = world.lines(folder / "run" / "samples.jsonl")
    assert [row["step"] for row in rows] == [0, 0, 2, 2, 4, 4]
    places = {(row["dialogue_id"], row["position"]) for row in rows}
    assert len(places) == 2
    held_out = {row["dialogue_id"] for row in world.lines(folder / "run" / "held_out.jsonl")}
    assert {name for name, _ in places} <= held_out
    assert all(set(row) == {"step", "dialogue_id", "position", "text"} for row in rows)
    assert len({row["text"] for row in rows}) > 2  # what was learned shows
    assert "o held out" in capsys.readouterr().err


def seen(losses: Sequence[float]) -> int | None:
    """After how many logged losses a run is ended; None = never."""
    watch, control = Divergence(), TrainerControl()
    for number, loss in enumerate(losses, start=1):
        watch.on_log(None, None, control, {"loss": loss})
        watch.on_log(None, None, control, {"eval_loss": 99.0})
        if control.should_training_stop:
            assert watch.seen
            return number
    return None


def test_a_run_diverges_where_its_loss_stays_high_or_is_no_number() -> None:
    assert seen([3.0, 4.1, 4.2, 4.3, 2.0]) == 4
    assert seen([3.0, 4.1, 4.2, 3.9, 4.2, 4.3, 3.0]) is None
    assert seen([3.0, 2.9, math.nan]) == 3
    assert seen([3.0, 2.0, 3.5, 3.9, 4.0]) is None


def test_a_run_that_diverges_is_ended_and_not_to_be_used(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = (*SMALL, "max_steps=12", "learning_rate=1e30", "warmup_ratio=0")
    card = train(world.tiny(*settings), world.trained().data, folder / "diverged")
    assert (card.metrics.ended, card.metrics.steps < 12) == ("diverged", True)
    assert "NOT TO BE USED: training diverged and was ended after" in manifest.read(folder / "diverged").metrics.warning


def test_the_curve_in_characters() -> None:
    log = [{"step": 0, "eval_loss": 3.0}, {"step": 5, "loss": 2.0}, {"step": 10, "eval_loss": 1.0}]
    drawn = loss_curve.plotted(log, width=10, height=3).splitlines()
    assert [line.split("|")[1] for line in drawn[:3]] == ["o", "     .", "          o"]
    assert "3.000" in drawn[0]
    assert "1.000" in drawn[2]
    assert "step 10" in drawn[4]
    assert loss_curve.plotted(log[:1]) == ""
    assert loss_curve.plotted([{"step": 1, "loss": math.nan}, *log[:1]]) == ""


@pytest.mark.parametrize("tracker", ["trackio", "wandb"])
def test_a_tracker_that_is_not_installed_is_one_sentence(
    folder: Path, tracker: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "tiny", "--data", str(world.trained().data), "--out", str(folder / "none")]
    assert main([*command, "--report-to", tracker]) == 2
    assert capsys.readouterr().err == (
        f"error: report_to {tracker}: needs the package {tracker}, which is not installed: pip install {tracker}, or"
        " --set report_to=none\n"
    )
