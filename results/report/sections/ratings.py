"""Sections of the report that say how responses were rated, and how often the systems ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from results.document import drawings, numbers
from results.document.drawings import Row, Segment
from results.document.view import Block, Heading, Paragraph, Picture, Section, Table
from results.record.figure import FigureRecord, OfSystems
from results.record.ratings import AgainstCounts, AmountRow, Differences, RatedPair, RatingRecord, RoomRow, Together
from results.report.sections.reader import Reader
from tasks.asking.minimal import told

Measures = Mapping[str, Mapping[str, FigureRecord]]
"""Figures by system and measure."""


def ratings(reader: Reader) -> Section:
    """Distributions and paired differences of every rated criterion."""
    blocks: list[Block] = []
    for rating in reader.record.ratings:
        label = reader.label(rating.criterion)
        blocks.append(Heading(label if _has_declared(rating) else reader.exploratory(label)))
        if len(rating.values) > 2:
            blocks.append(_distribution(reader, rating))
        blocks.append(_rating_table(reader, rating))
    return Section("ratings", reader.word("ratings"), tuple(blocks))


def _has_declared(rating: RatingRecord) -> bool:
    return any(figure.standing == "declared" for pair in rating.pairs for figure in _differences(pair))


def _distribution(reader: Reader, rating: RatingRecord) -> Picture:
    values, criterion = rating.values, rating.criterion
    middle = values.index(0) if min(values) < 0 < max(values) and 0 in values else None
    styles = _styles(values, middle)
    points = [reader.point(criterion, value) for value in values]
    rows = [
        (
            reader.name(system),
            [
                Segment(rated.distribution[str(value)], style, point)
                for value, style, point in zip(values, styles, points, strict=True)
            ],
        )
        for system, rated in rating.systems.items()
    ]
    caption = reader.word("distribution_caption", label=reader.label(criterion))
    drawing = drawings.distributions(rows, caption, centre=middle)
    return Picture(drawing, caption, tuple(zip(styles, points, strict=True)))


def _styles(values: Sequence[int], middle: int | None) -> list[str]:
    """Classes of colour: two hues about a grey middle, or one hue from light to dark."""
    if middle is not None:
        below = ["low2", "low1"] if middle > 1 else ["low2"]
        above = ["high1", "high2"] if len(values) - middle - 1 > 1 else ["high2"]
        return [
            *(below[min(place, len(below) - 1)] for place in range(middle)),
            "mid",
            *(above[min(place, len(above) - 1)] for place in range(len(values) - middle - 1)),
        ]
    last = max(len(values) - 1, 1)
    return [f"q{round(4 * place / last)}" for place in range(len(values))]


def _rating_table(reader: Reader, rating: RatingRecord) -> Table:
    """A row per measure: each system's value and interval, then each pair's difference."""
    measures = [(measure, measured(reader, rating.criterion, rating.values, measure)) for measure in rating.measures()]
    systems = {system: rated.measures() for system, rated in rating.systems.items()}
    table = _by_system(reader, systems, rating.pairs, measures)
    blank = ("",) * len(rating.systems)
    table = replace(table, rows=_with_at_large(reader, table.rows, rating.pairs, measures, blank))
    higher = [pair.first_rated_higher for pair in rating.pairs if pair.first_rated_higher is not None]
    if not higher:
        return table
    label = reader.word("rated_higher")
    last = (
        reader.exploratory(label) if _has_declared(rating) else label,
        *blank,
        *(_cell(reader, "higher", figure) for figure in higher),
    )
    return replace(table, rows=(*table.rows, last))


def _with_at_large(
    reader: Reader,
    rows: Sequence[tuple[str, ...]],
    pairs: Sequence[RatedPair],
    measures: Sequence[tuple[str, str]],
    blank: tuple[str, ...],
) -> tuple[tuple[str, ...], ...]:
    """Each row followed by its differences for raters at large, where pairs were compared."""
    if not pairs:
        return tuple(rows)
    large = "– " + reader.word("answer_whose_raters_at_large")
    some = any(figure.standing == "declared" for pair in pairs for figure in _differences(pair))
    both: list[tuple[str, ...]] = []
    for row, (measure, _) in zip(rows, measures, strict=True):
        figures = [pair.differences_at_large[measure] for pair in pairs]
        cells = (_cell(reader, measure, figure, signed=True) for figure in figures)
        these = [pair.differences[measure] for pair in pairs]
        both += [
            (_labelled(reader, row[0], these, some), *row[1:]),
            (_labelled(reader, large, figures, some), *blank, *cells),
        ]
    return tuple(both)


def _differences(pair: RatedPair) -> tuple[OfSystems, ...]:
    return *pair.differences.values(), *pair.differences_at_large.values()


def _labelled(reader: Reader, label: str, figures: Sequence[OfSystems], some: bool) -> str:
    """The row's label, marked where none of it was declared in a table of which some was: else its heading is."""
    if not some or any(figure.standing == "declared" for figure in figures):
        return label
    return reader.exploratory(label)


def _by_system(
    reader: Reader, systems: Measures, pairs: Sequence[Differences], measures: Sequence[tuple[str, str]]
) -> Table:
    """A table of measures, (key, words) each, by system and pair."""
    header = ("", *map(reader.name, systems), *(reader.versus(pair.systems) for pair in pairs))
    rows = tuple(
        (
            words,
            *(_cell(reader, measure, figures[measure]) for figures in systems.values()),
            *(_cell(reader, measure, pair.differences[measure], signed=True) for pair in pairs),
        )
        for measure, words in measures
    )
    return Table(header, rows, reader.word("by_system_note"), wraps=True)


def measured(reader: Reader, criterion: str, values: Sequence[int], measure: str) -> str:
    """The measure in the scale's own words: 'share “Too many”'."""
    middle = values.index(0) if 0 in values else 0
    points = {
        "share_below": values[:middle],
        "share_middle": (0,),
        "share_above": values[middle + 1 :],
        "share_top": (max(values),),
    }
    if measure not in points:
        return reader.word(measure)
    words = reader.listed([reader.point(criterion, value) for value in points[measure]])
    return reader.word("share_of_point", point=words)


def _cell(reader: Reader, measure: str, figure: FigureRecord, *, signed: bool = False) -> str:
    """Value and interval in one cell, shares in percent; the reason where there is no value."""
    if figure.value is None:
        return reader.why(figure.reason)
    share = measure.startswith("share")
    digits = 0 if share else 1 if measure == "characters" else 2
    return numbers.with_interval(
        figure.value, figure.low, figure.high, digits, scale=100 if share else 1, sign=signed, unit="%" if share else ""
    )


def questions(reader: Reader) -> Section:
    """How often the systems ask and answer minimally, how the two go together, and the detector beside the raters."""
    record = reader.record.questions
    if not record.systems:
        return Section("questions", reader.word("questioning"), ())
    systems = {system: asking.measures() for system, asking in record.systems.items()}
    figures = [figure for of_system in systems.values() for figure in of_system.values()]
    if len({figure.reason for figure in figures}) == 1 and all(figure.value is None for figure in figures):
        said = Paragraph(reader.why(figures[0].reason))
        return Section("questions", reader.exploratory(reader.word("questioning")), (said,))
    measures = [(measure, _measured(reader, measure)) for measure in next(iter(systems.values()))]
    table = _by_system(reader, systems, record.pairs, measures)
    asking = [Row.of(reader.name(s), entry.share_asking, strong=True) for s, entry in record.systems.items()]
    drawing = drawings.forest(asking, (0, 0.25, 0.5, 0.75, 1), reader.word("share_asking"), digits=0, scale=100)
    detector = reader.record.detector
    blocks: list[Block] = [
        Picture(drawing, reader.asked(reader.word("questions_caption"))),
        replace(table, note=_told(reader)),
    ]
    if record.together:
        blocks.append(_together(reader, record.together))
    if detector.amount_by_count:
        blocks.append(_amounts(reader, detector.amount_by_count))
    if detector.room_by_minimal:
        blocks.append(_rooms(reader, detector.room_by_minimal))
    if detector.against_counts:
        blocks.append(_against_counts(reader, detector.against_counts))
    return Section("questions", reader.exploratory(reader.word("questioning")), tuple(blocks))


COUNTED = ("share_asking", "questions", "questions_per_100_characters")
"""The measures that rest on the detector of questions."""


def _measured(reader: Reader, measure: str) -> str:
    return reader.asked(reader.word(measure)) if measure in COUNTED else reader.word(measure)


def _told(reader: Reader) -> str:
    """By what questions and minimal responses were told, and what that does not see."""
    record = reader.record.questions
    language = reader.listed([reader.language_name(tag) for tag in record.languages])
    ways = dict.fromkeys(way for tag in record.languages for way in told(tag))
    keys = (f"told_{record.basis}", *(f"minimal_{way}" for way in ways))
    said = [reader.word(key, language=language) for key in keys]
    return " ".join([reader.word("questions_note"), *said, reader.word("never_across")])


def _together(reader: Reader, together: Together) -> Table:
    """How asking and minimal responses go together, over systems and over items."""
    figures = {"over_systems": together.over_systems, "over_items": together.over_items}
    rows = tuple((reader.word(name), *reader.cells(figure, sign=True)) for name, figure in figures.items())
    header = (reader.asked(reader.word("together")), reader.word("value"), reader.word("interval95"))
    return Table(header, rows, reader.word("together_note"))


def _amounts(reader: Reader, rows: Sequence[AmountRow]) -> Picture:
    """How raters judged the amount, by the number of questions detected."""
    labelled = {
        reader.word("detected", n=row.detected, count=f"{row.detected}{'+' if row.detected == 3 else ''}"): row.ratings
        for row in rows
    }
    return _judged(reader, "question_amount", labelled, reader.asked(reader.word("amount_caption")))


def _rooms(reader: Reader, rows: Sequence[RoomRow]) -> Picture:
    """How raters judged the room to go on, of minimal responses and of the others."""
    labelled = {reader.word("room_minimal" if row.minimal else "room_others"): row.ratings for row in rows}
    return _judged(reader, "floor", labelled, reader.word("room_caption"))


def _judged(reader: Reader, criterion: str, rows: Mapping[str, Mapping[str, int]], caption: str) -> Picture:
    """Ratings of a scale with its best point in the middle, by group of responses."""
    values = list(next(iter(rows.values())))
    styles = _styles([int(value) for value in values], values.index("0"))
    points = [reader.point(criterion, int(value)) for value in values]
    drawn = [
        (label, [Segment(ratings[v], style, p) for v, style, p in zip(values, styles, points, strict=True)])
        for label, ratings in rows.items()
    ]
    drawing = drawings.distributions(drawn, caption, centre=values.index("0"))
    return Picture(drawing, caption, tuple(zip(styles, points, strict=True)))


def _against_counts(reader: Reader, counts: AgainstCounts) -> Table:
    """The detector's counts beside the raters'."""
    figures = {
        "detector_precision": counts.precision,
        "detector_recall": counts.recall,
        "detector_same": counts.same_count,
        "detector_alpha": counts.alpha,
    }
    rows = tuple((reader.word(name), *reader.cells(figure)) for name, figure in figures.items())
    header = (reader.asked(reader.word("detector")), reader.word("value"), reader.word("interval95"))
    return Table(header, rows, reader.word("detector_note", n=counts.responses))
