"""The blinding index: published trials, right and wrong from the systems alone, and order as an order fact."""

from __future__ import annotations

from dataclasses import replace

import pytest

from results.export.folder import Export
from results.export.rows import JudgmentRow, RaterRow
from results.report.planned import blinding_record
from results.statistics.resample import Resampling
from results.study.blinding import Blinding, adjusted_systems, blinding
from tests import judged

HOW = Resampling(resamples=200, seed=2)
Answer = tuple[str, str | None, str]
"""Rater, system named (None = cannot tell, '' = left), system that stood first."""


def export(answers: list[Answer], adapters: tuple[str, ...] = ("tuned",), withdrawn: tuple[str, ...] = ()) -> Export:
    made = judged.export(len(answers), 1)
    systems = tuple(s.model_copy(update={"adapter": "x"}) if s.system_id in adapters else s for s in made.study.systems)
    rows = [row(number, answer) for number, answer in enumerate(answers)]
    raters = sorted({rater for rater, _, _ in answers})
    return replace(
        made,
        study=made.study.model_copy(update={"systems": systems}),
        judgments=(*made.judgments, *rows),
        raters=tuple(
            RaterRow(rater=r, seat=s, assignments_planned=1, assignments_done=1, withdrawn=r in withdrawn)
            for s, r in enumerate(raters)
        ),
    )


def row(number: int, answer: Answer) -> JudgmentRow:
    rater, named, first = answer
    return JudgmentRow(
        study_id="simulated",
        rater=rater,
        seat=0,
        assignment_id=f"b{number:07d}",
        kind="blinding",
        position=number,
        item_id=f"i{number:04d}",
        dialogue=f"d{number:04d}",
        criterion="blinding",
        criterion_kind="labels",
        of="pair",
        target="pair",
        value=None if named == "" else "named" if named else "cannot_tell",
        chosen_system=named or None,
        reason="skipped" if named == "" else "",
        first_system=first,
        second_system="base" if first == "tuned" else "tuned",
        seq=10_000 + number,
        submission_id=f"{number:032d}",
        submitted_at="2030-01-02T03:00:00Z",
    )


def trial(first: tuple[int, int, int], second: tuple[int, int, int]) -> Blinding:
    """Right, wrong and unsure answers where the adjusted system stood first, and where it stood second."""
    cells = (("tuned", first), ("base", second))
    answers = [
        ("R001", named, stood)
        for stood, counts in cells
        for named, count in zip(("tuned", "base", None), counts, strict=True)
        for _ in range(count)
    ]
    return blinding(export(answers), HOW)


def test_crisp_trial() -> None:
    """Bang et al. (2004), table 7: 82 of 277 on treatment guessed it, 25 the placebo, 170 did not know; 29 of 139 on
    placebo guessed it, 27 the treatment, 83 did not know. Bang's index (82 - 25) / 277 = 0.206 and
    (29 - 27) / 139 = 0.014. James' index: of 163 guesses P_do = 0.5 * 52 / 163, P_de = 0.5 * (107 * 54 + 56 * 109) /
    163^2, K = -0.2867, P_dk = 253 / 416, so (1 + 0.6082 - 0.3918 * 0.2867) / 2 = 0.748 (published: 0.75)."""
    found = trial((82, 25, 170), (29, 27, 83))
    assert found.when_first.value == pytest.approx(57 / 277)
    assert found.when_second.value == pytest.approx(2 / 139)
    assert found.index.value == pytest.approx(59 / 416)
    assert found.james.value == pytest.approx(0.748, abs=0.0005)


@pytest.mark.parametrize(
    ("first", "second", "index", "james"),
    [
        ((10, 0, 0), (10, 0, 0), 1.0, 0.0),
        ((0, 0, 10), (0, 0, 10), 0.0, 1.0),
        ((5, 5, 0), (5, 5, 0), 0.0, 0.5),
        ((0, 10, 0), (0, 10, 0), -1.0, 1.0),
    ],
    ids=["all right", "nobody could tell", "random guessing", "all wrong"],
)
def test_landmarks_of_both_indices(
    first: tuple[int, int, int], second: tuple[int, int, int], index: float, james: float
) -> None:
    found = trial(first, second)
    assert found.index.value == pytest.approx(index)
    assert found.james.value == pytest.approx(james)


def test_counts_figures_and_raters() -> None:
    answers: list[Answer] = [("R001", "tuned", "tuned"), ("R001", "tuned", "base"), ("R002", "base", "base")]
    answers += [("R002", None, "tuned"), ("R002", "", "tuned"), ("R001", "tuned", "base"), ("R002", "tuned", "base")]
    found = blinding(export(answers), HOW)
    assert (found.right, found.wrong, found.cannot_tell, found.missing, found.left_out) == (4, 1, 1, 1, 0)
    assert found.index.value == pytest.approx(3 / 6)
    assert found.index.reason == "few_raters", "two raters do not speak for others"
    assert found.raters == (("R001", 3, 0, 0), ("R002", 1, 1, 1))
    assert (found.index.sizes.items, found.index.sizes.raters, found.index.sizes.judgments) == (6, 2, 6)


def test_the_interval_is_for_raters_at_large() -> None:
    """Three raters with indices 1, 0 and -1 over six pairs each: their mean 0 has standard error 1 / sqrt(3)."""
    named: dict[str, tuple[str | None, ...]] = {
        "R001": ("tuned",) * 6,
        "R002": ("tuned", "base") * 3,
        "R003": ("base",) * 6,
    }
    found = blinding(export([(rater, name, "tuned") for rater, names in named.items() for name in names]), HOW)
    assert found.index.value == pytest.approx(0)
    assert (found.index.low, found.index.high) == (-1, 1), "0 +- 4.30 / sqrt(3) lies beyond the ends of the index"
    assert found.index.method.startswith("Bang's index; dialogues and raters random")


def test_flipping_every_presentation_order_leaves_the_index_and_exchanges_its_arms() -> None:
    answers: list[Answer] = [("R001", "tuned", "tuned"), ("R001", "base", "base"), ("R002", None, "tuned")]
    there = blinding(export(answers), HOW)
    back = blinding(judged.flipped(export(answers)), HOW)
    assert there.index == back.index
    assert there.james == back.james
    assert (there.when_first, there.when_second) == (back.when_second, back.when_first)


def test_withdrawn_raters_are_in_no_figure() -> None:
    answers: list[Answer] = [("R001", "tuned", "tuned"), ("R002", "base", "tuned")]
    found = blinding(export(answers, withdrawn=("R002",)), HOW)
    assert (found.right, found.wrong) == (1, 0)


def test_undefined_cases_say_why() -> None:
    assert blinding(judged.export(4, 1), HOW).index.reason == "not_asked"
    both = blinding(export([("R001", "tuned", "tuned")], adapters=("tuned", "base")), HOW)
    assert both.index.reason == "no_adjusted_system"
    assert both.left_out == 1
    one_sided = trial((10, 0, 0), (0, 10, 0))  # everybody named the first response
    assert one_sided.index.value == pytest.approx(0)
    assert one_sided.james.value == pytest.approx(0.5)
    only_first = trial((10, 0, 0), (0, 0, 0))
    assert only_first.when_second.reason == "never_second"
    assert only_first.james.reason == "one_guess"


def test_adjusted_systems_can_be_named_where_no_adapter_tells() -> None:
    made = export([("R001", "tuned", "tuned")], adapters=())
    assert adjusted_systems(made.study) == frozenset()
    assert blinding(made, HOW, adjusted=["tuned"]).right == 1
    assert blinding(made, HOW, adjusted=["base"]).wrong == 1


def test_the_record_holds_counts_and_figures() -> None:
    record = blinding_record(trial((3, 1, 2), (2, 2, 2)))
    assert (record.right, record.wrong, record.cannot_tell) == (5, 3, 4)
    assert record.order.adjusted_first.value == pytest.approx(2 / 6)
