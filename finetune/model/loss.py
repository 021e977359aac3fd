"""Cross-entropy of target tokens alone, a chunk at a time.

Half of a dialogue's tokens are the client's: their logits are never made. The rest is made `CHUNK` rows at a time and
the gradient of the hidden states is taken at once, so no more than one chunk of logits ever exists
(128k words x 8,192 tokens would be 10 GB).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn

from tasks.errors import InputError

CHUNK = 1024
"""Target tokens whose logits exist at a time."""


PROBE = 48
"""Tokens of the probe that compares this loss with a model's own logits."""
ROUNDING, ROUNDING_HALF = 1e-4, 5e-3
"""Divergence, in nats, that float32 and half precision leave between two ways to the same logits."""


class Head(NamedTuple):
    """The output layer: `weight` [vocabulary, width], the soft cap on logits (None = none)."""

    weight: Tensor
    softcap: float | None

    def logits(self, hidden: Tensor) -> Tensor:
        """float32 logits [n, vocabulary] of hidden states [n, width]."""
        logits = (hidden.to(self.weight.dtype) @ self.weight.T).float()
        return logits if self.softcap is None else torch.tanh(logits / self.softcap) * self.softcap


class _TargetLoss(torch.autograd.Function):  # type: ignore[misc]
    """Sum of negative log-probabilities; the gradient of `hidden` is computed on the way forward."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, labels: Tensor, weight: Tensor, softcap: float | None) -> Tensor:
        head, gradient = Head(weight, softcap), torch.empty_like(hidden)
        total = torch.zeros((), dtype=torch.float32, device=hidden.device)
        for start in range(0, len(labels), CHUNK):
            rows = slice(start, start + CHUNK)
            with torch.enable_grad():
                piece = hidden[rows].detach().requires_grad_()
                loss = nn.functional.cross_entropy(head.logits(piece), labels[rows], reduction="sum")
            (gradient[rows],) = torch.autograd.grad(loss, piece)
            total += loss.detach()
        ctx.save_for_backward(gradient)
        return total

    @staticmethod
    def backward(ctx: Any, *outputs: Tensor) -> tuple[Tensor, None, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * outputs[0].to(gradient.dtype), None, None, None


def summed(hidden: Tensor, labels: Tensor, head: Head) -> Tensor:
    """The sum of the targets' negative log-probabilities, differentiable in `hidden` alone.

    Args:
        hidden: [n, width], the states from which the targets are predicted.
        labels: int64 [n].
    """
    with torch.autocast(hidden.device.type, enabled=False):
        return _TargetLoss.apply(hidden, labels, head.weight, head.softcap)


def per_token(hidden: Tensor, labels: Tensor, head: Head) -> Tensor:
    """Negative log-probability of each target, float32 [n]."""
    pieces = [
        nn.functional.cross_entropy(head.logits(hidden[i : i + CHUNK]), labels[i : i + CHUNK], reduction="none")
        for i in range(0, len(labels), CHUNK)
    ]
    return torch.cat(pieces) if pieces else torch.zeros(0, device=hidden.device)


def head_of(causal: Any) -> Head:
    """The output layer of a transformers causal model.

    Raises:
        InputError: it is trained; its gradient is not computed here.
    """
    layer = causal.get_output_embeddings()
    if layer.weight.requires_grad:
        raise InputError("the output layer is set to be trained; this loss trains adapters on a frozen base alone")
    return Head(layer.weight, getattr(causal.config, "final_logit_softcapping", None))


def refuse_unlike(causal: Any, name: str) -> None:
    """Compares what this loss is made from with the model's own logits, on a probe of random tokens.

    Some families scale their logits (Cohere, Granite), add a bias, or share no weight with the layer that is read here:
    their loss would be wrong without a sign of it.

    Args:
        name: the model's, for the message.

    Raises:
        InputError: the mean Kullback-Leibler divergence from the model's own next-token probabilities is above what
            rounding makes.
    """
    weight = head_of(causal).weight
    words = min(weight.shape[0], causal.get_input_embeddings().weight.shape[0])
    ids = torch.randint(0, words, (1, PROBE), generator=torch.Generator().manual_seed(0)).to(causal.device)
    with torch.no_grad():
        own = torch.log_softmax(causal(input_ids=ids, use_cache=False).logits[0].float(), dim=-1)
        hidden = causal.get_decoder()(input_ids=ids, use_cache=False).last_hidden_state[0]
        ours = torch.log_softmax(head_of(causal).logits(hidden), dim=-1)
    divergence = float((own.exp() * (own - ours)).sum(dim=-1).mean()) if own.shape == ours.shape else float("nan")
    if not divergence <= (ROUNDING if weight.dtype == torch.float32 else ROUNDING_HALF):
        raise InputError(
            f"{name}: its own output differs from hidden states times output weights by {divergence:.3g} nats on a"
            " probe: this family scales its logits, adds a bias, or has another output layer, and the loss here would"
            " be wrong; take a base of another family"
        )


def install(causal: Any) -> None:
    """Makes `causal(input_ids, …, targets=[B, T] bool, items=n)` return `{"loss": sum / items}` without logits.

    `targets[b, t]` says that token t is predicted from the states at t - 1.
    """

    def total(targets: Tensor, **inputs: Any) -> tuple[Tensor, int]:
        hidden, labels = states(causal, targets, **inputs)
        return summed(hidden, labels, head_of(causal)), len(labels)

    def each(targets: Tensor, **inputs: Any) -> Tensor:
        return per_token(*states(causal, targets, **inputs), head_of(causal))

    answer_with(causal, total, each)


def answer_with(causal: Any, total: Callable[..., tuple[Tensor, int]], each: Callable[..., Tensor]) -> None:
    """Puts a loss into the model's own forward, so that wrappers (adapters, data parallel, sharding) keep working.

    Calls without `targets` are untouched; with `apart=True` they return `{"losses": …}`, see `target_losses`.

    Args:
        total: targets and inputs to the sum of the losses, differentiable, and how many they are.
        each: the same to the losses one by one.
    """
    plain = causal.forward

    def forward(
        *args: Any, targets: Tensor | None = None, items: Tensor | None = None, apart: bool = False, **inputs: Any
    ) -> Any:
        if targets is None:
            return plain(*args, **inputs)
        if apart:
            return {"losses": each(targets, **inputs)}
        loss, count = total(targets, **inputs)
        return {"loss": loss / (items if items is not None else count)}

    causal.forward, causal.has_own_loss = forward, True


def target_losses(causal: Any, targets: Tensor, **inputs: Any) -> Tensor:
    """Negative log-probability of each target, float32 [n]; of answers where a score form is installed."""
    if getattr(causal, "has_own_loss", False):
        return cast(Tensor, causal(targets=targets, apart=True, **inputs)["losses"])
    return per_token(*states(causal, targets, **inputs), head_of(causal))


def states(causal: Any, targets: Tensor, **inputs: Any) -> tuple[Tensor, Tensor]:
    """Hidden states that predict the targets [n, width], and the targets' ids [n]."""
    body = causal.get_decoder()
    hidden = body(use_cache=False, **inputs).last_hidden_state[:, :-1]
    chosen = targets[:, 1:]
    return hidden[chosen], inputs["input_ids"][:, 1:][chosen].long()
