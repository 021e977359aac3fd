"""Agreement on labels and spans against values by hand."""

from __future__ import annotations

from typing import Any

import pytest

from results.export.rows import JudgmentRow
from results.scores import marked
from results.statistics.resample import Resampling
from tasks.schema import Criterion, Words
from tasks.study.wording.templates import template

HOW = Resampling(100, 1)
STRATEGY = template("label")[0]
SPANS = Criterion(criterion_id="phrase", of="response", kind="spans", label=Words(ja="言葉", en="Phrase"))


def row(rater: str, target: str, value: Any, criterion: Criterion = STRATEGY, item: str = "i1") -> JudgmentRow:
    return JudgmentRow(
        study_id="s", rater=rater, seat=0, assignment_id=f"{rater}-{item}", kind="main", position=0, item_id=item,
        dialogue=item, criterion=criterion.criterion_id, criterion_kind=criterion.kind, of=criterion.of, target=target,
        value=value, seq=1, submission_id="x", submitted_at="2026-01-01T00:00:00Z",
    )  # fmt: skip


def test_alpha_of_each_label_over_utterances() -> None:
    """Label 0: R1 1 1 0 0, R2 1 0 0 0. One unit of four disagrees; n0 = 5, n1 = 3: alpha = 1 - 7 * 2 / (2 * 15)."""
    rows = [row("R1", f"utterance:{i}", v) for i, v in enumerate(([0], [0, 3], [7], [7]))]
    rows += [row("R2", f"utterance:{i}", v) for i, v in enumerate(([0], [3], [7], [7]))]
    found = marked.labels(rows, STRATEGY, HOW)
    assert found["0"].value == pytest.approx(1 - 7 * 2 / 30)
    assert found["3"].value == pytest.approx(1)
    assert found["7"].value == pytest.approx(1)
    assert found["5"].value is None  # nobody gave it: nothing varies


def test_characters_and_whole_spans() -> None:
    """R1 marks 0-4, R2 marks 0-2 and 6-8 of 8: per character 1111 0000 and 1100 0011."""
    rows = [row("R1", "system:a", [[0, 4]], SPANS), row("R2", "system:a", [[0, 2], [6, 8]], SPANS)]
    found = marked.spans(rows, SPANS, HOW)
    # 8 units, 4 disagree: D_o = 8 ordered pairs; n1 = n0 = 8: alpha = 1 - 15 * 8 / (2 * 64)
    assert found["characters"].value == pytest.approx(1 - 15 * 8 / 128)
    assert found["f1"].value == pytest.approx(2 * 1 / 3)  # 0-4 and 0-2 overlap by half


def test_spans_overlap_only_under_the_same_label_and_each_once() -> None:
    assert marked.overlap((0, 4), (2, 6)) == pytest.approx(1 / 3)
    assert marked.overlap((0, 4, 1), (0, 4, 2)) == 0
    assert marked.matches([(0, 4), (0, 4)], [(0, 4)]) == 1


def test_one_rater_alone_has_no_agreement_and_a_reason() -> None:
    assert marked.spans([row("R1", "system:a", [[0, 4]], SPANS)], SPANS, HOW)["f1"].reason == "no_shared_text"
    alone = marked.labels([row("R1", "utterance:0", [0])], STRATEGY, HOW)
    assert alone["0"].value is None
    assert alone["0"].reason
