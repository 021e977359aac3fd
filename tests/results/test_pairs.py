"""Preferences as training data: the right text is chosen whichever side it stood on, and fine-tuning can read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from results.__main__ import main
from results.export.folder import write
from results.statistics.preference import item_margins
from results.study.judged import judged as main_judgments
from results.study.preference_pairs import pairs
from tasks.schema import Response, Study
from tasks.study.save import save_study
from tests import judged


def study_with_texts(items: int = 8) -> Study:
    made = judged.study(items=items)
    texts = tuple(
        Response(item_id=item.item_id, system_id=system.system_id, text=f"{system.system_id}の{item.item_id}")
        for system in made.systems
        for item in made.items
    )
    return made.model_copy(update={"responses": texts})


def test_what_is_chosen_has_the_margin_of_the_report_and_sides_change_nothing() -> None:
    from results.study.judged import preference_ratings

    export = judged.export(items=8, raters=5)
    study = study_with_texts()
    lines = list(pairs(main_judgments(export), study))
    data = main_judgments(export)
    margins, _ = item_margins(
        preference_ratings(data.of("preference"), data.study.criterion("preference"), data.pairs())
    )
    assert sorted(line["margin"] for line in lines) == pytest.approx(sorted(abs(m) for m in margins if m), abs=1e-6)
    for line in lines:
        assert line["chosen"][0]["content"] == f"{line['chosen_system']}の{line['item_id']}"
        assert line["rejected"][0]["content"] == f"{line['rejected_system']}の{line['item_id']}"
        assert 1 <= line["raters"] <= 5  # some could not judge
    assert list(pairs(main_judgments(judged.flipped(export)), study)) == lines


def test_the_command_writes_what_fine_tuning_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from finetune.data.preferences import Row

    study = study_with_texts()
    save_study(study, tmp_path / "study")
    export = write(judged.export(items=8, raters=5), tmp_path / "export")
    out = tmp_path / "pairs.jsonl"
    assert main(["pairs", str(export), str(tmp_path / "study"), "--out", str(out)]) == 0
    rows = [Row.model_validate_json(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert rows
    assert all(row.prompt[-1].role == "user" and row.answer for row in rows)
    other = study.model_copy(update={"study_id": "other"})
    save_study(other, tmp_path / "other")
    assert main(["pairs", str(export), str(tmp_path / "other"), "--out", str(tmp_path / "no.jsonl")]) == 2
    assert "study_id: found 'other'" in capsys.readouterr().err
    assert not (tmp_path / "no.jsonl").exists()
    assert json.loads(out.read_text(encoding="utf-8").splitlines()[0])["simulated"] is study.simulated
