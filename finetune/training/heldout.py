"""Held-out loss: the sum of negative log-probabilities of each dialogue's counsellor tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch

from finetune.data.tokens import Examples
from finetune.model.bases import causal_of
from finetune.model.loss import head_of, target_losses
from finetune.training import collate
from finetune.training.batching import grouped


class DialogueLoss(NamedTuple):
    """One dialogue's loss: the sum over its target tokens (nats), and how many they are."""

    name: str
    loss: float
    tokens: int


def mean(losses: Sequence[DialogueLoss]) -> float:
    """Nats per counsellor token over all dialogues together; nan where there is no token."""
    count = sum(one.tokens for one in losses)
    return sum(one.loss for one in losses) / count if count else float("nan")


def measured(
    model: Any, examples: Examples, *, budget: int, pad_id: int, rank: int = 0, processes: int = 1
) -> Iterator[DialogueLoss]:
    """Each dialogue's loss, in eval mode, as batches are done; the model's mode is restored after.

    Args:
        budget: tokens of a forward pass.
        rank, processes: this process measures every `processes`-th batch; all make as many passes, the last batch
            again where there is none left, since shared-out weights are gathered by all processes together.
    """
    import numpy as np

    batches = grouped(examples.lengths, budget, np.random.default_rng(0))
    training = model.training
    model.eval()
    try:
        for first in range(0, len(batches), processes):
            number = first + rank
            found = list(_batch(model, [examples[i] for i in batches[min(number, len(batches) - 1)]], pad_id))
            yield from found if number < len(batches) else ()
    finally:
        model.train(training)


def _batch(model: Any, chosen: Sequence[Any], pad_id: int) -> Iterator[DialogueLoss]:
    causal = causal_of(model)
    inputs = {key: value.to(causal.device) for key, value in collate.padded(chosen, pad_id).items()}
    targets = inputs.pop("targets")
    weight = head_of(causal).weight
    half = torch.autocast(causal.device.type, dtype=torch.bfloat16, enabled=weight.dtype == torch.bfloat16)
    with torch.no_grad(), half:
        values = target_losses(causal, targets, **inputs).double()
    counts = targets[:, 1:].sum(dim=1).tolist()
    for example, part in zip(chosen, values.split(counts), strict=True):
        yield DialogueLoss(example.name, float(part.sum()), len(part))
