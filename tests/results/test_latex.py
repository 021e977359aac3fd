"""Tables as LaTeX: the cells of the page, nothing that TeX would run, simulated studies marked."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.document.latex import escape, table_of
from results.document.view import Table
from results.record.report import ReportRecord
from results.report.build import build
from results.report.pages import lay_out
from tests import judged

COMMANDS = {
    "\\textbackslash", "\\{", "\\}", "\\#", "\\$", "\\%", "\\&", "\\_", "\\textasciicircum", "\\textasciitilde",
    "\\textless", "\\textgreater", "\\textbar", "\\ldots", "\\times", "\\pm", "\\geq", "\\leq", "\\alpha", "\\kappa",
    "\\nu",
}  # fmt: skip


@pytest.fixture(scope="module")
def record() -> ReportRecord:
    return build(judged.export(8, 3), 100, 0).record


def test_escape_by_hand() -> None:
    assert escape("50 % of A_1 & {B}") == r"50 \% of A\_1 \& \{B\}"
    assert escape("−0.35 … +0.10") == r"$-$0.35 \ldots{} +0.10"
    assert escape("\\input{secret}") == r"\textbackslash{}input\{secret\}"
    assert escape("質問の量\n（共感）") == "質問の量 （共感）"


@given(st.text())
def test_no_text_becomes_a_command(text: str) -> None:
    made = escape(text)
    assert set(re.findall(r"\\(?:[A-Za-z]+|.)", made)) <= COMMANDS
    assert "\n" not in made
    bare = re.sub(r"\\[A-Za-z]+(?:\{\})?|\\.|\$[^$]*\$", "", made)
    assert not set(bare) & set("\\{}#$%&_^<>|")


def test_a_table_by_hand() -> None:
    made = table_of(Table(("", "Base", "Tuned"), (("mean", "1.66", "2.23"),)), "Empathy & care", "tab:empathy")
    assert made.splitlines() == [
        r"\begin{table}",
        r"\centering",
        r"\caption{Empathy \& care}",
        r"\label{tab:empathy}",
        r"\begin{tabular}{lrr}",
        r"\toprule",
        r" & Base & Tuned \\",
        r"\midrule",
        r"mean & 1.66 & 2.23 \\",
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_table_of_the_report_is_there_with_whole_rows(record: ReportRecord, lang: Any) -> None:
    made = lay_out(record, lang).latex()
    assert {"preference", "ratings", "questions", "agreement", "raters", "order", "data"} <= set(made)
    for text in made.values():
        columns = re.search(r"\\begin\{tabular\}\{(l r*|lr*)\}", text)
        assert columns is not None
        rows = [line for line in text.splitlines() if line.endswith(r"\\")]
        assert len(rows) > 1
        assert {len(re.findall(r"(?<!\\)&", row)) + 1 for row in rows} == {len(columns.group(1))}
        assert text.count(r"\begin{") == text.count(r"\end{") == 2


def test_a_simulated_study_says_so_in_every_caption(record: ReportRecord) -> None:
    made = lay_out(record, "en").latex()
    assert all("imulated" in text for text in made.values())
    real = replace(judged.export(8, 3), study=judged.study(8).model_copy(update={"simulated": False}))
    found = lay_out(build(real, 100, 0).record, "en").latex()
    assert not [name for name, text in found.items() if r"\caption{Simulated" in text]


def test_numbers_beside_arabic_run_from_left_to_right() -> None:
    """A minus sign is a formula of its own: beside Arabic letters it would stand behind its number."""
    table = Table(("الاسم", "القيمة"), (("متوسط الفرق", "\u22120.54 [\u22121.18,\u00a0+0.10]"), ("لا شيء", "–")))
    made = table_of(table, "الفرق \u2068\u22120.54\u2069", "tab:x")
    assert r"متوسط الفرق & \mbox{\foreignlanguage{english}{$-$0.54 [$-$1.18,~+0.10]}} \\" in made
    assert r"لا شيء & -- \\" in made
    assert r"\caption{الفرق \mbox{\foreignlanguage{english}{$-$0.54}}}" in made
    assert "foreignlanguage" not in table_of(Table(("name", "value"), (("mean", "\u22120.54"),)), "x", "tab:x")
    assert escape("\u2068ask و\u2068\u22121\u2069\u2069") == r"ask و\mbox{\foreignlanguage{english}{$-$1}}"
    assert "\u2068" not in made
    named = table_of(Table(("الاسم", "القيمة"), (("\u2068ask\u2069: نسبة", "1"),)), "x", "tab:x")
    assert r"{\textdir TRT \mbox{\foreignlanguage{english}{ask}}: نسبة} &" in named, "else the name stands at the end"
