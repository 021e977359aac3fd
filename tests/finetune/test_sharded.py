"""The loss where a model's weights are sharded (FSDP2): two processes give the loss and gradients of one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from finetune.model import bases, loss
from tests import finetune_world as world

LAUNCH = ("-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1", "--nproc-per-node", "2")


def adapted() -> Any:
    """The tiny base with an adapter that a step has moved, and our loss in it."""
    recipe = world.tiny("lora_dropout=0")
    model = bases.adapt(bases.load(bases.find(recipe), recipe), recipe)
    torch.manual_seed(1)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.02)
    loss.install(bases.causal_of(model))
    return model


def compared() -> None:
    """In each of two processes: its half of a batch through sharded weights, against the whole batch alone."""
    from torch import distributed
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    torch.set_num_threads(1)
    ids = torch.randint(6, 200, (2, 40), generator=torch.Generator().manual_seed(0))
    targets = torch.zeros_like(ids, dtype=torch.bool)
    targets[:, 10:30] = True
    alone, sharded = adapted(), adapted()
    whole = alone(input_ids=ids, targets=targets, items=targets.sum())["loss"]
    whole.backward()
    distributed.init_process_group("gloo")
    mesh = init_device_mesh("cpu", (2,))
    for layer in bases.causal_of(sharded).model.layers:
        fully_shard(layer, mesh=mesh)
    fully_shard(sharded, mesh=mesh)
    half = slice(distributed.get_rank(), distributed.get_rank() + 1)
    part = sharded(input_ids=ids[half], targets=targets[half], items=targets.sum())["loss"]
    (part * 2).backward()  # gradients are averaged over processes
    total = part.detach().clone()
    distributed.all_reduce(total)
    torch.testing.assert_close(total, whole.detach())
    wanted = {name: weight.grad for name, weight in alone.named_parameters() if weight.grad is not None}
    assert wanted
    for name, weight in sharded.named_parameters():
        if name in wanted:
            torch.testing.assert_close(weight.grad.full_tensor(), wanted[name], atol=1e-5, rtol=1e-3)
    distributed.destroy_process_group()


@pytest.mark.long
def test_two_processes_with_sharded_weights_give_the_gradients_of_one(tmp_path: Path) -> None:
    with world.own_cache(tmp_path):
        bases.find(world.tiny())  # made once, before two processes ask for it
        root = Path(__file__).parents[2]
        environment = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
        done = subprocess.run(
            [sys.executable, *LAUNCH, "-m", "tests.finetune.test_sharded"],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]


if __name__ == "__main__":
    compared()
