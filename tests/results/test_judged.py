"""From rows to ratings: whose judgments count, in which direction, and what a response met again counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from results.export.rows import JudgmentRow
from results.statistics.resample import Resampling
from results.study.judged import compared, judged, preference_ratings, signed, target_ratings
from results.study.position_bias import order
from results.study.response_ratings import outcome
from tasks.schema import PAIR, Target
from tests import judged as simulated

HOW = Resampling(resamples=200)
PAIRED = ("base", "tuned")


def row(rater: str, item: str, target: Target = PAIR, value: int | None = 1, position: int = 0) -> JudgmentRow:
    """A judgment of base (first) and tuned (second); of a preference, tuned is chosen with the strength `value`."""
    preference = target == PAIR
    return JudgmentRow(
        study_id="s", rater=rater, seat=0, assignment_id=f"{rater}-{item}-{position}", kind="main", position=position,
        item_id=item, dialogue=item, criterion="preference" if preference else "empathy",
        criterion_kind="preference" if preference else "scale", of="pair" if preference else "response", target=target,
        value=value, chosen_system="tuned" if preference and value else None, strength=value if preference else None,
        reason="" if value is not None else "skipped", first_system="base", second_system="tuned", seq=position + 1,
        submission_id="0" * 32, submitted_at="2030-01-01T00:00:00Z",
    )  # fmt: skip


def test_the_sign_is_that_of_the_pair_s_first_system() -> None:
    assert [signed(row("R1", "i", value=2), pair) for pair in (("tuned", "base"), PAIRED)] == [2, -2]
    assert signed(row("R1", "i", value=0), PAIRED) == 0
    assert signed(row("R1", "i", value=None), PAIRED) is None


def test_rows_of_a_pair_are_those_that_showed_it_on_either_side() -> None:
    turned = row("R2", "i").model_copy(update={"first_system": "tuned", "second_system": "base"})
    other = row("R3", "i").model_copy(update={"second_system": "mid"})
    assert compared([row("R1", "i"), turned, other], PAIRED) == (row("R1", "i"), turned)


def test_only_main_judgments_of_raters_who_stayed_count() -> None:
    export = simulated.export(6, 3)
    practice = export.judgments[0].model_copy(update={"kind": "practice", "rater": "R002"})
    gone = tuple(r.model_copy(update={"withdrawn": r.rater == "R001"}) for r in export.raters)
    rows = judged(replace(export, judgments=(practice, *export.judgments[1:]), raters=gone)).rows
    assert {r.rater for r in rows} == {"R002", "R003"}
    assert {r.kind for r in rows} == {"main"}


def test_a_response_met_again_counts_once_the_first_time_a_value_was_given() -> None:
    criterion = simulated.study(3).criterion("empathy")
    base = Target.of_system("base")
    rows = [row("R1", "i", base, None), row("R1", "i", base, 1, 1), row("R1", "i", base, 2, 2), row("R2", "i", base, 0)]
    ratings = target_ratings(rows, criterion, ["base"])
    assert {ratings.rater_names[r]: n for r, n in zip(ratings.rater, ratings.numbers, strict=True)} == {
        "R1": 1,
        "R2": 0,
    }


def test_a_preference_s_unit_is_item_and_pair() -> None:
    criterion = simulated.study(3).criterion("preference")
    ratings = preference_ratings([row("R1", "i"), row("R2", "i"), row("R1", "j", value=2)], criterion, [PAIRED])
    assert [unit[0] for unit in ratings.unit_names if isinstance(unit, tuple)] == ["i", "j"]
    assert ratings.numbers.tolist() == [-1, -1, -2]


def test_differences_are_first_minus_second_and_harm_has_exact_bounds() -> None:
    study = simulated.study(12)
    base, tuned = Target.of_system("base"), Target.of_system("tuned")
    rows = [row("R1", f"i{n}", t, v + n % 2) for n in range(12) for t, v in ((base, 0), (tuned, 1))]
    rated = outcome(rows, study.criterion("empathy"), PAIRED, [PAIRED], HOW)
    assert rated.measures["mean"]["base"].value == pytest.approx(0.5)
    assert rated.differences["mean"][PAIRED].value == pytest.approx(-1)
    assert rated.higher[PAIRED].value == 0
    flags = [r.model_copy(update={"criterion": "harm", "value": int(n % 2)}) for n, r in enumerate(rows[::2])]
    harm = outcome(flags, study.criterion("harm"), PAIRED, [PAIRED], HOW).measures["share_yes"]["base"]
    assert (harm.value, "Clopper-Pearson" in harm.method) == (0.5, True)


def test_the_first_side_is_the_one_shown_first() -> None:
    turned = {"first_system": "tuned", "second_system": "base"}
    rows = [row("R1", f"i{n}") for n in range(6)] + [row("R2", f"i{n}").model_copy(update=turned) for n in range(2)]
    facts = order(rows, HOW)  # tuned is always chosen: second for R1, first for R2
    assert facts.raters == {"R1": (0, 6), "R2": (2, 2)}
    assert facts.first_share.value == pytest.approx(2 / 8)
    assert (facts.shares["R1"].value, facts.shares["R1"].low) == (0, 0)
    assert facts.shares["R2"].reason == "few_dialogues"
    assert facts.shown_first == {"base": (6, 8), "tuned": (2, 8)}
