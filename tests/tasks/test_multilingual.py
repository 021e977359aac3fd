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
from tasks.schema import Item, Words
from tasks.study import whole
from tasks.study.load import load_study
from tasks.study.study_form import Head
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


def test_whole_dialogues_are_shown_in_a_language_with_the_others_as_translations(
    dialogues: tuple[Dialogue, ...], tmp_path: Path
) -> None:
    told = whole.told_in(dialogues, "rating", "en")
    head = Head("s", Words(en="Rating"), "rating", 2, languages=("en",))
    english = whole.build(told[:3], head, tmp_path / "en", language="en")
    japanese = whole.build(told[:3], head, tmp_path / "ja")
    for one, other in zip(english.items, japanese.items, strict=True):
        assert one.item_id == other.item_id, "the same dialogue in every language"
        assert [turn.utterances for turn in one.turns] == [turn.utterances for turn in other.turns]
        assert one.turns[0].text.startswith("en ")
        assert one.turns[0].translation is not None
        assert one.turns[0].translation.root["ja"] == other.turns[0].text


def test_a_part_without_a_translation_keeps_its_dialogue_from_being_shown(dialogues: tuple[Dialogue, ...]) -> None:
    """The fixture leaves some utterances of each dialogue untranslated: a turn may have words all the same."""
    rated = whole.told_in(dialogues, "rating", "zh")
    assert 0 < len(rated) < len(dialogues)
    assert all(turn.text for d in rated for turn in whole.item_of(d, "rating", language="zh").turns)
    left = [d for d in dialogues if d not in rated]
    assert all(any(not turn.text for turn in whole.item_of(d, "rating", language="zh").turns) for d in left)
    with pytest.raises(InputError, match="--shown-in: found 'zh'; allowed: ja, en, zh"):
        whole.told_in(dialogues, "label", "zh")
    assert whole.told_in(dialogues, "label", "ja") == dialogues


def test_the_command_refuses_a_language_that_the_copy_has_not(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["whole", str(folder), "--out", str(tmp_path / "s"), "--study-id", "s", "--n", "2", "--languages", "en"]
    assert main([*command, "--shown-in", "ko"]) == 2
    assert "--shown-in: found 'ko'; allowed: ja, en, zh" in capsys.readouterr().err
    assert not (tmp_path / "s").exists()
    assert main([*command, "--shown-in", "en"]) == 0
    assert load_study(tmp_path / "s").items[0].turns[0].text.startswith("en ")


@pytest.fixture(scope="module")
def real(multilingual_path: Path) -> tuple[Dialogue, ...]:
    return load(multilingual_path)


@pytest.mark.real_data
def test_real_translations_join_their_originals(real: tuple[Dialogue, ...]) -> None:
    """Every dialogue has the Japanese text and one translation or more, of as many utterances."""
    assert len({dialogue.dialogue_id for dialogue in real}) == len(real)
    assert set(languages_of(real)) <= {"ja", "en", "zh"}
    assert all(len(said) == len(d.utterances) for d in real for said in d.translations.values())
    assert all(d.translations for d in real)


@pytest.mark.real_data
def test_real_contexts_are_the_same_in_every_language(real: tuple[Dialogue, ...]) -> None:
    languages = languages_of(real)
    drawn = {tag: choose(splits.split(real)["test"], Choice(n=20, cap=20, language=tag)) for tag in languages}
    assert len({tuple(item.item_id for item in items) for items in drawn.values()}) == 1
    for tag, items in drawn.items():
        assert all(
            set(turn.translation.languages) == set(languages) - {tag}
            for i in items
            for turn in i.turns
            if turn.translation
        )


@pytest.mark.real_data
def test_real_dialogues_are_shown_whole_in_each_language(real: tuple[Dialogue, ...]) -> None:
    for tag in languages_of(real):
        item = whole.item_of(whole.told_in(real, "rating", tag)[0], "rating", language=tag)
        assert all(turn.text for turn in item.turns)
