"""Out again: every format holds the same votes, by system, with sides, ties, strengths and nobody's name."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from results.__main__ import main
from results.convert import arena, argilla, flat_table, inspect_log, inspect_metrics, label_studio
from results.convert.command import FORMATS
from results.convert.votes import Votes, votes
from results.export import csv_cells
from results.export.folder import Export, write
from results.export.workbook import LONGEST, Sheet, workbook
from results.statistics.agreement.alpha import value as alpha_value
from results.statistics.ratings import ratings
from results.statistics.resample import Resampling
from results.study.agreement import all_agreements
from results.study.judged import judged as main_judgments
from tasks.errors import InputError
from tasks.schema import Source, System
from tasks.study.save import save_study
from tests import judged
from tests.studies import one_by_one

Said = tuple[str, str, str, str, str, int]
"""Rater, item, first system, second system, chosen system or 'tie', strength."""


@pytest.fixture(scope="module")
def export() -> Export:
    """Three systems, ties, and pairs that were left."""
    return judged.export(items=12, raters=4, systems=("base", "tuned", "human"), missing=0.2)


def said(export: Export) -> set[Said]:
    """The votes as the export has them."""
    return {
        (row.rater, row.item_id, row.first_system or "", row.second_system or "", row.chosen_system or "tie",
         row.strength)
        for row in export.judgments
        if row.criterion == "preference" and row.strength is not None
    }  # fmt: skip


# --- the votes, read back out of each format -----------------------------------------------------------------------


def of_csv(found: Votes, export: Export) -> Iterator[Said]:
    header, *rows = csv_cells.parse(flat_table.as_csv(found))
    for row in (dict(zip(header, cells, strict=True)) for cells in rows):
        if row["preference"]:
            shown = {"first": row["first_system"], "second": row["second_system"], "tie": "tie"}
            assert row["preference"] == shown[row["preference.side"]]
            yield (row["rater"], row["item_id"], row["first_system"], row["second_system"], row["preference"],
                   int(row["preference.strength"]))  # fmt: skip


def of_xlsx(found: Votes, export: Export) -> Iterator[Said]:
    header, *rows = sheet(flat_table.as_xlsx(found), "votes")
    for row in (dict(zip(header, cells, strict=True)) for cells in rows):
        if row["preference"]:
            yield (row["rater"], row["item_id"], row["first_system"], row["second_system"], row["preference"],
                   int(row["preference.strength"]))  # fmt: skip


def of_arena(found: Votes, export: Export) -> Iterator[Said]:
    for line in arena.records(found):
        chosen = line[line["winner"]] if line["winner"].startswith("model") else "tie"
        yield line["judge"], line["question_id"], line["model_a"], line["model_b"], chosen, line["strength"]


def of_label_studio(found: Votes, export: Export) -> Iterator[Said]:
    for task in label_studio.tasks(found):
        data = task["data"]
        for annotation in task["annotations"]:
            given = {region["from_name"]: region["value"] for region in annotation["result"]}
            if annotation["was_cancelled"] or not {"preference", "preference_tie"} & given.keys():
                continue
            side = given.get("preference", {}).get("selected", "tie")
            chosen = {"left": data["model_1"], "right": data["model_2"], "tie": "tie"}[side]
            strength = int(given["preference_strength"]["choices"][0]) if side != "tie" else 0
            yield (f"R{annotation['completed_by']:03d}", data["item_id"], data["model_1"], data["model_2"], chosen,
                   strength)  # fmt: skip


def of_argilla(found: Votes, export: Export) -> Iterator[Said]:
    files = argilla.files(found)
    rater = {user: code for code, user in files[".argilla/raters.json"].items()}
    for record in files["records.json"]:
        data, said = record["metadata"], record["responses"]
        strength = {one["user_id"]: one["value"] for one in said.get("preference_strength", [])}
        for one in said.get("preference", []):
            assert one["status"] == "submitted"
            chosen = {"response1": data["model_1"], "response2": data["model_2"], "tie": "tie"}[one["value"]]
            yield (rater[one["user_id"]], data["item_id"], data["model_1"], data["model_2"], chosen,
                   strength[one["user_id"]])  # fmt: skip


def of_inspect(found: Votes, export: Export) -> Iterator[Said]:
    for sample in inspect_log.log(found, export.exported_at)["samples"]:
        score, (first, second) = sample["scores"]["preference"], sample["metadata"]["systems"]
        for vote in score["metadata"]["votes"]:
            signed = score["value"][vote["rater"]]
            assert (signed is None) == (vote["left"] is not None)
            if signed is not None:
                chosen = "tie" if signed == 0 else first if signed > 0 else second
                assert chosen == (vote["chosen_system"] or "tie")
                yield (vote["rater"], sample["metadata"]["item_id"], vote["first_system"], vote["second_system"],
                       chosen, abs(signed))  # fmt: skip


READERS: dict[str, Callable[[Votes, Export], Iterator[Said]]] = {
    "csv": of_csv,
    "xlsx": of_xlsx,
    "label-studio": of_label_studio,
    "argilla": of_argilla,
    "arena": of_arena,
    "inspect": of_inspect,
}


@pytest.mark.parametrize("to", FORMATS)
def test_every_vote_is_there_once_with_its_sides_its_system_and_its_strength(to: str, export: Export) -> None:
    found = list(READERS[to](votes(export, ("main",)), export))
    assert len(found) == len(set(found))
    assert set(found) == said(export)
    assert any(chosen == "tie" for *_, chosen, _ in found)


@pytest.mark.parametrize("to", FORMATS)
def test_shown_the_other_way_round_the_same_systems_are_chosen(to: str, export: Export) -> None:
    turned = judged.flipped(export)
    other = set(READERS[to](votes(turned, ("main",)), turned))
    assert {(rater, item, second, first, *end) for rater, item, first, second, *end in other} == said(export)


@pytest.mark.parametrize("to", FORMATS)
def test_who_withdrew_is_in_no_format(to: str, export: Export) -> None:
    gone = tuple(row.model_copy(update={"withdrawn": row.rater == "R002"}) for row in export.raters)
    without = replace(export, raters=gone)
    assert {rater for rater, *_ in READERS[to](votes(without, ("main",)), without)} == {"R001", "R003", "R004"}


# --- what each format says besides ---------------------------------------------------------------------------------


def test_a_tie_of_two_unacceptable_responses_is_a_bad_tie_in_the_arena(export: Export) -> None:
    rows = tuple(
        row.model_copy(update={"value": 1}) if row.criterion == "both_unacceptable" and row.value is not None else row
        for row in export.judgments
    )
    winners = {line["winner"] for line in arena.records(votes(replace(export, judgments=rows), ("main",)))}
    assert winners == {"model_a", "model_b", "tie (bothbad)"}
    assert {line["winner"] for line in arena.records(votes(export, ("main",)))} >= {"model_a", "model_b", "tie"}


def test_an_arena_line_has_the_fields_of_the_published_ones(export: Export) -> None:
    """The columns of lmsys/chatbot_arena_conversations but its moderation tags."""
    line = next(iter(arena.records(votes(export, ("main",)))))
    fields = {"question_id": str, "model_a": str, "model_b": str, "winner": str, "judge": str, "conversation_a": list,
              "conversation_b": list, "turn": int, "anony": bool, "language": str, "tstamp": float}  # fmt: skip
    assert {name: type(line[name]) for name in fields} == fields
    for side in "ab":
        said = line[f"conversation_{side}"]
        assert [message["role"] for message in said] == ["user", "assistant"]
        assert said[-1]["content"] == f"{line[f'model_{side}']} の応答です。"


def test_a_pair_that_was_left_is_cancelled_discarded_or_null(export: Export) -> None:
    found = votes(export, ("main",))
    left = sum(row.status == "left" for row in export.assignments)
    annotations = [one for task in label_studio.tasks(found) for one in task["annotations"]]
    assert sum(one["was_cancelled"] for one in annotations) == left
    said = [one for record in argilla.files(found)["records.json"] for one in record["responses"].get("left", [])]
    assert [one["status"] for one in said] == ["discarded"] * left
    samples = inspect_log.log(found, export.exported_at)["samples"]
    values = [value for sample in samples for value in sample["scores"]["preference"]["value"].values()]
    assert values.count(None) == left


def test_label_studio_finds_a_control_for_every_region_and_a_choice_for_every_value(export: Export) -> None:
    """https://labelstud.io/guide/task_format: a region names a control of the config, and its value is one of it."""
    found = votes(export, ("main",))
    view = Xml.fromstring(label_studio.config(found))
    controls = {one.get("name"): one for one in view if one.get("toName")}
    assert len(controls) == len([one for one in view if one.get("toName")])
    kinds = {"pairwise": "Pairwise", "choices": "Choices", "textarea": "TextArea"}
    for task in label_studio.tasks(found):
        assert {"dialogue", "text1", "text2"} <= task["data"].keys()
        for region in (region for one in task["annotations"] for region in one["result"]):
            control = controls[region["from_name"]]
            assert control.tag == kinds[region["type"]]
            if region["type"] == "choices":
                assert set(region["value"]["choices"]) <= {choice.get("alias") for choice in control}


def test_argilla_has_a_question_for_every_response_and_an_option_for_every_value(export: Export) -> None:
    files = argilla.files(votes(export, ("main",)))
    settings = {one["name"]: one["settings"] for one in files[".argilla/settings.json"]["questions"]}
    fields = {one["name"] for one in files[".argilla/settings.json"]["fields"]}
    for record in files["records.json"]:
        assert record["fields"].keys() == fields
        for question, responses in record["responses"].items():
            options = settings[question].get("options")
            assert all(options is None or one["value"] in [o["value"] for o in options] for one in responses)


def test_figures_of_the_inspect_log_are_those_of_the_report(export: Export) -> None:
    (score,) = inspect_log.log(votes(export, ("main",)), export.exported_at)["results"]["scores"]
    agreement = next(a for a in all_agreements(main_judgments(export), Resampling(resamples=100)))
    assert score["metrics"]["agreement"]["value"] == pytest.approx(agreement.figures["alpha"].value, abs=1e-12)
    assert sum(score["metrics"][name]["value"] for name in ("base", "tuned", "human")) == pytest.approx(0, abs=1e-9)


def test_metrics_of_a_worked_example() -> None:
    """All agree whichever system is named first: alpha is 1. Two of three decisive votes won: exp(worth) 2 to 1."""
    one: inspect_metrics.Row = ("1", ("a", "b"), {"R1": 1, "R2": 1})
    two: inspect_metrics.Row = ("2", ("b", "a"), {"R1": -1, "R2": -1, "R3": None})
    assert inspect_metrics.alpha([one, two], "ordinal") == pytest.approx(1)
    split: list[inspect_metrics.Row] = [("1", ("a", "b"), {"R1": 1.0, "R2": 2.0}), ("2", ("b", "a"), {"R1": 1.0})]
    worths = inspect_metrics.worths(split)
    assert worths["a"] - worths["b"] == pytest.approx(0.6931471805599453)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_metrics_do_not_change_when_pairs_are_named_the_other_way(data: st.DataObject) -> None:
    values = st.dictionaries(st.sampled_from(["R1", "R2", "R3"]), st.none() | st.integers(-2, 2), min_size=1)
    rows: list[inspect_metrics.Row] = [
        (str(place), ("a", "b"), given) for place, given in enumerate(data.draw(st.lists(values, min_size=2)))
    ]
    turned = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    other: list[inspect_metrics.Row] = [
        (name, ("b", "a"), {rater: None if value is None else -value for rater, value in given.items()})
        if turn
        else (name, pair, given)
        for (name, pair, given), turn in zip(rows, turned, strict=True)
    ]
    assert inspect_metrics.alpha(rows, "ordinal") == pytest.approx(
        inspect_metrics.alpha(other, "ordinal"), nan_ok=True, abs=1e-9
    )
    assert inspect_metrics.worths(rows) == pytest.approx(inspect_metrics.worths(other), nan_ok=True, abs=1e-6)


# --- spreadsheets --------------------------------------------------------------------------------------------------


def sheet(content: bytes, name: str) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


def test_the_table_opens_in_excel_and_nothing_in_it_is_run(export: Export) -> None:
    content = flat_table.as_csv(votes(export))
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in content
    for cell in (cell for row in csv_cells.parse(content)[1:] for cell in row if cell[:1] in ("=", "+", "-", "@")):
        assert f"'{cell}".encode() in content or re.fullmatch(r"-?\d+(\.\d+)?", cell)


def test_excel_gets_times_numbers_and_texts_of_their_own_kind(export: Export) -> None:
    content = flat_table.as_xlsx(votes(export))
    header, first, *_ = sheet(content, "votes")
    row = dict(zip(header, first, strict=True))
    assert row["submitted_at"] == datetime(2030, 1, 2, 3, 0, 0)
    assert row["active_seconds"] == 60.0
    assert row["simulated"] is True
    assert row["comment"].startswith("=SUM(1)")
    assert row["dialogue_text"] == "Client: 相談 0"
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page
    assert 'state="frozen"' in page
    assert content == flat_table.as_xlsx(votes(export))


def test_a_text_too_long_for_excel_is_refused_by_row_and_never_cut() -> None:
    long = "😀" * (LONGEST // 2 + 1)
    with pytest.raises(InputError, match=rf"sheet votes, row 3, text: a text of {2 * (LONGEST // 2 + 1)} letters"):
        workbook([Sheet("votes", ["text"], [["short"], [long]])], "title")
    workbook([Sheet("votes", ["text"], [["x" * LONGEST]])], "title")


def test_the_table_has_every_kind_of_assignment_and_names_it(export: Export) -> None:
    kinds = tuple(row.model_copy(update={"kind": "repeat"}) if row.position == 1 else row for row in export.assignments)
    rows = flat_table.lines(votes(replace(export, assignments=kinds)))
    assert len(rows) == len(export.assignments)
    assert {row["kind"] for row in rows} == {"main", "repeat"}
    assert votes(replace(export, assignments=kinds), ("main",)).left_out == 4


# --- rights and the command ----------------------------------------------------------------------------------------

SECRET = "RESTRICTED ここだけの話です"


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize("restricted", [True, False])
def test_no_text_of_a_restricted_source_is_in_any_format(to: str, restricted: bool, tmp_path: Path) -> None:
    made = judged.export(items=6, raters=2)
    source = Source(dataset="Kokoro-Chat", dialogue_id="k1") if restricted else Source(dataset="own", dialogue_id="k1")
    items = tuple(
        item.model_copy(
            update={"source": source, "turns": tuple(t.model_copy(update={"text": SECRET}) for t in item.turns)}
        )
        for item in made.study.items
    )
    study = made.study.model_copy(
        update={"items": items, "systems": (*made.study.systems[:1], System(system_id="tuned", kind="human"))}
    )
    save_study(study, tmp_path / "study")
    write(replace(made, study=study), tmp_path / "export")
    arguments = [str(tmp_path / "export"), "--to", to, "--study", str(tmp_path / "study"), "--texts", "responses"]
    assert main(["convert", *arguments, "--out", str(tmp_path / "out")]) == 0
    content = "".join(map(words_of, files_of(tmp_path / "out")))
    assert (SECRET in content) is not restricted
    assert ("tuned の応答です" in content) is not restricted, "the human's response"
    assert "base の応答です" in content


def files_of(path: Path) -> list[Path]:
    return [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]


def words_of(path: Path) -> str:
    content = path.read_bytes()
    if not content.startswith(b"PK"):
        return content.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize("simulated", [True, False])
def test_simulated_is_said_in_every_format_and_of_nothing_else(
    to: str, simulated: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = judged.export(items=6, raters=2)
    write(replace(made, study=made.study.model_copy(update={"simulated": simulated, "study_id": "x"})), tmp_path / "x")
    assert main(["convert", str(tmp_path / "x"), "--to", to, "--out", str(tmp_path / "out")]) == 0
    assert ("Simulated" in capsys.readouterr().out) is simulated
    (marked, *_) = [one for one in files_of(tmp_path / "out") if "config" not in one.name and "raters" not in one.name
                    and "dataset" not in one.name and "settings" not in one.name]  # fmt: skip
    if to == "xlsx":
        header, first, *_ = sheet(marked.read_bytes(), "votes")
        assert dict(zip(header, first, strict=True))["simulated"] is simulated
    elif to == "csv":
        header, first = csv_cells.parse(marked.read_bytes())[:2]
        assert dict(zip(header, first, strict=True))["simulated"] == str(simulated).lower()
    else:
        found = re.findall(r'"simulated": "?(true|false)', marked.read_text(encoding="utf-8"))
        assert found
        assert set(found) == {str(simulated).lower()}


def test_a_study_without_pairs_goes_to_spreadsheets_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = one_by_one(items=4, systems=1, protocol="rating", seats=2)
    made = rated(study)
    write(made, tmp_path / "export")
    for to in FORMATS:
        out = tmp_path / f"out-{to}"
        code = main(["convert", str(tmp_path / "export"), "--to", to, "--out", str(out)])
        assert (code, out.exists()) == ((0, True) if to in ("csv", "xlsx") else (2, False))
    assert "protocol rating: no preference between two responses" in capsys.readouterr().err
    header, first, *_ = csv_cells.parse((tmp_path / "out-csv").read_bytes())
    assert dict(zip(header, first, strict=True))["empathy.first"] == "2"


def rated(study: Any) -> Export:
    """One rater gives every response of the only system the value 2 on every criterion that has it."""
    base = judged.export(items=4, raters=1)
    system = study.systems[0].system_id
    one = {"first_system": system, "second_system": None}
    assignments = tuple(
        row.model_copy(update={**one, "item_id": item.item_id, "status": "submitted", "left": None})
        for row, item in zip(base.assignments, study.items, strict=True)
    )
    row = next(row for row in base.judgments if row.criterion == "empathy")
    judgments = tuple(
        row.model_copy(
            update={**one, "assignment_id": a.assignment_id, "item_id": a.item_id, "target": f"system:{system}",
                    "side": "first", "value": 2, "seq": a.seq, "study_id": study.study_id, "reason": ""}
        )
        for a in assignments
    )  # fmt: skip
    return replace(base, study=study, assignments=assignments, judgments=judgments, comments=(), items=(), responses=())


def test_bad_input_is_named_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = judged.export(items=6, raters=2)
    write(made, tmp_path / "export")
    save_study(made.study.model_copy(update={"study_id": "other"}), tmp_path / "study")
    out = tmp_path / "out"
    arguments = ["convert", str(tmp_path / "export"), "--to", "csv", "--out", str(out)]
    assert main([*arguments, "--study", str(tmp_path / "study")]) == 2
    assert "--study: another study than the export's: study_id differ" in capsys.readouterr().err
    write(replace(made, assignments=(), judgments=(), comments=()), tmp_path / "export")
    assert main(arguments) == 2
    assert "no vote of a rater who did not withdraw" in capsys.readouterr().err
    assert not out.exists()


def test_json_of_every_format_is_plain_json(export: Export) -> None:
    """No NaN, which JavaScript refuses: undefined figures are not there."""
    one_rater = replace(export, raters=export.raters[:1], assignments=export.assignments[:2])
    json.dumps(inspect_log.log(votes(one_rater, ("main",)), export.exported_at), allow_nan=False)


@pytest.mark.parametrize("to", ["csv", "xlsx"])
def test_the_table_commands_read_the_table_and_find_the_same_agreement(
    to: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Alpha of the systems named, nominal: from the file by `results agreement`, and from the export's own rows."""
    made = judged.export(items=12, raters=4)
    write(made, tmp_path / "export")
    out = tmp_path / f"votes.{to}"
    assert main(["convert", str(tmp_path / "export"), "--to", to, "--out", str(out)]) == 0
    capsys.readouterr()
    sheet_named = ["--sheet", "votes"] if to == "xlsx" else []
    arguments = ["--unit", "item_id", "--rater", "rater", "--value", "preference", "--level", "nominal", *sheet_named]
    assert main(["agreement", str(out), *arguments, "--resamples", "100", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = sorted(said(made))
    table = ratings(unit=[row[1] for row in rows], rater=[row[0] for row in rows], value=[row[4] for row in rows])
    assert found["krippendorff_alpha"]["value"] == pytest.approx(alpha_value(table, "nominal"), abs=1e-9)
