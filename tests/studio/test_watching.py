"""What an organiser may watch names no system, and stays the same whichever system is preferred."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.export.folder import Export
from results.record.figure import Effect
from studio.service.organiser.watching import Quality, quality
from tests.judged import export

NAMES = ("systemone", "systemtwo")


def preferences_turned(export: Export) -> Export:
    """The same judgments, each preference given to the other system and each pair shown the other way round."""
    other = dict(zip(NAMES, reversed(NAMES), strict=True))
    return replace(
        export,
        judgments=tuple(
            row.model_copy(
                update={
                    "chosen_system": other.get(row.chosen_system or ""),
                    "first_system": other.get(row.first_system or ""),
                    "second_system": other.get(row.second_system or ""),
                }
            )
            if row.criterion_kind == "preference"
            else row
            for row in export.judgments
        ),
    )


def figures(watched: Quality) -> list[float | None]:
    effects: list[Effect] = [row.figure for row in watched.agreement]
    return [number for effect in effects for number in (effect.value, effect.low, effect.high)]


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(1, 50), effect=st.floats(-2, 2))
def test_the_other_system_preferred_changes_nothing_that_is_watched(seed: int, effect: float) -> None:
    judgments = export(items=8, raters=3, systems=NAMES, effect=effect, seed=seed)
    watched, turned = quality(judgments), quality(preferences_turned(judgments))
    assert figures(watched) == pytest.approx(figures(turned))
    assert replace(watched, agreement=()) == replace(turned, agreement=())
    assert watched.raters


def test_no_system_is_named_in_what_is_watched() -> None:
    named = export(items=12, raters=4, systems=NAMES, name="full", noise=3.0)
    texts = tuple(one.model_copy(update={"text": "そうでしたか。"}) for one in named.study.responses)
    judgments = replace(named, study=named.study.model_copy(update={"responses": texts}))
    watched = quality(judgments)
    assert watched.raters
    assert watched.comments
    assert watched.disputed
    assert watched.flags
    assert "systemone" in str(judgments)
    assert not [name for name in NAMES if name in str(asdict(watched))]
    rows = [row for field in vars(watched).values() if isinstance(field, tuple) for row in field]
    assert rows
    assert not [field for row in rows for field in vars(row) if "system" in field]
