"""Targets and sides: one way to write and to read each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tasks.schema import ITEM, PAIR, SIDES, Judgment, Target, side_of, system_at

IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}", fullmatch=True)


@given(IDS)
def test_a_system_is_read_back_from_its_target(system: str) -> None:
    target = Target.of_system(system)
    assert (str(target), target.system, target.utterance) == (f"system:{system}", system, None)
    assert Target(str(target)) == target


@given(st.integers(min_value=0, max_value=10**6))
def test_an_utterance_is_read_back_from_its_target(index: int) -> None:
    target = Target.of_utterance(index)
    assert (str(target), target.utterance, target.system) == (f"utterance:{index}", index, None)


def test_pair_and_item_are_neither() -> None:
    assert [(t, t.system, t.utterance) for t in (PAIR, ITEM)] == [("pair", None, None), ("item", None, None)]


@pytest.mark.parametrize(
    "text", ["", "system:", "system:a b", "system", "utterance:-1", "utterance:01", "Pair", "pair "]
)
def test_other_texts_are_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match=r"allowed: pair, item, system:ID, utterance:NUMBER"):
        Target(text)
    with pytest.raises(ValidationError, match=r"allowed: pair, item, system:ID, utterance:NUMBER"):
        Judgment(criterion="c", target=text)


def test_records_hold_targets_and_write_strings() -> None:
    judgment = Judgment.model_validate_json('{"criterion": "c", "target": "system:a"}')
    assert judgment.target.system == "a"
    assert '"target":"system:a"' in judgment.model_dump_json()
    assert Judgment.model_json_schema()["properties"]["target"]["type"] == "string"


def test_sides_and_systems_are_each_other_s_inverse() -> None:
    order = ("tuned", "base")
    assert [system_at(order, side) for side in SIDES] == list(order)
    assert [side_of(order, system) for system in order] == list(SIDES)
    with pytest.raises(ValueError, match="other"):
        side_of(order, "other")
