"""Simulated raters: marked as such everywhere, the same for the same seed, by the plan of the study."""

from __future__ import annotations

from pathlib import Path

import pytest

from results.__main__ import main
from results.export import folder as export
from results.planning.simulated_export import simulated_export
from results.report.build import build
from tasks.design.planning import plan
from tasks.schema import Study
from tasks.study.load import load_study

TINY = Path(__file__).parents[1] / "studies_data" / "tiny"


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(TINY)


def test_the_same_seed_gives_the_same_export_and_another_one_another(study: Study) -> None:
    assert simulated_export(study, 3) == simulated_export(study, 3)
    assert simulated_export(study, 3).judgments != simulated_export(study, 4).judgments


def test_what_is_judged_is_what_was_planned(study: Study) -> None:
    made = simulated_export(study)
    planned = [(one.seat, one.position, *one.order) for one in plan(study) if one.kind == "main"]
    judged = [(r.seat, r.position, r.first_system, r.second_system) for r in made.assignments if r.kind == "main"]
    assert judged == planned


def test_every_value_is_one_that_a_rater_can_give(study: Study) -> None:
    for row in simulated_export(study).judgments:
        criterion = study.criterion(row.criterion)
        allowed = {abs(v) for v in criterion.values()} if criterion.kind == "preference" else set(criterion.values())
        assert row.value in allowed if row.reason == "" else row.value is None
        assert row.chosen_system in (row.first_system, row.second_system, None)


def test_it_is_marked_although_the_study_was_not(study: Study, tmp_path: Path) -> None:
    assert not study.simulated
    folder = export.write(simulated_export(study), tmp_path / "export")
    assert build(export.read(folder), 100).record.study.simulated


def test_example_writes_a_marked_report_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, given = tmp_path / "example", tmp_path / "export"
    arguments = ["example", "--out", str(out), "--study", str(TINY), "--resamples", "100", "--export", str(given)]
    assert main(arguments) == 0
    assert "模擬評価" in (out / "report.ja.html").read_text(encoding="utf-8")
    assert "Simulated" in (out / "report.html").read_text(encoding="utf-8")
    assert export.read(given).study.simulated
    assert str(out / "report.html") in capsys.readouterr().out


def test_the_example_that_is_kept_is_the_one_of_today() -> None:
    kept = (Path("results/example/report.json")).read_text(encoding="utf-8")
    made = simulated_export(load_study(Path("tasks/demo")))
    assert f'"n_judgments": {sum(row.value is not None for row in made.judgments)},' in kept
    assert '"simulated": true' in kept
