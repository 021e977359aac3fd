"""Batches: every example once, within the budget, almost without padding; a whole run planned beforehand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune.training import batching

LENGTHS = st.lists(st.integers(1, 500), min_size=1, max_size=120)


def real_lengths(count: int = 3000) -> list[int]:
    """Lengths distributed as KokoroChat's (mean 1,660 tokens, p90 2,264, p99 2,880)."""
    drawn = np.random.default_rng(1).lognormal(np.log(1610), 0.27, count)
    return [int(n) for n in np.clip(drawn, 200, 4158)]


@given(LENGTHS, st.integers(1, 2000), st.integers(0, 5))
def test_grouped_takes_every_example_once_within_the_budget(lengths: list[int], budget: int, seed: int) -> None:
    batches = batching.grouped(lengths, budget, np.random.default_rng(seed))
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or max(lengths[i] for i in batch) * len(batch) <= budget


@given(LENGTHS, st.integers(1, 2000))
def test_packed_takes_every_example_once_within_the_row(lengths: list[int], capacity: int) -> None:
    rows = batching.packed(lengths, capacity, np.random.default_rng(0))
    assert sorted(i for row in rows for i in row) == list(range(len(lengths)))
    for row in rows:
        assert len(row) == 1 or sum(lengths[i] for i in row) <= capacity


@pytest.mark.parametrize("budget", [4096, 8192, 16384, 32768])
def test_grouped_batches_are_98_percent_useful(budget: int) -> None:
    lengths = real_lengths()
    grouped = batching.grouped(lengths, budget, np.random.default_rng(0))
    random = batching.shuffled(lengths, max(2, budget // 1660), np.random.default_rng(0))
    assert batching.useful(grouped, lengths) >= 0.98
    assert batching.useful(grouped, lengths) > batching.useful(random, lengths) + 0.05


def test_epochs_are_drawn_differently_and_repeat_with_the_seed() -> None:
    lengths = real_lengths(40)
    run = batching.run(lengths, budget=4096, packing=False, epochs=2, max_tokens=None, group=1, seed=3)
    again = batching.run(lengths, budget=4096, packing=False, epochs=2, max_tokens=None, group=1, seed=3)
    half = len(run) // 2
    assert run == again
    assert run[:half] != run[half:]
    assert sorted(i for batch in run for i in batch) == sorted([*range(40), *range(40)])


def test_a_token_budget_ends_the_run_at_the_first_whole_step_that_reaches_it() -> None:
    lengths = [100] * 30
    run = batching.run(lengths, budget=200, packing=False, epochs=1, max_tokens=10_000, group=4, seed=0)
    # 200 tokens a batch, 800 a step: 13 steps reach 10,000, which is more than three passes over 3,000.
    assert len(run) == 52
    assert sum(lengths[i] for batch in run for i in batch) == 10_400


def test_a_part_of_an_epoch_is_that_part() -> None:
    run = batching.run([10] * 40, budget=10, packing=False, epochs=0.5, max_tokens=None, group=1, seed=0)
    assert len(run) == 20


def test_steps_are_whole() -> None:
    run = batching.run([10] * 7, budget=10, packing=False, epochs=1, max_tokens=None, group=3, seed=0)
    assert len(run) == 6


def test_no_examples_no_batches() -> None:
    assert batching.run([], budget=10, packing=False, epochs=1, max_tokens=None, group=1, seed=0) == []
    assert batching.useful([], []) == 1.0


def test_a_number_of_sequences_takes_the_budgets_place() -> None:
    run = batching.run([9] * 40, budget=10, packing=False, epochs=1, max_tokens=None, group=2, seed=0, sequences=4)
    assert [len(batch) for batch in run] == [4] * 10
    assert sorted(i for batch in run for i in batch) == list(range(40))
