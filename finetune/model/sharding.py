"""The frozen base's weights shared out over processes (FSDP2), where one GPU cannot hold it; adapters stay whole.

Every process holds a part of each layer, gathers a layer when its turn comes, and lets go of it again. The adapter is a
hundredth of the base: it, its gradients and its optimizer are the same in every process, as without sharing, so that
checkpoints are the same files and any number of processes goes on from them.
"""

from __future__ import annotations

from typing import Any

from finetune.model.bases import causal_of
from finetune.recipe import Recipe
from finetune.settings import launched_sharded, local_rank, process_count
from tasks.errors import InputError

LAUNCHER = "deploy/accelerate/gpus-8.yaml"
"""What accelerate is told of one machine with eight GPUs."""


def refuse_unshareable(recipe: Recipe, shard: bool) -> None:
    """Before anything is loaded.

    Raises:
        InputError: there is one process, the base is wanted in 4 bits, or accelerate is told to share out itself.
    """
    errors = []
    if launched_sharded():
        errors.append(
            "accelerate is configured with distributed_type: FSDP, which would split the adapter too; take MULTI_GPU"
            f" (as in {LAUNCHER}) and say --shard"
        )
    if shard and process_count() == 1:
        errors.append("--shard: there is one process; start several, see docs/finetuning.md")
    if shard and recipe.load_in_4bit:
        errors.append(
            "--shard with load_in_4bit: bitsandbytes packs two weights in a byte beside tables of scales, and FSDP2"
            " cannot split these; leave out --shard (each GPU holds the base in 4 bits), or --set load_in_4bit=false"
        )
    if errors:
        raise InputError(errors)


def share_out(model: Any, device: str) -> None:
    """Splits the base under an adapter over all processes, and puts the adapter on the device.

    Args:
        model: an adapted model, in main memory or on the device already; the same in every process.
        device: `cuda` or `cpu`.
    """
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    causal, mesh = causal_of(model), init_device_mesh(device, (process_count(),))
    own = {parameter for parameter in model.parameters() if parameter.requires_grad}
    for layer in causal.get_decoder().layers:
        fully_shard(layer, mesh=mesh, ignored_params=own)
    # torch would keep the root gathered after a forward pass; process 0 lets go of it when it writes a checkpoint, and
    # would then gather alone
    fully_shard(causal, mesh=mesh, ignored_params=own, reshard_after_forward=True)
    for parameter in own:
        parameter.data = parameter.data.to(f"cuda:{local_rank()}" if device == "cuda" else device)


def is_shared(causal: Any) -> bool:
    """True where the weights of a causal model are split over processes: all have to call it together."""
    from torch.distributed.fsdp import FSDPModule

    return isinstance(causal, FSDPModule)


def averaging(model: Any, device: str) -> Any:
    """The model in a wrapper that averages the adapter's gradients over processes and leaves the base alone."""
    from torch.nn.parallel import DistributedDataParallel

    frozen = [name for name, parameter in model.named_parameters() if not parameter.requires_grad]
    frozen += [name for name, _ in model.named_buffers()]
    DistributedDataParallel._set_params_and_buffers_to_ignore_for_model(model, frozen)
    return DistributedDataParallel(model, device_ids=[local_rank()] if device == "cuda" else None)
