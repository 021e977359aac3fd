"""What is converted, read by the tools' own packages, each where it is installed (docs/exporting.md)."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import pytest

from results.__main__ import main
from results.convert.inspect_metrics import agreement, alpha, rows, strength, worths
from results.export.folder import Export, write
from tests import judged


@pytest.fixture
def export() -> Export:
    return judged.export(items=8, raters=4, systems=("base", "tuned", "human"), missing=0.2)


def installed(module: str) -> ModuleType:
    """The module, without the warnings of its own imports; skips where it is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: ModuleType = pytest.importorskip(module, reason=f"{module} is not installed")
    return found


def converted(export: Export, to: str, folder: Path) -> Path:
    write(export, folder / "export")
    assert main(["convert", str(folder / "export"), "--to", to, "--out", str(folder / "out")]) == 0
    return folder / "out"


def left(export: Export) -> int:
    return sum(row.status == "left" for row in export.assignments)


@pytest.mark.filterwarnings("ignore:The `dict` method is deprecated")
def test_label_studio_reads_its_tasks_by_its_config(export: Export, tmp_path: Path) -> None:
    interface = installed("label_studio_sdk.label_interface").LabelInterface
    task_value = installed("label_studio_sdk.label_interface.objects").TaskValue
    out = converted(export, "label-studio", tmp_path)
    config = interface((out / "config.xml").read_text(encoding="utf-8"))
    config.validate()
    tasks = json.loads((out / "annotations.json").read_text(encoding="utf-8"))
    for task in tasks:
        task_value.model_validate(task)
        assert all(task["data"].get(one.value_name) is not None for one in config.objects)
    regions = [region for task in tasks for one in task["annotations"] for region in one["result"]]
    pairwise = [region for region in regions if region["type"] == "pairwise"]
    for region in pairwise:  # its own validation wants an object as to_name, where it writes the control itself
        own = config.get_control(region["from_name"]).label(region["value"]["selected"])._dict()
        assert {key: own[key] for key in ("from_name", "to_name", "type", "value")}.items() <= region.items()
    assert pairwise
    assert not [e for r in regions if r not in pairwise for e in config.validate_region(r, return_errors=True)]
    assert sum(one["was_cancelled"] for task in tasks for one in task["annotations"]) == left(export)


def test_argilla_reads_its_records_settings_and_data_set(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rg = installed("argilla")
    reader = installed("argilla.records._io").JsonIO
    monkeypatch.setattr(rg.Argilla, "_get_default", MagicMock)  # no server is asked
    out = converted(export, "argilla", tmp_path)
    settings = rg.Settings.from_json(out / ".argilla/settings.json")
    settings.validate()
    assert rg.Dataset._load_dataset_model(out / ".argilla/dataset.json").name == "simulated"
    questions = {question.name for question in settings.questions}
    records = reader._records_from_json(out / "records.json")
    responses = [response for record in records for response in record.responses]
    assert {response.question_name for response in responses} <= questions
    assert sum(response.status == "discarded" for response in responses) == left(export)
    said = [row for row in export.judgments if row.criterion == "preference" and row.strength is not None]
    assert sum(response.question_name == "preference" for response in responses) == len(said)


def test_inspect_reads_its_log_and_its_metrics_are_those_written(export: Export, tmp_path: Path) -> None:
    log = installed("inspect_ai.log")
    scorer = installed("inspect_ai.scorer")
    read = log.read_eval_log(str(converted(export, "inspect", tmp_path).rename(tmp_path / "log.json")))
    assert read.status == "success"
    assert read.eval.tags == ["simulated"]
    scores = [scorer.SampleScore(score=s.scores["preference"], sample_id=s.id) for s in read.samples]
    written = {name: metric.value for name, metric in read.results.scores[0].metrics.items()}
    assert written == pytest.approx({"agreement": agreement()(scores), **strength()(scores)}, abs=1e-12)


def test_inspect_computes_the_metrics_of_a_scorer_that_has_them(tmp_path: Path) -> None:
    """The whole of Inspect: a task whose scorer gives raters' votes is run, and its log holds both metrics."""
    ai, scorer = installed("inspect_ai"), installed("inspect_ai.scorer")
    dataset, solver = installed("inspect_ai.dataset"), installed("inspect_ai.solver")
    given = {"1": {"R1": 1, "R2": 2, "R3": None}, "2": {"R1": -1, "R2": 1, "R3": 0}, "3": {"R1": 2, "R2": 1, "R3": 1}}

    @scorer.scorer(metrics=[agreement(), strength()])  # type: ignore[untyped-decorator]
    def raters() -> Any:
        async def score(state: Any, target: Any) -> Any:
            return scorer.Score(value=given[str(state.sample_id)], metadata={"systems": ["a", "b"]})

        return score

    @solver.solver  # type: ignore[untyped-decorator]
    def silent() -> Any:
        async def solve(state: Any, generate: Any) -> Any:
            return state

        return solve

    samples = [dataset.Sample(id=name, input="hello") for name in given]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        task = ai.Task(dataset=samples, solver=silent(), scorer=raters())
        (log,) = ai.eval(task, model="none/none", log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    found = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    expected = rows([scorer.SampleScore(score=s.scores["raters"], sample_id=s.id) for s in log.samples])
    assert found == pytest.approx({"agreement": alpha(expected, "ordinal"), **worths(expected)}, abs=1e-12)
