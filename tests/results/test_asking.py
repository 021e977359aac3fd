"""Questions and minimal responses by language, and how the two go together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.export.folder import Export, read, write
from results.export.rows import ResponseRow
from results.report.build import build
from results.report.pages import lay_out
from results.responses.asking import features, together
from results.statistics.figure import Sizes
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling
from results.study.asking.correlation import over_items, over_systems
from results.study.asking.questioning import Questioning, questioning
from tests import judged

HOW = Resampling(resamples=200, seed=3)
SIZES = Sizes(items=8)


def marked(made: Export, language: str = "ja") -> Export:
    """Each third item asks in the base system, each second is minimal in the tuned one."""

    def row(one: ResponseRow) -> ResponseRow:
        number, base = int(one.item_id[1:]), one.system_id == "base"
        asks, minimal = base and number % 3 == 0, not base and number % 2 == 0
        return one.model_copy(update={"questions": int(asks), "minimal": minimal, "language": language})

    return replace(made, responses=tuple(map(row, made.responses)))


def rates(made: Export) -> Questioning:
    return questioning(made, ("base", "tuned"), (("base", "tuned"),), HOW)


def test_shares_stand_beside_each_other() -> None:
    found = rates(marked(judged.export(items=12)))
    assert found.systems["share_asking"]["base"].value == pytest.approx(4 / 12)
    assert found.systems["share_minimal"]["tuned"].value == pytest.approx(6 / 12)
    assert found.differences["share_minimal"]["base", "tuned"].value == pytest.approx(-6 / 12)
    assert (found.languages, found.basis) == (("ja",), "rules")


def test_two_systems_have_no_correlation_but_items_have() -> None:
    found = rates(marked(judged.export(items=12)))
    assert found.together["over_systems"].reason == Reason.FEW_SYSTEMS
    # items 1..12 (or 0..11): x = 1/2 on each third, y = 1/2 on each second; of 12, 4 and 6, both on 2: cov = 0
    assert found.together["over_items"].value == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("language", "basis", "asking", "minimal"),
    [
        ("de", "marks", None, Reason.NO_MINIMAL_RULE),
        ("th", "none", Reason.NO_DETECTOR, Reason.NO_MINIMAL_RULE),
        ("en", "rules", None, None),
    ],
)
def test_what_a_language_lacks_has_a_reason(language: str, basis: str, asking: str, minimal: str) -> None:
    made = marked(judged.export(items=12), language)
    lacking = {"minimal": None} | ({"questions": None} if asking else {}) if minimal else {}
    made = replace(made, responses=tuple(one.model_copy(update=lacking) for one in made.responses))
    found = rates(made)
    assert found.basis == basis
    assert [found.systems[key]["base"].reason for key in ("share_asking", "share_minimal")] == [asking, minimal]
    assert found.differences["questions"]["base", "tuned"].reason == asking
    assert (found.together["over_items"].reason is None) == (minimal is None)
    assert found.systems["characters"]["base"].value is not None


def test_the_report_says_by_what_questions_were_counted() -> None:
    made = marked(judged.export(items=12), "de")
    record = build(made, resamples=200).record
    assert "by question marks alone" in lay_out(record, "en").markdown()
    assert "marks alone (German)" in lay_out(record, "en").markdown()
    assert "by question marks alone" not in lay_out(build(marked(made), resamples=200).record, "en").markdown()


def test_an_export_without_the_later_columns_is_read(tmp_path: Path) -> None:
    import json

    from tasks.files import sha256_file

    folder = write(judged.export(items=6), tmp_path / "export")
    table = folder / "responses.csv"
    rows = table.read_text("utf-8-sig").splitlines()
    table.write_text("".join(",".join(row.split(",")[:5]) + "\r\n" for row in rows), encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["sha256"]["responses.csv"] = sha256_file(table)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert {(row.language, row.minimal) for row in read(folder).responses} == {("ja", None)}


def pearson(values: Array) -> float:
    return float(np.asarray(np.corrcoef(values.T))[0, 1])


def test_correlation_is_numpys() -> None:
    random = np.random.default_rng(1)
    values = random.random((8, 2))
    found = over_items(values, np.arange(8), SIZES, HOW)
    assert found.value == pytest.approx(pearson(values))
    shares = [np.column_stack([random.integers(0, 5, 8), np.full(8, 5), random.integers(0, 5, 8), np.full(8, 5)]) * 1.0
              for _ in range(4)]  # fmt: skip
    sums = np.array([one.sum(axis=0) for one in shares])
    expected = pearson(sums[:, [0, 2]] / sums[:, [1, 3]])
    assert over_systems(shares, SIZES, HOW).value == pytest.approx(expected)


def test_correlation_is_undefined_where_nothing_varies() -> None:
    same = [np.array([[1.0, 2, 1, 2]] * 8)] * 3
    assert over_systems(same, SIZES, HOW).reason == Reason.CONSTANT_SIDE
    assert over_items(np.array([[0.5, 0.0], [0.5, 1.0]] * 4), np.arange(8), SIZES, HOW).reason == Reason.CONSTANT_SIDE


TEXTS = st.lists(
    st.sampled_from(["はい。", "いつですか。", "それは長いあいだ大変なことでしたね。", ""]), min_size=8, max_size=8
)


@given(st.lists(TEXTS, min_size=3, max_size=4))
def test_a_response_is_never_both_and_order_of_systems_is_nothing(texts: list[list[str]]) -> None:
    tables = {str(number): features(own, "ja") for number, own in enumerate(texts)}
    assert all(not (table[:, 0] * table[:, 2]).any() for table in tables.values())
    dialogues = [str(number) for number in range(8)]
    found = together(tables, dialogues, "ja", SIZES, Resampling(resamples=100))
    turned = together(dict(reversed(tables.items())), dialogues, "ja", SIZES, Resampling(resamples=100))
    for name, figure in found.items():
        assert figure.value is None or -1 <= figure.value <= 1
        assert turned[name].value == (None if figure.value is None else pytest.approx(figure.value))
