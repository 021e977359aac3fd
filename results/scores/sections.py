"""What a score report says in words, tables and pictures, from its record."""

from __future__ import annotations

from collections.abc import Iterable

from results.document.numbers import DASH, number, percent
from results.document.view import Block, Paragraph, Picture, Section, Table
from results.record.figure import FigureRecord
from results.record.scores import Against, Measures, ScoreReport, SliceRow
from results.scores import pictures
from results.scores.cells import bounds
from results.scores.spoken import Spoken


def summary(report: ScoreReport, say: Spoken) -> list[str]:
    """What a reader needs first: how good, and whether better than knowing nothing."""
    counts, model = report.counts, report.predictors[0].items
    first = say(
        "summary",
        n=counts.dialogues, clients=counts.clients, split=counts.split_by,
        exact=percent(model.exact.value, 1), exact_interval=_range(model.exact, 100),
        within=percent(model.within_one.value, 1),
        mae=number(model.mae.value, 3), mae_interval=_range(model.mae),
    )  # fmt: skip
    told = [e for e in report.against_baseline if e.predictor == "model" and e.measure in ("exact", "mae")]
    return [first, *(_verdict(entry, say) for entry in told)]


def _verdict(entry: Against, say: Spoken) -> str:
    figure, measure = entry.figure, entry.measure
    shown = {"baseline": say(f"name.{entry.baseline}"), "value": number(figure.value, 3, sign=True)}
    if figure.low is None:
        return say(f"against.{measure}.no_interval", **shown, reason=say.why(figure.reason))
    better = (figure.sign > 0) == (measure == "exact")
    key = "undecided" if not figure.sign else "better" if better else "worse"
    return say(f"against.{measure}.{key}", **shown, interval=bounds(figure, 3, sign=True))


def sections(report: ScoreReport, say: Spoken) -> tuple[Section, ...]:
    """All parts of a score report."""
    parts = {
        "predictors": _predictors, "items": _items, "values": _values, "totals": _totals,
        "calibration": _calibration, "slices": _slices, "data": _data,
    }  # fmt: skip
    return tuple(Section(key, say(f"section.{key}"), tuple(make(report, say))) for key, make in parts.items())


def _predictors(report: ScoreReport, say: Spoken) -> Iterable[Block]:
    rows = [(entry.name, entry.items) for entry in report.predictors]
    header = say.header("", "exact", "interval", "within_one", "mae", "interval", "pearson", "spearman", "kappa")
    yield Table(header, tuple(_predictor_row(say(f"name.{name}"), f) for name, f in rows), say("halo"))
    for measure in ("exact", "mae", "spearman"):
        drawn = [(say(f"name.{name}"), getattr(f, measure), name.startswith("model")) for name, f in rows]
        title = say(f"measure.{measure}")
        yield Picture(pictures.predictors(drawn, measure, title), say("forest_caption", measure=title))
    paired = tuple(
        (f"{say(f'name.{e.predictor}')} − {say(f'name.{e.baseline}')}", say(f"measure.{e.measure}"),
         number(e.figure.value, 3, sign=True), bounds(e.figure, 3, sign=True))
        for e in report.against_baseline
    )  # fmt: skip
    yield Table(say.header("paired", "measure", "difference", "interval"), paired)


def _predictor_row(name: str, figures: Measures) -> tuple[str, ...]:
    f = figures
    return (
        name, percent(f.exact.value, 1), _range(f.exact, 100, 1), percent(f.within_one.value, 1),
        number(f.mae.value, 3), _range(f.mae), number(f.pearson.value),
        number(f.spearman.value), number(f.kappa.value),
    )  # fmt: skip


def _items(report: ScoreReport, say: Spoken) -> Iterable[Block]:
    rows = []
    for item in report.items:
        own, base = item.model, item.item_mode
        rows.append((
            f"{item.number} {item.en} · {item.ja}", number(item.true_mean), percent(own.exact.value),
            percent(base.exact.value), number(own.mae.value), number(base.mae.value),
            number(own.bias.value, sign=True), number(own.spearman.value), number(own.kappa.value),
        ))  # fmt: skip
    keys = ("item", "client_mean", "exact", "mode_exact", "mae", "mode_mae", "bias", "spearman", "kappa")
    yield Table(say.header(*keys), tuple(rows), say("items_note", dash=DASH))
    drawn = [(f"{item.number} {item.en}", item.model.mae, False) for item in report.items]
    yield Picture(pictures.predictors(drawn, "mae", say("mae_by_item")), say("mae_by_item"))


def _values(report: ScoreReport, say: Spoken) -> Iterable[Block]:
    rows = tuple(
        (str(row.value), str(row.n), str(row.model.predicted), percent(row.model.exact),
         number(row.model.mean))
        for row in report.true_values
    )  # fmt: skip
    yield Table(say.header("client_gave", "times", "predicted", "of_which_exact", "mean_predicted"), rows)
    legend = (("tie", say("clients")), ("a", say("predicted_likeliest")))
    yield Picture(pictures.by_value(report.true_values, say("values_caption")), say("values_caption"), legend)
    yield _slice_table("band", report.bands, say)


def _totals(report: ScoreReport, say: Spoken) -> Iterable[Block]:
    rows = [(say(f"name.{entry.name}"), entry.total) for entry in report.predictors]
    lines = tuple(
        (name, number(f.mae.value, 1), _range(f.mae, 1, 1), number(f.bias.value, 1, sign=True),
         number(f.pearson.value), number(f.spearman.value), _range(f.spearman, 1, 2))
        for name, f in rows
    )  # fmt: skip
    header = say.header("score", "mae", "interval", "bias", "pearson", "spearman", "interval")
    yield Table(header, lines, say("totals_note"))
    ends = (say("axis.predicted"), say("axis.true"))
    yield Picture(pictures.totals(report.totals, say("totals_title"), ends), say("totals_caption"))
    flags = tuple(
        (flag.en, str(flag.true), str(flag.predicted), str(flag.both), percent(flag.mean_chance, 1))
        for flag in report.flags
    )
    yield Table(say.header("flag", "ticked", "predicted", "both", "mean_chance"), flags)


def _calibration(report: ScoreReport, say: Spoken) -> Iterable[Block]:
    calibration = report.calibration
    if calibration is None:
        yield Paragraph(say("no_chances"))
        return
    rows = tuple((number(b.stated, 3), number(b.seen, 3), f"{b.n:,}") for b in calibration.bins)
    yield Table(say.header("stated", "came_true", "statements"), rows)
    ends = (say("axis.stated"), say("axis.seen"))
    yield Picture(pictures.calibration(calibration.bins, say("section.calibration"), ends), say("chances_caption"))
    scores = tuple(
        (say(f"rates.{key}"), *(number(getattr(calibration, f"{start}{name}"), 3) for name in ("log_loss", "brier")))
        for key, start in (("model", ""), ("training", "base_"))
    )
    yield Table(say.header("lower_better", "log_loss", "brier"), scores)
    yield Paragraph(say("calibration_error", value=number(calibration.expected_error, 3)))


def _slices(report: ScoreReport, say: Spoken) -> Iterable[Block]:
    for name in ("topic", "year", "length"):
        yield _slice_table(name, report.slices[name], say)
    rows = []
    for role, entry in report.people.items():
        quartiles = entry.quartiles_of_bias
        spread = [DASH] * 3 if quartiles is None else [number(q, sign=True) for q in quartiles]
        people = (str(entry.people), str(entry.with_three), *spread, number(entry.icc))
        rows.append((say(f"role.{role}"), *people))
    header = (*say.header("person", "people", "with_three"), "25 %", "50 %", "75 %", "ICC(1)")
    yield Table(header, tuple(rows), say("people_note"))
    yield Paragraph(say("not_published"))


def _slice_table(name: str, rows: Iterable[SliceRow], say: Spoken) -> Table:
    lines = []
    for row in rows:
        f = row.figures
        cells = (DASH,) * 4 if f is None else (
            percent(f.exact.value), number(f.mae.value), _range(f.mae, 1, 2),
            number(f.bias.value, sign=True),
        )  # fmt: skip
        lines.append((row.slice, str(row.n), number(row.true_mean, 1), *cells))
    header = say.header(name, "dialogues", "client_score", "exact", "mae", "interval", "bias")
    return Table(header, tuple(lines), say("slices_note"))


def _data(report: ScoreReport, say: Spoken) -> Iterable[Block]:
    counts, manifest = report.counts, report.manifest
    yield Paragraph(say(
        "data",
        n=counts.dialogues, clients=counts.clients, counsellors=counts.counselors,
        train=f"{counts.train_dialogues:,}", cut=counts.cut, missing=counts.missing_values,
        limit=manifest.max_length or say("unknown"),
    ))  # fmt: skip
    if manifest.note:
        yield Paragraph(str(manifest.note))
    yield Paragraph(say("intervals"))


def _range(figure: FigureRecord, scale: float = 1, digits: int = 3) -> str:
    return bounds(figure, digits if scale == 1 else 1, scale=scale)
