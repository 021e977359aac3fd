"""Training end to end on the tiny base: it learns, ends when told, resumes exactly, and refuses what is wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from safetensors.torch import load_file

from finetune import manifest
from finetune.chat_template import CARRIED
from finetune.model import bases
from finetune.training import checkpoints
from finetune.training import trainer as training
from finetune.training.train import train
from tasks.errors import InputError
from tests import finetune_world as world

pytestmark = pytest.mark.slow

SHORT = (
    "max_length=384",
    "on_long=split",
    "tokens_per_batch=384",
    "max_steps=24",
    "save_steps=12",
    "learning_rate=1e-2",
)


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("train")
    torch.set_num_threads(1)
    with world.own_cache(path):
        yield path


@pytest.fixture(scope="module")
def data(folder: Path) -> Path:
    return world.data(folder, 40)


@pytest.fixture(scope="module")
def finished(folder: Path, data: Path) -> Path:
    """One whole run of 24 steps."""
    train(world.tiny(*SHORT), data, folder / "whole")
    return folder / "whole"


def weights(run: Path) -> dict[str, Any]:
    return dict(load_file(run / "adapter_model.safetensors"))


def test_a_run_lowers_the_held_out_loss_and_leaves_its_card(finished: Path) -> None:
    card = manifest.read(finished)
    assert world.fall(card) > 0.1
    assert (card.metrics.steps, card.metrics.ended) == (24, "max_steps")
    assert card.base.digest == bases.digest(Path(card.base.folder))
    assert card.prompt.system_prompt_text.startswith("あなたは")
    assert card.versions["transformers"]
    assert {p.name for p in finished.iterdir()} == {
        "adapter_config.json", "adapter_model.safetensors", "held_out.jsonl", "log.jsonl", "loss.svg", "manifest.json",
        "splits.json", *CARRIED,
    }  # fmt: skip


def test_a_run_that_ends_worse_than_the_base_says_so_everywhere(
    folder: Path, data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from finetune.__main__ import main
    from finetune.hub.card import model_card

    monkeypatch.setattr(training, "schedule", lambda *_: lambda step: -1.0)  # up the gradient: nothing is surer to harm
    out, wild = folder / "worse", ("max_steps=3", "learning_rate=1", "dtype=float32", "eval_dialogues=4", *SHORT[:3])
    settings = [part for text in wild for part in ("--set", text)]
    assert main(["train", "tiny", "--data", str(data), "--out", str(out), *settings]) == 3
    metrics = manifest.read(out).metrics
    assert metrics.held_out_loss_after is None or metrics.held_out_loss_after > metrics.held_out_loss_before
    assert "NOT TO BE USED: the held-out loss" in metrics.warning
    assert f"warning: {out}: {metrics.warning}\n" in capsys.readouterr().err
    assert metrics.warning in model_card(manifest.read(out), "me/worse")


def test_an_adapter_holds_nothing_of_the_base(finished: Path) -> None:
    """peft would save a whole embedding beside the adapter where it believes that it was resized."""
    assert all(".lora_A." in name or ".lora_B." in name for name in weights(finished))
    config = json.loads((finished / "adapter_config.json").read_text(encoding="utf-8"))
    assert not config["modules_to_save"]


def test_a_run_resumed_in_the_same_process_is_the_unbroken_one(
    finished: Path, folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill (tested slowly), without the wait for another process: stopped after 12 steps by an error."""
    plain, out = training.Clock.on_step_end, folder / "stopped-half"

    def stop(self: Any, args: Any, state: Any, control: Any, **more: Any) -> None:
        if state.global_step == 13:
            raise KeyboardInterrupt
        plain(self, args, state, control, **more)

    with monkeypatch.context() as patch:
        patch.setattr(training.Clock, "on_step_end", stop)
        with pytest.raises(KeyboardInterrupt):
            train(world.tiny(*SHORT), data, out)
    assert train(world.tiny(*SHORT), data, out, resume=True).metrics.steps == 24
    for name, value in weights(finished).items():
        torch.testing.assert_close(weights(out)[name], value, rtol=0, atol=0)


def test_no_held_out_counsellor_is_trained_on(finished: Path, data: Path) -> None:
    from tasks.data.kokorochat import load

    people = {d.dialogue_id: d.counselor_id for d in load(data)}
    split = json.loads((finished / "splits.json").read_text(encoding="utf-8"))
    trained, held_out = ({people[i] for i in split[part]} for part in ("trained", "held_out"))
    assert trained
    assert held_out
    assert not trained & held_out
    assert not set(split["trained"]) & {*split["held_out"], *split["test"]}


def test_held_out_losses_per_dialogue_add_up_to_the_cards(finished: Path) -> None:
    rows = world.lines(finished / "held_out.jsonl")
    after = sum(row["loss_after"] for row in rows) / sum(row["tokens"] for row in rows)
    assert after == pytest.approx(manifest.read(finished).metrics.held_out_loss_after)


def test_the_same_run_gives_the_same_weights(finished: Path, folder: Path, data: Path) -> None:
    train(world.tiny(*SHORT), data, folder / "again")
    for name, value in weights(finished).items():
        torch.testing.assert_close(weights(folder / "again")[name], value, rtol=0, atol=0)


def test_a_run_killed_in_the_middle_resumes_to_the_same_weights(finished: Path, folder: Path, data: Path) -> None:
    """12 steps, kill -9, 12 more: bit for bit the run of 24 (dropout, order, schedule and optimizer go on)."""
    out = folder / "killed"
    command = [
        sys.executable,
        "-m",
        "finetune",
        "train",
        "tiny",
        "--data",
        str(data),
        "--out",
        str(out),
        "--threads",
        "1",
    ]
    settings = ("max_steps=24", "dtype=float32", "eval_dialogues=4", *SHORT)
    process = subprocess.Popen(
        [*command, *(part for text in settings for part in ("--set", text))],
        env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache")},
        stderr=subprocess.DEVNULL,
    )
    state = out / "checkpoints" / "checkpoint-12" / "trainer_state.json"
    for _ in range(1200):
        if state.is_file() or process.poll() is not None:
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert state.is_file(), "the run never reached its first checkpoint"
    assert not (out / manifest.NAME).is_file(), "the run ended before it could be killed"
    card = train(world.tiny(*SHORT), data, out, resume=True)
    assert card.metrics.steps == 24
    for name, value in weights(finished).items():
        torch.testing.assert_close(weights(out)[name], value, rtol=0, atol=0)


def test_another_recipe_cannot_resume_a_run_and_a_used_folder_is_refused(
    folder: Path, data: Path, finished: Path
) -> None:
    with pytest.raises(InputError, match="holds a finished run"):
        train(world.tiny(*SHORT), data, finished)
    out = folder / "other"
    half = out / "checkpoints"
    half.mkdir(parents=True)
    (half / "identity").write_text("another run", encoding="utf-8")
    with pytest.raises(InputError, match="unfinished run"):
        train(world.tiny(*SHORT), data, out)


def test_a_half_written_checkpoint_is_passed_over(tmp_path: Path, finished: Path) -> None:
    whole, half = tmp_path / "checkpoint-5", tmp_path / "checkpoint-10"
    for path in (whole, half):
        path.mkdir()
        for name in checkpoints.NEEDED:
            (path / name).write_text("{}", encoding="utf-8")
        (path / "adapter_model.safetensors").write_bytes((finished / "adapter_model.safetensors").read_bytes())
    (half / "adapter_model.safetensors").write_bytes((finished / "adapter_model.safetensors").read_bytes()[:5000])
    chosen, notes = checkpoints.latest(tmp_path)
    assert chosen == whole
    assert "checkpoint-10: half written" in notes[0]


def test_a_time_limit_ends_the_run_cleanly(folder: Path, data: Path) -> None:
    long = tuple(text for text in SHORT if not text.startswith("max_steps"))
    card = train(world.tiny(*long, "num_train_epochs=500", "max_minutes=0.025"), data, folder / "timed")
    assert card.metrics.ended == "max_minutes"
    assert 1.5 <= card.metrics.seconds < 30
    assert (folder / "timed" / "adapter_model.safetensors").is_file()


def test_early_stopping_keeps_the_best_adapter(folder: Path, data: Path) -> None:
    wild = tuple(text for text in SHORT if not text.startswith("learning_rate"))
    settings = (*wild, "learning_rate=300", "warmup_ratio=0", "eval_steps=3", "early_stopping_patience=2")
    card = train(world.tiny(*settings), data, folder / "stopped")
    log = world.lines(folder / "stopped" / "log.jsonl")
    evaluations = [entry["eval_loss"] for entry in log if "eval_loss" in entry and entry["step"]]
    assert card.metrics.ended == "early_stopping"
    assert card.metrics.held_out_loss_after == pytest.approx(min(evaluations), abs=1e-4)


def test_the_schedule_follows_steps_alone_where_there_is_no_time_limit() -> None:
    factor = training.schedule(0.1, 100, training.Clock())
    assert [factor(0), factor(5), factor(10)] == pytest.approx([0.1, 0.5, 1.0])
    assert factor(55) == pytest.approx(0.1 + 0.9 * 0.5)
    assert factor(100) == pytest.approx(training.LOWEST)


def test_the_second_start_takes_tokens_from_the_cache(folder: Path, data: Path, finished: Path) -> None:
    from finetune.training.job import planned

    started = time.monotonic()
    job = planned(world.tiny(*SHORT), data, folder / "unused")
    assert time.monotonic() - started < 2
    assert job.prepared.digest == manifest.read(finished).data.digest


def test_missing_data_is_named(folder: Path) -> None:
    with pytest.raises(InputError, match="nowhere: not found"):
        train(world.tiny(), Path("nowhere"), folder / "x")


def test_two_processes_train_as_one_with_twice_the_accumulation(folder: Path, data: Path) -> None:
    """Two gloo processes with one batch a step each see the batches, and so make the steps, of one with two."""
    same = (
        "lora_dropout=0", "max_steps=4", "eval_dialogues=4", "max_length=384", "on_long=split", "tokens_per_batch=384",
        "dtype=float32", "learning_rate=1e-3",
    )  # fmt: skip
    out = folder / "two"
    # accelerate's own launcher starts one process on a CPU, whatever --num_processes says, unless MPI is there.
    launch = ("-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1")
    run = ("-m", "finetune", "train", "tiny", "--data", str(data), "--out", str(out), "--threads", "1")
    alone = {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": "", "GLOO_SOCKET_IFNAME": "lo"}  # needs no network
    done = subprocess.run(
        [sys.executable, *launch, "--nproc-per-node", "2", *run, *(part for text in same for part in ("--set", text))],
        env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), **alone},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    card = train(world.tiny(*same, "gradient_accumulation_steps=2"), data, folder / "one")
    two = manifest.read(out)
    assert (two.processes, two.metrics.steps) == (2, card.metrics.steps), done.stdout[-5000:]
    assert two.metrics.held_out_loss_after == pytest.approx(card.metrics.held_out_loss_after, abs=1e-4)
    for name, value in weights(folder / "one").items():
        torch.testing.assert_close(weights(out)[name], value, rtol=1e-3, atol=1e-5)
