"""The appendix of the report: every other agreement figure, and the pairwise agreement of raters."""

from __future__ import annotations

from collections.abc import Iterator

from results.document import numbers
from results.document.view import Block, Heading, Paragraph, Section, Table
from results.record.agreement import AgreementRecord, RaterPair
from results.record.figure import FigureRecord
from results.report.sections.reader import Reader
from results.study.agreement import MOST_RATERS


def appendix(reader: Reader) -> Section:
    """Further agreement figures by criterion, then pairwise agreement of raters."""
    blocks: list[Block] = []
    for entry in reader.record.agreement:
        blocks += [Heading(reader.label(entry.criterion)), _figures(reader, entry)]
    pairs = _pairs(reader)
    many = any(entry.main.n_raters > MOST_RATERS for entry in reader.record.agreement)
    if pairs.rows or many:
        said = pairs if pairs.rows else Paragraph(reader.word("many_raters", most=MOST_RATERS))
        blocks += [Heading(reader.word("pairs_of_raters")), said]
    return Section("appendix", reader.word("appendix"), tuple(blocks))


def _figures(reader: Reader, entry: AgreementRecord) -> Table:
    header = tuple(map(reader.word, ("other_figures", "value", "interval95", "bca", "n_judgments")))
    rows = tuple(
        (name, *reader.cells(figure), _bca(figure), str(figure.n_judgments)) for name, figure in _named(reader, entry)
    )
    return Table(header, rows)


def _named(reader: Reader, entry: AgreementRecord) -> Iterator[tuple[str, FigureRecord]]:
    for name, figure in entry.figures.items():
        yield reader.word(name), figure
    for system, figure in entry.within_system.items():
        yield reader.word("within", name=reader.name(system)), figure
    yield from entry.icc.items()


def _bca(figure: FigureRecord) -> str:
    return numbers.interval(*figure.bca) if figure.bca else numbers.DASH


def _kappa(pair: RaterPair) -> str:
    """Kappa with percent agreement in brackets; a dash where the two share no unit."""
    if not pair.n_units:
        return numbers.DASH
    return f"{numbers.number(pair.cohen_kappa.value)} ({numbers.percent(pair.percent_agreement)})"


def _pairs(reader: Reader) -> Table:
    """Rows: pairs of raters; columns: each criterion's Cohen's kappa with percent agreement."""
    entries = reader.record.agreement
    named: dict[str, list[str]] = {}
    for entry in entries:
        for pair in entry.pairs_of_raters:
            names = "\N{NO-BREAK SPACE}–\N{NO-BREAK SPACE}".join(pair.raters)
            named.setdefault(names, []).append(_kappa(pair))
    full = {names: cells for names, cells in named.items() if len(cells) == len(entries)}
    header = ("", *(reader.label(entry.criterion) for entry in entries))
    return Table(header, tuple((names, *cells) for names, cells in full.items()), reader.word("pairs_note"), wraps=True)
