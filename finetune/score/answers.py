"""Answers of the score form: 23 distributions read in one pass, and the loss of the answers alone.

Only the digits' rows of the output layer are used: an answer is one of {0..5}, a flag one of {0, 1}, whatever else the
model would like to say there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from finetune.model.loss import Head, answer_with, head_of
from finetune.score.form import ANSWERS, LINES

YES_NO = 2
NEVER = float("-inf")


@dataclass(frozen=True)
class Places:
    """The ids of the digits 0..5 and of what an open place holds."""

    digits: tuple[int, ...]
    blank: int


def logits(causal: Any, places: Places, targets: Tensor, **inputs: Any) -> Tensor:
    """float32 [rows, 23, 6]: the answers' scores, those a flag cannot have at -inf; places are blanked first.

    Args:
        targets: bool [rows, T], 23 of them True in each row.
        inputs: input_ids [rows, T] and what else the model takes.
    """
    blind = {**inputs, "input_ids": inputs["input_ids"].masked_fill(targets, places.blank)}
    hidden = causal.get_decoder()(use_cache=False, **blind).last_hidden_state[:, :-1][targets[:, 1:]]
    head = head_of(causal)
    digits = torch.tensor(places.digits, device=head.weight.device)
    scores = Head(head.weight[digits], head.softcap).logits(hidden).view(-1, ANSWERS, len(places.digits))
    impossible = torch.zeros_like(scores, dtype=torch.bool)
    impossible[:, len(LINES) :, YES_NO:] = True
    return scores.masked_fill(impossible, NEVER)


def losses(causal: Any, places: Places, targets: Tensor, **inputs: Any) -> Tensor:
    """Negative log-probability of each true answer, float32 [rows * 23]; the answers stand in the places."""
    scores = logits(causal, places, targets, **inputs).flatten(0, 1)
    digits = torch.tensor(places.digits, device=scores.device)
    answers = (inputs["input_ids"][:, 1:][targets[:, 1:]][:, None] == digits).int().argmax(dim=1)
    return nn.functional.cross_entropy(scores, answers, reduction="none")


def install(causal: Any, places: Places) -> None:
    """Makes `causal(input_ids, …, targets=…, items=n)` return `{"loss": sum / items}` of the answers.

    Also what `finetune.training.heldout` measures is then the answers' loss. Calls without `targets` are untouched.
    """

    def each(targets: Tensor, **inputs: Any) -> Tensor:
        return losses(causal, places, targets, **inputs)

    def total(targets: Tensor, **inputs: Any) -> tuple[Tensor, int]:
        found = each(targets, **inputs)
        return found.sum(), len(found)

    answer_with(causal, total, each)
