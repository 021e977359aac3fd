"""Anybody's dialogues: read as they stand, split by person, trained on, evaluated; faults are told once a kind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from finetune import licences, manifest
from finetune.__main__ import main
from finetune.data.dialogues import messages, named_messages, select
from finetune.training.evaluate import evaluate
from finetune.training.prepare import dialogues_of
from tasks.errors import InputError
from tests import finetune_world as world

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
    dialogue = dialogues_of(file)[3]
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
    other = dialogues_of(written(tmp_path / "share.jsonl", rows))
    recipe = world.tiny()
    assert list(named_messages(other, recipe)) == list(named_messages(dialogues_of(file), recipe))


def test_a_person_stands_on_one_side(file: Path) -> None:
    chosen = select(dialogues_of(file, "therapist"), world.tiny(*ANY, "person_field=therapist", "eval_dialogues=30"))
    sides = [{dialogue.counselor_id for dialogue in part} for part in (chosen.train, chosen.held_out)]
    assert all(sides)
    assert not sides[0] & sides[1]
    listed = {one for name in ("trained", "held_out", "test") for one in chosen.record[name]}
    assert listed == {f"t{number}" for number in range(36)}
    assert chosen.record["source"] == "conversations"


def test_bands_and_ratings_are_kokorochats(file: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        select(dialogues_of(file), world.tiny("subset=high", "split_by=paper"))
    assert [line.split(":")[0] for line in error.value.errors] == ["--set subset=all", "--set split_by=counselor"]


def test_what_is_wrong_is_told_once_a_kind(tmp_path: Path) -> None:
    rows: list[Any] = [talk(number, "p") for number in range(6)]
    for number in (1, 2, 4):
        rows[number]["messages"][1]["role"] = "patient zero"
    rows[5]["id"] = "t0"
    with pytest.raises(InputError) as error:
        dialogues_of(written(tmp_path / "bad.jsonl", rows))
    assert len(error.value.errors) == 2, error.value.errors
    assert "patient zero" in error.value.errors[0]
    assert "'t0'" in error.value.errors[1] or '"t0"' in error.value.errors[1]
    with pytest.raises(InputError):
        dialogues_of(written(tmp_path / "other.jsonl", [{"a": 1}]))


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
