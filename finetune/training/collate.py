"""Examples to tensors: padded rows, or one packed row whose documents cannot see each other."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from finetune.data.encoding import Example
from tasks.errors import InputError


def padded(examples: Sequence[Example], pad_id: int) -> dict[str, Tensor]:
    """Right-padded batch: input_ids int64 [B, T], attention_mask int64 [B, T], targets bool [B, T].

    The mask and the targets follow lengths, never the pad's id, so a pad that is also an end token does no harm.

    Raises:
        InputError: the batch has no target.
    """
    width = max(len(example.ids) for example in examples)
    ids = torch.full((len(examples), width), pad_id, dtype=torch.int64)
    mask = torch.zeros((len(examples), width), dtype=torch.int64)
    targets = torch.zeros((len(examples), width), dtype=torch.bool)
    for row, example in enumerate(examples):
        length = len(example.ids)
        ids[row, :length] = torch.from_numpy(example.ids.astype("int64"))
        targets[row, :length] = torch.from_numpy(example.targets)
        mask[row, :length] = 1
    _refuse_without_targets(targets, examples)
    batch = {"input_ids": ids, "targets": targets}
    # One row, or rows of one length, need no mask: attention may then take its fast causal path.
    return batch if bool(mask.all()) else {**batch, "attention_mask": mask}


def packed(examples: Sequence[Example], pad_id: int) -> dict[str, Tensor]:
    """One row of examples end to end: input_ids, position_ids (restarting at 0 with each), targets, all [1, T].

    There is no attention mask, and the model must run with `use_cache=False`: with either, positions that restart are
    silently ignored and documents see each other.
    """
    ids = torch.cat([torch.from_numpy(e.ids.astype("int64")) for e in examples])
    positions = torch.cat([torch.arange(len(e.ids)) for e in examples])
    targets = torch.cat([torch.from_numpy(e.targets) for e in examples])
    _refuse_without_targets(targets, examples)
    return {"input_ids": ids[None], "position_ids": positions[None], "targets": targets[None]}


def _refuse_without_targets(targets: Tensor, examples: Sequence[Example]) -> None:
    if not bool(targets.any()):
        raise InputError(f"no target in {', '.join(e.name for e in examples)}: nothing would be trained on")
