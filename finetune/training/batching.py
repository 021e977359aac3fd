"""Which examples go together: batches of like lengths under a token budget, or packed rows. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

WINDOW = 64
"""Batches' worth of examples sorted together: wide enough for 98 % useful tokens, narrow enough to stay random."""


def grouped(lengths: Sequence[int], budget: int, rng: np.random.Generator) -> list[list[int]]:
    """One epoch of batches: shuffled, sorted by length within windows, filled to a token budget, shuffled again.

    Args:
        lengths: tokens of each example.
        budget: largest number of tokens in a batch, padding counted; an example longer than it stands alone.

    Returns:
        Indices of each batch; every index occurs exactly once.
    """
    order = rng.permutation(len(lengths))
    mean = max(1.0, float(np.mean(lengths))) if len(lengths) else 1.0
    window = max(1, int(WINDOW * max(1.0, budget / mean)))
    batches: list[list[int]] = []
    for start in range(0, len(order), window):
        ordered = sorted(order[start : start + window].tolist(), key=lambda i: (-lengths[i], i))
        batches += filled(ordered, lengths, budget)
    return [batches[i] for i in rng.permutation(len(batches))]


def filled(ordered: Sequence[int], lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Batches of indices, taken in the order given (longest first), under a token budget, padding counted."""
    batch: list[int] = []
    for index in ordered:  # longest first, so the first of a batch decides its width
        if batch and lengths[batch[0]] * (len(batch) + 1) > budget:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def shuffled(lengths: Sequence[int], size: int, rng: np.random.Generator) -> list[list[int]]:
    """One epoch of batches of `size` in random order, whatever their lengths."""
    order = rng.permutation(len(lengths)).tolist()
    return [order[start : start + size] for start in range(0, len(order), size)]


def packed(lengths: Sequence[int], capacity: int, rng: np.random.Generator) -> list[list[int]]:
    """One epoch of rows of at most `capacity` tokens, best fit decreasing; the rows are shuffled.

    Examples of a row follow each other and must not see each other (`position_ids` that restart, no mask).
    An example longer than `capacity` stands alone.
    """
    rows: list[list[int]] = []
    room: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        fitting = [r for r, left in enumerate(room) if left >= lengths[index]]
        if fitting:
            best = min(fitting, key=lambda r: room[r])
            rows[best].append(index)
            room[best] -= lengths[index]
        else:
            rows.append([index])
            room.append(max(0, capacity - lengths[index]))
    return [rows[i] for i in rng.permutation(len(rows))]


def useful(batches: Sequence[Sequence[int]], lengths: Sequence[int]) -> float:
    """The share of a batch's tokens that are not padding, 0..1; 1 where there is no batch."""
    real = sum(lengths[i] for batch in batches for i in batch)
    drawn = sum(max(lengths[i] for i in batch) * len(batch) for batch in batches if batch)
    return real / drawn if drawn else 1.0


def run(
    lengths: Sequence[int],
    *,
    budget: int,
    packing: bool,
    epochs: float,
    max_tokens: int | None,
    group: int,
    seed: int,
    sequences: int | None = None,
) -> list[list[int]]:
    """Every batch of a whole run, in order: planned once, so that resuming is skipping and a plan counts exactly.

    Args:
        epochs: passes over the data; a fraction takes that share of the last pass's batches.
        max_tokens: the run ends with the step that reaches this many tokens; None = no limit. With it, passes are
            repeated as often as needed and `epochs` is ignored.
        group: batches in an optimizer step (accumulation times processes); the run is a whole number of steps
            wherever there are enough batches for one.
        seed: epoch e is drawn from (seed, e).
        sequences: examples in a batch, in place of a budget of tokens.
    """
    batches: list[list[int]] = []
    tokens, epoch = 0, 0
    while lengths:
        rng = np.random.default_rng((seed, epoch))
        if sequences:
            drawn = shuffled(lengths, sequences, rng)
        else:
            drawn = packed(lengths, budget, rng) if packing else grouped(lengths, budget, rng)
        if max_tokens is None and epochs - epoch < 1:
            drawn = drawn[: round(len(drawn) * (epochs - epoch))]
        for batch in drawn:
            batches.append(batch)
            tokens += sum(lengths[i] for i in batch)
            if max_tokens is not None and tokens >= max_tokens and len(batches) % group == 0:
                return batches
        epoch += 1
        if max_tokens is None and epoch >= epochs:
            break
    whole = len(batches) // group * group
    return batches[:whole] if whole else batches
