from __future__ import annotations

import pytest

from results.statistics.preference import mean_margin
from results.statistics.resample import Resampling
from results.study.judged import judged, preference_ratings
from results.study.strata import FEWEST, strata
from tests.judged import export

HOW = Resampling(resamples=100)
PAIR = ("base", "tuned")


def test_a_stratum_is_the_margin_of_its_items() -> None:
    made = export(items=20, raters=3)
    data = judged(made)
    criterion = made.study.criterion("preference")
    found = {(one.by, one.name): one.margin for one in strata(data, criterion, PAIR, HOW)}
    assert set(found) == {("topic", "家族"), ("topic", "職場"), *(("depth", b) for b in ("early", "middle", "late"))}
    work = {item.item_id for item in data.export.items if item.topic == "職場"}
    rows = [row for row in data.of("preference") if row.item_id in work]
    alone = mean_margin(preference_ratings(rows, criterion, [PAIR]), HOW)
    assert found["topic", "職場"].value == pytest.approx(alone.value)


def test_parts_of_few_items_are_not_shown() -> None:
    made = export(items=4, raters=2)
    assert FEWEST > 2  # two items of either topic
    assert strata(judged(made), made.study.criterion("preference"), PAIR, HOW) == ()
