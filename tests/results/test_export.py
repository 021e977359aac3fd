from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from results.export.folder import Export, read, write
from results.export.rows import JudgmentRow
from tasks.errors import InputError
from tasks.schema import Check, Practice, Response, Study, Turn, Words
from tasks.study.save import without_texts
from tests.judged import export, with_judgments
from tests.tasks.test_texts import LANGUAGES, in_languages
from tests.tasks.test_verdicts import verdict


@pytest.fixture
def made() -> Export:
    return export(items=6, raters=3)


def test_what_is_read_is_what_was_written_without_texts(made: Export, tmp_path: Path) -> None:
    assert read(write(made, tmp_path / "out")) == replace(made, study=without_texts(made.study))


def test_verdicts_of_judges_have_a_file_of_their_own(made: Export, tmp_path: Path) -> None:
    judged = replace(made, study=without_texts(made.study), verdicts=(verdict(), verdict(judge="judge-2")))
    folder = write(judged, tmp_path / "out")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert read(folder) == judged
    assert manifest["rows"]["verdicts"] == 2
    assert manifest["sha256"]["judges.jsonl"] == hashlib.sha256((folder / "judges.jsonl").read_bytes()).hexdigest()
    assert b"judge-1" not in (folder / "judgments.csv").read_bytes() + (folder / "raters.csv").read_bytes()


def test_without_judges_there_is_no_file_of_them(made: Export, tmp_path: Path) -> None:
    folder = write(made, tmp_path / "out")
    assert not (folder / "judges.jsonl").exists()
    assert "verdicts" not in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["rows"]


def test_a_changed_file_of_verdicts_is_named(made: Export, tmp_path: Path) -> None:
    folder = write(replace(made, verdicts=(verdict(),)), tmp_path / "out")
    (folder / "judges.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"judges.jsonl: changed since it was exported"):
        read(folder)


def test_no_text_of_an_item_or_response_is_in_any_file(made: Export, tmp_path: Path) -> None:
    write(replace(made, study=_with_secrets(made.study)), tmp_path / "out")
    for path in (tmp_path / "out").iterdir():
        content = path.read_bytes()
        assert "の応答です".encode() not in content
        assert "相談 3".encode() not in content
        assert b"SECRET" not in content, path


def _with_secrets(study: Study) -> Study:
    """Every kind of text a study can hold beside its criteria: turns, references, translations, practice, checks."""
    turn = Turn(role="client", text="SECRET turn", translation="SECRET turn in English")
    secrets = {"reference": "SECRET reference"}
    items = tuple(i.model_copy(update={"turns": (*i.turns, turn), **secrets}) for i in study.items)
    responses = tuple(
        r.model_copy(update={"translation": Words(en="SECRET response in English")}) for r in study.responses
    )
    item = items[0].model_copy(update={"item_id": "extra"})
    first, second = (
        Response(item_id="extra", system_id=system, text="SECRET", translation="SECRET") for system in ("one", "two")
    )
    practice = Practice(item=item, responses=(first, second), feedback=Words(ja="よい", en="Good"))
    check = Check(item=item, responses=(first, second), better="one")
    extra = {"practice": (practice,), "checks": (check,)}
    return study.model_copy(update={"items": items, "responses": responses, **extra})


@given(languages=st.sampled_from(LANGUAGES), data=st.data())
@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_export_in_any_languages_is_read_back_equal(
    tmp_path: Path, languages: tuple[str, ...], data: st.DataObject
) -> None:
    made = export(2, 2)
    drawn = in_languages(
        json.loads(made.study.model_dump_json()),
        lambda: {tag: data.draw(st.text(max_size=8)) for tag in data.draw(st.permutations(languages))},
    )
    study = Study.model_validate_json(json.dumps(drawn | {"languages": languages}))
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    write(replace(made, study=study), tmp_path / "out")
    back = read(tmp_path / "out")
    version = 1 if set(languages) <= {"ja", "en"} else 2
    assert back.study == without_texts(study).model_copy(update={"format_version": version})
    assert json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))["format_version"] == version
    assert back.judgments == made.judgments


def test_same_export_gives_the_same_bytes_whatever_the_order_of_judgments(made: Export, tmp_path: Path) -> None:
    write(made, tmp_path / "one")
    write(with_judgments(made, made.judgments[::-1]), tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_columns_of_judgments_stand_in_the_documented_order(made: Export, tmp_path: Path) -> None:
    text = Path("docs/study-format.md").read_text(encoding="utf-8")
    listed = text.split("Columns of `judgments`, in this order:\n`")[1].split("`.")[0]
    documented = listed.replace("\n", " ").split(", ")
    write(made, tmp_path / "out")
    assert list(pd.read_csv(tmp_path / "out/judgments.csv").columns) == documented
    assert list(pd.read_parquet(tmp_path / "out/judgments.parquet").columns) == documented
    first = (tmp_path / "out/judgments.jsonl").read_text(encoding="utf-8").splitlines()[0]
    assert list(json.loads(first)) == documented


def test_values_of_every_type_survive(made: Export, tmp_path: Path) -> None:
    row = made.judgments[0]
    values = [2, 0.5, "first", "-3", [[0, 4, "heard"]], None, "", "=1+1", "'=1"]
    rows = tuple(
        row.model_copy(update={"value": value, "chosen_system": None, "strength": None, "target": f"utterance:{n}"})
        for n, value in enumerate(values)
    )
    back = read(write(with_judgments(made, rows), tmp_path / "out")).judgments
    assert [judgment.value for judgment in back] == values


def test_formulas_are_quoted_in_csv_and_whole_in_the_rest(made: Export, tmp_path: Path) -> None:
    evil = made.judgments[0].model_copy(update={"reason": "=HYPERLINK(1)"})
    write(with_judgments(made, [evil]), tmp_path / "out")
    comments = (tmp_path / "out/comments.csv").read_text(encoding="utf-8-sig")
    assert "\"'=SUM(1)" in comments
    assert "'=HYPERLINK(1)" in (tmp_path / "out/judgments.csv").read_text(encoding="utf-8-sig")
    assert pd.read_parquet(tmp_path / "out/judgments.parquet")["reason"][0] == "=HYPERLINK(1)"


def test_a_file_changed_afterwards_is_named(made: Export, tmp_path: Path) -> None:
    folder = write(made, tmp_path / "out")
    with (folder / "raters.csv").open("a", encoding="utf-8") as file:
        file.write("R999,9,,,1,1,false\n")
    (folder / "items.csv").unlink()
    with pytest.raises(InputError) as caught:
        read(folder)
    assert [error.split(": ", 1)[1] for error in caught.value.errors] == [
        "missing",
        "changed since it was exported (sha256 differs from manifest.json)",
    ]


def test_a_later_format_is_refused(made: Export, tmp_path: Path) -> None:
    folder = write(made, tmp_path / "out")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "format_version": 3}), encoding="utf-8")
    with pytest.raises(InputError, match="format_version: found 3, this version reads 1 and 2"):
        read(folder)


def test_an_export_is_replaced_but_nothing_else_is(made: Export, tmp_path: Path) -> None:
    folder = write(made, tmp_path / "out")
    write(with_judgments(made, made.judgments[:3]), folder)
    assert len(read(folder).judgments) == 3
    other = tmp_path / "photos"
    other.mkdir()
    (other / "cat.txt").write_text("cat", encoding="utf-8")
    with pytest.raises(InputError, match=r"holds no manifest\.json"):
        write(made, other)
    assert (other / "cat.txt").read_text(encoding="utf-8") == "cat"


def test_a_failed_write_leaves_the_old_export(made: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(made, tmp_path / "out")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("results.export.folder._write_parquet", full)
    with pytest.raises(OSError, match="disk full"):
        write(with_judgments(made, made.judgments[:1]), folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_rows_refuse_what_no_column_names() -> None:
    with pytest.raises(ValueError, match="extra"):
        JudgmentRow.model_validate({"raters": "R001"})


@pytest.mark.parametrize("change", [",surplus", ""])
def test_a_row_with_another_number_of_cells_is_refused_though_its_hash_fits(
    made: Export, tmp_path: Path, change: str
) -> None:
    folder = write(made, tmp_path / "out")
    path, manifest = folder / "raters.csv", json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    header, first, *rest = path.read_bytes().decode("utf-8").split("\r\n")
    first = first + change if change else first.rpartition(",")[0]
    path.write_bytes("\r\n".join([header, first, *rest]).encode("utf-8"))
    manifest["sha256"]["raters.csv"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(InputError, match=r"raters\.csv, row 2: found \d+ cells; the header has \d+$"):
        read(folder)
