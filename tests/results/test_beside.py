"""The habits of raters that are unusual, and the items to read beside the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from results.export.folder import Export
from results.export.rows import JudgmentRow
from results.study.beside.examples import MOST, examples
from results.study.beside.habits import LEAST, one_sided, unusual
from results.study.judged import judged
from results.study.raters import rater_records
from tasks.schema import Exclusion
from tests.judged import export, with_judgments


def preferring(made: Export, choose: Mapping[str, str | None]) -> Export:
    """Every rater prefers the system named for them, strongly; None = about the same."""
    rows = [
        row.model_copy(update=_choice(row, choose[row.rater]))
        if row.criterion_kind == "preference" and row.rater in choose
        else row
        for row in made.judgments
    ]
    return with_judgments(made, rows)


def _choice(row: JudgmentRow, system: str | None) -> dict[str, object]:
    if system == "first":
        system = row.first_system
    return {"value": 2 if system else 0, "strength": 2 if system else 0, "chosen_system": system, "reason": ""}


@pytest.fixture(scope="module")
def made() -> Export:
    return export(items=24, raters=4, missing=0)


def test_a_lean_to_a_side_is_told_only_beyond_chance_of_all_raters() -> None:
    assert one_sided({"R001": (10, 10), "R002": (5, 10)}) == ("R001",)
    assert one_sided({"R001": (0, 10)}) == ("R001",)
    # 9 of 10: p = 22 / 1024 = .0215, times three raters .064
    assert one_sided({"R001": (9, 10), "R002": (5, 10)}) == ("R001",)
    assert one_sided({"R001": (9, 10), "R002": (5, 10), "R003": (5, 10)}) == ()
    assert one_sided({"R001": (LEAST - 1, LEAST - 1)}) == ()


def test_what_is_unusual_is_told_by_the_studys_own_limits(made: Export) -> None:
    fast = [row.model_copy(update={"active_seconds": 3.0}) if row.rater == "R002" else row for row in made.assignments]
    odd = replace(preferring(made, {"R001": None, "R003": "tuned"}), assignments=tuple(fast))
    found = unusual(made.study, rater_records(judged(odd)), {})
    kinds = {(one.rater, one.kind) for one in found}
    assert {("R001", "ties"), ("R001", "run"), ("R002", "fast"), ("R003", "run")} <= kinds
    assert all(rater != "R004" for rater, _ in kinds)
    slower = made.study.model_copy(update={"exclusions": (Exclusion(rule="min_seconds", threshold=2),)})
    assert "fast" not in {one.kind for one in unusual(slower, rater_records(judged(odd)), {})}


def test_examples_are_of_those_who_agree_and_of_those_who_split(made: Export) -> None:
    data = judged(made)
    found = examples(data, made.study.criterion("preference"), data.pairs())
    assert 0 < len(found.together) <= MOST
    assert all(one.votes == 4 and one.together and not one.fewer for one in found.together)
    assert all(one.fewer for one in found.split)
    assert [one.fewer for one in found.split] == sorted((one.fewer for one in found.split), reverse=True)
    data = judged(preferring(made, dict.fromkeys(("R001", "R002", "R003", "R004"))))
    nothing = examples(data, made.study.criterion("preference"), data.pairs())
    assert (nothing.together, nothing.split) == ((), ())
