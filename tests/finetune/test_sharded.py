"""Training with the base shared out over processes (FSDP2): the steps of one process, on any number of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from safetensors.torch import load_file

from finetune import recipe
from finetune.model import sharding
from finetune.recipe import Recipe
from finetune.training import trainer as training
from finetune.training.train import train
from tasks.errors import InputError
from tests import finetune_world as world

ROOT = Path(__file__).parents[2]
LAUNCH = ("-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1", "--nproc-per-node", "2")


def settings(accumulation: int) -> Recipe:
    """Four steps, watched and kept at the second; dropout aside, whose random numbers are each process's own."""
    return world.tiny(
        "lora_dropout=0", "max_steps=4", "save_steps=2", "eval_steps=2", "sample_answers=1", "max_length=384",
        "on_long=split", "tokens_per_batch=384", "eval_dialogues=5", "learning_rate=1e-3",
        f"gradient_accumulation_steps={accumulation}",
    )  # fmt: skip


def half(data: Path, out: Path) -> None:
    """In each of two processes: a run that is stopped in its third step."""
    plain = training.Clock.on_step_end

    def stop(self: Any, args: Any, state: Any, control: Any, **more: Any) -> None:
        if state.global_step == 3:
            raise KeyboardInterrupt
        plain(self, args, state, control, **more)

    training.Clock.on_step_end = stop  # type: ignore[method-assign]
    torch.set_num_threads(1)
    try:
        train(settings(1), data, out, shard=True)
    except KeyboardInterrupt:
        torch.distributed.destroy_process_group()


@pytest.mark.slow
def test_two_processes_that_share_a_base_begin_what_one_ends(tmp_path: Path) -> None:
    """Two steps of two processes and two of one are the four of one: weights, held-out losses and samples."""
    with world.own_cache(tmp_path):
        torch.set_num_threads(1)
        data = world.data(tmp_path, 30)
        whole = train(settings(2), data, tmp_path / "one")
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
        done = subprocess.run(
            [sys.executable, *LAUNCH, "-m", "tests.finetune.test_sharded", str(data), str(tmp_path / "two")],
            cwd=ROOT,
            env={**environment, "CUDA_VISIBLE_DEVICES": ""},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        assert (tmp_path / "two" / "checkpoints" / "checkpoint-2" / "optimizer.pt").is_file(), done.stderr[-3000:]
        with pytest.raises(InputError, match="number of batches a step"):
            train(settings(1), data, tmp_path / "two", resume=True)
        resumed = train(settings(2), data, tmp_path / "two", resume=True)
    assert resumed.metrics.held_out_loss_before == pytest.approx(whole.metrics.held_out_loss_before, abs=1e-5)
    assert resumed.metrics.held_out_loss_after == pytest.approx(whole.metrics.held_out_loss_after, abs=1e-5)
    one, two = (load_file(tmp_path / run / "adapter_model.safetensors") for run in ("one", "two"))
    for name, value in one.items():
        torch.testing.assert_close(two[name], value, rtol=1e-3, atol=1e-5)
    assert world.lines(tmp_path / "one" / "samples.jsonl") == world.lines(tmp_path / "two" / "samples.jsonl")


@pytest.mark.parametrize(
    ("environment", "overrides", "said"),
    [
        ({}, (), "--shard: there is one process"),
        ({"WORLD_SIZE": "2"}, ("load_in_4bit=true",), "--shard with load_in_4bit: bitsandbytes packs two weights"),
        ({"WORLD_SIZE": "2", "ACCELERATE_USE_FSDP": "true"}, (), "which would split the adapter too"),
    ],
)
def test_what_cannot_be_shared_out_is_refused_before_anything_loads(
    environment: dict[str, str], overrides: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=said):
        train(recipe.load("tiny", None, overrides), Path("nowhere"), Path("nowhere"), shard=True)


@pytest.mark.parametrize(("name", "machines", "processes"), [("gpus-8", 1, 8), ("gpus-2x8", 2, 16)])
def test_the_launchers_files_are_what_accelerate_reads(name: str, machines: int, processes: int) -> None:
    from accelerate.commands.config.config_args import load_config_from_file
    from accelerate.utils import DistributedType

    found = load_config_from_file(str(ROOT / "deploy" / "accelerate" / f"{name}.yaml"))
    assert (found.num_machines, found.num_processes) == (machines, processes)
    assert found.distributed_type == DistributedType.MULTI_GPU, "accelerate's own FSDP would split the adapter"
    assert found.mixed_precision == "no", "the recipe decides"
    assert (ROOT / sharding.LAUNCHER).is_file()


if __name__ == "__main__":
    half(Path(sys.argv[1]), Path(sys.argv[2]))
