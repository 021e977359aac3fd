"""Sections of the report that say how far it can be trusted: agreement, raters, order, methods, data."""

from __future__ import annotations

from results.document import drawings, numbers, plan
from results.document.drawings import Row
from results.document.svg import Drawn
from results.document.view import Block, Heading, Paragraph, Picture, Section, Table
from results.record.agreement import AgreementRecord
from results.record.study import SystemRecord
from results.report.sections.reader import Reader
from tasks.languages import catalogue, tags


def agreement(reader: Reader) -> Section:
    """Headline and check of every criterion, with the range when one rater is left out."""
    entries = reader.record.agreement
    header = tuple(map(reader.word, ("headline", "interval95", "check", "loo")))
    table = Table(("", *header), tuple(_row(reader, entry) for entry in entries), reader.word("agreement_note"))
    blocks: list[Block] = [Picture(_forest(reader), reader.word("agreement_caption"))]
    blocks += [Paragraph(text) for text in _readings(reader)]
    return Section("agreement", reader.word("agreement"), (*blocks, table, *_within(reader)))


def _forest(reader: Reader) -> Drawn:
    rows = [
        Row.of(
            f"{reader.label(entry.criterion)} ({reader.word('short_' + entry.headline)})",
            entry.main,
            (entry.leave_one_rater_out.low, entry.leave_one_rater_out.high),
            strong=True,
        )
        for entry in reader.record.agreement
    ]
    lowest = min((row.low for row in rows if row.low is not None), default=0.0)
    ticks = (-0.5, -0.25, 0, 0.25, 0.5, 0.75, 1) if lowest < -0.02 else (0, 0.25, 0.5, 0.75, 1)
    return drawings.forest(rows, ticks, reader.word("agreement"))


def _row(reader: Reader, entry: AgreementRecord) -> tuple[str, ...]:
    value, interval = reader.cells(entry.main)
    check = f"{reader.word('short_' + entry.check)} {reader.cells(entry.figures[entry.check])[0]}"
    left_out = numbers.interval(entry.leave_one_rater_out.low, entry.leave_one_rater_out.high)
    return f"{reader.label(entry.criterion)}: {reader.word(entry.headline)}", value, interval, check, left_out


def _readings(reader: Reader) -> list[str]:
    """One plain sentence for the criteria of which the same can be said, and one for every undefined headline."""
    undefined: list[str] = []
    alike: dict[str, list[str]] = {}
    for entry in reader.record.agreement:
        figure, label = entry.main, reader.label(entry.criterion)
        if figure.value is None:
            undefined.append(reader.word("reading_undefined", label=label, reason=reader.why(figure.reason)))
        elif entry.headline == "alpha" and figure.low is not None and figure.high is not None:
            alike.setdefault(reading(figure.low, figure.high), []).append(label)
    return [*(reader.word(key, label=reader.listed(labels)) for key, labels in alike.items()), *undefined]


def reading(low: float, high: float) -> str:
    """The key of the sentence that says where an interval of alpha lies against the values asked for by convention."""
    if low <= 0:
        return "reading_chance"
    if high < 0.667:
        return "reading_below"
    if low < 0.667:
        return "reading_across"
    return "reading_tentative" if low < 0.8 else "reading_firm"


def _within(reader: Reader) -> list[Table]:
    """The headline within each system, of the criteria that are judged by response."""
    rows = tuple(
        (f"{reader.label(entry.criterion)}: {reader.name(system)}", *reader.cells(figure))
        for entry in reader.record.agreement
        for system, figure in entry.within_system.items()
    )
    header = tuple(map(reader.word, ("within_head", "value", "interval95")))
    return [Table(header, rows)] if rows else []


def raters(reader: Reader) -> Section:
    """What each rater did, and how each reads the scales."""
    rows = tuple(
        (
            rater.rater,
            str(rater.judged),
            str(rater.cannot_judge + rater.skipped),
            numbers.number(rater.median_seconds, 0),
            numbers.percent(rater.agreement_with_rest),
            numbers.percent(rater.tie_rate),
            numbers.percent(rater.strong_rate),
            str(rater.longest_run_of_one_answer),
        )
        for rater in reader.record.raters
    )
    keys = ("rater", "judged", "left", "median_seconds", "agreement_with_rest", "tie_rate", "strong", "longest_run")
    table = Table(tuple(map(reader.word, keys)), rows, reader.word("raters_note"))
    return Section("raters", reader.word("raters"), (table, *_leanings(reader)) if rows else ())


def _leanings(reader: Reader) -> list[Table]:
    """How high each rater rates, and how often each agrees with an earlier self and with the checks."""
    raters = reader.record.raters
    columns = {
        reader.word("severity", label=reader.label(criterion)): [
            numbers.number(rater.severity[criterion], sign=True) for rater in raters
        ]
        for criterion in raters[0].severity
    }
    if any(rater.repeats for rater in raters):
        columns[reader.word("repeats")] = [_share(rater.repeats_same_choice, rater.repeats) for rater in raters]
    if any(rater.checks for rater in raters):
        columns[reader.word("checks")] = [f"{rater.checks - rater.checks_failed} / {rater.checks}" for rater in raters]
    rows = tuple((rater.rater, *cells) for rater, *cells in zip(raters, *columns.values(), strict=True))
    return [Table((reader.word("rater"), *columns), rows, reader.word("severity_note"))] if columns else []


def _share(share: float | None, count: int) -> str:
    return numbers.DASH if share is None else f"{numbers.percent(share)} ({count})"


def order(reader: Reader) -> Section:
    """Facts of presentation order; no block where the order is not known."""
    record, imported = reader.record.order, reader.record.study.imported
    if imported is not None and imported.order != "shown":
        return Section("order", reader.word("order"), ())
    share = record.first_side_share
    value, interval = reader.cells(share, 0, 100)
    text = reader.word("order_text", value=value, interval=interval, n=share.n_judgments)
    shown = tuple(
        (reader.name(system.system_id), str(times.first), str(times.shown - times.first))
        for system in reader.record.study.systems
        if (times := record.shown_first.get(system.system_id))
    )
    by_rater = tuple(
        (rater, f"{side.first} / {side.decisive}", *reader.cells(side.share, 0, 100))
        for rater, side in record.by_rater.items()
    )
    keys = ("rater", "first_of_decisive", "percent", "interval95")
    blocks = (
        Paragraph(text if share.value is not None else reader.why(share.reason)),
        Table(("", reader.word("shown_first"), reader.word("shown_second")), shown),
        Table(tuple(map(reader.word, keys)), by_rater, reader.word("order_note")),
    )
    return Section("order", reader.word("order"), blocks)


def methods(reader: Reader) -> Section:
    """How the numbers were made."""
    settings, count = reader.record.settings, reader.record.data.n_raters
    if reader.record.sessions is not None:
        said = (reader.made(), reader.word("methods_sessions_interval"), *_of_language(reader))
        return Section("methods", reader.word("methods"), tuple(map(Paragraph, said)))
    texts = [
        reader.made(),
        *_declared(reader),
        reader.word("methods_preference"),
        reader.word("methods_interval", resamples=settings.resamples, seed=settings.seed),
        reader.word("methods_agreement"),
        reader.word("methods_ratings"),
        *([reader.word("methods_few_raters", n=count)] if count < 10 else []),
        *_of_language(reader),
    ]
    return Section("methods", reader.word("methods"), tuple(map(Paragraph, texts)))


def _declared(reader: Reader) -> list[str]:
    """What was declared beforehand, word for word as it was registered; of imported judgments nobody knows it."""
    study, hypotheses = reader.record.study, reader.record.hypotheses
    if study.imported is not None:
        return []
    declared = plan.sentences(study.primary, hypotheses, study.exclusions, reader.lang, study.looks)
    return [reader.word("methods_declared", declared="; ".join(declared))]


def _of_language(reader: Reader) -> list[str]:
    """What is to be known of the language: how numbers are written, that it is a draft, that the study lacks it."""
    title, own = reader.record.study.title, reader.language_name(reader.lang)
    shown = reader.language_of(title)
    return [
        *([reader.word("methods_numbers")] if tags.decimal_mark(reader.lang) != "." else []),
        *(
            [reader.word("study_texts", language=own, other=reader.language_name(shown))]
            if shown != reader.lang
            else []
        ),
        *([reader.word("methods_draft", language=own)] if catalogue.is_draft(reader.lang) else []),
    ]


def data(reader: Reader) -> Section:
    """What was judged and what was left out."""
    record = reader.record.data
    items = (
        (reader.word("n_items"), _of_planned(reader, record.n_items, record.n_items_planned)),
        (reader.word("n_dialogues"), str(record.n_dialogues)),
    )
    rows = (
        *(items if reader.record.sessions is None else ()),
        (reader.word("n_raters"), str(record.n_raters)),
        (reader.word("part_answers"), str(record.n_judgments)),
        *_excluded(reader),
        (reader.word("withdrawn"), str(record.withdrawn_raters)),
        *([(reader.word("excluded"), str(record.excluded))] if record.excluded else []),
        *((reader.word(f"kind_{kind}"), str(count)) for kind, count in record.not_in_main_figures.items()),
    )
    systems = tuple(Paragraph(_system(reader, system)) for system in reader.record.study.systems)
    head = (reader.word("count"), reader.word("number"))
    return Section("data", reader.word("data"), (*_provenance(reader), *systems, _parts(reader), Table(head, rows)))


def _provenance(reader: Reader) -> list[Block]:
    """Where dialogues and responses come from, as the study says."""
    said = reader.record.study.provenance
    if said is None:
        return []
    language = reader.language_of(said)
    told = Paragraph(reader.text(said), language if language != reader.lang else "")
    return [Heading(reader.word("provenance")), told, Heading(reader.word("system"))]


def _parts(reader: Reader) -> Table:
    """What became of the main assignments: parts that add up to the last line. Empty parts of no interest stay out."""
    parts = reader.record.data.parts
    compared = reader.record.preference.criterion is not None
    counted = {
        **({"part_preferred": parts.preferred, "tie_rate": parts.about_the_same} if compared else {}),
        **({"part_judged": parts.judged} if parts.judged or not compared else {}),
        "cannot_judge": parts.cannot_judge,
        "skipped": parts.skipped,
        "part_not_answered": parts.not_answered,
        "part_planned": parts.planned,
    }
    rows = tuple((reader.word(key), str(count)) for key, count in counted.items())
    return Table((reader.word("parts_head"), reader.word("number")), rows, reader.word("data_note"))


def _excluded(reader: Reader) -> list[tuple[str, str]]:
    """How many of the judged the rules named beforehand leave out, all together; [] where there are none."""
    rules = reader.record.exclusions
    return [(reader.word("part_excluded"), str(rules[-1].left_out))] if rules else []


def _of_planned(reader: Reader, done: int, planned: int) -> str:
    """`done / planned`; of an import, whose plan nobody knows, what was done."""
    return str(done) if reader.record.study.imported else f"{done} / {planned}"


def _system(reader: Reader, system: SystemRecord) -> str:
    origin = " + ".join(part for part in (system.model, system.adapter) if part)
    description = reader.text(system.description) if system.description else ""
    parts = [part for part in (reader.word(f"system_{system.kind}"), origin, description) if part]
    return f"{reader.text(system.names)}: " + "; ".join(parts)
