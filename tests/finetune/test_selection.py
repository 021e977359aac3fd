"""Which dialogues are trained on and which are held out, for every way of splitting; quick, without torch."""

from __future__ import annotations

import pytest

from finetune import recipe
from finetune.data.dialogues import Selection, messages, select
from tasks.data.dialogue import Dialogue
from tasks.data.kokorochat import load
from tests import synthetic

WAYS = ("counselor", "client", "random", "paper")


@pytest.fixture(scope="module")
def dialogues(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dialogue, ...]:
    return load(synthetic.folder(tmp_path_factory.mktemp("selection") / "data", 120))


def selected(dialogues: tuple[Dialogue, ...], *settings: str) -> Selection:
    return select(dialogues, recipe.load("tiny", None, ("eval_dialogues=6", *settings)))


def ids(dialogues: tuple[Dialogue, ...]) -> set[str]:
    return {dialogue.dialogue_id for dialogue in dialogues}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("subset", ["all", "high", "low"])
@pytest.mark.parametrize("persons", ["false", "true"])
def test_nothing_held_out_or_kept_for_the_test_is_trained_on(
    dialogues: tuple[Dialogue, ...], way: str, subset: str, persons: str
) -> None:
    """`split_by: paper` has no valid part: what is held out is taken from the training part, and must leave it."""
    chosen = selected(dialogues, f"split_by={way}", f"subset={subset}", f"holdout_persons={persons}")
    assert chosen.train
    assert 0 < len(chosen.held_out) <= 6
    assert not ids(chosen.train) & ids(chosen.held_out)
    assert not ids(chosen.train) & set(chosen.record["test"])
    assert not ids(chosen.held_out) & set(chosen.record["test"])
    assert chosen.record["trained"] == [dialogue.dialogue_id for dialogue in chosen.train]
    assert chosen.record["held_out"] == [dialogue.dialogue_id for dialogue in chosen.held_out]


@pytest.mark.parametrize(("way", "person"), [("counselor", "counselor_id"), ("client", "client_id")])
def test_no_person_of_the_held_out_dialogues_is_trained_on(
    dialogues: tuple[Dialogue, ...], way: str, person: str
) -> None:
    chosen = selected(dialogues, f"split_by={way}")
    trained = {getattr(dialogue, person) for dialogue in chosen.train}
    held_out = {getattr(dialogue, person) for dialogue in chosen.held_out}
    tested = {getattr(d, person) for d in dialogues if d.dialogue_id in set(chosen.record["test"])}
    assert held_out
    assert tested
    assert not trained & (held_out | tested)


def test_a_matched_subset_has_the_size_of_its_pattern_without_what_is_held_out(
    dialogues: tuple[Dialogue, ...],
) -> None:
    larger, smaller = ("high", "low") if _count(dialogues, "high") > _count(dialogues, "low") else ("low", "high")
    chosen = selected(dialogues, f"subset={larger}", f"match_subset={smaller}")
    assert len(chosen.train) == _count(dialogues, smaller)
    assert not ids(chosen.train) & ids(chosen.held_out)


def _count(dialogues: tuple[Dialogue, ...], subset: str) -> int:
    return len(selected(dialogues, f"subset={subset}").train)


@pytest.mark.parametrize(
    ("subset", "allowed"),
    [("low", range(70)), ("high", range(70, 99)), ("full", range(99)), ("all", range(101))],
)
def test_a_subset_is_its_score_band(dialogues: tuple[Dialogue, ...], subset: str, allowed: range) -> None:
    chosen = selected(dialogues, f"subset={subset}", "split_by=random")
    assert {dialogue.score for dialogue in chosen.train} <= set(allowed)


def test_only_the_counsellors_turns_carry_loss(dialogues: tuple[Dialogue, ...]) -> None:
    settings = recipe.load("tiny")
    turns = [turn for dialogue in dialogues[:20] for turn in messages(dialogue, settings)]
    assert {turn.role for turn in turns if turn.trained} == {"counselor"}
    assert {turn.role for turn in turns} == {"counselor", "client"}
