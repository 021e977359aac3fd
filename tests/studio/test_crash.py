"""kill -9 on the real server process: whatever was acknowledged is there afterwards, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.crash import Result, crash


def assert_nothing_lost(result: Result, kills: int) -> None:
    assert result.kills == kills
    assert result.acknowledged >= kills
    assert (result.missing, result.doubled, result.changed, result.refused) == (0, 0, 0, 0)
    assert result.differences == 0
    assert result.missing_in_copies == 0


@pytest.mark.slow
def test_killed_right_after_an_acknowledged_save(tmp_path: Path) -> None:
    assert_nothing_lost(crash(tmp_path, kills=20, count=3, copies=0, after_ack=True), kills=20)


@pytest.mark.slow
def test_killed_at_random_moments_and_copied_while_frozen(tmp_path: Path) -> None:
    result = crash(tmp_path, kills=10, count=6, copies=5, seed=7)
    assert_nothing_lost(result, kills=10)
    assert result.copies == 5
