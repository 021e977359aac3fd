"""A study in other languages on its whole road: folder, check, acceptance, launch, judgments, export, report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from results.export.folder import read
from results.report.build import build
from results.report.pages import lay_out
from studio.__main__ import main
from studio.web.serving import bring_in, holds
from tasks.errors import InputError
from tasks.languages import catalogue
from tasks.schema import Answer
from tasks.study.load import load_study
from tasks.study.save import without_texts
from tasks.study.wording.drafts import waiting
from tests import studio_world as w


def judged(pair: dict[str, Any], value: int) -> dict[str, Any]:
    answers = [Answer(criterion="preference", side="pair", value=value)]
    for side in ("first", "second"):
        answers += [Answer(criterion=name, side=side, value=0) for name in ("question_amount", "empathy")]
    return w.form(pair["assignment_id"], answers=[answer.model_dump() for answer in answers])


@pytest.mark.parametrize("languages", [("de",), ("ar", "en")])
def test_from_the_folder_to_the_report(
    languages: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, here = tmp_path / "mine", w.service(tmp_path)
    assert main(["new", str(folder), "--seats", "1", "--languages", ",".join(languages)]) == 0
    assert main(["check", str(folder)]) == 0
    assert "draft words" in capsys.readouterr().out
    study = load_study(folder)
    with pytest.raises(InputError, match="is a draft that no counsellor has read"):
        bring_in(here, study)
    assert here.studies() == []
    assert main(["accept", str(folder), *waiting(study)]) == 0
    study = load_study(folder)
    assert bring_in(here, study)
    assert holds(here, study)

    token = here.join(here.invite("mine", 1)[0])[0]
    shown = here.dispatch(token, {"do": "state"})
    assert shown["study"]["title"][languages[0]] == study.title.text(languages[0])
    here.dispatch(token, {"do": "consent", "version": shown["study"]["consent"]["version"], "agreed": True})
    for _ in range(len(study.practice) + 3):
        pair = here.dispatch(token, {"do": "state"})["pairs"][0]
        receipt = w.submit(here, token, judged(pair, -1))
        assert receipt["saved"], receipt
        if pair["practice"]:
            assert set(receipt["feedback"]) >= set(languages)

    export = read(here.export("mine", tmp_path / "out"))
    assert export.study == without_texts(study)
    assert export.study.format_version == 2
    assert sum(row.criterion == "preference" and row.kind == "main" for row in export.judgments) == 3
    record = build(export, 50).record
    for language in catalogue.languages("report"):
        text = lay_out(record, language).markdown()
        assert study.title.text(language, *study.title.languages) in text


def test_the_papers_are_in_the_languages_of_the_study(tmp_path: Path) -> None:
    assert main(["new", str(tmp_path / "mine"), "--languages", "fr,ko"]) == 0
    assert main(["ethics", str(tmp_path / "mine"), "--out", str(tmp_path / "papers")]) == 0
    names = sorted(path.name for path in (tmp_path / "papers").iterdir())
    assert names == [
        f"{paper}.{tag}.md" for paper in ("consent", "data", "information", "risks") for tag in ("fr", "ko")
    ]
    for path in (tmp_path / "papers").iterdir():
        text = path.read_text(encoding="utf-8")
        assert "{" not in text
        assert text.startswith("# ")
    assert "Note d’information" in (tmp_path / "papers" / "information.fr.md").read_text(encoding="utf-8")
