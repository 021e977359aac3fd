"""Sections of the report that say how the systems did: preference, ratings, questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from results.document import drawings, numbers
from results.document.drawings import Row, Segment
from results.document.view import Block, Heading, Paragraph, Picture, Reader, Section, Table


def preference(reader: Reader) -> Section:
    """Who was preferred, for every pair of systems."""
    blocks: list[Block] = []
    pairs = reader.facts["preference"]["pairs"]
    for pair in pairs:
        if len(pairs) > 1:
            blocks.append(Heading(reader.versus(pair["systems"])))
        blocks.extend(_pair(reader, pair))
    if not pairs:
        blocks.append(Paragraph(reader.word("no_preference")))
    return Section("preference", reader.word("preference"), tuple(blocks))


def _pair(reader: Reader, pair: Mapping[str, Any]) -> list[Block]:
    first, second = (reader.name(system) for system in pair["systems"])
    return [
        Picture(_bars(reader, pair), reader.word("bars_caption"), _choices(reader, first, second)),
        Picture(_margins(reader, pair), reader.word("margins_caption", first=first, second=second)),
        _pair_table(reader, pair),
        Picture(_rater_margins(reader, pair), reader.word("rater_margins_caption", first=first, second=second)),
    ]


def _choices(reader: Reader, first: str, second: str) -> tuple[tuple[str, str], ...]:
    return (
        ("a", reader.word("better", name=first)),
        ("a2", reader.word("slightly_better", name=first)),
        ("tie", reader.word("same")),
        ("b2", reader.word("slightly_better", name=second)),
        ("b", reader.word("better", name=second)),
    )


def _bars(reader: Reader, pair: Mapping[str, Any]) -> str:
    items, votes = pair["items"], pair["votes"]
    first, second = (reader.name(system) for system in pair["systems"])
    styles = {2: "a", 1: "a2", 0: "tie", -1: "b2", -2: "b"}
    ordered = sorted(((int(value), count) for value, count in votes.items()), reverse=True)
    by_item = (Segment(items["won"], "a", first), Segment(items["tied"], "tie", reader.word("tied")))
    by_vote = [Segment(count, styles[max(-2, min(2, value))], numbers.number(value, 0)) for value, count in ordered]
    rows = [
        (reader.word("items"), (*by_item, Segment(items["lost"], "b", second))),
        (reader.word("votes"), by_vote),
    ]
    return drawings.bars(rows, reader.word("bars_caption"))


def _margins(reader: Reader, pair: Mapping[str, Any]) -> str:
    margins = [item["margin"] for item in pair["by_item"]]
    top = max(abs(int(value)) for value in pair["votes"])
    first, second = (reader.name(system) for system in pair["systems"])
    ends = (reader.word("upwards", name=first), reader.word("downwards", name=second))
    return drawings.item_margins(margins, pair["margin"], top, ends, reader.word("item_margins"))


def _pair_table(reader: Reader, pair: Mapping[str, Any]) -> Table:
    test, sign = pair["margin_test"], pair["sign_test"]
    family = len(reader.facts["preference"]["pairs"])
    margin_p = numbers.p_value(test["p_value"])
    if family > 1:
        margin_p += f" ({reader.word('holm')} {numbers.p_value(test['p_holm'])})"
    first = reader.name(pair["systems"][0])
    rows = (
        (reader.word("mean_margin"), *reader.cells(pair["margin"]), margin_p),
        (
            reader.word("win_share_items", name=first),
            *reader.cells(pair["win_share_of_items"]),
            numbers.p_value(sign["p_value"]),
        ),
        (reader.word("win_share_votes", name=first), *reader.cells(pair["win_share_of_votes"]), numbers.DASH),
    )
    header = ("", reader.word("value"), reader.word("interval95"), reader.word("test"))
    return Table(header, rows, reader.word("pair_note"))


def _rater_margins(reader: Reader, pair: Mapping[str, Any]) -> str:
    without = [entry["value"] for entry in pair["without_rater"] if entry["value"] is not None]
    ends = (min(without), max(without)) if len(without) > 1 else (None, None)
    rows = [Row(reader.word("all_raters"), pair["margin"], "ink", ends, strong=True)]
    rows += [Row(entry["rater"], entry, "ink") for entry in pair["by_rater"]]
    top = max(abs(int(value)) for value in pair["votes"])
    return drawings.forest(rows, [step * top / 4 for step in range(-4, 5)], reader.word("by_rater"))


# --- ratings ------------------------------------------------------------------------------------------------------


def ratings(reader: Reader) -> Section:
    """Distributions and paired differences of every rated criterion."""
    blocks: list[Block] = []
    for rating in reader.facts["ratings"]:
        blocks.append(Heading(reader.label(rating["criterion"])))
        if len(rating["values"]) > 2:
            blocks.append(_distribution(reader, rating))
        blocks.append(_rating_table(reader, rating))
    return Section("ratings", reader.word("ratings"), tuple(blocks))


def _distribution(reader: Reader, rating: Mapping[str, Any]) -> Picture:
    values = rating["values"]
    criterion = rating["criterion"]
    middle = values.index(0) if min(values) < 0 < max(values) and 0 in values else None
    styles = _styles(values, middle)
    rows = [
        (
            reader.name(system),
            [
                Segment(entry["distribution"][str(value)], style, reader.point(criterion, value))
                for value, style in zip(values, styles, strict=True)
            ],
        )
        for system, entry in rating["systems"].items()
    ]
    legend = tuple((style, reader.point(criterion, value)) for value, style in zip(values, styles, strict=True))
    caption = reader.word("distribution_caption", label=reader.label(criterion))
    return Picture(drawings.distributions(rows, caption, centre=middle), caption, legend)


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


def _rating_table(reader: Reader, rating: Mapping[str, Any]) -> Table:
    """A row per measure: each system's value and interval, then each pair's difference."""
    measures = [name for name in next(iter(rating["systems"].values()), {}) if name != "distribution"]
    made = _by_system(reader, rating, [(measure, _measure(reader, rating, measure)) for measure in measures])
    higher = [pair["first_rated_higher"] for pair in rating["pairs"] if "first_rated_higher" in pair]
    if not higher:
        return made
    blank = ("",) * len(rating["systems"])
    last = (reader.word("rated_higher"), *blank, *(_cell(reader, "higher", figure) for figure in higher))
    return replace(made, rows=(*made.rows, last))


def _by_system(reader: Reader, part: Mapping[str, Any], measures: Sequence[tuple[str, str]]) -> Table:
    """A table of measures, (key, words) each, by system and pair."""
    header = ("", *map(reader.name, part["systems"]), *(reader.versus(pair["systems"]) for pair in part["pairs"]))
    rows = tuple(
        (
            words,
            *(_cell(reader, measure, entry[measure]) for entry in part["systems"].values()),
            *(_cell(reader, measure, pair["differences"][measure], signed=True) for pair in part["pairs"]),
        )
        for measure, words in measures
    )
    return Table(header, rows, reader.word("by_system_note"), wraps=True)


def _measure(reader: Reader, rating: Mapping[str, Any], measure: str) -> str:
    """The measure in the scale's own words: 'share “Too many”'."""
    values = rating["values"]
    middle = values.index(0) if 0 in values else 0
    sides = {"share_below": values[:middle], "share_middle": [0], "share_above": values[middle + 1 :]}
    if measure in sides:
        words = "・" if reader.lang == "ja" else ", "
        points = words.join(reader.point(rating["criterion"], value) for value in sides[measure])
        return reader.word("share_of_point", point=points)
    if measure == "share_top":
        return reader.word("share_of_point", point=reader.point(rating["criterion"], max(values)))
    return reader.word(measure)


def _cell(reader: Reader, measure: str, figure: Mapping[str, Any], *, signed: bool = False) -> str:
    """Value and interval in one cell, shares in percent."""
    share = measure.startswith("share")
    digits, scale = (0, 100) if share else (1 if measure == "characters" else 2, 1)
    if figure["value"] is None:
        return reader.cells(figure)[1]
    value = numbers.number(scale * figure["value"], digits, sign=signed) + ("\N{NO-BREAK SPACE}%" if share else "")
    if figure["low"] is None:
        return value
    return f"{value} ({numbers.interval(figure, digits, scale=scale, sign=signed)})"


# --- questions ----------------------------------------------------------------------------------------------------


def questions(reader: Reader) -> Section:
    """Rates of the detector."""
    facts = reader.facts["questions"]
    measures = [(measure, reader.word(measure)) for measure in next(iter(facts["systems"].values()), {})]
    table = _by_system(reader, facts, measures)
    asking = [Row(reader.name(s), entry["share_asking"], "ink", strong=True) for s, entry in facts["systems"].items()]
    picture = drawings.forest(asking, (0, 0.25, 0.5, 0.75, 1), reader.word("share_asking"), digits=0, scale=100)
    blocks = (
        Picture(picture, reader.word("questions_caption")),
        replace(table, note=reader.word("questions_note")),
    )
    return Section("questions", reader.word("questioning"), (*blocks, *_detector(reader)) if asking else ())


def _detector(reader: Reader) -> list[Block]:
    """The detector beside the raters: their counts, and how they judged the amount."""
    facts = reader.facts["detector"]
    blocks: list[Block] = []
    if facts["amount_by_count"]:
        values = list(facts["amount_by_count"][0]["ratings"])
        styles = _styles([int(value) for value in values], values.index("0"))
        points = [reader.point("question_amount", int(value)) for value in values]
        rows = [
            (
                reader.word("detected", count=f"{row['detected']}{'+' if row['detected'] == 3 else ''}"),
                [Segment(row["ratings"][v], style, p) for v, style, p in zip(values, styles, points, strict=True)],
            )
            for row in facts["amount_by_count"]
        ]
        caption = reader.word("amount_caption")
        picture = drawings.distributions(rows, caption, centre=values.index("0"))
        blocks.append(Picture(picture, caption, tuple(zip(styles, points, strict=True))))
    if facts["against_counts"]:
        keys = ("precision", "recall", "same_count", "alpha")
        names = ("detector_precision", "detector_recall", "detector_same", "detector_alpha")
        cells = [(reader.word(n), *reader.cells(facts["against_counts"][k])) for k, n in zip(keys, names, strict=True)]
        header = (reader.word("detector"), reader.word("value"), reader.word("interval95"))
        note = reader.word("detector_note", n=facts["against_counts"]["responses"])
        blocks.append(Table(header, tuple(cells), note))
    return blocks
