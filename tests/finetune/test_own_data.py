"""Anybody's dialogues: read as they stand, split by person, trained on, evaluated; faults are told once a kind."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from finetune import licences, manifest
from finetune.__main__ import main
from finetune.data.dialogues import messages, named_messages, select
from finetune.data.own import dialogues_of
from finetune.recipe import load as load_recipe
from finetune.training.evaluate import evaluate
from tasks.errors import InputError
from tests import finetune_world as world
from tests import synthetic

pytestmark = pytest.mark.slow
ANY = ("subset=all",)


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path) -> Iterator[None]:
    with world.own_cache(tmp_path):
        yield


def talk(number: int, person: str) -> dict[str, Any]:
    said = ("I cannot sleep.", f"Since when? {number}", "(Since I moved.)", "That sounds heavy.")
    return {
        "id": f"t{number}", "therapist": person,
        "messages": [{"role": "system", "content": "Listen."}]
        + [{"role": "assistant" if place % 2 else "user", "content": text} for place, text in enumerate(said)],
    }  # fmt: skip


def written(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "talks.jsonl", [talk(number, f"p{number % 12}") for number in range(36)])


def test_messages_are_read_whole_in_any_language(file: Path) -> None:
    dialogue = dialogues_of(file, world.tiny())[3]
    assert (dialogue.dialogue_id, dialogue.counselor_id, dialogue.published) == ("t3", "t3", False)
    made = messages(dialogue, world.tiny())
    assert [(one.role, one.text, one.trained) for one in made] == [
        ("client", "I cannot sleep.", False),
        ("counselor", "Since when? 3", True),
        ("client", "(Since I moved.)", False),
        ("counselor", "That sounds heavy.", True),
    ]
    assert [one.trained for one in messages(dialogue, world.tiny("loss_on=last"))] == [False, False, False, True]


def test_sharegpt_is_the_same(file: Path, tmp_path: Path) -> None:
    rows = []
    for number in range(36):
        said = talk(number, "")["messages"][1:]
        names = {"user": "human", "assistant": "gpt"}
        rows.append(
            {"id": f"t{number}", "conversations": [{"from": names[m["role"]], "value": m["content"]} for m in said]}
        )
    other = dialogues_of(written(tmp_path / "share.jsonl", rows), world.tiny())
    recipe = world.tiny()
    assert list(named_messages(other, recipe)) == list(named_messages(dialogues_of(file, world.tiny()), recipe))


def test_a_person_stands_on_one_side(file: Path) -> None:
    recipe = world.tiny(*ANY, "person_field=therapist", "eval_dialogues=30")
    chosen = select(dialogues_of(file, recipe), recipe)
    sides = [{dialogue.counselor_id for dialogue in part} for part in (chosen.train, chosen.held_out)]
    assert all(sides)
    assert not sides[0] & sides[1]
    listed = {one for name in ("trained", "held_out", "test") for one in chosen.record[name]}
    assert listed == {f"t{number}" for number in range(36)}
    assert chosen.record["source"] == "conversations"


def test_bands_and_ratings_are_kokorochats(file: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        select(dialogues_of(file, world.tiny()), world.tiny("subset=high", "split_by=paper"))
    assert [line.split(":")[0] for line in error.value.errors] == ["--set subset=all", "--set split_by=counselor"]


def test_what_is_wrong_is_told_once_a_kind(tmp_path: Path) -> None:
    rows: list[Any] = [talk(number, "p") for number in range(6)]
    for number in (1, 2, 4):
        rows[number]["messages"][1]["role"] = "patient zero"
    rows[5]["id"] = "t0"
    with pytest.raises(InputError) as error:
        dialogues_of(written(tmp_path / "bad.jsonl", rows), world.tiny())
    assert len(error.value.errors) == 3, error.value.errors
    assert "patient zero" in error.value.errors[0]
    assert "patient zero" in error.value.errors[2]
    assert "'t0'" in error.value.errors[1] or '"t0"' in error.value.errors[1]
    with pytest.raises(InputError):
        dialogues_of(written(tmp_path / "other.jsonl", [{"a": 1}]), world.tiny())


def test_what_to_try_is_said_and_reads_the_file(tmp_path: Path) -> None:
    """Of fields that nobody knows, the settings that read them; roles alone are for a person to say."""
    said = [
        {"who": "Dr. A", "at": "10:00", "words": "What brings you here?"},
        {"who": "Ben", "at": "10:01", "words": "I cannot sleep at night."},
    ]
    path = written(tmp_path / "own.jsonl", [{"talk": {"turns": said}, "n": f"t{number}"} for number in range(4)])
    with pytest.raises(InputError) as error:
        dialogues_of(path, world.tiny())
    (line,) = error.value.errors
    told = shlex.split(line.split("to try: ")[1].split(" (ROLE")[0])
    assert told[::2] == ["--set"] * 4
    roles = told.pop().replace("ROLE", "counselor", 1).replace("ROLE", "client", 1)
    read = dialogues_of(path, world.tiny(*told[1::2], roles))
    assert [turn.role for turn in read[0].utterances] == ["counselor", "client"]
    assert read[0].utterances[1].text == "I cannot sleep at night."
    with pytest.raises(InputError, match="to try: --set 'speaker_roles="):
        dialogues_of(path, world.tiny(*told[1::2][:3]))


@pytest.mark.parametrize("name", ["pairs.csv", "columns.jsonl"])
def test_where_no_dialogue_stands_the_shapes_are_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"prompt and completion") as error:
        dialogues_of(written(tmp_path / name, [{"question": "a", "answer": "b"}] * 9), world.tiny())
    assert len(error.value.errors) == 1


def test_a_translation_is_trained_on_with_the_prompt_and_labels_of_its_language(tmp_path: Path) -> None:
    folder = synthetic.multilingual(tmp_path / "copy", 8)
    recipe = load_recipe("embedded-high", None, ("language=en", "subset=all"))
    assert (recipe.system_prompt, recipe.rendering) == ("transcript-en-1", "plain-en")
    assert load_recipe("tiny", None, ("language=zh",)).system_prompt == "counselor-zh-1"
    assert load_recipe("tiny", None, ("language=en", "system_prompt=")).prompt == ""
    (dialogue, *_) = select(dialogues_of(folder, recipe), recipe).train
    said = messages(dialogue, recipe)
    assert all("words said in this language" in turn.text for turn in said)
    assert all(one.role != other.role for one, other in pairwise(said))
    with pytest.raises(InputError, match="language=en: the copy has no dialogue in it; allowed: ja"):
        select(dialogues_of(synthetic.folder(tmp_path / "japanese", 8), recipe), recipe)


def test_from_a_file_of_messages_to_losses(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("Listen well.\n", encoding="utf-8")
    how = [
        f"--set=system_prompt={tmp_path / 'mine.txt'}",
        "--set",
        "subset=all",
        "--split-by",
        "therapist",
        "--data",
        str(file),
    ]
    short = [
        f"--set={text}"
        for text in (
            "max_steps=2",
            "dtype=float32",
            "sample_answers=0",
            "eval_dialogues=4",
            "max_length=256",
            "tokens_per_batch=256",
            "learning_rate=0.001",
        )
    ]
    assert main(["inspect", "tiny", *how]) == 0
    printed = capsys.readouterr().out
    assert "Since" in printed
    assert "Listen well." in printed
    assert main(["train", "tiny", *how, *short, "--out", str(tmp_path / "run")]) == 0
    card = manifest.read(tmp_path / "run")
    assert card.data.source == "talks.jsonl"
    assert (card.prompt.system_prompt, card.prompt.system_prompt_text) == ("mine.txt", "Listen well.")
    assert "Listen well." in (tmp_path / "run" / "chat_template.jinja").read_text(encoding="utf-8")
    assert licences.CONVERSATIONS in card.licences
    assert licences.KOKOROCHAT not in card.licences
    record = json.loads((tmp_path / "run" / "splits.json").read_text(encoding="utf-8"))
    (losses,) = evaluate([f"own={tmp_path / 'run'}"], file, tmp_path / "losses", ("test",), None)
    assert {row["dialogue_id"] for row in world.lines(losses)} == set(record["test"])
