"""Who won, from the words of any tool, through `preference`: sides resolved, nothing guessed, no sign turned."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.__main__ import main
from results.tables.winners import Pair, outcomes, side_of
from tasks.intake.faults import Faults
from tasks.intake.judgments.known import side_said

EXPORT = Path(__file__).parent.parent / "exports" / "format-2"
QUICK = ["--resamples", "100"]
WORDS = {
    "sides": ("left", "right", "tie"),
    "FastChat": ("model_a", "model_b", "tie (bothbad)"),
    "Potato": ("A", "B", "tie"),
    "Argilla": ("response1", "response2", "tie"),
    "Japanese": ("左", "右", "引き分け"),
    "spelled otherwise": (" Model-A ", "MODEL B", "Tie"),
}
MAPPED = {"PandaLM": ("1", "2", "0"), "alpaca_eval": ("1.0", "2.0", "0.0"), "auto-j": ("0", "1", "2")}
MAPS = {"PandaLM": "1=left,2=right,0=tie", "alpaca_eval": "1=left,2=right,0=tie", "auto-j": "0=left,1=right,2=tie"}
CHOICES = ["good", "bad", None, "good", "good", "bad", "good", "good"]
"""What all raters chose of eight items; None = tie."""


def rows(words: tuple[str, str, str] | None, times: int = 1) -> list[dict[str, Any]]:
    """Three raters who choose alike, each with sides of their own; `words`: of left, right and tie, else names."""
    found = []
    for (item, choice), rater in product(enumerate(CHOICES * times), range(3)):
        left, right = ("good", "bad") if (item + rater) % 2 else ("bad", "good")
        place = 2 if choice is None else 0 if choice == left else 1
        winner = (left, right, "tie")[place] if words is None else words[place]
        found.append({"i": item, "r": f"r{rater}", "a": left, "b": right, "w": winner})
    return found


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in records), encoding="utf-8")
    return path


NAMED = ("--item", "i", "--rater", "r", "--left", "a", "--right", "b", "--winner", "w")


def preference(capsys: pytest.CaptureFixture[str], path: Path, *more: str) -> dict[str, Any]:
    assert main(["preference", str(path), *QUICK, "--json", *more]) == 0, capsys.readouterr().err
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def refused(capsys: pytest.CaptureFixture[str], path: Path, *more: str) -> list[str]:
    assert main(["preference", str(path), *more]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    return [line.removeprefix("error: ").removeprefix(f"{path}") for line in printed.err.splitlines()]


def is_right(found: dict[str, Any]) -> None:
    """Five items to good, two to bad, one tie; all agree."""
    assert found["agreement"]["alpha"]["value"] == 1
    pair = found["pairs"][0]
    assert (pair["left"], pair["right"]) == ("bad", "good")
    assert (pair["wins"], pair["losses"], pair["ties"]) == (2, 5, 1)
    assert pair["these_raters"]["margin"]["value"] == pytest.approx(-3 / 8)


@pytest.mark.parametrize("tool", WORDS)
def test_sides_of_any_tool_become_systems(tool: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = preference(capsys, write(tmp_path / "v.jsonl", rows(WORDS[tool])), *NAMED)
    is_right(found)
    if tool == "FastChat":
        note = "column w: read 'model_b' (12) as right; 'model_a' (9) as left; 'tie (bothbad)' (3) as tie"
        assert note in found["reading"]


def test_names_of_systems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    is_right(preference(capsys, write(tmp_path / "v.jsonl", rows(None)), *NAMED))


@pytest.mark.parametrize("tool", MAPPED)
def test_digits_are_read_as_told_alone(tool: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "v.jsonl", rows(MAPPED[tool]))
    for line in refused(capsys, path, *NAMED):
        assert "digits are never guessed to be sides: --map 1=left,2=right,0=tie" in line
    is_right(preference(capsys, path, *NAMED, "--map", MAPS[tool]))


def test_two_or_three_columns_of_one_and_nought(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("left", "right", "tie")
    records = [{**row, **{f"w_{word}": int(row["w"] == word) for word in words}} for row in rows(words)]
    named = (*NAMED[:-2], "--winner", "w_left,w_right,w_tie")
    is_right(preference(capsys, write(tmp_path / "v.jsonl", records), *named))
    both = write(tmp_path / "w.jsonl", [{**records[0], "w_left": 1, "w_right": 1}, {**records[1], "w_tie": 2}])
    lines = refused(capsys, both, *named)
    assert ", row 1, column w_left, w_right, w_tie: more than one of the columns is 1" in lines
    assert ", row 2, column w_tie: found '2'; allowed: 1 or 0" in lines


def test_one_column_for_each_rater(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = {"good": 1, "bad": 2, None: 0}
    records = [{"a": "good", "b": "bad", **{f"annotator{n}": numbers[choice] for n in (1, 2, 3)}} for choice in CHOICES]
    path = write(tmp_path / "v.jsonl", records)
    wide = ("--raters", "annotator1,annotator2,annotator3", "--map", "1=left,2=right,0=tie")
    found = preference(capsys, path, "--left", "a", "--right", "b", *wide)
    is_right(found)
    assert (found["n_items"], found["n_raters"], found["n_votes"]) == (8, 3, 24)


# --- nothing guessed ----------------------------------------------------------------------------------------------


def test_a_word_that_is_a_place_and_a_system_is_refused_where_both_differ(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alike = [{"i": n, "r": 1, "a": "A", "b": "B", "w": "A"} for n in range(3)]
    assert preference(capsys, write(tmp_path / "v.jsonl", alike), *NAMED)["systems"]["A"]["wins"] == 3
    path = write(tmp_path / "w.jsonl", [*alike, {"i": 9, "r": 1, "a": "B", "b": "A", "w": "A"}])
    rule = ", row 4, column w: found 'A'; names a place and a system; say which: --map A=left (right, tie), or A=A"
    assert refused(capsys, path, *NAMED)[0].startswith(rule)
    by_name = preference(capsys, path, *NAMED, "--map", "A=A")["systems"]["A"]
    by_place = preference(capsys, path, *NAMED, "--map", "A=left")["systems"]["A"]
    assert (by_name["wins"], by_name["losses"]) == (4, 0)
    assert (by_place["wins"], by_place["losses"]) == (3, 1)


@pytest.mark.parametrize("word", ["both", "neither", "3", "win", "good ", "other"])
def test_what_may_mean_several_things_is_refused(word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = [{**rows(None)[0], "w": word}, {"i": 8, "r": "r0", "a": "other", "b": "bad", "w": "tie"}]
    line = refused(capsys, write(tmp_path / "v.jsonl", records), *NAMED)[0]
    assert line.startswith(f", row 1, column w: found {word!r}; ")
    assert ("stands on neither side of the row" in line) == (word == "other")


def test_a_map_to_what_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "v.jsonl", rows(("1", "2", "0")))
    lines = refused(capsys, path, *NAMED, "--map", "1=lefft,2=right,0=tie")
    assert all("read as 'lefft' by --map, which is none of left, right, tie" in line for line in lines)
    for wrong, said in (("1", "allowed: V=MEANING"), ("1=left,1=right", "'1' is named twice")):
        with pytest.raises(SystemExit):
            main(["preference", str(path), *NAMED, "--map", wrong])
        assert said in capsys.readouterr().err


names = st.sampled_from(["left", "right", "A", "B", "tie", "model_a", "model_b", "GPT 4", "first", "x"])


@given(st.lists(st.tuples(names, names, names).filter(lambda row: row[0] != row[1]), min_size=1, max_size=6))
def test_an_outcome_never_contradicts_a_reading(drawn: list[tuple[str, str, str]]) -> None:
    pairs = [Pair(left, right) for left, right, _ in drawn]
    words, faults = [word for _, _, word in drawn], Faults("t")
    systems = {name for pair in pairs for name in (pair.left, pair.right)}
    found = outcomes(pairs, words, range(len(pairs)), ["w"] * len(pairs), {}, faults)
    for pair, word, outcome in zip(pairs, words, found, strict=True):
        if outcome is not None and word in systems:
            assert outcome == pair.outcome(word)
        if outcome is not None and side_of(word) is not None:
            assert outcome == side_of(word)
    assert bool(faults) == (None in found)


# --- one judge, whom it holds for, how much is printed ------------------------------------------------------------


def test_one_judge_needs_no_column_and_says_nothing_of_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = [row for row in rows(("left", "right", "tie")) if row["r"] == "r0"]
    path = write(tmp_path / "v.jsonl", records)
    alone = ("--item", "i", "--left", "a", "--right", "b", "--winner", "w")
    pair = preference(capsys, path, *alone)["pairs"][0]
    assert pair["these_raters"]["margin"]["low"] is not None
    assert (pair["raters_at_large"]["margin"]["low"], pair["raters_at_large"]["test"]["p_value"]) == (None, None)
    assert pair["raters_at_large"]["margin"]["reason"] == "one_rater"
    assert main(["preference", str(path), *alone, *QUICK]) == 0
    assert "– Nothing is said of raters at large: one rater alone." in capsys.readouterr().out
    twice = write(tmp_path / "w.jsonl", [records[0], records[0]])
    line = refused(capsys, twice, *alone)[0]
    assert "the one judge voted on item '0' and this pair in row 1 already; if it is another judge's: --rater" in line


@pytest.mark.parametrize(("raters", "items", "reason"), [(2, 8, "few_raters"), (3, 5, "few_dialogues"), (3, 16, None)])
def test_both_estimands_stand_side_by_side(
    raters: int, items: int, reason: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = {"left": "right", "right": "left", "tie": "tie"}
    votes = [row for row in rows(("left", "right", "tie"), 2) if row["i"] < items and int(row["r"][1]) < raters]
    votes = [{**row, "w": other[row["w"]]} if row["i"] == 3 and row["r"] == "r1" else row for row in votes]
    pair = preference(capsys, write(tmp_path / "v.jsonl", votes), *NAMED)["pairs"][0]
    for estimand in ("these_raters", "raters_at_large"):
        assert pair[estimand]["estimand"] == estimand
    assert pair["these_raters"]["margin"]["value"] == pytest.approx(pair["raters_at_large"]["margin"]["value"])
    assert pair["raters_at_large"]["margin"]["reason"] == reason
    assert (pair["raters_at_large"]["test"]["p_value"] is None) == (reason is not None)
    assert (pair["these_raters"]["test"]["p_value"] is None) == (items < 6)


def test_above_twelve_systems_pairs_are_listed_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = [
        {"i": n, "r": 1, "a": f"s{n % 13:02}", "b": f"s{(n + 1) % 13:02}", "w": ("left", "right", "tie")[n // 13 % 3]}
        for n in range(52)
    ]
    path = write(tmp_path / "v.jsonl", records)
    assert preference(capsys, path, *NAMED)["pairs"] is None
    assert len(preference(capsys, path, *NAMED, "--pairs")["pairs"]) == 13
    assert main(["preference", str(path), *NAMED, *QUICK]) == 0
    assert "78 pairs of 13 systems: --pairs lists them." in capsys.readouterr().out


def test_own_judgments_need_no_column(capsys: pytest.CaptureFixture[str]) -> None:
    found = [preference(capsys, EXPORT / f"judgments.{ending}") for ending in ("csv", "jsonl", "parquet")]
    assert found[0] == found[1] == found[2]
    assert found[0]["agreement"]["alpha"]["value"] == pytest.approx(own_alpha())


def test_own_judgments_give_the_reports_counts(capsys: pytest.CaptureFixture[str]) -> None:
    from results.export.folder import read
    from results.statistics.preference import outcome
    from results.statistics.resample import Resampling
    from results.study.judged import judged, preference_ratings

    data = judged(read(EXPORT))
    criterion = next(one for one in data.study.criteria if one.kind == "preference")
    pair = preference(capsys, EXPORT / "judgments.csv")["pairs"][0]
    systems = (pair["left"], pair["right"])
    table = preference_ratings(data.of(criterion.criterion_id), criterion, [systems])
    report = outcome(table, systems, Resampling(100))
    assert pair["n_votes"] == sum(report.votes)
    won, lost = sum(report.votes[3:]), sum(report.votes[:2])
    assert pair["these_raters"]["margin"]["value"] != 0
    system = preference(capsys, EXPORT / "judgments.csv")["systems"][systems[0]]
    assert (system["wins"], system["losses"]) == (won, lost)
    assert won != lost


def own_alpha() -> float | None:
    from results.export.folder import read
    from results.statistics.resample import Resampling
    from results.study.agreement import agreement_of
    from results.study.judged import judged

    data = judged(read(EXPORT))
    criterion = next(one for one in data.study.criteria if one.kind == "preference")
    found = agreement_of(data, criterion, Resampling(100))
    return found.figures["alpha_of_choice"].value if found else None


def test_blocks_by_a_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = [{**row, "lang": "ja" if row["i"] % 2 else "en"} for row in rows(None)]
    path = write(tmp_path / "v.jsonl", records)
    blocks = preference(capsys, path, *NAMED, "--by", "lang")
    assert list(blocks["blocks"]) == ["en", "ja"]
    alone = preference(capsys, path, *NAMED, "--where", "lang=ja")
    assert blocks["blocks"]["ja"]["pairs"] == alone["pairs"]


def test_margins_are_of_strengths_where_a_column_says_how_strongly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Eight items of three raters: good wins five and bad two, each with strength 2; one tie: (-5 * 2 + 2 * 2) / 8.
    records = [{**row, "s": "" if row["w"] == "tie" else 2} for row in rows(None)]
    found = preference(capsys, write(tmp_path / "v.jsonl", records), *NAMED, "--strength", "s")
    assert found["strongest"] == 2
    assert found["pairs"][0]["these_raters"]["margin"]["value"] == pytest.approx(-6 / 8)
    assert found["agreement"]["alpha"]["value"] == 1
    for wrong in (0, "much", -1):
        records[0] = {**records[0], "s": wrong}
        line = refused(capsys, write(tmp_path / "w.jsonl", records), *NAMED, "--strength", "s")[0]
        assert line == f", row 1, column s: found '{wrong}'; allowed: a number above 0, since one was preferred"


def test_own_judgments_give_the_reports_margins(capsys: pytest.CaptureFixture[str]) -> None:
    from results.export.folder import read
    from results.report.build import build

    found = preference(capsys, EXPORT / "judgments.csv")
    (report,) = build(read(EXPORT), 100).record.preference.pairs
    turn = 1 if report.systems == (found["pairs"][0]["left"], found["pairs"][0]["right"]) else -1
    for own, figure in (("these_raters", report.margin), ("raters_at_large", report.margin_at_large)):
        assert found["pairs"][0][own]["margin"]["value"] == pytest.approx(turn * figure.value)  # type: ignore[operator]
    assert found["strongest"] == 2


def test_both_systems_may_stand_in_one_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = [{"i": row["i"], "r": row["r"], "key": f"{row['a']}_{row['b']}", "w": row["w"]} for row in rows(None)]
    named = ("--item", "i", "--rater", "r", "--pair", "key", "--winner", "w")
    is_right(preference(capsys, write(tmp_path / "v.jsonl", records), *named, "--split", "_"))
    records[1] = {**records[1], "key": "good_bad_worse"}
    line = refused(capsys, write(tmp_path / "w.jsonl", records), *named, "--split", "_")[0]
    assert line == ", row 2, column key: found 'good, bad, worse'; allowed: 2 parts"
    assert "goes without --left and --right, and with --split" in refused(capsys, tmp_path / "v.jsonl", *named)[0]


@pytest.mark.parametrize("word", ["[[C]]", "左の方がずっとよい", "A>>B", "tie (bothbad)", "about the same"])
def test_words_of_sides_mean_the_same_to_the_import(word: str) -> None:
    meant = {"first": 1, "first_strong": 1, "second": -1, "second_strong": -1}
    assert side_of(word) == meant.get(side_said(word) or "", 0)
    assert side_said(word) is not None


def test_c_alone_is_no_tie() -> None:
    assert side_of("C") is None
    assert side_said("C") is None
