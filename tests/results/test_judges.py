"""What a machine judge is worth beside the raters of a study: figures, files of predictions, and the command."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.__main__ import main
from results.export.folder import Export, write
from results.judges.predictions import notes, read, with_predictions
from results.judges.sheet import sheet
from results.judges.worth import judge_records
from results.record.judges import JudgeRecord, JudgesRecord
from results.statistics.reasons import Reason
from results.statistics.resample import Resampling
from results.study.judged import judged, preference_of
from tasks.errors import InputError
from tasks.files import write_text
from tasks.judges import verdict_file
from tasks.schema import Verdict, VerdictAnswer
from tests.judging import Says, liking, study, verdicts

FEW = Resampling(200, 1)


def record(made: Export, says: Says, orders: int = 2) -> JudgeRecord:
    return judge_records(judged(made), verdicts(made, says, orders=orders), FEW)[0]


@pytest.fixture(scope="module")
def made() -> Export:
    return study(items=120, alone=60, raters=4)


# --- figures ------------------------------------------------------------------------------------------------------


def test_a_judge_that_sees_what_raters_see_passes_beside_its_baselines(made: Export) -> None:
    found = record(made, liking(made, 0.3))
    assert found.passes is True
    assert (found.items, found.items_alone, found.verdicts) == (120, 60, 360)
    kinds = [(one.kind, one.system) for one in found.contenders]
    assert kinds == [
        ("judge", None), ("same", None), ("system", "base"), ("system", "tuned"), ("majority", None),
        ("longer", None), ("fewer_questions", None), ("rater", None),
    ]  # fmt: skip
    assert [one.passed for one in found.contenders[1:7]] == [0] * 6
    assert found.contenders[-1].of == 4
    assert found.margins[0].saved is not None
    assert found.margins[0].saved > 0.05


def test_constants_never_pass(made: Export) -> None:
    says: list[Says] = [lambda item, first, second: 0, lambda item, first, second: -2,
                        lambda item, first, second: 1 if second == "tuned" else -1]  # fmt: skip
    for one in says:
        found = record(made, one)
        assert found.passes is False
        assert found.contenders[0].correlation is None
        assert found.margins[0].weight == 0


def test_one_that_always_takes_the_first_says_about_the_same_of_both_orders(made: Export) -> None:
    found = record(made, lambda item, first, second: -1)
    assert found.position.consistent.value == 0
    assert found.position.first_share.value == 1
    assert found.contenders[0].model_dump(exclude={"kind"}) == found.contenders[1].model_dump(exclude={"kind"})


def test_one_order_alone_has_no_consistency(made: Export) -> None:
    found = record(made, liking(made), orders=1)
    assert (found.position.both_orders, found.position.consistent.reason) == (0, Reason.ONE_ORDER)
    assert found.position.first_share.value is not None


def test_agreement_by_hand() -> None:
    """Six items of one pair, four raters; the judge names base on each: its share is that of the votes for base."""
    few = study(items=6, raters=4)
    found = record(few, lambda item, first, second: -2 if first == "base" else 2)
    main = [row for row in few.judgments if row.criterion == "preference"]
    assert found.agreement[0].judge.value == pytest.approx(sum(r.chosen_system == "base" for r in main) / len(main))
    by_item = [[r.chosen_system for r in main if r.item_id == item.item_id] for item in few.items]
    pairs = [(a == b) for votes in by_item for n, a in enumerate(votes) for b in votes[n + 1 :]]
    assert found.agreement[0].raters.value == pytest.approx(sum(pairs) / len(pairs))
    assert (found.passes, found.reason) == (None, Reason.FEW_FOR_JUDGE)


def test_leanings_are_the_judges_and_the_raters_on_the_same_items(made: Export) -> None:
    length = {(row.item_id, row.system_id): row.characters for row in made.responses}

    def longer(item: str, first: str, second: str) -> int:
        return int(np.sign(length[item, second] - length[item, first]))

    found = {one.feature: one for one in record(made, longer).leanings}
    assert found["longer"].judge.value == 1
    assert found["longer"].judge.reason == Reason.NO_VARIATION
    assert abs(found["longer"].raters.value or 9) < 0.3
    gap = found["longer"].difference.value
    assert gap == pytest.approx(1 - (found["longer"].raters.value or 0))
    assert (found["minimal"].judge.value, found["minimal"].judge.reason) == (None, Reason.NO_MINIMAL_RULE)


def test_failed_verdicts_count_against_the_judge(made: Export) -> None:
    whole = verdicts(made, liking(made, 0.3))
    failed = tuple(v.model_copy(update={"answers": (), "failed": "refused"}) for v in whole[:120])
    found = judge_records(judged(made), (*failed, *whole[120:]), FEW)[0]
    assert found.failed == {"refused": 120}
    assert found.items == 120
    assert found.passes is False
    assert (found.contenders[0].advantage or 1) < (record(made, liking(made, 0.3)).contenders[0].advantage or 0)


def test_ratings_of_single_responses_stand_by_system(made: Export) -> None:
    raters: dict[tuple[str, str], list[float]] = {}
    for row in made.judgments:
        if row.criterion == "empathy" and row.target.system and isinstance(row.value, int):
            raters.setdefault((row.item_id, row.target.system), []).append(row.value)

    def rated(item: str, first: str, second: str) -> tuple[VerdictAnswer, ...]:
        sides = {"first": first, "second": second}
        return tuple(
            VerdictAnswer.model_validate(
                {"criterion": "empathy", "target": side, "value": round(np.mean(raters.get((item, system), [0])))}
            )
            for side, system in sides.items()
        )

    given = [
        v.model_copy(update={"answers": (*v.answers, *rated(v.item_id, *v.order))})
        for v in verdicts(made, liking(made))
    ]
    found = judge_records(judged(made), given, FEW)[0].ratings
    assert [one.criterion for one in found] == ["empathy"]
    assert (found[0].correlation.value or 0) > 0.9
    assert all(abs(gap.value or 0) < 0.2 for gap in found[0].difference.values())


def test_a_study_without_judges_has_no_record(made: Export) -> None:
    assert judge_records(judged(made), (), FEW) == ()


# --- what never changes a verdict ---------------------------------------------------------------------------------


def turned(verdict: Verdict) -> Verdict:
    """The same verdict, the pair shown the other way round."""
    answers = tuple(a.model_copy(update={"value": -a.value}) for a in verdict.answers)
    sides = {"first_system": verdict.second_system, "second_system": verdict.first_system}
    return verdict.model_copy(update={"answers": answers, **sides})


@given(seed=st.integers(0, 300))
@settings(max_examples=8, deadline=None)
def test_changing_sides_and_signs_changes_no_figure_but_those_of_order(seed: int) -> None:
    few = study(items=40, raters=3)
    given = verdicts(few, liking(few, 1.0, seed), orders=1)
    one, other = (judge_records(judged(few), v, FEW)[0] for v in (given, tuple(map(turned, given))))
    assert one.model_dump(exclude={"position"}) == other.model_dump(exclude={"position"})


def renamed(made: Export, names: dict[str, str]) -> Export:
    """The export with its systems called otherwise, in the order in which they stood."""
    text = "|".join(names)
    assert not any(name in text.replace(old, "") for old, name in names.items())

    def of(name: str | None) -> str | None:
        return names.get(name or "", name)

    systems = tuple(s.model_copy(update={"system_id": of(s.system_id)}) for s in made.study.systems)
    return replace(
        made,
        study=made.study.model_copy(update={"systems": systems}),
        responses=tuple(r.model_copy(update={"system_id": of(r.system_id)}) for r in made.responses),
        judgments=tuple(
            r.model_copy(
                update={
                    "first_system": of(r.first_system),
                    "second_system": of(r.second_system),
                    "chosen_system": of(r.chosen_system),
                }
            )
            for r in made.judgments
            if r.criterion == "preference"
        ),
    )


@pytest.mark.parametrize("swapped", [False, True])
def test_calling_the_systems_otherwise_changes_no_verdict(made: Export, *, swapped: bool) -> None:
    names = {"base": "zzz", "tuned": "aaa"}
    other = renamed(made, names)
    if swapped:
        systems = other.study.systems[::-1]
        other = replace(other, study=other.study.model_copy(update={"systems": systems}))
    given = verdicts(made, liking(made, 0.8))
    same = tuple(
        v.model_copy(update={"first_system": names[v.first_system], "second_system": names[v.second_system]})
        for v in given
    )
    one, two = judge_records(judged(made), given, FEW)[0], judge_records(judged(other), same, FEW)[0]
    assert (two.passes, two.beside) == (one.passes, one.beside)
    sign = -1 if swapped else 1
    assert two.margins[0].joined.value == pytest.approx(sign * (one.margins[0].joined.value or 0))
    assert two.margins[0].saved == pytest.approx(one.margins[0].saved)
    contenders = [{one.kind: (one.winning_rate, one.advantage) for one in r.contenders} for r in (one, two)]
    assert all(contenders[0][kind] == contenders[1][kind] for kind in ("judge", "same", "longer", "rater"))


def test_of_three_systems_each_pair_stands_for_itself() -> None:
    three = study(items=60, raters=4, systems=("base", "low", "tuned"))
    found = record(three, liking(three, 0.3))
    assert [pair.systems for pair in found.agreement] == list(judged(three).pairs())
    assert [one.system for one in found.contenders if one.kind == "system"] == ["base", "low", "tuned"]
    for pair, margin in zip(found.agreement, found.margins, strict=True):
        assert (pair.correlation.value or 0) > 0.3
        assert margin.systems == pair.systems


def test_the_sheet_turns_verdicts_to_the_pair(made: Export) -> None:
    criterion = preference_of(judged(made))
    assert criterion is not None
    given = [v for v in verdicts(made, lambda item, first, second: -2) if v.item_id == "i0000"]
    table = sheet(judged(made), criterion, given)
    row = table.units.index(("i0000", ("base", "tuned")))
    assert table.orders[row].tolist() == [2, -2]  # base first and taken; tuned first and taken
    assert table.strength[row] == 0


# --- files --------------------------------------------------------------------------------------------------------


def table(path: Path, *lines: str) -> Path:
    write_text(path, "\n".join(lines) + "\n")
    return path


def test_the_same_verdicts_from_three_kinds_of_files(made: Export, tmp_path: Path) -> None:
    given = verdicts(made, lambda item, first, second: 1 if second == "tuned" else -1)
    jsonl = tmp_path / "judge.jsonl"
    write_text(jsonl, verdict_file.text(given))
    head = "item_id,first_system,second_system"
    rows = [(v.item_id, *v.order, v.value("preference")) for v in given]
    numbers = table(tmp_path / "judge-1.csv", f"{head},preference", *(",".join(map(str, row)) for row in rows))
    words = table(tmp_path / "judge-1.v2.csv", f"{head},winner", *(f"{i},{f},{s},tuned" for i, f, s, _ in rows))
    plain = [[(v.judge, v.item_id, v.order, v.answers) for v in read(path, made)] for path in (jsonl, numbers, words)]
    assert plain[0] == plain[1] == plain[2]


def test_winners_are_names_sides_or_a_tie(made: Export, tmp_path: Path) -> None:
    path = table(
        tmp_path / "votes.csv",
        "judge,item_id,first_system,second_system,winner",
        "a,i0000,tuned,base,tuned",
        "a,i0000,base,tuned,second",
        "a,i0001,base,tuned,tie",
        "b,i0001,base,tuned,base",
    )
    found = read(path, made)
    assert [(v.judge, v.strength("preference", "tuned")) for v in found] == [("a", 1), ("a", 1), ("a", 0), ("b", -1)]
    assert list(notes(found)) == [
        "judge a: 1 of 3 verdicts are of a pair shown in one order only",
        "judge b: 1 of 1 verdicts are of a pair shown in one order only",
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["i9999,base,tuned,1"], "row 2: item_id: found 'i9999'; the study has no such item"),
        (["i0000,base,other,1"], "row 2: second_system: found 'other'; allowed: base, tuned"),
        (["i0000,base,base,1"], "row 2: second_system: found base twice; allowed: two different systems"),
        (
            ["i0000,base,tuned,1", "i0000,base,tuned,1"],
            "row 3: judge i0000 base tuned stands in row 2 already; a pair is judged once in each order",
        ),
        (
            ["i0000,base,tuned,3"],
            "row 2, column preference: found '3'; allowed: -2, -1, 0, 1, 2, negative = the first system",
        ),
        (["i0000,base,,1"], "row 2, column second_system: is empty; a name is needed"),
    ],
)
def test_what_a_table_of_predictions_may_not_hold(made: Export, tmp_path: Path, rows: list[str], said: str) -> None:
    path = table(tmp_path / "judge.csv", "item_id,first_system,second_system,preference", *rows)
    with pytest.raises(InputError) as error:
        read(path, made)
    assert len(error.value.errors) == 1
    assert said in error.value.errors[0]


def test_files_of_another_kind(made: Export, tmp_path: Path) -> None:
    scores = table(tmp_path / "scores.jsonl", json.dumps({"dialogue_id": "d1", "values": [1]}))
    with pytest.raises(InputError, match=r"ratings of whole dialogues; python -m results rated"):
        read(scores, made)
    both = table(
        tmp_path / "both.csv", "item_id,first_system,second_system,preference,winner", "i0000,base,tuned,1,tie"
    )
    with pytest.raises(InputError, match="found preference and winner of the columns preference and winner"):
        read(both, made)


def test_a_judge_stands_in_one_place(made: Export, tmp_path: Path) -> None:
    given = verdicts(made, liking(made))
    path = tmp_path / "again.jsonl"
    write_text(path, verdict_file.text(given))
    assert len(with_predictions(made, [path])) == len(given)
    with pytest.raises(InputError, match=r"judge 'judge-1' stands in the export's judges.jsonl too"):
        with_predictions(replace(made, verdicts=given), [path])


# --- the command --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(made: Export, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("judged") / "export"
    return write(replace(made, verdicts=verdicts(made, liking(made, 0.3))), path)


def test_the_command_says_what_the_judge_is_worth(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", str(folder), "--resamples", "200"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("SIMULATED raters")
    assert "It passes: as near to the others as 4 of 4 raters (epsilon 0.1)." in said
    for words in ("always about the same", "always tuned", "each rater in turn", "same choice in both orders"):
        assert words in said
    assert "For raters at large who lean to a system nothing is saved." in said


def test_the_command_prints_its_record(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["item_id,first_system,second_system,winner", "i0000,base,tuned,tie"]
    path = table(tmp_path / "flat.csv", *rows)
    assert main(["judge", str(folder), str(path), "--resamples", "200", "--json"]) == 0
    said = capsys.readouterr()
    found = JudgesRecord.model_validate_json(said.out)
    assert [one.judge for one in found.judges] == ["flat", "judge-1"]
    assert found.simulated
    assert found.judges[0].passes is None
    assert "judge flat: 1 of 1 verdicts" in said.err


def test_the_command_needs_a_judge(made: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", str(write(made, tmp_path / "bare"))]) == 2
    assert "holds no judges.jsonl; name a file of predictions" in capsys.readouterr().err


def test_the_command_repeats_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = []
    for _ in range(2):
        main(["judge", str(folder), "--resamples", "200", "--seed", "4"])
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]
