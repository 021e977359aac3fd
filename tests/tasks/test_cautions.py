"""Cautions about what raters would see twice or wrongly; and texts of which nothing can be seen, which are no texts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.schema import Response, Study, Words
from tasks.study.cautions import cautions
from tasks.study.load import load_study
from tests import studies

TINY = Path(__file__).parents[1] / "studies_data" / "tiny"


def of_kind(study: Study, kind: str) -> tuple[tuple[str, str], ...]:
    return next((caution.found for caution in cautions(study) if caution.kind == kind), ())


def with_texts(study: Study, texts: dict[tuple[str, str], str]) -> Study:
    responses = tuple(
        Response(item_id=one.item_id, system_id=one.system_id, text=texts.get((one.item_id, one.system_id), one.text))
        for one in study.responses
    )
    return study.model_copy(update={"responses": responses})


def test_the_same_dialogue_under_two_ids() -> None:
    study = studies.study(items=3, systems=2)  # its items are all alike
    assert of_kind(study, "same dialogue twice") == (("i0", "= i1, i2, responses too"),)
    differing = with_texts(study, {("i1", "s0"): "別の応答"})
    assert of_kind(differing, "same dialogue twice") == (("i0", "= i1, i2"),)
    assert of_kind(load_study(TINY), "same dialogue twice") == ()


@pytest.mark.parametrize(("text", "named"), [
    ("赤\x1b[31m字", "U+001B"), ("a\x07b\x7fc\x07", "U+0007, U+007F"), ("\u202eabc", "U+202E"), ("\x85", "U+0085"),
])  # fmt: skip
def test_control_characters_are_named_by_code_point(text: str, named: str) -> None:
    study = with_texts(load_study(TINY), {("t2", "asks"): text})
    assert of_kind(study, "control characters") == (("t2/asks", named),)


def test_tabs_and_line_ends_are_no_control_characters() -> None:
    study = with_texts(load_study(TINY), {("t2", "asks"): "a\tb\r\nc\u2028d"})
    assert of_kind(study, "control characters") == ()


def test_a_text_under_the_wrong_language_and_responses_in_two_directions_are_named() -> None:
    tiny = load_study(TINY)
    assert of_kind(tiny, "mixed directions") == ()
    title = Words({"ja": "評価", "en": "تقييم", "ar": "A study, في"})
    turned = with_texts(tiny, {("t2", "asks"): "كيف حالك؟ OK"}).model_copy(update={"title": title})
    assert of_kind(turned, "mixed directions") == (
        ("title.en", "تقييم"),
        ("title.ar", "A study, في"),
        ("t2", "asks rtl, echoes ltr"),
    )
    both = with_texts(tiny, dict.fromkeys((("t2", "asks"), ("t2", "echoes")), "كيف حالك؟"))
    assert of_kind(both, "mixed directions") == ()


@pytest.mark.parametrize("text", ["\u200b", "\u3000\u2060", "\u2800", "\u3164", "\x1b", "a\0b", " \n"])
@pytest.mark.parametrize("file", ["responses/asks.jsonl", "items.jsonl", "practice.jsonl", "checks.jsonl"])
def test_a_study_with_a_text_that_is_no_text_does_not_load(tmp_path: Path, file: str, text: str) -> None:
    folder = tmp_path / "study"
    shutil.copytree(TINY, folder)
    first, *rest = (folder / file).read_text(encoding="utf-8").splitlines()
    line = json.loads(first)
    place = {"items.jsonl": lambda: line["turns"][0], "responses/asks.jsonl": lambda: line}
    place.get(file, lambda: line["responses"][1])()["text"] = text
    (folder / file).write_text("\n".join([json.dumps(line), *rest]) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_study(folder)
    (error,) = caught.value.errors
    assert error.startswith(f"{file} line 1, ")
    assert "allowed: a text that can be seen" in error
    assert error.isprintable(), "what cannot be seen is escaped, so that it can be found"
    assert ("NUL" in error) == ("\0" in text)
