"""Verdicts of judges: the record, its signs, and the file that is read with every mistake named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tasks.errors import InputError
from tasks.files import write_text
from tasks.judges import verdict_file
from tasks.schema import Verdict, VerdictAnswer
from tests.judged import study
from tests.worded import unworded

STUDY = study(items=4)


def verdict(value: int = -2, **changes: Any) -> Verdict:
    answers = (VerdictAnswer(criterion="preference", target="pair", value=value),)
    given = {"judge": "judge-1", "item_id": "i0000", "first_system": "base", "second_system": "tuned"}
    return Verdict.model_validate({**given, "model": "small", "answers": answers, **changes})


def refused(folder: Path, verdicts: Sequence[Verdict], more: str = "") -> tuple[str, ...]:
    path = folder / verdict_file.NAME
    write_text(path, verdict_file.text(verdicts) + more)
    with pytest.raises(InputError) as error:
        verdict_file.read(path, STUDY)
    return tuple(line.removeprefix(f"{path} ") for line in error.value.errors)


def test_a_preference_is_signed_for_the_system_asked_for() -> None:
    """-2: much rather the response shown first, which is base's here and tuned's where they changed places."""
    shown, turned = verdict(), verdict(first_system="tuned", second_system="base")
    assert (shown.strength("preference", "base"), shown.strength("preference", "tuned")) == (2, -2)
    assert (turned.strength("preference", "base"), turned.strength("preference", "tuned")) == (-2, 2)
    assert shown.strength("empathy", "base") is None


def test_a_rating_belongs_to_the_system_on_its_side() -> None:
    answers = (
        VerdictAnswer(criterion="empathy", target="first", value=3),
        VerdictAnswer(criterion="empathy", target="second", value=0),
    )
    made = verdict(answers=answers, first_system="tuned", second_system="base")
    assert (made.value("empathy", "tuned"), made.value("empathy", "base"), made.value("empathy")) == (3, 0, None)


@given(value=st.integers(-2, 2))
def test_turning_the_pair_and_the_sign_changes_nothing(value: int) -> None:
    shown, turned = verdict(value), verdict(-value, first_system="tuned", second_system="base")
    for system in ("base", "tuned"):
        assert shown.strength("preference", system) == turned.strength("preference", system)


@pytest.mark.parametrize(
    "changes",
    [
        {"second_system": "base"},
        {"answers": ()},
        {"failed": "refused"},
        {"failed": "asleep", "answers": ()},
        {"prompt_sha256": "ab"},
        {"answers": [{"criterion": "preference", "target": "pair", "value": value} for value in (1, 2)]},
        {"answers": [{"criterion": "preference", "target": "item", "value": 1}]},
    ],
)
def test_what_is_no_verdict(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        verdict(**changes)


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    made = (
        verdict(temperature=0.0, seed=7, prompt_sha256="0" * 64, at="2030-01-01T00:00:00Z", seconds=1.5),
        verdict(2, first_system="tuned", second_system="base", prompt_tokens=900, completion_tokens=4),
        verdict(item_id="i0001", answers=(), failed="refused"),
        verdict(judge="judge-2", model="large"),
    )
    write_text(tmp_path / verdict_file.NAME, verdict_file.text(made))
    assert verdict_file.read(tmp_path / verdict_file.NAME, STUDY) == made


def test_every_mistake_is_named_by_line_and_field(tmp_path: Path) -> None:
    empathy = VerdictAnswer(criterion="empathy", target="pair", value=3)
    lines = refused(
        tmp_path,
        [
            verdict(),
            verdict(item_id="i9999"),
            verdict(second_system="other"),
            verdict(3, item_id="i0001"),
            verdict(answers=(empathy,), item_id="i0002"),
            verdict(answers=(empathy.model_copy(update={"criterion": "comment"}),), item_id="i0003"),
            verdict(),
            verdict(item_id="i0003", model="large", first_system="tuned", second_system="base"),
        ],
        '{"judge": "judge-1", "item_id": "i0000"}\nno JSON\n',
    )
    assert lines == (
        "line 10: is not JSON (Expecting value: line 1 column 1)",
        "line 9, first_system: is missing",
        "line 9, second_system: is missing",
        "line 2: item_id: found 'i9999'; the study has no such item",
        "line 3: second_system: found 'other'; allowed: base, tuned",
        "line 4: answers.0.value: found 3; allowed: -2, -1, 0, 1, 2",
        "line 5: answers.0.target: found 'pair'; allowed: first, second",
        "line 6: answers.0.criterion: found 'comment'; allowed: preference, question_amount, empathy, harm, "
        "both_unacceptable",
        "line 7: found judge-1 i0000 base tuned again; pairs occur once",
        "line 8, model: found 'large'; allowed: 'small'",
    )


def test_mistakes_are_said_in_the_languages_of_the_desk(tmp_path: Path) -> None:
    path = tmp_path / verdict_file.NAME
    write_text(path, verdict_file.text([verdict(item_id="i9999"), verdict(), verdict()]) + '{"judge": "judge-1"}\n')
    with pytest.raises(InputError) as error:
        verdict_file.read(path, STUDY)
    assert not unworded(error.value.errors)
    with pytest.raises(ValidationError) as broken:
        verdict(answers=())
    assert not unworded([broken.value.errors()[0]["ctx"]["error"].args[0]])


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        verdict_file.read(tmp_path / "absent.jsonl", STUDY)
