"""Judgments of other tools: sides resolved, raters kept, what does not count left out, each doubt asked once."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.__main__ import main
from results.export.folder import Export, read
from results.report.build import build
from results.report.pages import lay_out
from results.statistics.resample import Resampling
from results.study.agreement import all_agreements
from results.study.judged import judged
from tasks.errors import InputError
from tasks.intake.judgments.known import shapes
from tests import judged as simulated
from tests import judgments_of_tools as tools
from tests.judgments_of_tools import PAIRWISE, RATED, RATERS, Case, exported, understood

pytestmark = pytest.mark.slow

CASES = st.lists(st.tuples(st.booleans(), st.sampled_from(("Red", "Blue", "tie"))), min_size=4, max_size=8)
FEW = [Case(1, False, "Red"), Case(2, True, "Red"), Case(3, False, "Blue"), Case(4, True, "tie")]


def headlines(export: Export) -> list[float | None]:
    return [one.figures[one.headline].value for one in all_agreements(judged(export), Resampling(2))]


@pytest.mark.parametrize("form", PAIRWISE)
@given(drawn=CASES)
@settings(max_examples=15, deadline=None)
def test_raters_who_agree_have_alpha_1_whatever_side_a_system_stood_on(
    form: str, drawn: list[tuple[bool, str]]
) -> None:
    cases = [Case(number, flipped, winner) for number, (flipped, winner) in enumerate(drawn, 1)]
    make, answers = PAIRWISE[form]
    export = exported(make(cases), answers)
    decisive = {case.winner for case in cases} - {"tie"}
    assert headlines(export) == ([1.0] if decisive else [None])
    shares: dict[str | None, int] = {}
    for row in export.judgments:
        if row.kind == "main":
            name = next((s.name for s in export.study.systems if s.system_id == row.chosen_system), None)
            shares[name] = shares.get(name, 0) + 1
    wanted = [None if case.winner == "tie" else case.winner for case in cases]
    assert shares == {name: 3 * wanted.count(name) for name in set(wanted)}
    assert {row.rater for row in export.judgments} == {"R001", "R002", "R003"}
    assert export.study.simulated is False


@pytest.mark.parametrize("form", RATED)
@given(values=st.lists(st.integers(0, 4), min_size=4, max_size=8).filter(lambda found: len({v % 2 for v in found}) > 1))
@settings(max_examples=15, deadline=None)
def test_raters_who_give_the_same_values_have_alpha_1(form: str, values: list[int]) -> None:
    make, answers = RATED[form]
    numbers = set(values) if form not in ("prodigy_binary", "doccano", "potato_lines", "potato_table") else set()
    level = {key: value for key, value in answers.items() if key != "level" or len(numbers) > 2}
    export = exported(make(values), level)
    assert headlines(export) == [1.0] * len(export.study.criteria)
    assert len({row.rater for row in export.judgments}) == 3


def test_every_shape_has_an_example() -> None:
    own = {"pearmut", "ratings_long", "sides_of_items"}  # own tests, or read beside Potato's states
    others = {known.shape for known in shapes() if not known.own}  # what `convert` writes: test_round_trip.py
    assert others == {*(form for form in PAIRWISE if " " not in form), *RATED, *own} - {"label_studio_min"}


def test_a_log_of_pearmut_gives_the_ranking_of_all_raters() -> None:
    # Two raters score Red 90 and Blue 11, a third the reverse: Pearmut's own table keeps the third alone.
    scores = [
        {"ann": {"Red": 90, "Blue": 11}, "ben": {"Red": 90, "Blue": 11}, "cam": {"Red": 11, "Blue": 90}}
        for _ in range(8)
    ]
    export = exported(tools.pearmut(scores), {"level": "interval"})
    record = build(export, 100).record
    assert record.answer["en"][1:] == ("Mean of score, highest first: Red (63.67) and Blue (37.33).",)
    (rated,) = record.ratings
    means = {system: found.mean.value for system, found in rated.systems.items() if found.mean}
    assert means == {"Blue": pytest.approx((11 + 11 + 90) / 3), "Red": pytest.approx((90 + 90 + 11) / 3)}
    assert rated.pairs[0].systems == ("Blue", "Red")
    assert rated.pairs[0].differences["mean"].value == pytest.approx((112 - 191) / 3)


def test_pearmut_resets_practice_and_later_lines_of_one_rater() -> None:
    rows = list(tools.pearmut([{"ann": {"Red": 1, "Blue": 2}}])["log.jsonl"])
    reset = {**rows[0], "annotation": "__RESET__"}
    later = json.loads(json.dumps(rows[0]).replace('"score": 1,', '"score": 7,'))
    again = json.loads(json.dumps(later).replace("1771311126.5", "1771311999.5").replace('"score": 7,', '"score": 9,'))
    practice = {**rows[0], "item_i": "welcome_0"}
    export = exported({"log.jsonl": [rows[0], reset, later, again, practice]}, {"level": "interval"})
    assert {row.target: row.value for row in export.judgments} == {"system:Red": 9, "system:Blue": 2}
    assert export.study.imported is not None
    assert export.study.imported.left_out == {"practice": 1, "reset": 1}
    assert {row.revision for row in export.assignments} == {1}


def test_what_does_not_count_is_left_out_and_counted() -> None:
    task = json.loads(json.dumps(tools.label_studio(FEW)["project.json"][0]))
    task["annotations"][0]["was_cancelled"] = True
    task["drafts"], task["predictions"] = [{"id": 1}], [{"id": 2}, {"id": 3}]
    export = exported({"project.json": [task, *tools.label_studio(FEW)["project.json"][1:]]})
    assert export.study.imported is not None
    assert export.study.imported.left_out == {"cancelled": 1, "drafted": 1, "predicted": 2}
    assert len(export.judgments) == 3 * len(FEW) - 1


def test_argilla_drafts_and_prodigys_ignored_are_left_out() -> None:
    records = json.loads(json.dumps(tools.argilla(FEW)["records.jsonl"]))
    records[0]["responses"]["better"][0]["status"] = "draft"
    records[1]["responses"]["better"][1]["status"] = "discarded"
    found = exported({"records.jsonl": records}).study.imported
    assert found is not None
    assert found.left_out == {"discarded": 1, "drafted": 1}
    rows = json.loads(json.dumps(tools.prodigy(FEW)["db.jsonl"]))
    rows[0]["answer"] = "ignore"
    assert exported({"db.jsonl": rows}).study.imported.left_out == {"ignored": 1}  # type: ignore[union-attr]


def test_two_games_of_a_judge_model_are_a_repeat_with_sides_swapped() -> None:
    export = exported(tools.mt_bench_games(FEW))
    first = next(row for row in export.assignments if row.kind == "main")
    again = next(row for row in export.assignments if row.repeats == first.assignment_id)
    assert (again.first_system, again.second_system) == (first.second_system, first.first_system)
    assert again.kind == "repeat"
    assert export.study.imported is not None
    assert sorted(export.study.imported.machines.values()) == ["claude", "gpt-3.5", "gpt-4"]


def test_two_turns_are_two_items_of_one_dialogue() -> None:
    rows = list(tools.mt_bench(FEW)["votes.jsonl"])
    export = exported({"votes.jsonl": [*rows, *({**row, "turn": 2} for row in rows)]})
    assert len(export.items) == 2 * len(FEW)
    assert len({item.dialogue for item in export.items}) == len(FEW)


def test_neither_is_a_tie_with_its_reason() -> None:
    export = exported(tools.mt_bench(FEW))
    bad = [row for row in export.judgments if row.reason == "both_bad"]
    assert {(row.strength, row.chosen_system) for row in bad} == {(0, None)}
    assert len(bad) == 3
    assert [one.reason_id for one in export.study.criteria[0].reasons] == ["both_bad"]


def test_ratings_of_two_texts_belong_to_the_systems_that_wrote_them() -> None:
    tasks = json.loads(json.dumps(tools.label_studio(FEW)["project.json"]))
    for task in tasks:
        for annotation in task["annotations"]:
            for text, system in (("text1", task["data"]["model_1"]), ("text2", task["data"]["model_2"])):
                value = {"rating": 5 if system == "Red" else 2}
                annotation["result"].append({"from_name": "warm", "to_name": text, "type": "rating", "value": value})
    export = exported({"project.json": tasks})
    values = {(row.target, row.value) for row in export.judgments if row.criterion == "warm"}
    assert values == {("system:Red", 5), ("system:Blue", 2)}


# --- one message for each doubt -------------------------------------------------------------------------------------


def ask(rows: list[dict[str, Any]], **answers: str) -> dict[str, str]:
    """Questions by key, with the words of each."""
    found = understood({"votes.csv": rows}, answers)
    return {question.key: tools.WORD(question.kind, **question.values) for question in found.questions}


def rows_of(**changes: Any) -> list[dict[str, Any]]:
    rows = [dict(row) for row in tools.votes(FEW)["votes.csv"]]
    rows[0].update(changes)
    return rows


DOUBTS: Mapping[str, tuple[list[dict[str, Any]], str, str, dict[str, int]]] = {
    "unresolved": (rows_of(left=""), "unresolved", "leave", {"unresolved": 1}),
    "same_system": (rows_of(left="Blue"), "same_system", "leave", {"same_system": 1}),
    "twice": ([*rows_of(), rows_of()[0]], "twice", "repeats", {}),
    "digits": ([{**row, "winner": "1"} for row in rows_of()], "side:1", "second", {}),
    "machine": ([{**row, "rater": "gpt-4"} for row in rows_of()], "machines", "gpt-4", {}),
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_each_doubt_is_one_question_whose_answer_settles_it(doubt: str) -> None:
    rows, key, answer, left = DOUBTS[doubt]
    if doubt == "machine":
        rows = [row for place, row in enumerate(rows) if place % 3 == 0]
    assert list(ask(rows)) == [key]
    export = exported({"votes.csv": rows}, {key: answer})
    assert export.study.imported is not None
    assert export.study.imported.left_out == left


def test_a_second_judgment_is_a_repeat_or_a_correction() -> None:
    rows = rows_of(winner="Red")
    rows.append({**rows[0], "winner": "Blue"})
    repeated = exported({"votes.csv": rows}, {"twice": "repeats"})
    assert sorted(row.kind for row in repeated.assignments if row.repeats) == ["repeat"]
    assert [row.chosen_system for row in repeated.judgments if row.item_id == "i001"].count("Red") == 3
    corrected = exported({"votes.csv": rows}, {"twice": "last"})
    assert not any(row.repeats for row in corrected.assignments)
    assert [row.chosen_system for row in corrected.judgments if row.item_id == "i001"].count("Red") == 2


def test_a_side_that_no_column_resolves_is_asked_and_a_fixed_system_is_an_answer() -> None:
    tasks = json.loads(json.dumps(tools.label_studio(FEW)["project.json"]))
    for task in tasks:
        del task["data"]["model_1"], task["data"]["model_2"]
    found = understood({"project.json": tasks})
    assert [question.key for question in found.questions] == ["first_system"]
    export = exported({"project.json": tasks}, {"first_name": "Red", "second_name": "Blue"})
    assert {system.name for system in export.study.systems} == {"Blue", "Red"}


def test_an_export_of_half_a_project_is_asked_about_and_said() -> None:
    tasks = json.loads(json.dumps(tools.label_studio(FEW)["project.json"]))
    tasks[0]["annotations"] = []
    assert [question.key for question in understood({"p.json": tasks}).questions] == ["unfinished"]
    export = exported({"p.json": tasks}, {"unfinished": "take"})
    assert export.study.imported is not None
    assert export.study.imported.unjudged == 1


def test_a_choice_that_is_a_system_and_the_other_side_is_asked() -> None:
    rows = [{"item": n, "rater": r, "left": "B", "right": "A", "winner": "A"} for n in range(4) for r in RATERS]
    assert list(ask(rows)) == ["names"]
    by_name = exported({"votes.csv": rows}, {"names": "systems"})
    assert {row.chosen_system for row in by_name.judgments} == {"A"}


def test_values_that_may_be_missing_are_asked() -> None:
    rows = [{"item": n, "rater": r, "rating": "n/a" if n == 0 else str(n % 2)} for n in range(5) for r in RATERS]
    assert list(ask(rows, criteria="rating")) == ["missing"]
    kept = exported({"votes.csv": rows}, {"criteria": "rating", "missing": "n/a"})
    assert sum(row.value is None for row in kept.judgments) == 3
    counted = exported({"votes.csv": rows}, {"criteria": "rating", "missing": "-"})
    assert all(row.value is not None for row in counted.judgments)


def test_values_between_whole_numbers_are_asked_about() -> None:
    rows = [{"item": n, "rater": r, "rating": f"{n}.5"} for n in range(4) for r in RATERS]
    answers = {"criteria": "rating", "level": "interval"}
    assert list(ask(rows, **answers)) == ["whole:rating"]
    export = exported({"votes.csv": rows}, {**answers, "whole:rating": "times10"})
    assert sorted({row.value for row in export.judgments if isinstance(row.value, int)}) == [5, 15, 25, 35]
    assert export.study.imported is not None
    assert export.study.imported.factors == {"rating": 10}


def test_people_and_programs_go_into_exports_of_their_own() -> None:
    rows = [*rows_of(), *({**row, "rater": "gpt-4"} for row in rows_of()[::3])]
    answers = {"machines": "gpt-4"}
    assert list(ask(rows, **answers)) == ["judges"]
    people = exported({"votes.csv": rows}, {**answers, "judges": "people"})
    programs = exported({"votes.csv": rows}, {**answers, "judges": "machines"})
    assert len(people.judgments) == 3 * len(FEW)
    assert len(programs.judgments) == len(FEW)
    assert people.study.imported is not None
    assert people.study.imported.left_out == {"machine": len(FEW)}


def test_an_answer_that_nobody_asks_for_is_refused() -> None:
    with pytest.raises(InputError, match="nothing is asked under this name"):
        understood({"votes.csv": rows_of()}, {"nobody": "x"})


# --- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    file = tmp_path / "project.json"
    cases = [Case(number, number % 2 == 0, ("Red", "Red", "Blue", "tie")[number % 4]) for number in range(1, 13)]
    file.write_text(json.dumps(tools.label_studio(cases)["project.json"]), encoding="utf-8")
    return file


def test_names_stand_in_the_key_file_alone(project: Path, tmp_path: Path) -> None:
    out, report = tmp_path / "out", tmp_path / "report"
    assert main(["import", str(project), "--out", str(out), "--yes"]) == 0
    assert main(["report", str(out), "--out", str(report), "--languages", "en,ja", "--resamples", "100"]) == 0
    for path in [*out.rglob("*"), *report.rglob("*")]:
        content = path.read_bytes() if path.is_file() else b""
        assert not any(name.encode() in content for name in RATERS), path
    key = tmp_path / "out.raters-key.csv"
    assert all(name in key.read_text("utf-8") for name in RATERS)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_columns_called_after_raters_are_in_no_file_of_the_export(tmp_path: Path) -> None:
    file, out = tmp_path / "Tanaka.json", tmp_path / "out"
    rows = [{"item": n, "Tanaka": n % 2, "Sato": n % 2} for n in range(6)]
    file.write_text(json.dumps(rows), encoding="utf-8")
    typed = ["--answer", "criteria=Tanaka,Sato", "--answer", "rater=-"]
    assert main(["import", str(file), "--out", str(out), "--yes", *typed]) == 0  # as criteria, they are no raters
    wide = [{"item": n, "annotator 1": n % 2, "annotator 2": n % 2, "Tanaka": 1 - n % 2} for n in range(6)]
    file.write_text(json.dumps(wide), encoding="utf-8")
    typed = ["--answer", "raters=annotator 1,annotator 2,Tanaka"]
    assert main(["import", str(file), "--out", str(out), "--yes", *typed]) == 0
    assert not any(b"Tanaka" in path.read_bytes() for path in out.iterdir())


def test_the_owner_can_join_back(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["import", str(project), "--out", str(out), "--yes"]) == 0
    lines = (out / "sources.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "assignment_id,file,row,task,annotation,criterion,submitted_at"
    assert len(lines) == 1 + 36
    assert any(line.split(",")[1:5] == ["project.json", "1", "101", "11"] for line in lines)
    assert read(out).judgments[0].submitted_at.startswith("2024-05-0")


def test_a_second_import_keeps_the_pseudonyms(project: Path, tmp_path: Path) -> None:
    out, key = tmp_path / "out", tmp_path / "out.raters-key.csv"
    assert main(["import", str(project), "--out", str(out), "--yes"]) == 0
    before = key.read_text("utf-8")
    project.write_text(project.read_text("utf-8").replace('"lead_time": 12.5', '"lead_time": 13'), encoding="utf-8")
    assert main(["import", str(project), "--out", str(out), "--mapping", str(out / "mapping.json"), "--yes"]) == 0
    assert key.read_text("utf-8") == before


def test_open_questions_end_with_2_and_write_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "votes.json", tmp_path / "out"
    file.write_text(json.dumps([{**row, "winner": "1"} for row in rows_of()]), encoding="utf-8")
    assert main(["import", str(file), "--out", str(out), "--yes"]) == 2
    told = capsys.readouterr().err
    assert "What does the choice “1” mean?" in told
    assert "--answer side:1=second" in told
    assert not out.exists()
    assert main(["import", str(file), "--out", str(out), "--yes", "--answer", "side:1=second"]) == 0


def test_the_report_says_what_cannot_be_known(tmp_path: Path) -> None:
    file, out = tmp_path / "votes.json", tmp_path / "out"
    file.write_text(json.dumps([dict(row) for row in tools.pandalm(FEW)["testset.json"]]), encoding="utf-8")
    assert main(["import", str(file), "--out", str(out), "--yes"]) == 0
    record = build(read(out), 100).record
    assert record.study.imported is not None
    assert (record.study.imported.order, record.study.imported.times) == ("listed", False)
    assert record.order.first_side_share.reason == "order_unknown"
    assert {pair.role for pair in record.preference.pairs} == {"exploratory"}
    assert all(pair.course.margin_per_day.reason == "time_unknown" for pair in record.preference.pairs)
    assert main(["report", str(out), "--out", str(tmp_path / "report"), "--languages", "en", "--resamples", "100"]) == 0
    page = (tmp_path / "report" / "report.md").read_text("utf-8")
    assert "The plan is not known" in page
    assert "is not known; the file only lists them" in page
    assert "When each judgment was made is not known" in page


def test_pairs_are_made_of_an_import_and_its_texts(project: Path, tmp_path: Path) -> None:
    out, texts, made = tmp_path / "out", tmp_path / "texts", tmp_path / "pairs.jsonl"
    assert main(["import", str(project), "--out", str(out), "--texts", str(texts), "--yes"]) == 0
    assert main(["pairs", str(out), str(texts), "--out", str(made)]) == 0
    lines = [json.loads(line) for line in made.read_text("utf-8").splitlines()]
    assert len(lines) == 9
    assert {line["chosen_system"] for line in lines} == {"Blue", "Red"}


def test_a_report_of_an_import_shows_examples_with_the_texts_beside_it(project: Path, tmp_path: Path) -> None:
    out, texts, report = tmp_path / "out", tmp_path / "texts", tmp_path / "report"
    assert main(["import", str(project), "--out", str(out), "--texts", str(texts), "--yes"]) == 0
    arguments = ["report", str(out), "--out", str(report), "--languages", "en", "--resamples", "100"]
    assert main([*arguments, "--texts", str(texts)]) == 0  # the project held no dialogue, so there is no example
    assert json.loads((report / "report.json").read_text("utf-8"))["examples"] == []
    items = (texts / "items.jsonl").read_text("utf-8")
    (texts / "items.jsonl").write_text(items.replace('"text": ""', '"text": "I cannot sleep."'), "utf-8")
    assert main([*arguments, "--texts", str(texts)]) == 0
    examples = json.loads((report / "report.json").read_text("utf-8"))["examples"]
    assert [one["rule"] for one in examples] == ["typical", "against"]
    page = (report / "report.md").read_text("utf-8")
    assert all(response["text"] in page for one in examples for response in one["responses"])


def test_files_without_judgments_say_where_they_belong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "answers.json"
    file.write_text(json.dumps([{"question_id": 1, "model_a": "x", "model_b": "y"}]), encoding="utf-8")
    assert main(["import", str(file), "--out", str(tmp_path / "out"), "--yes"]) == 2
    assert "python -m studio import" in capsys.readouterr().err


def test_a_project_half_done_is_seen_by_its_raters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = [Case(number, number % 2 == 0, "Red") for number in range(1, 9)]
    rows = list(tools.votes(cases)["votes.csv"])
    unfinished = [row for row in rows if not (row["rater"] == RATERS[2] and int(row["item"]) > 5)]
    for number, (kept, behind) in enumerate(((rows, 0), (unfinished, 3))):
        file = tmp_path / f"votes{number}.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")
        assert main(["import", str(file), "--out", str(tmp_path / f"in{number}"), "--yes"]) == 0
        found = read(tmp_path / f"in{number}").study.imported
        assert found is not None
        assert (found.behind, found.most) == (behind, 3 if behind else 0)
        said = f"{behind} items have fewer raters than the 3 that others have" in capsys.readouterr().out
        assert said == bool(behind)


def test_where_hardly_any_item_has_the_most_raters_nothing_is_said() -> None:
    # As of AnnoMI: one item of five judged by three, the others by one.
    rows = tools.votes([Case(n, False, "Red") for n in range(1, 6)])["votes.csv"]
    found = exported(
        {"votes.csv": [row for row in rows if row["item"] == 1 or row["rater"] == RATERS[0]]}
    ).study.imported
    assert found is not None
    assert found.behind == 0


PLANNED = {
    "en": ("Declared before the first judgment", "was balanced by design"),
    "ja": ("最初の回答より前に宣言", "設計に従って均衡させ"),
    "de": ("Vor dem ersten Urteil erklärt", "durch den Versuchsplan ausgeglichen"),
    "ar": ("أُعلن قبل أول حكم", "وُوزن ترتيب العرض بالتصميم"),
}


@pytest.mark.parametrize("language", PLANNED)
def test_a_report_of_an_import_claims_no_plan_and_no_blinding(language: str) -> None:
    imported = lay_out(build(exported(tools.votes(FEW)), 2).record, language).markdown()
    of_ours = lay_out(build(simulated.export(items=4), 2).record, language).markdown()
    for claim in PLANNED[language]:
        assert claim in of_ours
        assert claim not in imported
