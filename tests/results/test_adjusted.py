from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from results.export.folder import Export
from results.export.rows import ResponseRow
from results.study.adjusted import TERMS, adjusted
from results.study.judged import judged
from tests.judged import export, with_judgments

PAIR = ("base", "tuned")


def terms(made: Export) -> dict[str, Any]:
    data = judged(made)
    return adjusted(data, data.of("preference"), PAIR)


def lengths(made: Export, characters: dict[str, int], questions: int = 0) -> Export:
    """Responses of a length that varies by item and, by `characters`, between systems."""
    rows = [
        ResponseRow(
            item_id=row.item_id,
            system_id=row.system_id,
            characters=characters[row.system_id] + 7 * (int(row.item_id[1:]) % 5) * (row.system_id == "tuned"),
            questions=questions + (int(row.item_id[1:]) % 3 if row.system_id == "base" else 0),
        )
        for row in made.responses
    ]
    return replace(made, responses=tuple(rows))


def longer_wins(made: Export, weight: float) -> Export:
    """Votes drawn from the model itself: log odds 0.4 for the base, `weight` per ten characters it is longer."""
    random = np.random.default_rng(7)
    size = {(row.item_id, row.system_id): row.characters for row in made.responses}

    def vote(row: Any) -> Any:
        gap = (size[row.item_id, "base"] - size[row.item_id, "tuned"]) / 10
        base = random.random() < 1 / (1 + math.exp(-0.4 - weight * gap))
        return row.model_copy(
            update={"value": 1, "strength": 1, "reason": "", "chosen_system": "base" if base else "tuned"}
        )

    return with_judgments(made, [vote(r) if r.criterion == "preference" else r for r in made.judgments])


def test_the_terms_of_a_known_model_lie_in_their_intervals() -> None:
    made = longer_wins(lengths(export(items=150, raters=4), {"base": 70, "tuned": 56}), 0.5)
    found = terms(made)
    for term, true in zip(TERMS, (1 / (1 + math.exp(-0.4)), math.exp(0.5), 1.0), strict=True):
        assert found[term].low is not None
        assert found[term].high is not None
        assert found[term].low < true < found[term].high
    assert found["share_when_equal"].sizes.judgments == 600


def test_exchanging_the_systems_turns_the_share() -> None:
    made = lengths(export(items=60, raters=3), {"base": 70, "tuned": 56})
    data = judged(made)
    rows = data.of("preference")
    one, two = adjusted(data, rows, PAIR), adjusted(data, rows, ("tuned", "base"))
    assert one["share_when_equal"].value == pytest.approx(1 - (two["share_when_equal"].value or 0), abs=1e-6)
    assert one["odds_ratio_per_question"].value == pytest.approx(two["odds_ratio_per_question"].value, rel=1e-5)


def test_undefined_terms_have_their_reason() -> None:
    few = terms(export(items=4, raters=2))
    assert {figure.reason for figure in few.values()} == {"few_votes"}
    made = export(items=30, raters=3)
    flat = replace(made, responses=tuple(r.model_copy(update={"characters": 50}) for r in made.responses))
    assert {figure.reason for figure in terms(flat).values()} == {"constant_gap"}
    always = [
        r.model_copy(update={"value": 1, "strength": 1, "reason": "", "chosen_system": "base"})
        if r.criterion == "preference"
        else r
        for r in made.judgments
    ]
    assert {figure.reason for figure in terms(with_judgments(made, always)).values()} == {"votes_separated"}
