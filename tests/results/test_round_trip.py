"""What `convert` writes, `import` finds: the same votes, and the same figures, whatever tool lies between."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from results.__main__ import main
from results.convert.command import ENDINGS, FORMATS
from results.export.folder import Export, read, write
from results.report.build import build
from tests import judged

pytestmark = pytest.mark.slow

LEVELS = ("--answer", "level:empathy=ordinal", "--answer", "level:question_amount=ordinal")
"""The only questions that are open: no tool's form says at which level its numbers stand."""
FIGURES = ("preference", "question_amount", "empathy", "harm")


@pytest.fixture(scope="module")
def export() -> Export:
    """Three systems on drawn sides, ties, strengths, ratings of responses and of the pair, pairs that were left."""
    return judged.export(items=10, raters=4, systems=("base", "full", "tuned"), missing=0.1)


@pytest.fixture(scope="module")
def original(export: Export, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original") / "export"
    write(export, folder)
    return folder


@pytest.fixture(scope="module")
def reported(export: Export) -> dict[str, Any]:
    return figures(export)


def through(to: str, original: Path, folder: Path) -> Path:
    """The export of what `convert` wrote."""
    file, out = folder / f"out{ENDINGS.get(to, '')}", folder / "in"
    assert main(["convert", str(original), "--to", to, "--out", str(file)]) == 0
    answers = () if to == "arena" else LEVELS
    assert main(["import", str(file), "--out", str(out), "--yes", *answers]) == 0
    return out


def figures(export: Export) -> dict[str, Any]:
    """Of a report: each two systems for both estimands, by rater and item, rankings, sides, agreement, means."""
    record = json.loads(build(export, 100).record.model_dump_json())
    # of no form: the plan, facts of texts, topics, comments
    unlike = ("role", "verdict", "beside", "adjusted", "course", "strata", "by_item")
    preference = record["preference"]
    return {
        "pairs": [{name: value for name, value in p.items() if name not in unlike} for p in preference["pairs"]],
        "strengths": preference["strengths"],
        "sides": record["order"]["first_side_share"],
        "agreement": {one["criterion"]: one["figures"] for one in record["agreement"]},
        "ratings": {one["criterion"]: one["systems"] for one in record["ratings"]},
    }


@pytest.mark.parametrize("to", FORMATS)
def test_what_was_converted_is_found_again_with_equal_figures(
    to: str, original: Path, reported: dict[str, Any], tmp_path: Path
) -> None:
    found = read(through(to, original, tmp_path))
    assert found.study.simulated
    again = figures(found)
    if to == "argilla":  # it knows raters by numbers of its own, which get new pseudonyms
        again["pairs"], reported = (
            _without_raters(again["pairs"]),
            reported | {"pairs": _without_raters(reported["pairs"])},
        )
    assert again["pairs"] == reported["pairs"]
    assert again["strengths"] == reported["strengths"]
    assert again["sides"] == reported["sides"]
    asked = ("preference",) if to == "arena" else FIGURES
    assert {name: again["agreement"][name] for name in asked} == {name: reported["agreement"][name] for name in asked}
    means = {} if to == "arena" else reported["ratings"]
    assert {name: again["ratings"][name] for name in means} == means


def _without_raters(pairs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in pair.items() if not name.endswith("_rater")} for pair in pairs]


@pytest.mark.parametrize("to", FORMATS)
def test_every_vote_is_found_again(to: str, export: Export, original: Path, tmp_path: Path) -> None:
    found = read(through(to, original, tmp_path))
    rater = {} if to != "argilla" else _argillas_raters(tmp_path)
    assert votes(found, rater) == votes(export, {})


def votes(export: Export, rater: dict[str, str]) -> set[tuple[str | int | None, ...]]:
    """Who said what of which two, as they stood."""
    return {
        (rater.get(row.rater, row.rater), row.item_id, row.dialogue, row.first_system, row.second_system,
         row.chosen_system, row.strength)
        for row in export.judgments
        if row.criterion == "preference" and row.strength is not None
    }  # fmt: skip


def _argillas_raters(folder: Path) -> dict[str, str]:
    """The pseudonym before, by the one of the import."""
    ours = {user: code for code, user in json.loads((folder / "out/.argilla/raters.json").read_text()).items()}
    lines = (folder / "in.raters-key.csv").read_text(encoding="utf-8").splitlines()[1:]
    return {code: ours[user] for code, user in (line.split(",") for line in lines)}


@pytest.mark.parametrize("command", ["preference", "agreement"])
@pytest.mark.parametrize("to", ["csv", "label-studio", "argilla", "inspect"])
def test_the_commands_for_tables_give_the_same(
    command: str, to: str, original: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rated = ["--where", "criterion=empathy", "--level", "ordinal"] if command == "agreement" else []
    printed = []
    for folder in (original, through(to, original, tmp_path)):
        capsys.readouterr()
        assert main([command, str(folder / "judgments.csv"), *rated, "--resamples", "100", "--json"]) == 0
        printed.append({k: v for k, v in json.loads(capsys.readouterr().out).items() if k != "reading"})
    assert printed[0] == printed[1]


def test_reasons_pressed_beside_a_rating_are_kept(export: Export, tmp_path: Path) -> None:
    pressed = [
        row.model_copy(update={"reason": "unsafe|cold"}) if row.criterion == "harm" and row.value == 1 else row
        for row in export.judgments
    ]
    write(judged.with_judgments(export, pressed), tmp_path / "export")
    found = read(through("csv", tmp_path / "export", tmp_path))
    assert {row.reason for row in found.judgments if row.criterion == "harm" and row.value == 1} == {"unsafe|cold"}
    assert [one.reason_id for one in found.study.criterion("harm").reasons] == ["cold", "unsafe"]


def test_a_strength_that_is_none_is_refused_by_row(original: Path, tmp_path: Path) -> None:
    assert main(["convert", str(original), "--to", "arena", "--out", str(tmp_path / "out.jsonl")]) == 0
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    lines[2] = json.dumps(json.loads(lines[2]) | {"strength": 7})
    (tmp_path / "out.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert main(["import", str(tmp_path / "out.jsonl"), "--out", str(tmp_path / "in"), "--yes"]) == 2
    assert not (tmp_path / "in").exists()


def test_practice_is_left_out_of_a_table_and_a_repeat_stays_one(export: Export, tmp_path: Path) -> None:
    kinds = {"a000-0000": "practice", "a000-0001": "check"}
    change = [row.model_copy(update={"kind": kinds.get(row.assignment_id, row.kind)}) for row in export.assignments]
    again = {"assignment_id": "a000-9999", "kind": "repeat", "submitted_at": "2030-01-02T04:00:00Z", "seq": 9999}
    first = next(row for row in change if row.kind == "main" and row.status == "submitted")
    repeated = [row for row in export.judgments if row.assignment_id == first.assignment_id]
    more = [row.model_copy(update=again) for row in repeated]
    rows = (*change, first.model_copy(update=again | {"repeats": first.assignment_id}))
    made = replace(export, assignments=rows, judgments=(*export.judgments, *more))
    write(made, tmp_path / "export")
    found = read(through("xlsx", tmp_path / "export", tmp_path))
    assert found.study.imported is not None
    assert found.study.imported.left_out == {"check": 1, "practice": 1}
    (repeat,) = [row for row in found.assignments if row.kind == "repeat"]
    assert (repeat.item_id, repeat.first_system) == (first.item_id, first.first_system)


@pytest.mark.parametrize(("names", "to"), [(("q_1", "q_2"), "argilla"), (("preference_tie",), "label-studio")])
def test_names_that_would_be_read_as_parts_of_others_are_refused(
    names: tuple[str, ...], to: str, export: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    like = next(one for one in export.study.criteria if one.of == "pair" and one.kind != "preference")
    criteria = (*export.study.criteria, *(like.model_copy(update={"criterion_id": name}) for name in names))
    write(replace(export, study=export.study.model_copy(update={"criteria": criteria})), tmp_path / "export")
    assert main(["convert", str(tmp_path / "export"), "--to", to, "--out", str(tmp_path / "out")]) == 2
    assert all(f"criterion {name}: " in capsys.readouterr().err for name in names[:1])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("to", ["csv", "label-studio", "argilla", "inspect"])
def test_every_rating_is_found_again(to: str, export: Export, original: Path, tmp_path: Path) -> None:
    found = read(through(to, original, tmp_path))
    back = {} if to != "argilla" else _argillas_raters(tmp_path)
    assert ratings(found, back) == ratings(export, {})
    assert found.study.imported is not None
    assert found.study.imported.behind == 0 or to in ("label-studio", "argilla")  # which keep nothing of what was left


def ratings(export: Export, rater: dict[str, str]) -> set[tuple[object, ...]]:
    """Who gave which value to which system's response, or to the pair."""
    return {
        (rater.get(row.rater, row.rater), row.item_id, row.criterion, row.target, row.value)
        for row in export.judgments
        if row.criterion != "preference" and row.value is not None
    }
