"""The learning rate over a run, and how many steps a run has: stated for every run, not for examples."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from finetune.training import trainer as training
from finetune.training.job import Job, steps_of
from tests import finetune_world as world

ratios = st.floats(0, 0.999) | st.sampled_from([0.0, 0.03, 0.5, 0.999])


class StoppedClock(training.Clock):
    """A clock that shows one share of the time allowed."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = share

    @property
    def share(self) -> float:
        return self._share


@given(ratio=ratios, steps=st.integers(1, 3000))
def test_by_steps_it_warms_up_over_whole_steps_and_then_only_falls(ratio: float, steps: int) -> None:
    factor = training.schedule(ratio, steps, training.Clock())
    warm = training.warmup_steps(ratio, steps)
    values = [factor(step) for step in range(steps)]
    assert all(0 < value <= 1 for value in values)
    assert warm == math.ceil(ratio * steps)
    rising, falling = values[:warm], values[warm:]
    assert rising == pytest.approx([max(step, 1) / warm for step in range(warm)])
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(falling))
    assert factor(steps) == pytest.approx(training.LOWEST)


@given(ratio=ratios, steps=st.integers(1, 3000), share=st.floats(0, 1), step=st.integers(0, 6000))
def test_by_time_it_is_never_above_the_peak_nor_below_the_lowest_after_warm_up(
    ratio: float, steps: int, share: float, step: int
) -> None:
    value = training.schedule(ratio, steps, StoppedClock(share))(step)
    assert 0 < value <= 1
    if step >= training.warmup_steps(ratio, steps) or share >= ratio:
        assert value >= training.LOWEST - 1e-12
    if share == 1:
        assert value == pytest.approx(training.LOWEST)


def test_the_clock_counts_minutes_those_before_a_resume_included() -> None:
    assert training.Clock(2.0, spent_seconds=60.0).share == pytest.approx(0.5, abs=0.01)
    assert training.Clock(2.0, spent_seconds=500.0).share == 1.0
    assert training.Clock(None, spent_seconds=500.0).share == 0.0


def test_a_run_of_one_step_starts_at_the_peak_not_at_33_times_it() -> None:
    assert training.schedule(0.03, 1, training.Clock())(0) == 1.0
    assert training.schedule(0.03, 2, StoppedClock(0.0))(0) == 1.0


def job(batches: int, *settings: str) -> Job:
    lengths = SimpleNamespace(lengths=[10] * batches)
    prepared: Any = SimpleNamespace(train=lengths)
    base: Any = None
    return Job(world.tiny(*settings), base, prepared, [[i] for i in range(batches)], Path(), Path())


@given(
    batches=st.integers(1, 200),
    accumulation=st.integers(1, 16),
    most=st.none() | st.integers(1, 300),
    minutes=st.none() | st.just(1.0),
)
def test_a_run_has_the_fewer_of_planned_steps_and_max_steps(
    batches: int, accumulation: int, most: int | None, minutes: float | None
) -> None:
    whole = batches // accumulation * accumulation or batches
    settings = [f"gradient_accumulation_steps={accumulation}", f"max_steps={most or 'null'}"]
    made = job(whole, *settings, f"max_minutes={minutes or 'null'}")
    assert made.steps == min(made.planned_steps, most or made.planned_steps)
    assert made.planned_steps == max(1, whole // accumulation)
    assert len(made.tokens()) == made.planned_steps
    assert made.tokens()[made.steps - 1] <= 10 * whole  # the counts cover every step that is made
    assert ("max_steps" in steps_of(made)) == (made.steps < made.planned_steps)
