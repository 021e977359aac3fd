"""What a score report says in words, tables and pictures."""

from __future__ import annotations

from collections.abc import Iterable

from results.document.numbers import DASH, number, percent
from results.document.view import Block, Heading, Paragraph, Picture, Section, Table
from results.document.words import reason
from results.record.figure import FigureRecord
from results.record.scores import Against, CorrelationReport, Measures, ScoreReport, SliceRow, UnseenReport
from results.scores import pictures
from results.scores.cells import bounds

NAMES = {
    "model": "model, likeliest value",
    "model_mean": "model, mean rounded",
    "constant": "one constant",
    "item_mode": "each item's mode",
    "item_median": "each item's median",
    "other_items": "client's other 19 items",
}
HALO = (
    "Baselines are fit on the training part alone. “Client's other 19 items” reads the same client's other answers: no"
    " prediction, but what an item adds to the general impression."
)
NOT_PUBLISHED = (
    "The data publish no age, sex or training of clients and counsellors: error by these cannot be given. Topic labels"
    " are predictions of GPT-4o-mini, not of people. What a client felt is known only through one rating of one person."
)


def summary(report: ScoreReport) -> list[str]:
    """What a reader needs first: how good, and whether better than knowing nothing."""
    counts, model = report.counts, report.predictors[0].items
    said = [
        f"{counts.dialogues} dialogues of {counts.clients} clients, split by {counts.split_by}: exact on"
        f" {percent(model.exact.value, 1)} of the items ({_range(model.exact, 100)}), within one on"
        f" {percent(model.within_one.value, 1)}, mean absolute error {number(model.mae.value, 3)}"
        f" ({_range(model.mae)})."
    ]
    for entry in report.against_baseline:
        if entry.predictor == "model" and entry.measure in ("exact", "mae"):
            said.append(_verdict(entry))
    return said


def _verdict(entry: Against) -> str:
    figure, better = entry.figure, entry.measure == "exact"
    name = {"exact": "share exact", "mae": "mean absolute error"}[entry.measure]
    start = f"Against {NAMES[entry.baseline]}, its {name} differs by {number(figure.value, 3, sign=True)}"
    if figure.low is None:
        return f"{start}; no interval ({reason(figure.reason, 'en')})."
    word = "not shown to differ" if not figure.sign else "better" if (figure.sign > 0) == better else "worse"
    return f"{start} ({bounds(figure, 3, sign=True)}): {word}."


def sections(report: ScoreReport) -> tuple[Section, ...]:
    """All parts of a score report."""
    return (
        Section("predictors", "The model beside baselines", tuple(_predictors(report))),
        Section("items", "Item by item", tuple(_items(report))),
        Section("values", "By true value and score band", tuple(_values(report))),
        Section("totals", "The total and the flags", tuple(_totals(report))),
        Section("calibration", "Are its chances honest?", tuple(_calibration(report))),
        Section("slices", "Where it errs", tuple(_slices(report))),
        Section("data", "Data and method", tuple(_data(report))),
    )


def _predictors(report: ScoreReport) -> Iterable[Block]:
    rows = [(NAMES[entry.name], entry.items) for entry in report.predictors]
    header = ("", "exact", "95 %", "within one", "MAE", "95 %", "Pearson", "Spearman", "weighted κ")
    yield Table(header, tuple(_predictor_row(*row) for row in rows), HALO)
    for measure, words in (("exact", "share exact"), ("mae", "mean absolute error"), ("spearman", "Spearman")):
        drawn = [(name, getattr(figures, measure)) for name, figures in rows]
        caption = f"{words.capitalize()} of all items, with 95 % intervals that resample clients."
        yield Picture(pictures.predictors(drawn, measure, words), caption)
    paired = tuple(
        (f"{NAMES[e.predictor]} − {NAMES[e.baseline]}", e.measure.replace("_", " "),
         number(e.figure.value, 3, sign=True), bounds(e.figure, 3, sign=True))
        for e in report.against_baseline
    )  # fmt: skip
    yield Table(("paired difference", "measure", "difference", "95 %"), paired)


def _predictor_row(name: str, figures: Measures) -> tuple[str, ...]:
    f = figures
    return (
        name, percent(f.exact.value, 1), _range(f.exact, 100, 1), percent(f.within_one.value, 1),
        number(f.mae.value, 3), _range(f.mae), number(f.pearson.value),
        number(f.spearman.value), number(f.kappa.value),
    )  # fmt: skip


def _items(report: ScoreReport) -> Iterable[Block]:
    rows = []
    for item in report.items:
        own, base = item.model, item.item_mode
        rows.append((
            f"{item.number} {item.en} · {item.ja}", number(item.true_mean), percent(own.exact.value),
            percent(base.exact.value), number(own.mae.value), number(base.mae.value),
            number(own.bias.value, sign=True), number(own.spearman.value), number(own.kappa.value),
        ))  # fmt: skip
    header = ("item", "client mean", "exact", "mode exact", "MAE", "mode MAE", "bias", "Spearman", "weighted κ")
    yield Table(header, tuple(rows), f"{DASH} where predictions do not vary. Bias: predicted minus client's.")
    drawn = [(f"{item.number} {item.en}", item.model.mae) for item in report.items]
    yield Picture(pictures.predictors(drawn, "mae", "mean absolute error by item"), "Mean absolute error by item.")


def _values(report: ScoreReport) -> Iterable[Block]:
    rows = tuple(
        (str(row.value), str(row.n), str(row.model.predicted), percent(row.model.exact),
         number(row.model.mean))
        for row in report.true_values
    )  # fmt: skip
    yield Table(("client gave", "times", "predicted", "of the client's: exact", "mean predicted"), rows)
    legend = (("tie", "clients"), ("a", "predicted (likeliest)"))
    yield Picture(pictures.by_value(report.true_values, "values"), "How often each value was given.", legend)
    yield _slice_table("score band", report.bands)


def _totals(report: ScoreReport) -> Iterable[Block]:
    rows = [(NAMES[entry.name], entry.total) for entry in report.predictors]
    lines = tuple(
        (name, number(f.mae.value, 1), _range(f.mae, 1, 1), number(f.bias.value, 1, sign=True),
         number(f.pearson.value), number(f.spearman.value), _range(f.spearman, 1, 2))
        for name, f in rows
    )  # fmt: skip
    note = "Totals follow the published rule: 0 with an ethics flag, half the sum where the client left, else the sum."
    yield Table(("score 0..100", "MAE", "95 %", "bias", "Pearson", "Spearman", "95 %"), lines, note)
    yield Picture(pictures.totals(report.totals, "predicted and true scores"), "One dot for each dialogue.")
    flags = tuple(
        (flag.en, str(flag.true), str(flag.predicted), str(flag.both), percent(flag.mean_chance, 1))
        for flag in report.flags
    )
    yield Table(("flag", "ticked", "predicted", "both", "mean chance"), flags)


def _calibration(report: ScoreReport) -> Iterable[Block]:
    calibration = report.calibration
    if calibration is None:
        yield Paragraph("The model gave values alone, no chances: there is nothing to calibrate.")
        return
    rows = tuple((number(b.stated, 3), number(b.seen, 3), f"{b.n:,}") for b in calibration.bins)
    yield Table(("stated chance (mean of the bin)", "came true", "statements"), rows)
    yield Picture(pictures.calibration(calibration.bins, "calibration"), "Stated chances and what became of them.")
    scores = (
        ("model", number(calibration.log_loss, 3), number(calibration.brier, 3)),
        (
            "each item's shares in training",
            number(calibration.base_log_loss, 3),
            number(calibration.base_brier, 3),
        ),
    )
    yield Table(("lower is better", "log loss, nats", "Brier"), scores)
    yield Paragraph(f"Expected calibration error: {number(calibration.expected_error, 3)}.")


def _slices(report: ScoreReport) -> Iterable[Block]:
    for name, words in (("topic", "topic"), ("year", "year"), ("length", "utterances")):
        yield _slice_table(words, report.slices[name])
    rows = []
    for role, entry in report.people.items():
        spread = [DASH] * 3 if entry.quartiles_of_bias is None else [number(q, sign=True) for q in
                  entry.quartiles_of_bias]  # fmt: skip
        rows.append((role, str(entry.people), str(entry.with_three), *spread, number(entry.icc)))
    note = "Quartiles of persons' mean signed error (3 dialogues or more); ICC(1): the person's share of the error."
    yield Table(("person", "people", "with 3+", "25 %", "50 %", "75 %", "ICC(1)"), tuple(rows), note)
    yield Paragraph(NOT_PUBLISHED)


def _slice_table(name: str, rows: Iterable[SliceRow]) -> Table:
    lines = []
    for row in rows:
        f = row.figures
        cells = (DASH,) * 4 if f is None else (
            percent(f.exact.value), number(f.mae.value), _range(f.mae, 1, 2),
            number(f.bias.value, sign=True),
        )  # fmt: skip
        lines.append((row.slice, str(row.n), number(row.true_mean, 1), *cells))
    header = (name, "dialogues", "client score", "exact", "MAE", "95 %", "bias")
    return Table(header, tuple(lines), "Slices of fewer than 10 dialogues have no figures.")


def _data(report: ScoreReport) -> Iterable[Block]:
    counts, manifest = report.counts, report.manifest
    yield Paragraph(
        f"{counts.dialogues} dialogues, {counts.clients} clients, {counts.counselors} counsellors; baselines"
        f" from {counts.train_dialogues:,} training dialogues. {counts.cut} dialogues lost their beginning to the"
        f" input limit of {manifest.max_length or 'unknown'} tokens; {counts.missing_values} values are missing."
    )
    if manifest.note:
        yield Paragraph(str(manifest.note))
    yield Paragraph(
        "Intervals: 95 % percentile bootstrap that draws clients, since a client rates several dialogues. Correlations"
        " and κ are means over the items where they are defined; exact, within one and MAE pool dialogues and items."
    )


def correlation_sections(report: CorrelationReport) -> tuple[Section, ...]:
    """Experiment 2."""
    names = [item.en for item in report.items]
    rows = tuple(
        (f"{i} {item.en} · {item.ja}", number(item.pearson.value), _range(item.pearson, 1, 2),
         number(item.spearman.value))
        for i, item in enumerate(report.items, start=1)
    )  # fmt: skip
    structure = tuple(
        (words, number(part.mean), number(part.alpha, 3), percent(part.first_component))
        for part, words in ((report.true, "clients"), (report.predicted, "model"))
    )
    heat = pictures.heat(names, report.true.correlations, report.predicted.correlations, "correlations")
    return (
        Section("items", "Model and client, item by item", (Table(("item", "Pearson", "95 %", "Spearman"), rows),)),
        Section("structure", "How the items hang together", (
            Table(("", "mean correlation", "Cronbach's alpha", "first component"), structure),
            Picture(heat, "Above the diagonal: clients' ratings; below: predictions."),
        )),
    )  # fmt: skip


def correlation_summary(report: CorrelationReport) -> list[str]:
    """What experiment 2 says first."""
    true, said = report.true, report.predicted
    return [
        f"Clients' 20 ratings correlate at {number(true.mean)} on average (alpha {number(true.alpha, 3)}): they"
        f" are far from 20 separate signals. The predictions' own items correlate at {number(said.mean)}.",
    ]


def unseen_sections(report: UnseenReport) -> tuple[Section, ...]:
    """Experiment 3."""
    rows = []
    for part, words in ((report.seen, "counsellor in training"), (report.unseen, "counsellor not in training")):
        f = part.figures
        cells = (DASH,) * 5 if f is None else (
            percent(f.exact.value, 1), number(f.mae.value, 3), _range(f.mae),
            number(f.spearman.value), number(f.kappa.value),
        )  # fmt: skip
        rows.append((words, str(part.dialogues), str(part.counselors), *cells))
    header = ("", "dialogues", "counsellors", "exact", "MAE", "95 %", "Spearman", "weighted κ")
    blocks: list[Block] = [Table(header, tuple(rows))]
    if report.unseen_minus_seen:
        gaps = (("exact", report.unseen_minus_seen.exact), ("mae", report.unseen_minus_seen.mae))
        lines = tuple((n, number(g.value, 3, sign=True), bounds(g, 3, sign=True)) for n, g in gaps)
        blocks += [Heading("Not in training minus in training"), Table(("measure", "difference", "95 %"), lines)]
    return (Section("unseen", "Counsellors in training and not", tuple(blocks)),)


def unseen_summary(report: UnseenReport) -> list[str]:
    """What experiment 3 says first."""
    if not report.unseen_minus_seen:
        return ["All predicted dialogues are on one side; the two cannot be compared. Use a split by client or random."]
    gap = report.unseen_minus_seen.mae
    return [
        f"Mean absolute error with counsellors that are not in training, minus with those that are:"
        f" {number(gap.value, 3, sign=True)} ({bounds(gap, 3, sign=True)}):"
        f" {'a' if gap.sign else 'no'} difference shown."
    ]


def _range(figure: FigureRecord, scale: float = 1, digits: int = 3) -> str:
    return bounds(figure, digits if scale == 1 else 1, scale=scale)
