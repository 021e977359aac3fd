"""Studies of whole dialogues: what is drawn, how it is cut into turns, that the folder loads and plans."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.__main__ import main
from tasks.data import kokorochat
from tasks.data.dialogue import Dialogue, kept
from tasks.design import planning as design
from tasks.schema import Words
from tasks.study import whole
from tasks.study.load import load_study
from tasks.study.study_form import Head
from tests import synthetic

TITLE = Words(ja="評価", en="Rating")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic.folder(tmp_path_factory.mktemp("whole") / "data", 40)


@pytest.fixture(scope="module")
def dialogues(data: Path) -> tuple[Dialogue, ...]:
    return kokorochat.load(data)


def test_a_rating_study_loads_and_every_seat_meets_every_dialogue_once(
    dialogues: tuple[Dialogue, ...], tmp_path: Path
) -> None:
    study = whole.build(dialogues[:5], Head("s", TITLE, "rating", 3, simulated=True), tmp_path / "s")
    assert (study.protocol, len(study.items), len(study.criteria)) == ("rating", 5, 24)
    assert study.simulated
    planned = design.plan(study)
    assert {(p.seat, p.item_id) for p in planned} == {(s, i.item_id) for s in range(3) for i in study.items}
    assert {p.order for p in planned} == {()}
    assert load_study(tmp_path / "s") == study


def test_a_label_study_shows_single_utterances(dialogues: tuple[Dialogue, ...], tmp_path: Path) -> None:
    study = whole.build(dialogues[:2], Head("s", TITLE, "label"), tmp_path / "s")
    for item, dialogue in zip(study.items, dialogues, strict=False):
        assert [turn.utterances for turn in item.turns] == [(index,) for index, _ in kept(dialogue)]
    assert study.criteria[0].of == "utterance"


def test_ids_are_opaque_and_the_draw_depends_on_the_seed_alone(dialogues: tuple[Dialogue, ...]) -> None:
    one, again, other = (whole.drawn(dialogues, 8, seed) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    items = [whole.item_of(dialogue, "rating") for dialogue in one]
    assert not any(item.item_id in (d.dialogue_id, f"w{d.dialogue_id}") for item, d in zip(items, one, strict=True))
    assert len({item.item_id for item in items}) == 8


def test_the_command_makes_a_folder_and_refuses_a_used_one(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["whole", str(data), "--out", str(tmp_path / "s"), "--study-id", "s", "--n", "2", "--split", "train"]
    assert main(command) == 0
    assert "2 dialogues of the train split by client, 3 raters" in capsys.readouterr().out
    assert main(command) == 2
    assert "is there already" in capsys.readouterr().err
