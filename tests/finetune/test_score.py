"""Score prediction: the form is open and of the right length, its loss is the answers' alone, the road runs whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from finetune import recipe
from finetune.__main__ import main
from finetune.model import bases
from finetune.score import answers, form, json_form
from finetune.score.data import form_encoder
from finetune.score.form import Transcript
from tasks.data import predictions
from tasks.data.feedback import DIMENSIONS, FLAGS
from tasks.errors import InputError
from tests import finetune_world as world

TALK = Transcript(
    "d1", (("counselor", "こんにちは。"), ("client", "眠れません。"), ("counselor", "いつからですか？")) * 4
)


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("score")
    torch.set_num_threads(1)
    with world.own_cache(path):
        yield path


@pytest.fixture(scope="module")
def data(folder: Path) -> Path:
    return world.data(folder, 40)


@pytest.fixture(scope="module")
def base(folder: Path) -> bases.Base:
    return bases.find(recipe.load("tiny-score"))


def encoder(base: bases.Base, rendering: str = "llama3") -> form.FormEncoder:
    chosen = recipe.load("tiny-score", None, (f"rendering={rendering}",))
    return form_encoder(base.vocabulary(), chosen)


def test_the_form_names_every_item_and_leaves_23_places_open(base: bases.Base) -> None:
    writer = encoder(base)
    example = writer.example(TALK, None, 4096).example
    text = base.vocabulary().decode(example.ids.tolist())
    assert all(dimension.ja in text for dimension in DIMENSIONS)
    assert all(flag.ja in text for flag in FLAGS)
    assert example.targets.sum() == 23
    assert set(example.ids[example.targets].tolist()) == {writer.blank}
    assert "眠れません。" in text
    assert form.CUT not in text


def test_answers_stand_in_their_places_and_nowhere_else(base: bases.Base) -> None:
    writer, answers = encoder(base), (*range(6), *range(6), *range(6), 4, 5, 0, 1, 0)
    filled, blank = (writer.example(TALK, given, 4096).example for given in (answers, None))
    assert [writer.digits.index(i) for i in filled.ids[filled.targets]] == list(answers)
    np.testing.assert_array_equal(filled.ids[~filled.targets], blank.ids[~blank.targets])


def test_a_long_dialogue_keeps_its_end(base: bases.Base) -> None:
    writer = encoder(base)
    whole = len(writer.example(TALK, None, 8192).example.ids)
    cut = writer.example(TALK, None, whole - 20)
    text = base.vocabulary().decode(cut.example.ids.tolist())
    assert cut.cut_turns > 0
    assert len(cut.example.ids) <= whole - 20
    assert form.CUT in text
    assert "いつからですか？\nassistant" in text  # the last turn, whole, right before the form
    with pytest.raises(InputError, match="d1: its last turn and the form do not fit max_length 64"):
        writer.example(TALK, None, 64)


def loaded(base: bases.Base) -> tuple[object, answers.Places, form.FormEncoder]:
    writer = encoder(base)
    model = bases.load(base, recipe.load("tiny-score", None, ("dtype=float32",)))
    return model, answers.Places(writer.digits, writer.blank), writer


def batch(*examples: object) -> dict[str, object]:
    from finetune.training import collate

    return dict(collate.padded(list(examples), 5))  # type: ignore[arg-type]


def test_no_answer_is_read_from_the_answers(base: bases.Base) -> None:
    """Whatever stands in the places, the distributions are the same: the model never sees an answer."""
    model, places, writer = loaded(base)
    forms = [writer.example(TALK, given, 4096).example for given in (None, (0,) * 23, (5,) * 20 + (1,) * 3)]
    with torch.no_grad():
        scores = [answers.logits(model, places, **batch(form)) for form in forms]
    torch.testing.assert_close(scores[0], scores[1], rtol=0, atol=0)
    torch.testing.assert_close(scores[0], scores[2], rtol=0, atol=0)
    chances = torch.softmax(scores[0], dim=-1)[0]
    torch.testing.assert_close(chances.sum(dim=-1), torch.ones(23))
    assert bool((chances[20:, 2:] == 0).all())


def test_the_loss_is_that_of_the_answers_by_hand(base: bases.Base) -> None:
    model, places, writer = loaded(base)
    truth = (3,) * 20 + (0, 0, 1)
    example = writer.example(TALK, truth, 4096).example
    with torch.no_grad():
        each = answers.losses(model, places, **batch(example))
        blind = torch.from_numpy(np.where(example.targets, writer.blank, example.ids).astype("int64"))[None]
        plain = model(input_ids=blind).logits[0].float()  # type: ignore[operator]
    for number, place in enumerate(np.flatnonzero(example.targets)):
        allowed = list(writer.digits if number < 20 else writer.digits[:2])
        expected = -torch.log_softmax(plain[place - 1][allowed], dim=0)[truth[number]]
        torch.testing.assert_close(each[number], expected)


@pytest.fixture(scope="module")
def run(folder: Path, data: Path) -> Path:
    """A tiny model trained to say scores, six steps."""
    run = folder / "run"
    settings = ("max_length=1536", "tokens_per_batch=3072", "dtype=float32", "eval_dialogues=4", "max_steps=6")
    options = [part for text in settings for part in ("--set", text)]
    assert main(["train", "tiny-score", "--data", str(data), "--out", str(run), "--threads", "1", *options]) == 0
    return run


@pytest.mark.slow
def test_training_scoring_and_resuming_on_the_tiny_model(run: Path, folder: Path, data: Path) -> None:
    out = folder / "predictions.jsonl"
    metrics = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["metrics"]
    assert metrics["held_out_loss_after"] < metrics["held_out_loss_before"]
    score = ["score", "--system", str(run), "--data", str(data), "--out", str(out), "--threads", "1"]
    assert main([*score, "--sample", "3"]) == 0
    found = predictions.read(out)
    assert len(found) == 3
    assert all(one.score is not None and one.expectations is not None for one in found)
    manifest = predictions.read_manifest(out)
    assert manifest["split"]["by"] == "client"
    split = json.loads((run / "splits.json").read_text(encoding="utf-8"))
    assert {one.dialogue_id for one in found} <= set(split["test"])
    before = out.read_bytes()
    assert main([*score, "--sample", "3"]) == 0
    assert out.read_bytes() == before
    assert main([*score, "--sample", "2"]) == 2  # another sample would overwrite these


@pytest.mark.slow
def test_dialogues_that_were_trained_on_are_refused(
    run: Path, folder: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score = ["score", "--system", str(run), "--data", str(data), "--out", str(folder / "x.jsonl")]
    assert main([*score, "--part", "train"]) == 2
    assert "were trained on" in capsys.readouterr().err
    assert not (folder / "x.jsonl").exists()


def answer(**changed: object) -> dict[str, object]:
    return {**{d.key: 3 for d in DIMENSIONS}, **{f.key: False for f in FLAGS}, **changed}


def test_json_answers_are_read_and_nothing_is_guessed() -> None:
    whole = json_form.parse("はい。\n```json\n" + json.dumps(answer(felt_respected="4")) + "\n```")
    assert whole.values == (3, 4, *(3,) * 18)
    assert whole.flags == (False, False, False)
    assert whole.problems == ()
    odd = json_form.parse(json.dumps(answer(felt_respected=6, harmful=2, other=1)))
    assert odd.values[1] is None
    assert odd.flags[0] is None
    assert sorted(odd.problems) == [
        "felt_respected: found 6; allowed: 0..5",
        "harmful: found 2; allowed: true or false",
        "unknown key other",
    ]


def test_broken_json_gives_what_it_holds_and_says_what_is_missing() -> None:
    broken = json_form.parse(json.dumps(answer())[:60])
    assert broken.values[0] == 3
    assert broken.values[-1] is None
    assert broken.problems[0].startswith("broken JSON")
    assert json_form.parse("わかりません").problems[0] == "no JSON object"
    twice = json_form.parse('{"felt_respected": 1, "felt_respected": 2}')
    assert twice.values[1] is None
    assert "felt_respected: given twice, as 1 and 2" in twice.problems


def test_the_json_mode_runs_on_a_model_that_writes_nonsense(folder: Path, data: Path) -> None:
    out = folder / "json.jsonl"
    score = ["score", "--system", "base", "--recipe", "tiny-score", "--data", str(data), "--out", str(out)]
    assert main([*score, "--mode", "json", "--sample", "1", "--max-length", "4096"]) == 0
    (made,) = predictions.read(out)
    assert made.chances is None
    assert made.problems
    assert None in made.values
    assert made.score is None


def test_predictions_with_mistakes_are_refused_all_at_once(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    good = {"dialogue_id": "1", "values": [3] * 20, "flags": [False] * 3}
    lines = [good, {**good, "values": [3] * 19 + [7]}, good, {**good, "dialogue_id": "2", "values": [3]}]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        predictions.read(path)
    assert len(caught.value.errors) == 3, caught.value.errors
    assert caught.value.errors[0].startswith(f"{path}:2: values.19: found '7'")
