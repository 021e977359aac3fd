"""Training on chosen responses: read strictly, trained alone, held out by dialogue, trained to the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from finetune import manifest
from finetune.commands import source_of
from finetune.data import preferences
from finetune.data.preferences import Preferences
from finetune.model import bases
from finetune.training import prepare
from finetune.training.train import train
from tasks.errors import InputError
from tests import finetune_world as world

pytestmark = pytest.mark.slow

OPENINGS = (
    "朝になると体が動きません",
    "姉と口をきかなくなりました",
    "面接の前の晩は眠れません",
    "猫を手放すか悩んでいます",
)
CHOSEN = "それは重い朝ですね。体のほかに気になることはありますか。"
REJECTED = "病院へ行きましょう。"


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    torch.set_num_threads(1)
    with world.own_cache(world.trained().folder):
        yield tmp_path_factory.mktemp("preferences")


def row(number: int, **changes: Any) -> dict[str, Any]:
    prompt = [
        {"role": "user", "content": OPENINGS[number % 4]},
        {"role": "assistant", "content": "来てくださったのですね。"},
        {"role": "user", "content": f"はい、{number}日前からです"},
    ]
    chosen = [{"role": "assistant", "content": f"{CHOSEN}{number}"}]
    rejected = [{"role": "assistant", "content": REJECTED}]
    return {"prompt": prompt, "chosen": chosen, "rejected": rejected, "margin": 1.5, "raters": 3, **changes}


def written(path: Path, rows: list[dict[str, Any]]) -> Preferences:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    return Preferences(path)


def test_only_the_chosen_text_is_trained_on(folder: Path) -> None:
    recipe = world.tiny()
    source = written(folder / "one.jsonl", [row(i) for i in range(8)])
    base = bases.find(recipe)
    vocabulary = base.vocabulary()
    found = prepare.prepare(recipe, source, vocabulary, base.folder / "tokenizer.json")
    assert found.described == f"{len(found.train)} chosen responses of {found.train.dialogues} dialogues"
    for i in range(len(found.train)):
        example = found.train[i]
        trained = [t for t, target in zip(example.ids.tolist(), example.targets, strict=True) if target]
        assert vocabulary.decode(trained).startswith(CHOSEN)
        assert REJECTED not in vocabulary.decode(example.ids.tolist())


def test_rows_of_one_dialogue_are_held_out_together(folder: Path) -> None:
    source = written(folder / "groups.jsonl", [row(i) for i in range(40)])
    chosen = preferences.select(source, world.tiny())
    opening = [{said[0].text for _, said in part} for part in (chosen.train, chosen.held_out)]
    assert len(chosen.held_out) == 10  # one of four openings
    assert not opening[0] & opening[1]
    by_id = [row(i, dialogue_id=f"d{i // 2}") for i in range(20)]
    chosen = preferences.select(written(folder / "ids.jsonl", by_id), world.tiny())
    assert len(chosen.held_out) == 2


def test_a_text_chosen_by_several_raters_is_one_example(folder: Path) -> None:
    twice = written(folder / "twice.jsonl", [row(i) for i in (0, 0, 1, 2)])
    chosen = preferences.select(twice, world.tiny())
    assert len(chosen.train) + len(chosen.held_out) == 3


def test_every_wrong_line_is_named_once_a_kind(folder: Path) -> None:
    system = [{"role": "system", "content": "別の指示"}, {"role": "user", "content": "眠れません"}]
    rows = [
        row(0, prompt=5),
        row(1, prompt=system),
        row(2, prompt=[{"role": "assistant", "content": "どうぞ"}]),
        row(3, chosen=" "),
        row(4, chosen=[{"role": "user", "content": "はい"}]),
        row(5, chosen="..."),
        row(6, prompt=[{"role": "tool", "content": "x"}]),
        row(7, chosen=" "),
    ]
    with pytest.raises(InputError) as error:
        preferences.select(written(folder / "wrong.jsonl", rows), world.tiny())
    expected = {
        "row 1, column prompt": "found '5'; a text or a list of messages",
        "row 2, column prompt": "system_prompt=FILE.txt",
        "row 3, column prompt": "no message of the role user",
        "rows 4 and 8, column chosen": "a text in which something can be read",
        "row 5, column chosen": "role assistant is needed",
        "row 7, column prompt.0.role": "found 'tool'",
    }
    told = error.value.errors
    for place, part in expected.items():
        assert any(f"wrong.jsonl, {place}: " in text and part in text for text in told), (place, part, told)
    assert len(told) == len(expected), "\n".join(told)


@pytest.mark.parametrize("prompt", ["I cannot sleep.", [{"role": "user", "content": "I cannot sleep."}]])
def test_prompts_and_completions_are_trained_on_in_any_language(folder: Path, prompt: Any) -> None:
    rows = [{"prompt": prompt, "completion": f"Since when? {n}", "dialogue_id": f"d{n}"} for n in range(3)]
    source = source_of([str(written(folder / "completions.jsonl", rows).file)])
    assert isinstance(source, Preferences)
    chosen = preferences.select(source, world.tiny())
    (said,) = {turns for _, turns in chosen.train if turns[-1].text == "Since when? 0"} or {chosen.held_out[0][1]}
    assert [(turn.role, turn.trained) for turn in said] == [("client", False), ("counselor", True)]
    assert said[0].text == "I cannot sleep."
    assert chosen.record["source"] == "conversations"
    assert "preferred" not in chosen.record


def test_rows_that_no_person_preferred_are_refused_unless_they_are_asked_for(folder: Path) -> None:
    path = written(folder / "simulated.jsonl", [row(i, simulated=i < 5) for i in range(8)]).file
    recipe, base = world.tiny(), bases.find(world.tiny())
    tokenizer = base.folder / "tokenizer.json"
    found = prepare.prepare(recipe, Preferences(path, simulated=True), base.vocabulary(), tokenizer)
    assert found.record["simulated"] == 5
    with pytest.raises(InputError, match=r"5 of 8 rows are simulated.*--allow-simulated"):
        prepare.prepare(recipe, Preferences(path), base.vocabulary(), tokenizer)


def test_the_split_names_dialogues_and_the_counsellors_opening_comes_first_again(folder: Path) -> None:
    opening = "どうなさいましたか。"
    rows = [row(i, dialogue_id=f"d{i // 2}", study_id="s", opening=opening) for i in range(6)]
    for one in rows:
        one["prompt"][0]["content"] = f"{opening}\n\n{one['prompt'][0]['content']}"
    found = preferences.select(written(folder / "opening.jsonl", rows), world.tiny())
    assert sorted(found.record["trained"] + found.record["held_out"]) == ["d0", "d1", "d2"]
    assert found.record["studies"] == ["s"]
    for _, said in (*found.train, *found.held_out):
        assert [message.role for message in said[:2]] == ["counselor", "client"]
        assert said[0].text == opening
        assert said[1].text in OPENINGS
    with pytest.raises(InputError, match=r"opening\.jsonl, row 1, column opening: found .*must begin with it"):
        preferences.select(written(folder / "opening.jsonl", [row(0, opening=opening)]), world.tiny())


def test_one_dialogue_alone_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="rows of 1 dialogues; at least two"):
        preferences.select(written(folder / "alone.jsonl", [row(0), row(4)]), world.tiny())


def test_a_run_planned_shorter_than_max_steps_ends_as_planned(folder: Path) -> None:
    """Two planned steps and max_steps 10 repeated the data and fell over the count of tokens."""
    source = written(folder / "few.jsonl", [row(i) for i in range(8)])
    recipe = world.tiny("max_steps=10", "num_train_epochs=1", "max_length=384", "tokens_per_batch=384")
    metrics = train(recipe, source, folder / "few").metrics
    assert (metrics.ended, metrics.epochs) == ("whole", 1.0)
    assert metrics.steps < 10


def test_a_run_on_preferences_learns_the_chosen_words(folder: Path) -> None:
    source = written(folder / "run.jsonl", [row(i) for i in range(16)])
    settings = ("max_length=384", "tokens_per_batch=384", "num_train_epochs=4", "learning_rate=0.05")
    card = train(world.tiny(*settings), source, folder / "run")
    assert world.fall(card) > 0.3
    assert card.data.source == "run.jsonl"
    split = json.loads((folder / "run" / "splits.json").read_text(encoding="utf-8"))
    assert split["source"] == "preferences"
    assert not set(split["trained"]) & set(split["held_out"])
    assert manifest.read(folder / "run").data.dialogues == len(split["trained"])
