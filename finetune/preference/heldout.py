"""What held-out pairs say of an adapter: did training raise the chosen text by more than the rejected one?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from finetune.preference.pairs import Pair, examples
from finetune.training import heldout


class Likelihood(NamedTuple):
    """Log-probabilities of a pair's two answers, natural, summed over their tokens."""

    chosen: float
    rejected: float


class Told(NamedTuple):
    """A pair before and after: `gain` is by how much more training raised the chosen answer than the rejected one."""

    pair: Pair
    before: Likelihood
    after: Likelihood

    @property
    def gain(self) -> float:
        """Difference of the two log-ratios, nats; above 0 = right."""
        return (self.after.chosen - self.before.chosen) - (self.after.rejected - self.before.rejected)

    @property
    def line(self) -> dict[str, Any]:
        """A line of held_out.jsonl: ids and figures, no text."""
        return {
            "dialogue_id": self.pair.row.group,
            "item_id": self.pair.row.item_id,
            "line": self.pair.line,
            "margin": self.pair.row.margin,
            "raters": self.pair.row.raters,
            "chosen_tokens": len(self.pair.chosen),
            "rejected_tokens": len(self.pair.rejected),
            "chosen_before": self.before.chosen,
            "chosen_after": self.after.chosen,
            "rejected_before": self.before.rejected,
            "rejected_after": self.after.rejected,
            "right": self.gain > 0,
        }


def likelihoods(model: Any, pairs: Sequence[Pair], *, budget: int, pad_id: int) -> list[Likelihood]:
    """Of each pair, in order, under the model as it stands.

    Args:
        budget: tokens of a forward pass.
    """
    found = {one.name: -one.loss for one in heldout.measured(model, examples(pairs), budget=budget, pad_id=pad_id)}
    return [Likelihood(found[f"{pair.line}#chosen"], found[f"{pair.line}#rejected"]) for pair in pairs]


def told(pairs: Sequence[Pair], before: Sequence[Likelihood], after: Sequence[Likelihood]) -> list[Told]:
    """Each pair with both."""
    return [Told(*three) for three in zip(pairs, before, after, strict=True)]


def loss(pairs: Sequence[Told], beta: float) -> float:
    """Mean over pairs of -log sigmoid(beta gain), nats; ln 2 where nothing was learned (Rafailov et al. 2023)."""
    return sum(_softplus(-beta * pair.gain) for pair in pairs) / len(pairs)


def accuracy(pairs: Sequence[Told]) -> float:
    """Mean over dialogues of their share of right pairs, 0..1; 0.5 by chance."""
    shares: dict[str, list[bool]] = {}
    for pair in pairs:
        shares.setdefault(pair.pair.row.group, []).append(pair.gain > 0)
    return sum(sum(right) / len(right) for right in shares.values()) / len(shares)


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x))) if math.isfinite(x) else math.nan
