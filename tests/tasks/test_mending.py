"""Records that cannot be used as they stand: each kind is refused with what may be chosen, and done as was chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.intake.door import Share, bring, taken
from tasks.errors import InputError
from tasks.intake.shape.mending import UnusableError
from tasks.intake.shape.taking import Taken

HEAD = "item_id,context,system,output\n"
GOOD = "1,hello,A,a1\n1,hello,B,b1\n2,good day,A,a2\n2,good day,B,b2\n"
ANSWERS = {"provenance": "unknown", "item": "item_id"}


def took(tmp_path: Path, rows: str, **chosen: str) -> Taken:
    path = tmp_path / "answers.csv"
    path.write_text(HEAD + rows, "utf-8")
    brought = bring([path], ANSWERS | {key.replace("__", ":"): value for key, value in chosen.items()})
    assert not brought.questions, brought.questions
    return taken(brought, Share())[1]


def asked(tmp_path: Path, rows: str) -> list[str]:
    with pytest.raises(UnusableError) as caught:
        took(tmp_path, rows)
    return [problem.question.key for problem in caught.value.problems if problem.question]


def test_two_responses_of_one_system(tmp_path: Path) -> None:
    rows = GOOD + "2,good day,B,other\n"
    assert asked(tmp_path, rows) == ["twice"]
    for chosen, text in (("first", "b2"), ("last", "other")):
        found = took(tmp_path, rows, twice=chosen)
        assert list(found.responses["B"].values()) == ["b1", text]
        assert [(note.key, note.values) for note in found.notes] == [(f"left_twice_{chosen}", {"n": 1})]
    left = took(tmp_path, rows, twice="leave")
    assert [list(texts.values()) for texts in left.responses.values()] == [["a1"], ["b1"]]
    with pytest.raises(UnusableError):
        took(tmp_path, rows, twice="mend")


def test_a_kind_of_faults_is_left_out_alone(tmp_path: Path) -> None:
    rows = GOOD + "3,hm,,c3\n,hm,A,c4\n1,another,A,a5\n"
    assert sorted(asked(tmp_path, rows)) == ["leave:no_id", "leave:no_system", "leave:two_dialogues"]
    with pytest.raises(UnusableError) as caught:
        took(tmp_path, rows, leave__no_id="leave", leave__two_dialogues="leave")
    assert len(caught.value.errors) == 1
    assert "name of the system" in caught.value.errors[0]
    every = {f"leave__{kind}": "leave" for kind in ("no_id", "no_system", "two_dialogues")}
    found = took(tmp_path, rows, **every)
    assert {name: list(texts.values()) for name, texts in found.responses.items()} == {
        "A": ["a1", "a2"],
        "B": ["b1", "b2"],
    }
    assert sum(note.key == "left_rows" for note in found.notes) == 3


def test_names_that_differ_by_their_writing_alone(tmp_path: Path) -> None:
    rows = GOOD.replace("2,good day,A", "2,good day,a ")
    assert asked(tmp_path, rows) == ["alike"]
    assert list(took(tmp_path, rows, alike="one").responses["A"].values()) == ["a1", "a2"]


def test_systems_that_lack_responses_are_left_out_in_place_of_items(tmp_path: Path) -> None:
    rows = GOOD + "1,hello,C,c1\n"
    found = took(tmp_path, rows)
    assert (len(found.items), sorted(found.responses)) == (1, ["A", "B", "C"])
    (choice,) = found.choices
    assert (choice.key, choice.proposed, choice.values) == ("lacking", "items", {"systems": "C"})
    whole = took(tmp_path, rows, lacking="systems")
    assert (len(whole.items), sorted(whole.responses)) == (2, ["A", "B"])
    assert took(tmp_path, GOOD.replace("2,good day,B,b2\n", "")).choices == ()  # two systems: nothing to choose


@pytest.mark.parametrize("chosen", [{"twice": "both"}, {"leave__no_id": "yes"}, {"alike": "two"}])
def test_other_choices_are_refused(tmp_path: Path, chosen: dict[str, str]) -> None:
    with pytest.raises(InputError, match="allowed"):
        took(tmp_path, GOOD, **chosen)


def test_a_saved_mapping_keeps_what_was_chosen(tmp_path: Path) -> None:
    rows = GOOD + "2,good day,B,other\n"
    path = tmp_path / "answers.csv"
    path.write_text(HEAD + rows, "utf-8")
    mapping, _ = taken(bring([path], ANSWERS | {"twice": "last"}), Share())
    again, found = taken(bring([path], {"provenance": "unknown"}, mapping), Share())
    assert again.twice == "last"
    assert list(found.responses["B"].values()) == ["b1", "other"]
