"""Raters and the course of a study, from the command line: letters, payment, replacement, adjudication, reopening."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from results.export.folder import read
from results.study.judged import judged
from studio.__main__ import main
from studio.service import Service, StudioError
from studio.store.database import Store
from tests import studio_world as w

SEATS, ITEMS = 3, 4


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Three raters have judged all four items; the third disagrees on two."""
    here, tokens = w.world(tmp_path, items=ITEMS, seats=SEATS)
    for rater, token in enumerate(tokens):
        for _ in range(ITEMS):
            pair = here.dispatch(token, {"do": "state"})["pairs"][0]
            first = pair["responses"][0]["text"]
            prefers_first = "0番" in first
            against = rater == 2 and any(name in first for name in ("i01", "i02"))
            side = -2 if prefers_first != against else 2
            w.submit(here, token, w.form(pair["assignment_id"], preference=side))
    here.store.close()
    return str(tmp_path / "studio.sqlite")


def command(database: str, *words: str) -> int:
    return main([words[0], "--db", database, *words[1:]])


def opened(database: str) -> Service:
    return Service(Store(f"sqlite:///{database}"))


def test_letters_hold_a_link_a_name_and_a_code_that_is_read_back(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = tmp_path / "people.csv"
    people.write_text("name,mail\n佐藤 花,hana@example.org\n,b@example.org\n", encoding="utf-8")
    out = tmp_path / "letters"
    assert command(database, "letters", "sleep", str(people), "--out", str(out), "--port", "9000") == 0
    rows = list(csv.DictReader(io.StringIO((out / "links.csv").read_text(encoding="utf-8-sig"))))
    assert [row["name"] for row in rows] == ["佐藤 花", ""]
    text = (out / "1.txt").read_text(encoding="utf-8")
    assert text.count(rows[0]["link"]) == 2
    assert text.startswith("[いま作るリンクは、このパソコンでしか開けません")
    assert "\n佐藤 花 様\n" in text
    assert "<svg" in (out / "1.svg").read_text(encoding="utf-8")
    service = opened(database)
    assert service.join(rows[0]["link"].rsplit("/", 1)[1])[1] == "sleep"
    assert rows[0]["link"] not in "".join(str(row) for row in service.audit("sleep"))
    assert command(database, "letters", "sleep", str(people), "--out", str(out)) == 2
    assert "is there already" in capsys.readouterr().err


def test_people_with_faults_are_refused_whole(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = tmp_path / "people.csv"
    people.write_text("name,mail,nr\nA,none,1\n,,2\nB,b@example.org,3\nC,B@example.org,4\n", encoding="utf-8")
    before = len(opened(database).audit("sleep"))
    assert command(database, "letters", "sleep", str(people), "--out", str(tmp_path / "out")) == 2
    told = capsys.readouterr().err
    assert "row 2, column mail: found 'none'" in told
    assert "row 3: has neither" in told
    assert "row 5, column mail" in told
    assert len(opened(database).audit("sleep")) == before


def test_payment_counts_work_and_holds_no_answer_also_after_withdrawal(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(database, "withdraw", "sleep", "R002") == 0
    capsys.readouterr()
    assert command(database, "payment", "sleep") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["rater"], row["done"], row["withdrawn"]) for row in rows] == [
        ("R001", "4", "false"),
        ("R002", "4", "true"),
        ("R003", "4", "false"),
    ]
    assert {row["active_hours"] for row in rows} == {"0.03"}  # 4 x 30.5 s
    assert list(rows[0]) == ["rater", "done", "active_hours", "withdrawn"]


def test_whoever_replaces_a_rater_gets_what_was_left(tmp_path: Path) -> None:
    here, tokens = w.world(tmp_path, items=4, seats=1)
    pair = here.dispatch(tokens[0], {"do": "state"})["pairs"][0]
    w.submit(here, tokens[0], w.form(pair["assignment_id"]))
    session, _ = here.join(here.replace("sleep", "R001"))
    state = here.dispatch(session, {"do": "state"})
    assert state["rater"]["code"] == "R002"
    assert state["rater"]["total"] == 4
    assert here.dispatch(tokens[0], {"do": "state"})["error"]["code"] == "signed_out"
    assert len(here.in_memory("sleep").judgments) > 0  # what R001 gave is kept
    assert here.verify()[1] == []
    with pytest.raises(StudioError, match="allowed: R001, R002"):
        here.replace("sleep", "R009")


def test_adjudication_is_blind_and_stays_out_of_the_main_figures(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(database, "adjudicate", "sleep", "--disputed", "2") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "R004 judges 2 item(s): i01, i02"
    service = opened(database)
    session, _ = service.join(lines[1].rsplit("/", 1)[1])
    state = service.dispatch(session, {"do": "state"})
    assert state["rater"]["total"] == 2
    assert w.SECRET not in str(state)
    for _ in range(2):
        pair = service.dispatch(session, {"do": "state"})["pairs"][0]
        assert w.submit(service, session, w.form(pair["assignment_id"]))["saved"]
    export = service.in_memory("sleep")
    assert {row.kind for row in export.judgments if row.rater == "R004"} == {"adjudication"}
    assert {row.rater for row in judged(export).rows} == {"R001", "R002", "R003"}
    assert [row.what for row in export.acts] == ["adjudication, 2"]
    assert service.verify()[1] == []
    assert command(database, "adjudicate", "sleep", "--items", "i01", "nothing") == 2
    assert "found 'nothing'" in capsys.readouterr().err


def test_opening_again_is_written_into_the_export(database: str, tmp_path: Path) -> None:
    assert command(database, "close", "sleep") == 0
    assert command(database, "reopen", "sleep") == 0
    service = opened(database)
    session, _ = service.join(service.invite("sleep", 1)[0])
    assert service.dispatch(session, {"do": "state"})["closed"] is False
    service.looked("sleep", "organiser", "preference: interim check asked for by the board")
    export = read(service.export("sleep", tmp_path / "out"))
    assert [row.kind for row in export.acts] == ["reopened", "seats_planned", "looked"]
    assert export.acts[2].what == "preference: interim check asked for by the board"


def test_coverage_and_registration(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(database, "coverage", "sleep") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out), delimiter="\t"))
    assert [(row["judged"], row["waiting"]) for row in rows] == [("3", "0")] * ITEMS
    assert command(database, "registration", "sleep") == 0
    assert "sha256" in capsys.readouterr().out


def test_the_report_counts_who_withdrew_and_names_nobody(database: str, tmp_path: Path) -> None:
    from results.report.build import build

    assert command(database, "withdraw", "sleep", "R002") == 0
    record = build(opened(database).in_memory("sleep"), resamples=200).record
    assert record.data.withdrawn_raters == 1
    assert [act.kind for act in record.deviations] == ["withdrawn"]
    assert "R002" not in record.json_text()
