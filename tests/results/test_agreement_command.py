"""`python -m results agreement`: published values through the command line, and every fault of a table by its place."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from results.__main__ import main
from results.statistics.agreement.icc import FORMS
from tests import published

FIVE = {"value", "low", "high", "method", "reason"}
COLUMNS = ["--unit", "unit", "--rater", "rater", "--value", "value", "--resamples", "200"]


def rows_of(case: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"unit": u, "rater": f"r{r}", "value": value} for u, r, value in zip(*published.long(case), strict=True)]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ["unit", "rater", "value"])
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    else:
        parquet.write_table(pa.Table.from_pylist(rows), path)
    return path


def result(path: Path, level: str, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    assert main(["agreement", str(path), *COLUMNS, "--level", level, "--json", *more]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def refused(path: Path, level: str, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    assert main(["agreement", str(path), *COLUMNS, "--level", level, *more]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("case", published.of_kind("krippendorff_alpha"), ids=lambda case: case["id"])
def test_published_alpha(case: dict[str, Any], ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / f"votes.{ending}", rows_of(case))
    found = result(path, case["level"], capsys)
    assert found["krippendorff_alpha"]["value"] == pytest.approx(case["expected"]["alpha"], abs=case["tolerance"])


@pytest.mark.parametrize("case", published.of_kind("fleiss_kappa"), ids=lambda case: case["id"])
def test_published_fleiss(case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = result(write(tmp_path / "votes.csv", rows_of(case)), "nominal", capsys)
    assert found["fleiss_kappa"]["value"] == pytest.approx(case["expected"]["fleiss_kappa"], abs=case["tolerance"])


@pytest.mark.parametrize("case", published.of_kind("icc"), ids=lambda case: case["id"])
def test_published_icc(case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = result(write(tmp_path / "votes.csv", rows_of(case)), "interval", capsys)
    assert list(found["icc"]) == list(FORMS)
    for form, value in case["expected"].items():
        assert found["icc"][form]["value"] == pytest.approx(value, abs=case["tolerance"])


def test_gwet_2008_paradox(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = published.case("gwet2008-paradox")
    found = result(write(tmp_path / "votes.csv", rows_of(case)), "nominal", capsys, "--pairs")
    assert found["percent_agreement"]["value"] == pytest.approx(0.944)
    assert found["gwet_ac"]["value"] == pytest.approx(case["expected"]["gwet_ac1"], abs=1e-6)
    assert found["gwet_ac"]["weights"] == "identity"
    kappa = found["pairs_of_raters"][0]["cohen_kappa"]
    assert kappa["value"] == pytest.approx(case["expected"]["cohen_kappa"], abs=1e-6)


def test_the_shape_of_the_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = result(write(tmp_path / "v.csv", rows_of(published.case("k2011-D-ordinal"))), "ordinal", capsys)
    figures = {"krippendorff_alpha", "percent_agreement", "percent_agreement_over_pairs", "gwet_ac", "fleiss_kappa"}
    assert set(found) == {"n_units", "n_raters", "n_ratings", "level", "icc", "reading", "standing", *figures}
    assert (found["n_units"], found["n_raters"], found["n_ratings"], found["level"]) == (12, 4, 41, "ordinal")
    for name in figures - {"gwet_ac"}:
        assert set(found[name]) == FIVE
    assert set(found["gwet_ac"]) == {*FIVE, "weights"}
    assert all(set(form) == FIVE for form in found["icc"].values())


def test_levels_choose_gwets_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "v.csv", rows_of(published.case("k2011-D-ordinal")))
    weights = {level: result(path, level, capsys)["gwet_ac"]["weights"] for level in ("ordinal", "interval", "ratio")}
    assert weights == {"ordinal": "ordinal", "interval": "quadratic", "ratio": "quadratic"}


def test_words_in_order_are_their_ranks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = published.case("k2011-D-ordinal")
    words = {1: "none", 2: "some", 3: "much", 4: "more", 5: "all"}
    rows = [{**row, "value": words.get(row["value"])} for row in rows_of(case)]
    order = ("--order", "none,some,much,more,all")
    found = result(write(tmp_path / "v.csv", rows), "ordinal", capsys, *order)
    assert found["krippendorff_alpha"]["value"] == pytest.approx(case["expected"]["alpha"], abs=1e-6)
    assert found["icc"]["ICC(2,1)"]["reason"] == "not_numbers"


def test_bca_is_another_interval(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "v.csv", rows_of(published.case("fleiss1971-diagnoses-alpha")))
    one, two = (result(path, "nominal", capsys, "--interval", kind) for kind in ("percentile", "bca"))
    assert one["krippendorff_alpha"]["value"] == two["krippendorff_alpha"]["value"]
    assert one["krippendorff_alpha"]["low"] != two["krippendorff_alpha"]["low"]
    assert "BCa" in two["krippendorff_alpha"]["method"]


def test_an_undefined_value_is_null_with_its_reason_and_no_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"unit": u, "rater": r, "value": 1} for u in range(4) for r in "ab"]
    found = result(write(tmp_path / "v.csv", rows), "ordinal", capsys)
    assert found["krippendorff_alpha"]["value"] is None
    assert found["krippendorff_alpha"]["reason"] == "one_value"
    assert found["percent_agreement"]["value"] == 1.0


def test_nothing_rated_is_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"unit": u, "rater": "a", "value": None} for u in range(3)]
    for level in ("nominal", "ordinal", "interval", "ratio"):
        found = result(write(tmp_path / "v.csv", rows), level, capsys)
        assert found["krippendorff_alpha"]["reason"] == "no_two_ratings"
        assert found["n_ratings"] == 0


def test_a_rater_who_rated_nothing_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = rows_of(published.case("k2011-D-interval"))
    more = [*rows, *({"unit": u, "rater": "new", "value": None} for u in range(12))]
    one = result(write(tmp_path / "one.csv", rows), "interval", capsys)
    two = result(write(tmp_path / "two.csv", more), "interval", capsys)
    assert one.pop("reading") != two.pop("reading"), "12 more values are said to be missing"
    assert one == two


def test_text_for_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "v.csv", rows_of(published.case("k2011-D-ordinal")))
    assert main(["agreement", str(path), *COLUMNS, "--level", "ordinal"]) == 0
    printed = capsys.readouterr().out
    assert "12 units, 4 raters, 41 ratings" in printed
    assert "Exploratory" in printed
    assert "0.815" in printed


def test_every_fault_names_file_row_column_and_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(
        tmp_path / "v.csv",
        [
            {"unit": "1", "rater": "a", "value": "high"},
            {"unit": "", "rater": "a", "value": "1"},
            {"unit": "1", "rater": "b", "value": "2"},
            {"unit": "1", "rater": "b", "value": "3"},
        ],
    )
    found = [line.removeprefix("error: ") for line in refused(path, "interval", capsys).splitlines()]
    assert f"{path}, row 2, column value: found 'high'; allowed: a number, or nothing" in found
    assert f"{path}, row 3, column unit: is empty; a name is needed" in found
    assert f"{path}, row 5, column value: found '3'; rater 'b' rated unit '1' in row 4 already" in found


def test_ratio_refuses_negative_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "v.jsonl", [{"unit": 1, "rater": "a", "value": -1}])
    assert f"{path}, row 1, column value: found '-1'; allowed: a number of 0 or more" in refused(path, "ratio", capsys)


def test_ordinal_words_need_their_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "v.csv", [{"unit": 1, "rater": "a", "value": "low"}])
    assert "words named in their order by --order" in refused(path, "ordinal", capsys)
    assert "allowed: one of ['none', 'much']" in refused(path, "ordinal", capsys, "--order", "none,much")


def test_other_faults_of_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "file not found" in refused(tmp_path / "nowhere.csv", "nominal", capsys)
    for name, content, words in (
        ("v.doc", b"", "found a file ending in '.doc'; allowed: .csv, .tsv"),
        ("v.csv", b"unit,rater\n1,a\n", "column 'value': not found"),
        ("v.csv", b"", "is no CSV table"),
        ("v.csv", b"unit,rater,value\n\xff,a,1\n", "in which encoding is it?"),
        ("v.jsonl", b'{"unit": 1, "rater": "a"}\n', "column 'value': not found; the file has ['unit', 'rater']"),
        (
            "v.jsonl",
            b'{"unit": 1, "rater": "a", "value": 1}\n{"unit": 1, "rater": "b"}\n',
            "row 2, column value: is missing; the object has unit, rater",
        ),
        ("v.jsonl", b"[1]\n", "row 1: found '[1]'"),
        ("v.parquet", b"PAR", "is no Parquet file"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        assert words in refused(path, "nominal", capsys)
