"""What a report of rated dialogues says in words, tables and pictures."""

from __future__ import annotations

from results.document.drawings import forest
from results.document.numbers import number, percent
from results.document.view import Paragraph, Picture, Section, Table
from results.document.words import reason
from results.record.figure import FigureRecord
from results.record.rated import RatedReport
from results.scores.cells import bounds, forest_row


def summary(report: RatedReport) -> list[str]:
    """How much was rated, how far raters agree, and whether a model is one more rater."""
    counts = report.counts
    known = [item.alpha.value for item in report.items if item.alpha.value is not None]
    said = f"{counts.raters} raters, {counts.dialogues} dialogues, {counts.ratings:,} ratings."
    if known:
        said += f" Ordinal alpha over the 20 items: {number(min(known))} to {number(max(known))}."
    return [said, *(_one_more(name, figure) for name, figure in report.one_more.items())]


def _one_more(name: str, figure: FigureRecord) -> str:
    if figure.low is None:
        return f"Whether the {name} is as good as one more rater cannot be said: {reason(figure.reason, 'en')}."
    word = "as far from the other raters as a rater is, so far as this shows"
    if figure.sign < 0:
        word = "nearer to the other raters than a rater is"
    elif figure.sign > 0:
        word = "farther from the other raters than a rater is"
    return (
        f"The {name} is {word}: mean absolute error less a rater's"
        f" {number(figure.value, 3, sign=True)} ({bounds(figure, 3, sign=True)})."
    )


def sections(report: RatedReport) -> tuple[Section, ...]:
    """All parts of the report."""
    header = ("item", "alpha", "95 %", "raters' mean", "client's", "model's")
    items = tuple(
        (f"{i} {item.en} · {item.ja}", number(item.alpha.value), bounds(item.alpha),
         *(number(item.means.get(voice)) for voice in ("raters", "client", "model")))
        for i, item in enumerate(report.items, start=1)
    )  # fmt: skip
    drawn = [forest_row(f"{i} {item.en}", item.alpha) for i, item in enumerate(report.items, start=1)]
    voices = tuple(
        (entry.pair, percent(entry.exact.value), percent(entry.within_one.value),
         number(entry.mae.value), bounds(entry.mae), number(entry.bias.value, sign=True),
         number(entry.spearman.value), number(entry.kappa.value))
        for entry in report.voices
    )  # fmt: skip
    near = [forest_row(entry.pair, entry.mae) for entry in report.voices]
    more = tuple(
        (name, number(figure.value, 3, sign=True), bounds(figure, 3, sign=True), f"{figure.n_judgments:,}")
        for name, figure in report.one_more.items()
    )
    return (
        Section("agreement", "How far raters agree, item by item", (
            Table(header, items, "Unit: a dialogue. Krippendorff's alpha, ordinal; intervals resample dialogues."),
            Picture(forest(drawn, (-0.5, 0, 0.5, 1), "alpha by item"), "Agreement of the raters on each item."),
        )),
        Section("voices", "Raters, client and model", (
            Table(("", "exact", "within one", "MAE", "95 %", "bias", "Spearman", "weighted κ"), voices,
                  "Over all items; Spearman and κ are means over items. Bias: the first named minus the second."),
            Picture(forest(near, (0, 0.5, 1, 1.5, 2), "mean absolute error"), "Mean absolute error of two voices."),
        )),
        Section("one-more", "As good as one more rater?", (
            Paragraph("Each rater is left out in turn; the mean of the others is what should be met. Shown is the mean"
                      " absolute error of model or client less that of the rater left out: below 0 is nearer."),
            Table(("", "difference", "95 %", "comparisons"), more),
        )),
    )  # fmt: skip
