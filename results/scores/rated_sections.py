"""What a report of rated dialogues says, from its record."""

from __future__ import annotations

from results.document.drawings import forest
from results.document.numbers import number, percent
from results.document.view import Paragraph, Picture, Section, Table
from results.record.figure import FigureRecord
from results.record.rated import RatedReport
from results.scores.cells import bounds, forest_row
from results.scores.spoken import Spoken


def summary(report: RatedReport, say: Spoken) -> list[str]:
    """How much was rated, how far raters agree, and whether a model is one more rater."""
    counts = report.counts
    known = [item.alpha.value for item in report.items if item.alpha.value is not None]
    shown = {"n": counts.raters, "dialogues": counts.dialogues, "ratings": f"{counts.ratings:,}"}
    first = say("rated_summary", **shown)
    if known:
        first = say("rated_summary_alpha", **shown, least=number(min(known)), most=number(max(known)))
    return [first, *(_one_more(name, figure, say) for name, figure in report.one_more.items())]


def _one_more(name: str, figure: FigureRecord, say: Spoken) -> str:
    if figure.low is None:
        return say(f"one_more.{name}.unknown", reason=say.why(figure.reason))
    key = {-1: "nearer", 1: "farther"}.get(figure.sign, "alike")
    shown = {"value": number(figure.value, 3, sign=True), "interval": bounds(figure, 3, sign=True)}
    return say(f"one_more.{name}.{key}", **shown)


def sections(report: RatedReport, say: Spoken) -> tuple[Section, ...]:
    """All parts of the report."""
    header = say.header("item", "alpha", "interval", "raters_mean", "clients", "models")
    items = tuple(
        (f"{i} {item.en} · {item.ja}", number(item.alpha.value), bounds(item.alpha),
         *(number(item.means.get(voice)) for voice in ("raters", "client", "model")))
        for i, item in enumerate(report.items, start=1)
    )  # fmt: skip
    drawn = [forest_row(f"{i} {item.en}", item.alpha) for i, item in enumerate(report.items, start=1)]
    pairs = {entry.pair: say(f"pair.{entry.pair.replace(' and ', '_')}") for entry in report.voices}
    voices = tuple(
        (pairs[entry.pair], percent(entry.exact.value), percent(entry.within_one.value),
         number(entry.mae.value), bounds(entry.mae), number(entry.bias.value, sign=True),
         number(entry.spearman.value), number(entry.kappa.value))
        for entry in report.voices
    )  # fmt: skip
    near = [forest_row(pairs[entry.pair], entry.mae) for entry in report.voices]
    more = tuple(
        (say(f"voice.{name}"), number(figure.value, 3, sign=True), bounds(figure, 3, sign=True),
         f"{figure.n_judgments:,}")
        for name, figure in report.one_more.items()
    )  # fmt: skip
    of_voices = say.header("", "exact", "within_one", "mae", "interval", "bias", "spearman", "kappa")
    return (
        Section("agreement", say("section.agreement"), (
            Table(header, items, say("agreement_note")),
            Picture(forest(drawn, (-0.5, 0, 0.5, 1), say("agreement_title")), say("agreement_caption")),
        )),
        Section("voices", say("section.voices"), (
            Table(of_voices, voices, say("voices_note")),
            Picture(forest(near, (0, 0.5, 1, 1.5, 2), say("measure.mae")), say("voices_caption")),
        )),
        Section("one-more", say("section.one_more"), (
            Paragraph(say("one_more_text")),
            Table(say.header("", "difference", "interval", "comparisons"), more),
        )),
    )  # fmt: skip
