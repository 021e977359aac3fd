"""What `agreement` and `preference` say of a table before any figure, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from results.__main__ import main

AGREEMENT = ["--unit", "unit", "--rater", "rater", "--value", "value", "--resamples", "100"]
PREFERENCE = ["--item", "i", "--rater", "r", "--left", "a", "--right", "b", "--winner", "w", "--resamples", "100"]


def table(folder: Path, *rows: str, header: str = "unit,rater,value") -> Path:
    path = folder / "t.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def agreement(path: Path, capsys: pytest.CaptureFixture[str], *more: str, level: str = "nominal") -> dict[str, Any]:
    assert main(["agreement", str(path), *AGREEMENT, "--level", level, "--json", *more]) == 0
    printed = capsys.readouterr()
    found: dict[str, Any] = json.loads(printed.out)
    assert printed.err.splitlines() == found["reading"], "seen too where the object goes into a file"
    return found


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(list(arguments)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    return [line.removeprefix("error: ") for line in printed.err.splitlines()]


def test_decimal_commas_are_refused_never_split(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path, "u1,A,3,5", "u1,B,3,9")
    for level in ("nominal", "ordinal", "interval", "ratio"):
        lines = refused(capsys, "agreement", str(path), *AGREEMENT, "--level", level)
        assert [line[: len(f"{path}, rows 2 and 3: found 4 cells")] for line in lines] == [
            f"{path}, rows 2 and 3: found 4 cells"
        ]
    quoted = table(tmp_path, 'u1,A,"3,5"', 'u1,B,"3,9"')
    assert "found '3,5'" in refused(capsys, "agreement", str(quoted), *AGREEMENT, "--level", "interval")[0]


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
@pytest.mark.parametrize("values", [("1", "1.0", "2", "2.00"), ("0", "-0", "1", "1"), ("1e1", "10", "3", "03")])
def test_one_number_in_two_writings_is_one_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], level: str, values: tuple[str, ...]
) -> None:
    rows = [f"u{place // 2},{'AB'[place % 2]},{value}" for place, value in enumerate(values)]
    found = agreement(table(tmp_path, *rows), capsys, level=level)
    assert found["krippendorff_alpha"]["value"] == 1
    assert any("are one number; counted as one" in line for line in found["reading"])


def test_writings_of_one_label_are_named_and_stay_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path, "u1,A,yes", "u1,B,yes ", "u2,A,No", "u2,B,no", "u3,A,Ｘ", "u3,B,X")
    reading = agreement(path, capsys)["reading"]
    assert "column value: 'yes' (1) and 'yes ' (1) differ by blanks alone; counted as different" in reading
    assert "column value: 'No' (1) and 'no' (1) differ by case alone; counted as different" in reading
    assert any("'Ｘ' (1) and 'X' (1) differ by width" in line for line in reading)


def test_names_of_units_and_raters_are_compared_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path, "u1,Ann,1", "u1,ann,1", "u 1,Bob,1", "2,Bob,1", "2.0,Ann,1")
    reading = agreement(path, capsys)["reading"]
    assert any(line.startswith("column rater: 'Ann' (2) and 'ann' (1)") for line in reading)
    assert any(line.startswith("column unit: 'u1' (2) and 'u 1' (1)") for line in reading)
    assert any(line.startswith("column unit: '2' (1) and '2.0' (1) are one number; ") for line in reading)


def test_missing_codes_are_named_and_left_out_where_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ("u1,A,yes", "u1,B,NaN", "u2,A,no", "u2,B,no", "u3,A,NaN", "u3,B,NaN", "u4,A,yes", "u4,B,yes")
    path = table(tmp_path, *rows)
    guessed = agreement(path, capsys)
    assert guessed["krippendorff_alpha"]["value"] < 1
    assert guessed["reading"] == [
        "column value: 'yes' 3, 'NaN' 3, 'no' 2",
        "column value: 'NaN' (3) may stand for missing values but count as values; if so: --missing='NaN'",
    ]
    told = agreement(path, capsys, "--missing", "NaN,n/a")
    assert told["krippendorff_alpha"]["value"] == 1  # u2 and u4
    assert told["n_ratings"] == 5
    assert told["reading"] == [
        "column value: 'yes' 3, 'no' 2; missing: 3",
        "column value: 'NaN', taken as missing in 3 rows",
        "column value: 'n/a', to be taken as missing, stands nowhere",
    ]


def test_a_missing_number_matches_every_writing_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path, "u1,A,1", "u1,B,1", "u2,A,2", "u2,B,-1", "u3,A,2", "u3,B,-1.0")
    assert agreement(path, capsys, "--missing=-1", level="ratio")["n_ratings"] == 4
    lines = refused(capsys, "agreement", str(path), *AGREEMENT, "--level", "ratio")
    assert lines[-1].startswith("column value: '-1' (1), '-1.0' (1) may stand for missing values")


def test_an_empty_cell_and_a_blank_one_are_missing_alike(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = agreement(table(tmp_path, "u1,A,1", "u1,B,", "u2,A,\u3000", "u2,B,2"), capsys)
    assert found["n_ratings"] == 2
    assert found["reading"] == ["column value: '1' 1, '2' 1; missing: 2"]


@pytest.mark.parametrize(
    "values", [("left", "right", "tie"), ("A", "B", "tie"), ("model_a", "model_b", "tie (bothbad)")]
)
def test_sides_are_named_as_a_trap(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], values: tuple[str, str, str]
) -> None:
    rows = [f"u{place},{rater},{value}" for place, value in enumerate(values) for rater in "XY"]
    reading = agreement(table(tmp_path, *rows), capsys)["reading"]
    assert sum("look like sides of a pair" in line and "results preference" in line for line in reading) == 1


def test_other_categories_are_no_sides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for values in (("A", "B", "C"), ("left", "tie"), ("yes", "no")):
        rows = [f"u{place},{rater},{value}" for place, value in enumerate(values) for rater in "XY"]
        assert not any("sides" in line for line in agreement(table(tmp_path, *rows), capsys)["reading"])


def test_text_has_the_reading_before_any_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path, "u1,A,yes", "u1,B,n/a")
    assert main(["agreement", str(path), *AGREEMENT, "--level", "nominal"]) == 0
    printed = capsys.readouterr().out
    assert printed.index("'n/a' (1) may stand for missing") < printed.index("Krippendorff")


def test_preference_says_systems_winners_and_writings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ("1,r1,GPT 4,x,left", "2,r1,x,GPT 4 ,tie", "3,r1,x,GPT 4,n/a", "4,r1,x,GPT 4,")
    path = table(tmp_path, *rows, header="i,r,a,b,w")
    assert (
        "found 'n/a'; allowed: left, right, tie, a system of the row, or nothing"
        in refused(capsys, "preference", str(path), *PREFERENCE)[0]
    )
    assert main(["preference", str(path), *PREFERENCE, "--json", "--missing", "n/a"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["reading"] == [
        "column a and b: 'x' 4, 'GPT 4' 3, 'GPT 4 ' 1",
        "column w: 'left' 1, 'tie' 1; missing: 2",
        "column w: 'n/a', taken as missing in 1 rows",
        "column a and b: 'GPT 4' (3) and 'GPT 4 ' (1) differ by blanks alone; counted as different",
    ]
    assert set(found["systems"]) == {"x", "GPT 4", "GPT 4 "}


def test_json_values_of_other_types_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"unit": 1, "rater": "A", "value": [1]}\n{"unit": 1, "rater": "A", "unit": 2, "value": 1}\n')
    assert refused(capsys, "agreement", str(path), *AGREEMENT, "--level", "nominal") == [
        f"{path}, row 2: is no JSON (key 'unit' occurs twice); each line must be one JSON object",
        f"{path}, row 1, column value: found a list; allowed: a text, a number, true or false (or as many names of"
        " raters; a set of labels needs --distance)",
    ]
