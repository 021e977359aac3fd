"""Multilingual KokoroChat, in its published shape with words of this project: one context, three languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tasks.__main__ import main
from tasks.data import splits
from tasks.data.contexts import Choice, choose, languages_of
from tasks.data.describe import describe
from tasks.data.dialogue import Dialogue
from tasks.data.kokorochat import load
from tasks.errors import InputError
from tasks.schema import Item
from tests import synthetic

N = 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic.multilingual(tmp_path_factory.mktemp("multilingual"), N)


@pytest.fixture(scope="module")
def dialogues(folder: Path) -> tuple[Dialogue, ...]:
    return load(folder)


@pytest.fixture(scope="module")
def japanese(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dialogue, ...]:
    return load(synthetic.folder(tmp_path_factory.mktemp("japanese"), N))


def contexts(dialogues: tuple[Dialogue, ...], language: str) -> tuple[Item, ...]:
    return choose(dialogues, Choice(n=12, cap=12, language=language))


def test_files_of_a_dialogue_are_one_dialogue_in_three_languages(dialogues: tuple[Dialogue, ...]) -> None:
    assert len(dialogues) == N
    assert {dialogue.languages for dialogue in dialogues} == {("ja", "en", "zh")}
    assert dialogues[0].text(3, "en") == "en 3: words said in this language"
    assert dialogues[0].text(22, "zh") == ""


def test_everything_but_the_translations_reads_like_the_japanese_files(
    dialogues: tuple[Dialogue, ...], japanese: tuple[Dialogue, ...]
) -> None:
    for one, other in zip(dialogues, japanese, strict=True):
        assert one.utterances == other.utterances
        assert (one.dialogue_id, one.score, one.dims, one.flags) == (
            other.dialogue_id, other.score, other.dims, other.flags,
        )  # fmt: skip
    assert list(describe(dialogues)) == list(describe(japanese))


def test_parts_are_the_same_whichever_languages_are_there(folder: Path, japanese: tuple[Dialogue, ...]) -> None:
    def ids(found: tuple[Dialogue, ...]) -> dict[str, list[str]]:
        return {part: [one.dialogue_id for one in ones] for part, ones in splits.split(found).items()}

    assert ids(load(folder / "English")) == ids(load(folder)) == ids(japanese)


def test_the_same_contexts_in_each_language_with_the_others_as_translations(dialogues: tuple[Dialogue, ...]) -> None:
    in_ja, in_en, in_zh = (contexts(dialogues, language) for language in ("ja", "en", "zh"))
    assert [item.item_id for item in in_ja] == [item.item_id for item in in_en] == [item.item_id for item in in_zh]
    for ja, en, zh in zip(in_ja, in_en, in_zh, strict=True):
        assert [turn.utterances for turn in ja.turns] == [turn.utterances for turn in en.turns]
        for one, two, three in zip(ja.turns, en.turns, zh.turns, strict=True):
            assert one.translation is not None
            assert two.translation is not None
            assert one.translation.root == {"en": two.text, "zh": three.text}
            assert two.translation.root == {"ja": one.text, "zh": three.text}
            assert two.text.startswith("en ")
        assert (en.reference or "").startswith("en ")


def test_no_turn_of_a_context_is_without_words(dialogues: tuple[Dialogue, ...]) -> None:
    for item in contexts(dialogues, "en"):
        assert all(turn.text and turn.translation and all(turn.translation.root.values()) for turn in item.turns)


def test_japanese_files_beside_a_translation_are_joined_and_the_rest_left_out(tmp_path: Path) -> None:
    synthetic.folder(tmp_path / "ja", N)
    synthetic.multilingual(tmp_path, N - 5, ("en",))
    found = load(tmp_path)
    assert languages_of(found) == ("ja", "en")
    assert sum(dialogue.languages == ("ja",) for dialogue in found) == 5
    known = {dialogue.dialogue_id for dialogue in found if "en" in dialogue.languages}
    assert {item.dialogue for item in contexts(found, "en")} <= known


def test_a_language_that_is_not_there_is_refused(japanese: tuple[Dialogue, ...]) -> None:
    with pytest.raises(InputError, match=r"--language: found 'en'; allowed: ja"):
        contexts(japanese, "en")


def _content(value: dict[str, Any]) -> None:
    value["dialogue"][2]["content"] = None


def _origin(value: dict[str, Any]) -> None:
    value["dialogue"][2]["origin"] = " "


def _score(value: dict[str, Any]) -> None:
    value["review_by_client"]["score"] += 1


def _keys(value: dict[str, Any]) -> None:
    del value["review_by_client"]["score"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_content, "en4.json: dialogue[2].content: found None; allowed: text"),
        (_origin, "en4.json: dialogue[2].utterance: found ' '; allowed: text"),
        (_score, "en4.json: review_by_client.score: found"),
        (_keys, "en4.json: review_by_client: found"),
    ],
)
def test_damage_is_named_with_file_and_path(
    change: Callable[[dict[str, Any]], None], message: str, tmp_path: Path
) -> None:
    value = synthetic.translated(0, "en")
    change(value)
    (tmp_path / "en4.json").write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(tmp_path)
    assert caught.value.errors[0].startswith(message)


def test_languages_that_disagree_about_a_dialogue_are_refused(tmp_path: Path) -> None:
    synthetic.multilingual(tmp_path, 2)
    path = tmp_path / "Chinese" / "zh4.json"
    value = json.loads(path.read_text(encoding="utf-8"))
    value["dialogue"][0]["origin"] += "。"
    path.write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(InputError, match="evaluation_id 4 differs between languages"):
        load(tmp_path)


def test_from_files_to_three_studies_of_one_set_of_contexts(folder: Path, tmp_path: Path) -> None:
    ids = []
    for language in ("ja", "en", "zh"):
        out = tmp_path / language
        arguments = ["contexts", str(folder), "--out", str(out), "--n", "2", "--cap", "9", "--language", language]
        assert main(arguments) == 0
        lines = (out / "items.jsonl").read_text(encoding="utf-8").splitlines()
        ids.append([json.loads(line)["item_id"] for line in lines])
        assert (
            json.loads((out / "contexts.manifest.json").read_text(encoding="utf-8"))["choice"]["language"] == language
        )
    assert ids[0] == ids[1] == ids[2]
