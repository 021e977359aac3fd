from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import InputError
from tasks.schema import Words
from tasks.study.build import Sources, build
from tasks.study.load import load_study
from tasks.study.study_form import Head

NOTE = "A demonstration, never a counsellor."
CARD = {"base": {"name": "small base"}, "adapter": {"sha256": "0", "card": {"name": "small-high"}}, "note": NOTE}


def item(number: int, reference: str | None = "それは重かったですね。") -> dict[str, Any]:
    turns = [{"role": "client", "text": f"相談{number}です。帰り道が長く感じます。"}]
    return {"item_id": f"i{number}", "turns": turns, "reference": reference, "topic": "仕事"}


def write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    write(tmp_path / "items.jsonl", [item(n) for n in range(4)])
    for name in ("plain", "tuned"):
        write(tmp_path / "responses" / f"{name}.jsonl", [{"item_id": f"i{n}", "text": f"{name} {n}"} for n in range(4)])
    (tmp_path / "responses" / "tuned.manifest.json").write_text(json.dumps(CARD), encoding="utf-8")
    return Sources(tmp_path / "items.jsonl", tmp_path / "responses")


def head(**changes: Any) -> Head:
    return Head(**{"study_id": "made", "title": Words(ja="見本", en="Sample"), **changes})


def test_a_study_is_built_that_runs_as_it_is(sources: Sources, tmp_path: Path) -> None:
    made = build(sources, head(), tmp_path / "study")
    assert made == load_study(tmp_path / "study")
    assert [s.system_id for s in made.systems] == ["plain", "tuned"]
    assert {(r.system_id, r.item_id, r.text) for r in made.responses} == {
        (name, f"i{n}", f"{name} {n}") for name in ("plain", "tuned") for n in range(4)
    }
    assert made.primary.systems == ("plain", "tuned")
    assert made.practice
    assert made.consent
    assert made.guidelines


def test_what_made_a_system_comes_from_its_manifest(sources: Sources, tmp_path: Path) -> None:
    plain, tuned = build(sources, head(), tmp_path / "study").systems
    assert (plain.model, plain.adapter, plain.description) == (None, None, None)
    assert (tuned.model, tuned.adapter, tuned.description) == ("small base", "small-high", Words(ja=NOTE, en=NOTE))


def test_the_human_turn_becomes_a_system_only_when_asked(sources: Sources, tmp_path: Path) -> None:
    made = build(Sources(sources.items, sources.responses, human=True), head(), tmp_path / "study")
    human = [r.text for r in made.responses if r.system_id == "human"]
    assert human == ["それは重かったですね。"] * 4
    assert next(s for s in made.systems if s.system_id == "human").kind == "human"


def test_missing_responses_are_all_named_and_nothing_is_left_behind(sources: Sources, tmp_path: Path) -> None:
    write(sources.responses / "tuned.jsonl", [{"item_id": "i0", "text": "a"}, {"item_id": "i9", "text": "b"}])
    with pytest.raises(InputError) as caught:
        build(sources, head(), tmp_path / "study")
    said = "\n".join(caught.value.errors)
    assert all(name in said for name in ("i1", "i2", "i3", "i9", "tuned"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["items.jsonl", "responses"]


@pytest.mark.parametrize(
    ("systems", "said"),
    [(("plain", "tuend"), "found 'tuend'; allowed: plain, tuned"), (("plain",), "allowed: at least 2")],
)
def test_unknown_and_too_few_systems_are_refused(
    sources: Sources, tmp_path: Path, systems: tuple[str, ...], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        build(Sources(sources.items, sources.responses, systems), head(), tmp_path / "study")
    assert not (tmp_path / "study").exists()


def test_a_folder_in_use_is_left_alone(sources: Sources, tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError):
        build(sources, head(), tmp_path / "study")
    assert [path.name for path in (tmp_path / "study").iterdir()] == ["mine.txt"]


def test_simulated_judgments_are_declared_in_the_study(sources: Sources, tmp_path: Path) -> None:
    assert build(sources, head(simulated=True), tmp_path / "study").simulated
