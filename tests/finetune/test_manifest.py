"""The run card's judgment of its own run, and seeds of responses; quick, without torch."""

from __future__ import annotations

import pytest

from finetune.generation.decoding import seed_of
from finetune.manifest import Metrics, nats


def metrics(before: float, after: float | None) -> Metrics:
    return Metrics(
        held_out_loss_before=before,
        held_out_loss_after=after,
        train_loss=None,
        steps=1,
        epochs=1.0,
        tokens=1,
        seconds=1.0,
        tokens_per_second=1.0,
        peak_gigabytes=None,
        ended="whole",
    )


@pytest.mark.parametrize(
    ("after", "words"),
    [(2.9, ""), (3.0, ""), (3.0001, "rose from 3.0000 to 3.0001"), (None, "is no number")],
)
def test_a_run_is_warned_of_exactly_where_the_held_out_loss_is_worse(after: float | None, words: str) -> None:
    warning = metrics(3.0, after).warning
    assert (words in warning and "NOT TO BE USED" in warning) if words else warning == ""


def test_a_loss_that_is_no_number_is_words() -> None:
    assert (nats(1.0), nats(None)) == ("1.0000", "no number")


def test_every_item_system_and_attempt_draws_from_its_own_seed() -> None:
    keys = [(seed, item, system, attempt) for seed in (0, 1) for item in "ab" for system in "xy" for attempt in (0, 1)]
    assert len({seed_of(*key) for key in keys}) == len(keys)
    assert all(0 <= seed_of(*key) < 2**63 for key in keys)
