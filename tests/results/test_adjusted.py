"""The preference at equal length and questions: a known model, exchanged systems, and where it is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from results.export.folder import Export
from results.export.rows import ResponseRow
from results.statistics.figure import Figure
from results.study.adjusted import EQUAL, TERMS, Adjustment, adjusted, strengths_when_equal
from results.study.judged import judged
from tasks.schema import Covariate, Primary
from tests.judged import export, flipped, with_judgments

PAIR = ("base", "tuned")
NAMES = (EQUAL, TERMS["length"], TERMS["questions"])


def terms(made: Export) -> Adjustment:
    data = judged(made)
    return adjusted(data, data.of("preference"), PAIR)


def reasons(made: Export) -> set[str | None]:
    found = terms(made)
    return {*(figure.reason for figure in found.terms.values()), found.test.reason, found.share_when_equal.reason}


def lengths(made: Export, longer: int = 0) -> Export:
    """Lengths and questions that differ from item to item on both sides of equality; the base `longer` throughout."""

    def size(row: ResponseRow) -> ResponseRow:
        number, base = int(row.item_id[1:]), row.system_id == "base"
        characters = 80 + (longer + 13 * (number % 7) if base else 13 * (number * 3 % 7))
        return row.model_copy(update={"characters": characters, "questions": (number if base else number // 3) % 3})

    return replace(made, responses=tuple(map(size, made.responses)))


def voted(made: Export, equal: float, weight: float, ties: bool = True) -> Export:
    """Votes from the model itself: `equal` at equal length, `weight` for ten characters, and each rater's own taste."""
    random, taste = np.random.default_rng(11), dict[str, float]()
    facts = {(row.item_id, row.system_id): row.characters for row in made.responses}

    def vote(row: Any) -> Any:
        lean = taste.setdefault(row.rater, random.normal(0, 0.1))
        gap = (facts[row.item_id, "base"] - facts[row.item_id, "tuned"]) / 10
        drawn = round(float(np.clip(equal + weight * gap + lean + random.normal(0, 0.8), -2, 2)))
        if not drawn and not ties:
            drawn = 1
        chosen = None if drawn == 0 else "base" if drawn > 0 else "tuned"
        return row.model_copy(
            update={"value": abs(drawn), "strength": abs(drawn), "reason": "", "chosen_system": chosen}
        )

    return with_judgments(made, [vote(r) if r.criterion == "preference" else r for r in made.judgments])


def test_a_known_model_lies_in_its_intervals() -> None:
    found = terms(voted(lengths(export(items=150, raters=8)), 0.3, 0.06))
    for term, true in zip(NAMES, (0.3, 0.06, 0.0), strict=True):
        figure = found.terms[term]
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low < true < figure.high, term
    assert found.terms["margin_per_10_characters"].sizes.judgments == 1200
    assert (found.terms["margin_per_10_characters"].low or 0) > 0
    assert found.share_when_equal.value is not None
    assert found.share_when_equal.value > 0.5
    assert found.share_when_equal.reason == "shown_alone"


def test_exchanging_the_systems_turns_the_signs() -> None:
    data = judged(voted(lengths(export(items=60, raters=3)), 0.3, 0.06))
    rows = data.of("preference")
    one, two = adjusted(data, rows, PAIR), adjusted(data, rows, ("tuned", "base"))
    turned = two.terms["margin_when_equal"]
    same = one.terms["margin_when_equal"]
    mirrored = (-(turned.value or 0), -(turned.high or 0), -(turned.low or 0))
    assert (same.value, same.low, same.high) == pytest.approx(mirrored)
    for term in ("margin_per_10_characters", "margin_per_question"):
        assert one.terms[term].value == pytest.approx(two.terms[term].value), term
    assert one.test.p_value == pytest.approx(two.test.p_value)
    assert one.share_when_equal.value == pytest.approx(1 - (two.share_when_equal.value or 0), abs=1e-6)


def test_flipping_presentation_orders_changes_nothing() -> None:
    made = voted(lengths(export(items=60, raters=3)), 0.3, 0.06)
    there, back = terms(made), terms(flipped(made))
    for term in NAMES:
        assert there.terms[term].value == pytest.approx(back.terms[term].value), term
        assert there.terms[term].low == pytest.approx(back.terms[term].low), term


def test_what_cannot_be_fitted_says_why() -> None:
    assert reasons(export(items=4, raters=2)) == {"few_votes"}
    assert reasons(voted(lengths(export(items=30, raters=2)), 0, 0)) == {"few_raters"}
    assert reasons(voted(lengths(export(items=8, raters=3)), 0, 0)) == {"few_dialogues"}
    made = lengths(export(items=30, raters=3))
    flat = replace(made, responses=tuple(r.model_copy(update={"characters": 50}) for r in made.responses))
    assert reasons(flat) == {"constant_gap"}
    assert reasons(voted(lengths(export(items=30, raters=3), longer=90), 0.3, 0.06)) == {"no_common_support"}


def test_unanimous_votes_have_no_logit() -> None:
    made = lengths(export(items=30, raters=3))
    always = [
        r.model_copy(update={"value": 1, "strength": 1, "reason": "", "chosen_system": "base"})
        if r.criterion == "preference"
        else r
        for r in made.judgments
    ]
    found = terms(with_judgments(made, always))
    assert found.terms["margin_when_equal"].value == pytest.approx(1)
    assert found.terms["margin_when_equal"].reason == "no_variation"
    assert found.share_when_equal.reason == "votes_separated"


# --- what the study names -----------------------------------------------------------------------------------------


def naming(made: Export, *covariates: Covariate) -> Export:
    primary = Primary(adjusted_for=covariates)
    return replace(made, study=made.study.model_copy(update={"primary": primary}))


def minimal(made: Export) -> Export:
    """The base answers minimally in every third item, the tuned system in every fourth."""
    every = {"base": 3, "tuned": 4}
    rows = (r.model_copy(update={"minimal": not int(r.item_id[1:]) % every[r.system_id]}) for r in made.responses)
    return replace(made, responses=tuple(rows))


@pytest.mark.parametrize("named", [("length",), ("questions", "position"), ("minimal",), ("length", "minimal")])
def test_the_model_has_the_terms_that_the_study_names(named: tuple[Covariate, ...]) -> None:
    found = terms(naming(minimal(voted(lengths(export(items=60, raters=3)), 0.3, 0.06)), *named))
    assert found.covariates == named
    assert set(found.terms) == {EQUAL, *(TERMS[one] for one in named if one in TERMS)}
    assert found.terms[EQUAL].low is not None


def test_minimal_responses_are_held_equal() -> None:
    """Votes are 1 for whichever response is minimal and 0 else: at equality nothing is left."""
    made = minimal(lengths(export(items=60, raters=3, missing=0)))
    brief = {(row.item_id, row.system_id): row.minimal for row in made.responses}

    def vote(row: Any) -> Any:
        gap = int(brief[row.item_id, "base"] or 0) - int(brief[row.item_id, "tuned"] or 0)
        chosen = {1: "base", -1: "tuned"}.get(gap)
        return row.model_copy(update={"value": abs(gap), "strength": abs(gap), "reason": "", "chosen_system": chosen})

    votes = [vote(r) if r.criterion == "preference" else r for r in made.judgments]
    found = terms(naming(with_judgments(made, votes), "minimal", "position"))
    assert found.terms[EQUAL].value == pytest.approx(0, abs=1e-9)
    assert found.terms["margin_per_minimal"].value == pytest.approx(1)


def test_a_study_that_names_nothing_has_no_model() -> None:
    assert reasons(naming(lengths(export(items=30, raters=3)))) == {"not_adjusted"}


def test_a_covariate_that_nobody_knows_is_said() -> None:
    made = lengths(export(items=30, raters=3))
    unknown = replace(made, responses=tuple(r.model_copy(update={"minimal": None}) for r in made.responses))
    assert reasons(naming(unknown, "minimal")) == {"no_minimal_rule"}
    uncounted = replace(made, responses=tuple(r.model_copy(update={"questions": None}) for r in made.responses))
    assert reasons(uncounted) == {"no_detector"}
    assert terms(naming(uncounted, "length")).terms[EQUAL].value is not None


def test_a_covariate_stands_once() -> None:
    with pytest.raises(ValueError, match="each occurs once"):
        Primary(adjusted_for=("length", "length"))


# --- several systems ----------------------------------------------------------------------------------------------

THREE = ("base", "third", "tuned")


def test_two_systems_have_no_strengths() -> None:
    data = judged(lengths(export(items=20, raters=3)))
    assert strengths_when_equal(data, data.of("preference")) == {}


def of_three(worth: dict[str, float], weight: float) -> dict[str, Figure]:
    """Strengths from votes that are the model itself: differences of worth, and `weight` for ten characters."""
    random, made = np.random.default_rng(4), export(items=90, raters=6, systems=THREE, missing=0)
    rows = tuple(r.model_copy(update={"characters": int(random.integers(40, 120))}) for r in made.responses)
    made = replace(made, responses=rows)
    size = {(row.item_id, row.system_id): row.characters / 10 for row in made.responses}

    def vote(row: Any) -> Any:
        one, two = row.first_system, row.second_system
        gap = worth[one] - worth[two] + weight * (size[row.item_id, one] - size[row.item_id, two])
        drawn = round(float(np.clip(gap + random.normal(0, 0.6), -2, 2)))
        chosen = None if drawn == 0 else one if drawn > 0 else two
        return row.model_copy(
            update={"value": abs(drawn), "strength": abs(drawn), "reason": "", "chosen_system": chosen}
        )

    votes = [vote(r) if r.criterion == "preference" else r for r in made.judgments]
    data = judged(naming(with_judgments(made, votes), "length", "position"))
    return strengths_when_equal(data, data.of("preference"))


def test_strengths_of_three_systems_lie_in_their_intervals_and_sum_to_nothing() -> None:
    worth = {"base": 0.4, "third": -0.4, "tuned": 0.0}
    found = of_three(worth, 0.05)
    assert sum(figure.value or 0 for figure in found.values()) == pytest.approx(0)
    for system, true in worth.items():
        assert (found[system].low or 0) < true < (found[system].high or 0), system


def test_equal_systems_differ_in_length_alone() -> None:
    found = of_three(dict.fromkeys(THREE, 0.0), 0.1)
    assert all((figure.low or 0) < 0 < (figure.high or 0) for figure in found.values())
