"""A published data set: the same report, nobody recognisable, no restricted text, and private unless told."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from results.export import csv_cells as cells
from results.export import open_texts
from results.export.folder import Export, read, write
from results.export.rows import CommentRow, JudgmentRow
from results.report.build import build as report
from studio.hub import dataset as published
from studio.hub import publish
from studio.hub.pseudonyms import rename
from tasks import console
from tasks.errors import InputError
from tasks.schema import Source, Study, Support, System, Turn, Words, rater_code
from tests import judged
from tests.hub_fixture import hub
from tests.hub_state import WRITER, Fault, Hub

__all__ = ["hub"]
DATA = "tester/judgments"
KEY = ("datasets", DATA)
TEXT = "OPENTEXTここだけの話です"
SECRET = "RESTRICTEDTEXTここだけの話です"


def parsed(*arguments: str) -> Namespace:
    return console.parser("studio", "", (publish,)).parse_args(["publish", *arguments])


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write(judged.export(items=6, raters=3), tmp_path / "export")


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", WRITER)
    monkeypatch.delenv("HF_ENDPOINT", raising=False)


def send(hub: Hub, export: Path, *more: str) -> int:
    words = [str(export), "--to", DATA, "--license", "cc-by-4.0", "--hub-endpoint", hub.url, "--yes", *more]
    return console.run(console.parser("studio", "", (publish,)), ["publish", *words])


def restricted(export: Export) -> tuple[Export, Study]:
    """Half of the items made of KokoroChat, the second system a human; the export, and the study with its texts."""
    study = export.study
    items = tuple(
        item.model_copy(
            update={
                "turns": (Turn(role="client", text=f"{SECRET if number % 2 else TEXT} {number}", utterances=(0,)),),
                "reference": f"{SECRET} next",
                "source": Source(dataset="KokoroChat", dialogue_id=str(number)) if number % 2 else None,
            }
        )
        for number, item in enumerate(study.items)
    )
    odd = {item.item_id for item in items if item.source}
    systems = (System(system_id="base"), System(system_id="tuned", kind="human"))
    responses = tuple(
        one.model_copy(update={"text": f"{SECRET if one.item_id in odd and one.system_id == 'tuned' else TEXT} answer"})
        for one in study.responses
    )
    full = study.model_copy(update={"items": items, "responses": responses, "systems": systems})
    return replace(export, study=full), full


def everything(folder: Path) -> str:
    """Every byte of a folder that can be read as text; the Parquet file through its twin, judgments.jsonl."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()) if path.suffix != ".parquet")


# --- names ------------------------------------------------------------------------------------------------------------


def test_the_report_of_the_published_folder_is_the_report_of_the_export(tmp_path: Path) -> None:
    export = judged.export(items=12, raters=4)
    published.build(export, published.Choices("cc-by-4.0"), None, tmp_path / "out")
    first, second = (report(one, resamples=200).record.model_dump() for one in (export, read(tmp_path / "out")))
    for section in ("preference", "agreement", "ratings", "questions", "order"):
        assert _of_nobody(second[section]) == _of_nobody(first[section])


def _of_nobody(value: Any) -> Any:
    """Figures to nine digits, without those of single raters, who have other names and stand in another order."""
    if isinstance(value, float):
        return round(value, 9)
    if isinstance(value, list | tuple):
        return [_of_nobody(one) for one in value]
    if isinstance(value, dict):
        return {key: _of_nobody(one) for key, one in value.items() if "rater" not in key}
    return value


def test_nothing_of_a_rater_is_left(export: Path, tmp_path: Path) -> None:
    before = read(export)
    published.build(before, published.Choices("cc-by-4.0"), None, tmp_path / "out")
    found = everything(tmp_path / "out")
    for row in before.raters:
        assert row.rater not in found
    for one in before.judgments:
        assert one.assignment_id not in found
        assert one.submission_id not in found
        assert one.submitted_at not in found
    assert "2030-01-02T00:00:00Z" in found


def test_new_names_follow_what_was_judged_and_not_the_old_ones() -> None:
    export = judged.export(items=5, raters=3)
    seats = {0: 7, 1: 3, 2: 5}

    def moved(row: Any) -> Any:
        return row.model_copy(update={"seat": seats[row.seat], "rater": rater_code(seats[row.seat])})

    other = replace(
        export,
        judgments=tuple(map(moved, export.judgments)),
        assignments=tuple(map(moved, export.assignments)),
        raters=tuple(map(moved, export.raters)),
        comments=(),
    )
    first, second = rename(replace(export, comments=())), rename(other)
    assert first == second
    assert [row.rater for row in first.raters] == ["P001", "P002", "P003"]


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6))
def test_renaming_keeps_every_judgment_and_every_link_between_tables(seed: int) -> None:
    export = judged.export(items=4, raters=3, seed=seed)
    new = rename(export)

    def told(one: Export) -> list[str]:
        return sorted(
            f"{r.item_id} {r.criterion} {r.target} {r.value} {r.chosen_system} {r.reason}" for r in one.judgments
        )

    assert told(new) == told(export)
    assignments = {row.assignment_id: row for row in new.assignments}
    assert len(assignments) == len(export.assignments)
    assert {r.rater for r in new.raters} == {"P001", "P002", "P003"}
    rows: tuple[JudgmentRow | CommentRow, ...] = (*new.judgments, *new.comments)
    for row in rows:
        assert assignments[row.assignment_id].rater == row.rater
        assert assignments[row.assignment_id].item_id == row.item_id


# --- texts and comments -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("texts", "items", "answers"), [("none", 0, 0), ("open", 3, 6), ("responses", 3, 9)])
def test_texts_stand_by_rule(tmp_path: Path, texts: open_texts.Texts, items: int, answers: int) -> None:
    export, full = restricted(judged.export(items=6, raters=2))
    published.build(export, published.Choices("cc-by-4.0", texts), full, tmp_path / "out")
    study = read(tmp_path / "out").study
    assert sum(bool(item.turns[0].text) for item in study.items) == items
    assert sum(bool(response.text) for response in study.responses) == answers
    assert SECRET not in everything(tmp_path / "out").replace(f"{SECRET} next", SECRET if texts == "none" else "")


def test_no_reference_of_a_restricted_item_stands(tmp_path: Path) -> None:
    export, full = restricted(judged.export(items=6, raters=2))
    published.build(export, published.Choices("cc-by-4.0", "responses"), full, tmp_path / "out")
    study = read(tmp_path / "out").study
    assert [item.reference is None for item in study.items] == [bool(item.source) for item in study.items]


@pytest.mark.parametrize("name", ["KokoroChat", "kokorochat", "UEC-InabaLab/KokoroChat", "kokoro_chat v2"])
def test_a_restricted_source_counts_however_it_is_spelt(name: str) -> None:
    item = judged.study(1).items[0].model_copy(update={"source": Source(dataset=name, dialogue_id="1")})
    assert open_texts.is_restricted(item)
    assert not open_texts.is_restricted(judged.study(1).items[0])


def test_another_study_gives_no_texts(tmp_path: Path) -> None:
    export = judged.export(items=6, raters=2)
    with pytest.raises(InputError, match="items differ"):
        published.build(export, published.Choices("cc-by-4.0", "open"), judged.study(5, seats=2), tmp_path / "out")
    with pytest.raises(InputError, match="--study"):
        published.build(export, published.Choices("cc-by-4.0", "open"), None, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_comments_stand_only_when_they_were_read(hub: Hub, export: Path, tmp_path: Path) -> None:
    assert send(hub, export) == 0
    assert len(cells.parse(hub.files(*KEY)["comments.csv"])) == 1
    rows = cells.parse((export / "comments.csv").read_bytes())
    rows[1][-1] = "読みました a@example.org"
    (tmp_path / "read.csv").write_bytes(cells.render(rows[0], rows[1:2]))
    assert send(hub, export, "--comments", str(tmp_path / "read.csv")) == 0
    sent = cells.parse(hub.files(*KEY)["comments.csv"])
    assert [row[-1] for row in sent[1:]] == ["読みました [left out]"]


def test_comments_of_elsewhere_are_refused(
    hub: Hub, export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = cells.parse((export / "comments.csv").read_bytes())
    rows[1][0] = "nowhere"
    (tmp_path / "read.csv").write_bytes(cells.render(rows[0], rows[1:2]))
    assert send(hub, export, "--comments", str(tmp_path / "read.csv")) == 2
    assert "nowhere of R001: the export has no such comment" in capsys.readouterr().err
    (tmp_path / "read.csv").write_text("a,b\n")
    assert send(hub, export, "--comments", str(tmp_path / "read.csv")) == 2
    assert "columns are ['a', 'b']" in capsys.readouterr().err
    assert not hub.repos


def test_free_text_answers_are_left_out(tmp_path: Path) -> None:
    export = judged.export(items=2, raters=1)
    free = export.judgments[0].model_copy(update={"criterion_kind": "text", "criterion": "why", "value": SECRET})
    published.build(
        replace(export, judgments=(*export.judgments, free)), published.Choices("cc0-1.0"), None, tmp_path / "out"
    )
    assert SECRET not in everything(tmp_path / "out")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("write to a.b+c@uni.example.ac.jp please", "write to [left out] please"),
        ("token hf_abcdefghijk", "token [left out]"),
        ("adapter in /home/yuki/runs/high and ~/runs/low", "adapter in [left out] and [left out]"),
        (r"C:\Users\yuki\runs", "[left out]"),
        ("https://huggingface.co/tmp/data and 1/2, and/or", "https://huggingface.co/tmp/data and 1/2, and/or"),
    ],
)
def test_what_points_at_a_person_or_a_machine_is_left_out(text: str, left: str) -> None:
    assert published.cleaned({"a": [text]}) == {"a": [left]}


def test_contact_and_paths_of_the_study_are_left_out(tmp_path: Path) -> None:
    export = judged.export(items=2, raters=1)
    support = Support(help=Words(ja="電話", en="call"), contact="Dr A, room 3")
    system = System(system_id="base", adapter="/home/yuki/runs/high")
    study = export.study.model_copy(update={"support": support, "systems": (system, *export.study.systems[1:])})
    published.build(replace(export, study=study), published.Choices("cc0-1.0"), None, tmp_path / "out")
    found = everything(tmp_path / "out")
    assert "room 3" not in found
    assert "yuki" not in found
    assert read(tmp_path / "out").study.support == Support(help=Words(ja="電話", en="call"))


# --- sending ----------------------------------------------------------------------------------------------------------


def test_sent_private_with_a_card_and_read_back(hub: Hub, export: Path, tmp_path: Path) -> None:
    assert send(hub, export) == 0
    assert hub.repos[KEY].private
    files = hub.files(*KEY)
    head = yaml.safe_load(files["README.md"].decode().split("---")[1])
    assert (head["license"], head["language"], "simulated" in head["tags"]) == ("cc-by-4.0", ["ja", "en"], True)
    assert {one["data_files"] for one in head["configs"]} <= set(files)
    assert "judgments in this data set are simulated" in files["README.md"].decode()
    folder = tmp_path / "down"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    assert len(read(folder).judgments) == len(read(export).judgments)


def test_sending_again_changes_nothing(hub: Hub, export: Path) -> None:
    send(hub, export)
    send(hub, export)
    assert len(hub.asked("/commit/")) == 1


def test_a_dry_run_shows_every_file_and_asks_the_hub_nothing(
    hub: Hub, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert send(hub, export, "--dry-run") == 0
    shown = capsys.readouterr().out
    assert not hub.log
    send(hub, export)
    for name in set(hub.files(*KEY)) - {".gitattributes"}:
        assert name in shown
    assert "(private), licence cc-by-4.0" in shown


def test_nothing_goes_without_a_yes(hub: Hub, export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = parsed(str(export), "--to", DATA, "--license", "cc-by-4.0", "--hub-endpoint", hub.url)
    assert publish.run(options, lambda *_: False) == 1
    assert not hub.log
    monkeypatch.setattr(sys, "stdin", StringIO())
    with pytest.raises(InputError, match="Nobody can be asked here: say --yes, or --dry-run"):
        publish.run(options)
    assert not hub.log
    assert publish.run(options, lambda *_: True) == 0


def test_public_only_when_told_and_over(
    hub: Hub, export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running = read(export)
    rows = (running.assignments[0].model_copy(update={"status": "planned"}), *running.assignments[1:])
    still = write(replace(running, assignments=rows), tmp_path / "running")
    assert send(hub, still, "--public") == 2
    assert "1 assignment is still unanswered" in capsys.readouterr().err
    assert not hub.log
    assert send(hub, still) == 0
    assert send(hub, export, "--public") == 2
    assert "is private, and public was asked for: nothing was sent" in capsys.readouterr().err


def test_a_public_data_set_gets_nothing_private(hub: Hub, export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert send(hub, export, "--public") == 0
    assert not hub.repos[KEY].private
    assert send(hub, export) == 2
    assert "is public, and private was asked for" in capsys.readouterr().err


def test_a_licence_must_be_chosen(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed(str(export), "--to", DATA)
    assert "--license" in capsys.readouterr().err


@pytest.mark.slow
def test_trouble_of_the_hub_is_waited_out_and_squashing_forgets(
    hub: Hub, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.hub.client.time.sleep", lambda _: None)
    hub.faults += [Fault("/commit/", 503), Fault("super-squash", 500)]
    assert send(hub, export, "--squash") == 0
    assert len(hub.repos[KEY].commits) == 1


def test_what_is_no_export_is_told(hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert send(hub, tmp_path) == 2
    assert "not an export folder" in capsys.readouterr().err
    manifest = json.dumps({"format_version": 9})
    (tmp_path / "manifest.json").write_text(manifest)
    assert send(hub, tmp_path) == 2
