"""Tables as people have them, through `agreement`: several columns to a unit, rows chosen, blocks, wide forms, lists,
sets, our own judgments.csv; and every fault by its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from results.__main__ import main
from results.export.folder import read
from results.statistics.resample import Resampling
from results.study.agreement import agreement_of
from results.study.judged import judged
from tests import published

EXPORT = Path(__file__).parent.parent / "exports" / "format-2"
CASE = published.case("k2011-C-nominal-missing")
ALPHA = CASE["expected"]["alpha"]
QUICK = ["--resamples", "100"]


def write(path: Path, content: str | list[Any]) -> Path:
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in content), encoding="utf-8")
    else:
        path.write_text(json.dumps(content), encoding="utf-8")
    return path


def agreement(capsys: pytest.CaptureFixture[str], path: Path, *more: str, level: str = "nominal") -> dict[str, Any]:
    kind = [] if "--distance" in more else ["--level", level]
    assert main(["agreement", str(path), *kind, *QUICK, "--json", *more]) == 0, capsys.readouterr().err
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def refused(capsys: pytest.CaptureFixture[str], path: Path, *more: str, command: str = "agreement") -> list[str]:
    assert main([command, str(path), *more]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    return [line.removeprefix("error: ").removeprefix(f"{path}") for line in printed.err.splitlines()]


def alpha_of(found: dict[str, Any]) -> float:
    value: float = found["krippendorff_alpha"]["value"]
    return value


def text(cell: Any) -> str:
    return "" if cell is None else str(cell)


# --- ways to hold ratings -----------------------------------------------------------------------------------------


def test_one_column_for_each_rater(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["id,A,B,C,D", *(f"u{n}," + ",".join(map(text, row)) for n, row in enumerate(CASE["data"]))]
    path = write(tmp_path / "wide.csv", "\n".join(rows) + "\n")
    for unit in (["--unit", "id"], []):
        found = agreement(capsys, path, *unit, "--raters", "A,B,C,D", "--pairs")
        assert alpha_of(found) == pytest.approx(ALPHA, abs=1e-6)
        assert (found["n_units"], found["n_raters"], found["n_ratings"]) == (12, 4, 41)
        assert found["pairs_of_raters"][0]["raters"] == ["A", "B"]


def test_ratings_of_a_unit_in_one_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = [{"labels": {"kind": row}} for row in CASE["data"]]  # by position, null = missing
    by_position = write(tmp_path / "positions.json", records)
    assert alpha_of(agreement(capsys, by_position, "--value", "labels.kind")) == pytest.approx(ALPHA, abs=1e-6)
    names = [f"Ann{n}" for n in range(4)]
    lines = [{"who": ",".join(names), "what": ",".join(map(text, row))} for row in CASE["data"]]
    by_name = write(tmp_path / "names.jsonl", lines)
    found = agreement(capsys, by_name, "--value", "what", "--rater", "who", "--split", ",")
    assert alpha_of(found) == pytest.approx(ALPHA, abs=1e-6)
    assert found["n_raters"] == 4


def test_entries_of_a_record_are_units_of_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    half = [{"model": "m", "Overall": row} for row in CASE["data"]]
    in_lists = write(tmp_path / "usr.json", [{"responses": half[:6]}, {"responses": half[6:]}])
    found = agreement(capsys, in_lists, "--value", "responses.*.Overall")
    assert alpha_of(found) == pytest.approx(ALPHA, abs=1e-6)
    assert found["n_units"] == 12
    by_key = {str(n): {"a": ",".join(map(text, row)), "who": "w,x,y,z"} for n, row in enumerate(CASE["data"])}
    one_object = write(tmp_path / "lewidi.json", json.dumps(by_key))
    found = agreement(capsys, one_object, "--value", "*.a", "--rater", "*.who", "--split", ",")
    assert alpha_of(found) == pytest.approx(ALPHA, abs=1e-6)


def test_faults_of_lists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(
        tmp_path / "v.jsonl", [{"a": [1, 2], "w": ["x"]}, {"a": [1], "w": {"k": 1}}, {"a": 1, "w": ["x", "y"]}]
    )
    lines = refused(capsys, path, "--value", "a", "--rater", "w", "--level", "nominal")
    assert ", row 1, column w: found 1 names; allowed: as many names as column a has ratings, 2" in lines
    assert any(line.startswith(", row 2, column w: found an object; a dot goes into it, as w.k") for line in lines)
    assert ", row 3, column w: found 2 names; allowed: one name, as the value is one" in lines
    assert "'b': not found" in refused(capsys, path, "--value", "b", "--level", "nominal")[0]


def test_who_rated_must_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "v.csv", "u,v\n1,a\n2,b\n")
    assert "who rated is not named" in refused(capsys, path, "--unit", "u", "--value", "v", "--level", "nominal")[0]
    assert "must be named by --value; the file has ['u', 'v']" in refused(capsys, path, "--level", "nominal")[0]
    both = refused(capsys, path, "--raters", "u,v", "--value", "v", "--level", "nominal")
    assert "goes without --rater and --value" in both[0]


# --- which rows, and what belongs together ------------------------------------------------------------------------

LONG = "seg,sys,who,crit,doc,v\n" + "".join(
    f"{seg},{name},{who},{crit},d{seg // 2},{(seg + len(name)) % 3 if who != 'c' or seg in (1, 2, 7) else seg % 3}\n"
    for crit in ("one", "two")
    for seg in range(16)
    for name in ("x", "yy")
    for who in "abc"
)


def test_several_columns_name_the_unit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "long.csv", LONG)
    named = ("--rater", "who", "--value", "v")
    found = agreement(capsys, path, "--unit", "seg,sys,crit", *named)
    assert (found["n_units"], found["n_ratings"]) == (64, 192)
    line = refused(capsys, path, "--unit", "seg,sys", *named, "--level", "nominal")[0]
    assert "rater 'a' rated unit '0 / x' in row 2 already" in line


def test_blocks_are_the_rows_chosen_one_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "long.csv", LONG)
    named = ("--unit", "seg,sys", "--rater", "who", "--value", "v")
    blocks = agreement(capsys, path, *named, "--by", "crit")
    assert blocks["by"] == ["crit"]
    assert list(blocks["blocks"]) == ["one", "two"]
    for name, block in blocks["blocks"].items():
        alone = agreement(capsys, path, *named, "--where", f"crit={name}")
        assert alone.pop("reading")[0] == f"column crit: '{name}' stands in 96 of 192 rows, which are taken"
        block.pop("reading")
        assert block == alone
    assert main(["agreement", str(path), *named, "--by", "crit", "--level", "nominal", *QUICK]) == 0
    printed = capsys.readouterr().out
    assert printed.index("== crit: one") < printed.index("== crit: two")


def test_rows_are_chosen_by_several_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "long.csv", LONG)
    named = ("--unit", "seg,sys", "--rater", "who", "--value", "v")
    found = agreement(capsys, path, *named, "--where", "crit=one", "--where", "who!=c")
    assert (found["n_raters"], found["krippendorff_alpha"]["value"]) == (2, 1)
    none = refused(capsys, path, *named, "--where", "crit=three", "--level", "nominal")[0]
    assert none == ", column crit: no row has 'three'; found: 'one' 96, 'two' 96"
    with pytest.raises(SystemExit):
        main(["agreement", str(path), *named, "--where", "crit", "--level", "nominal"])
    assert "allowed: COL=V" in capsys.readouterr().err


def test_units_that_belong_together_are_resampled_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "long.csv", LONG)
    named = ("--unit", "seg,sys", "--rater", "who", "--value", "v", "--where", "crit=one")
    alone, together = agreement(capsys, path, *named), agreement(capsys, path, *named, "--cluster", "doc")
    assert (together["n_units"], together["n_clusters"]) == (32, 8)
    assert "n_clusters" not in alone
    one, other = alone["krippendorff_alpha"], together["krippendorff_alpha"]
    assert one["value"] == other["value"]
    assert (one["low"], one["high"]) != (other["low"], other["high"])
    assert "over doc" in other["method"]
    torn = write(tmp_path / "torn.csv", "u,w,d,v\n1,a,d1,x\n1,b,d2,x\n")
    line = refused(capsys, torn, "--unit", "u", "--rater", "w", "--value", "v", "--cluster", "d", "--level", "nominal")
    assert line == [", row 3, column d: found 'd2'; unit '1' stands under 'd1' in row 2; allowed: one each"]


def test_rows_left_out_are_asked_for_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "half.csv", "u,w,k,v\n1,a,main,x\n1,b,main,x\n,,practice,\n2,a,main,y\n2,b,main,y\n")
    named = ("--unit", "u", "--rater", "w", "--value", "v")
    assert agreement(capsys, path, *named, "--where", "k=main")["krippendorff_alpha"]["value"] == 1
    assert ", row 4, column u: is empty; a name is needed" in refused(capsys, path, *named, "--level", "nominal")


# --- what values mean ---------------------------------------------------------------------------------------------


def test_words_are_read_as_others_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "v.csv", "u,w,v\n1,a,1\n1,b,ja\n2,a,0\n2,b,nein\n")
    found = agreement(capsys, path, "--unit", "u", "--rater", "w", "--value", "v", "--map", "1=ja,0=nein,2=x")
    assert alpha_of(found) == 1
    assert found["reading"] == [
        "column v: 'ja' 2, 'nein' 2",
        "column v: '1' is read as 'ja' in 1 rows",
        "column v: '0' is read as 'nein' in 1 rows",
        "column v: '2', to be read as 'x', stands nowhere",
    ]


def test_missing_codes_may_be_named_by_how_they_begin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "v.jsonl", [{"v": [1, 1, "N/A (no reply)"]}, {"v": [2, 2, "N/A (cut)"]}])
    found = agreement(capsys, path, "--value", "v", "--missing", "N/A*", level="ordinal")
    assert (alpha_of(found), found["n_ratings"]) == (1, 4)
    assert "column v: 'N/A*', taken as missing in 2 rows" in found["reading"]


def test_sets_of_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # {a},{a} | {b},{b} | {a},{a,b}: worked out in test_sets_alpha.py
    cells = [("1", "x", "a"), ("1", "y", "a"), ("2", "x", "b"), ("2", "y", "b"), ("3", "x", "a"), ("3", "y", "b|a")]
    table = write(tmp_path / "sets.csv", "u,w,v\n" + "".join(f"{','.join(row)}\n" for row in cells))
    lines = write(tmp_path / "sets.jsonl", [{"u": u, "w": w, "v": v.split("|")} for u, w, v in cells])
    named = ("--unit", "u", "--rater", "w", "--value", "v")
    for path, more in ((table, ["--split", "|"]), (lines, [])):
        for kind, expected in (("jaccard", 12 / 17), ("masi", 9 / 14)):
            found = agreement(capsys, path, *named, *more, "--distance", kind)
            assert alpha_of(found) == pytest.approx(expected)
            assert found["distance"] == kind
            assert "level" not in found
            assert found["percent_agreement"]["value"] == pytest.approx(2 / 3)
    empty = write(tmp_path / "e.jsonl", [{"u": 1, "w": w, "v": v} for w, v in (("x", []), ("y", []), ("z", None))])
    assert agreement(capsys, empty, *named, "--distance", "masi")["n_ratings"] == 2, "[] is a set, null is missing"
    with pytest.raises(SystemExit):
        main(["agreement", str(table), *named, "--distance", "masi", "--level", "nominal"])


def test_sides_are_said_to_be_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "v.csv", "u,w,v\n1,a,model_a\n1,b,model_b\n2,a,tie\n2,b,model_a\n")
    note = agreement(capsys, path, "--unit", "u", "--rater", "w", "--value", "v")["reading"][-1]
    assert "Compared here is whether raters chose the same place" in note
    assert "python -m results preference" in note


# --- our own judgments.csv ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("criterion", ["empathy", "question_amount", "harm"])
def test_own_judgments_give_the_reports_alpha(ending: str, criterion: str, capsys: pytest.CaptureFixture[str]) -> None:
    data = judged(read(EXPORT))
    known = data.study.criterion(criterion)
    report = agreement_of(data, known, Resampling(100, 0, unit="dialogue"))
    assert report is not None
    found = agreement(capsys, EXPORT / f"judgments.{ending}", "--where", f"criterion={criterion}", level=report.level)
    expected, own = report.figures["alpha"], found["krippendorff_alpha"]
    assert (own["value"], own["low"], own["reason"]) == (
        pytest.approx(expected.value), pytest.approx(expected.low), expected.reason,
    )  # fmt: skip
    assert found["n_ratings"] == expected.sizes.judgments
    assert "These judgments are simulated (manifest.json beside the file)." in found["reading"]


def test_own_judgments_need_one_criterion(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = EXPORT / "judgments.csv"
    line = refused(capsys, path, "--level", "ordinal")[0]
    assert "column criterion: holds both_unacceptable, empathy" in line
    assert "--where criterion=both_unacceptable; each by itself: --by criterion" in line
    assert set(agreement(capsys, path, "--by", "criterion")["blocks"]) == {
        "both_unacceptable", "empathy", "harm", "question_amount",
    }  # fmt: skip
    preferences = refused(capsys, path, "--where", "criterion_kind=preference", "--level", "nominal")
    assert "python -m results preference compares preferences" in preferences[0]


def test_a_response_met_again_counts_once_the_first_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = ["rater", "kind", "position", "item_id", "dialogue", "criterion", "criterion_kind", "target", "value",
            "chosen_system", "first_system", "second_system"]  # fmt: skip
    rows = [
        ["R1", "main", "9", "i", "d", "e", "scale", "system:x", "1", "", "x", "y"],
        ["R1", "main", "2", "i", "d", "e", "scale", "system:x", "3", "", "z", "x"],
        ["R1", "main", "1", "i", "d", "e", "scale", "system:x", "", "", "z", "x"],
        ["R2", "main", "1", "i", "d", "e", "scale", "system:x", "3", "", "x", "y"],
        ["R2", "repeat", "30", "i", "d", "e", "scale", "system:x", "0", "", "x", "y"],
        ["R1", "main", "3", "j", "d", "e", "scale", "system:x", "0", "", "x", "y"],
        ["R2", "main", "3", "j", "d", "e", "scale", "system:x", "0", "", "x", "y"],
    ]
    path = write(tmp_path / "judgments.csv", "\n".join(",".join(row) for row in [head, *rows]) + "\n")
    found = agreement(capsys, path, level="interval")
    assert (alpha_of(found), found["n_ratings"]) == (1, 4)
    assert "left out: kind: rows that are no main judgment (1 rows)" in found["reading"]
    assert "left out: what was rated before by the same rater (2 rows)" in found["reading"]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_sets_of_labels_in_own_judgments(ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Two raters of Potato on four reviews; alpha with MASI by its definition:
    # observed 2 * (2/3 + 0 + 2/3 + 0) / 8 = 1/3 of pairs, expected over all 56 ordered pairs of the eight sets.
    said = {"r1": ({"plot", "acting"}, {"acting"}), "r2": ({"plot"}, {"plot"}),
            "r3": ({"music", "visuals"}, {"visuals"}), "r4": ({"acting"}, {"acting"})}  # fmt: skip
    rows = [
        {"instance_id": item, "user_id": rater, "labels": {"aspects": dict.fromkeys(sorted(labels), "true")}}
        for item, both in said.items()
        for rater, labels in zip(("ann", "ben"), both, strict=True)
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert main(["import", str(tmp_path / "a.jsonl"), "--out", str(tmp_path / "in"), "--yes"]) == 0
    capsys.readouterr()
    file = str(tmp_path / f"in/judgments.{ending}")
    assert main(["agreement", file, "--distance", "masi", "--resamples", "100", "--json"]) == 0
    assert alpha_of(json.loads(capsys.readouterr().out)) == pytest.approx(0.5757575757575757)
    assert main(["agreement", file, "--level", "nominal"]) == 2
    assert "a set of labels needs --distance" in capsys.readouterr().err
