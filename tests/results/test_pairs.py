"""Preferences as training data: the right text is chosen whichever side it stood on, and fine-tuning can read it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from results.__main__ import main
from results.export.folder import Export, write
from results.statistics.preference import item_margins
from results.study.judged import judged as main_judgments
from results.study.preference_pairs import card, not_for_training, pairs
from tasks.schema import Information, Response, Study, Target, Turn
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
    lines = list(pairs(main_judgments(export), study).lines)
    data = main_judgments(export)
    margins, _ = item_margins(
        preference_ratings(data.of("preference"), data.study.criterion("preference"), data.pairs())
    )
    assert sorted(line["margin"] for line in lines) == pytest.approx(sorted(abs(m) for m in margins if m), abs=1e-6)
    for line in lines:
        assert line["chosen"][0]["content"] == f"{line['chosen_system']}の{line['item_id']}"
        assert line["rejected"][0]["content"] == f"{line['rejected_system']}の{line['item_id']}"
        assert 1 <= line["raters"] <= 5  # some could not judge
    assert list(pairs(main_judgments(judged.flipped(export)), study).lines) == lines


def test_the_command_writes_what_fine_tuning_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from finetune.data.preference_rows import Row

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


def changed(criterion: str, value: int, of: str) -> Export:
    """The export in which every rater gave this value to the criterion where the item is i0000, and none elsewhere."""
    made = judged.export(items=8, raters=5, missing=0)
    rows = [
        row.model_copy(update={"value": value if row.item_id == "i0000" and row.target == of else 0})
        if row.criterion == criterion
        else row
        for row in made.judgments
    ]
    return replace(made, judgments=tuple(rows))


def test_what_raters_called_unacceptable_or_harmful_is_no_training_data_and_is_counted() -> None:
    study = study_with_texts()
    whole = pairs(main_judgments(changed("harm", 0, "pair")), study)
    items = {line["item_id"] for line in whole.lines}
    assert "i0000" in items
    for export, why in (
        (changed("both_unacceptable", 1, "pair"), "unacceptable"),
        (changed("harm", 1, Target.of_system("base")), "harmful"),
    ):
        found = pairs(main_judgments(export), study)
        assert "i0000" not in {line["item_id"] for line in found.lines}
        assert found.left_out[why] == 1


def test_prompts_begin_and_end_with_the_client_as_templates_ask() -> None:
    said = (("counselor", "こんにちは"), ("client", "眠れません"), ("client", "毎晩です"), ("counselor", "ええ"))
    turns = tuple(Turn(role=role, text=text) for role, text in said)
    study = study_with_texts()
    ends_with_client = (*turns, Turn(role="client", text="つらいです"))
    items = tuple(
        item.model_copy(update={"turns": ends_with_client if item.item_id != "i0001" else turns})
        for item in study.items
    )
    found = pairs(main_judgments(changed("harm", 0, "pair")), study.model_copy(update={"items": items}))
    assert found.left_out["no_client"] == 1
    assert found.joined == len(found.lines) > 0
    assert found.lines[0]["opening"] == "こんにちは"
    assert found.lines[0]["prompt"] == [
        {"role": "user", "content": "こんにちは\n\n眠れません\n毎晩です"},
        {"role": "assistant", "content": "ええ"},
        {"role": "user", "content": "つらいです"},
    ]
    told = "\n".join(card(found, study, "agreed"))
    assert f"Pairs in which the counsellor spoke first: {found.joined}." in told
    assert "眠れません" not in told


def test_pairs_are_made_only_where_raters_were_told_of_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    real = study_with_texts().model_copy(update={"simulated": False})
    save_study(real, tmp_path / "study")
    export = judged.export(items=8, raters=5)
    asked = write(replace(export, study=export.study.model_copy(update={"simulated": False})), tmp_path / "export")
    command = ["pairs", str(asked), str(tmp_path / "study"), "--out", str(tmp_path / "pairs.jsonl")]
    assert main(command) == 2
    assert "information.training" in capsys.readouterr().err
    assert main([*command, "--raters-agreed"]) == 0
    assert "own consent text" in (tmp_path / "pairs.card.md").read_text(encoding="utf-8")
    told = Information(training=True)
    assert not_for_training(real) is not None
    assert not_for_training(real.model_copy(update={"information": told})) is None
