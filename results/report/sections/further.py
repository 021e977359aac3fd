"""Sections of the report beside the primary analysis: other readings of the preference, exclusions, lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from results.document import drawings, numbers
from results.document.drawings import Row
from results.document.view import Block, Heading, Paragraph, Picture, Reader, Section, Table
from results.document.words import reason


def further(reader: Reader) -> Section:
    """Whether the preference holds for other raters, at equal length, in every part, and under each exclusion rule."""
    blocks: list[Block] = []
    pairs = reader.facts["preference"]["pairs"]
    for pair in pairs:
        if len(pairs) > 1:
            blocks.append(Heading(reader.versus(pair["systems"])))
        blocks += [_readings(reader, pair), *_strata(reader, pair)]
    if reader.facts["preference"]["strengths"]:
        blocks += _strengths(reader, reader.facts["preference"]["strengths"])
    if reader.facts["exclusions"]:
        blocks += [Heading(reader.word("exclusions")), _exclusions(reader)]
    if reader.facts["deviations"]:
        blocks += [Heading(reader.word("deviations")), _deviations(reader)]
    return Section("further", reader.word("further"), tuple(blocks))


def _deviations(reader: Reader) -> Table:
    """What was done after launch; a look at results before the end with the reason that was given."""
    rows = tuple(
        (one["at"][:16].replace("T", " "), reader.word(f"act_{one['kind']}"), one["what"])
        for one in reader.facts["deviations"]
    )
    header = (reader.word("act_at"), reader.word("act"), reader.word("act_what"))
    return Table(header, rows, reader.word("deviations_note"), text=True)


def _readings(reader: Reader, pair: Mapping[str, Any]) -> Table:
    first, second = (reader.name(system) for system in pair["systems"])
    terms = pair["adjusted"]
    rows = (
        (reader.word("margin_these_raters"), *reader.cells(pair["margin"])),
        (reader.word("margin_other_raters"), *reader.cells(pair["margin_two_way"])),
        (reader.word("win_share_votes", name=first), *reader.cells(pair["win_share_of_votes"])),
        (reader.word("share_when_equal", name=first), *reader.cells(terms["share_when_equal"])),
        (reader.word("odds_per_10", name=first), *reader.cells(terms["odds_ratio_per_10_characters"])),
        (reader.word("odds_per_question", name=first), *reader.cells(terms["odds_ratio_per_question"])),
    )
    header = ("", reader.word("value"), reader.word("interval95"))
    return Table(header, rows, reader.word("further_note", first=first, second=second))


def _strata(reader: Reader, pair: Mapping[str, Any]) -> list[Block]:
    if not pair["strata"]:
        return []
    rows = [Row(reader.word("all_items"), pair["margin"], "ink", strong=True)]
    rows += [
        Row(f"{_stratum(reader, one)} ({one['margin']['n_items']})", one["margin"], "ink") for one in pair["strata"]
    ]
    top = max(abs(int(value)) for value in pair["votes"])
    ticks = [step * top / 4 for step in range(-4, 5)]
    first, second = (reader.name(system) for system in pair["systems"])
    caption = reader.word("strata_caption", first=first, second=second)
    return [Picture(drawings.forest(rows, ticks, reader.word("strata")), caption)]


def _stratum(reader: Reader, one: Mapping[str, Any]) -> str:
    return reader.word(f"depth_{one['name']}") if one["by"] == "depth" else str(one["name"])


def _strengths(reader: Reader, facts: Mapping[str, Any]) -> list[Block]:
    """A forest of centred log worths, strongest first; a sentence where the model has no fit."""
    figures = sorted(facts["systems"].items(), key=lambda entry: (-(entry[1]["value"] or 0), entry[0]))
    blocks: list[Block] = [Heading(reader.word("strengths"))]
    if not facts["finite"]:
        return [*blocks, Paragraph(reason(figures[0][1]["reason"], reader.lang))]
    ends = [abs(figure[end]) for _, figure in figures for end in ("low", "high", "value") if figure[end] is not None]
    top = 0.5 * (int(max(ends) / 0.5) + 1)
    ticks = [step * top / 2 for step in range(-2, 3)]
    rows = [Row(reader.name(system), figure, "ink", strong=True) for system, figure in figures]
    caption = reader.word("strengths_caption", nu=numbers.number(facts["ties_nu"]))
    return [*blocks, Picture(drawings.forest(rows, ticks, reader.word("strengths")), caption)]


def _exclusions(reader: Reader) -> Table:
    pair = _primary(reader)
    rows = [_excluded(reader, reader.word("nothing_excluded"), None, pair, _alpha(reader))]
    for one in reader.facts["exclusions"]:
        threshold = "" if one["threshold"] is None else numbers.number(one["threshold"], 0)
        name = reader.word(f"rule_{one['rule']}", threshold=threshold)
        rows.append(_excluded(reader, name, one["left_out"], one, one["alpha"]))
    keys = ("rule", "left_out", "mean_margin_short", "interval95", "test", "short_alpha")
    return Table(tuple(reader.word(key) for key in keys), tuple(rows), reader.word("exclusions_note"))


def _excluded(
    reader: Reader, name: str, left: int | None, one: Mapping[str, Any], alpha: Mapping[str, Any]
) -> tuple[str, ...]:
    gone = numbers.DASH if left is None else str(left)
    p = numbers.p_value(one["margin_test"]["p_value"])
    return name, gone, *reader.cells(one["margin"]), p, reader.cells(alpha)[0]


def _primary(reader: Reader) -> Mapping[str, Any]:
    from results.report.sections.answer import primary_pair

    pair = primary_pair(reader.facts)
    return pair if pair is not None else reader.facts["preference"]["pairs"][0]


def _alpha(reader: Reader) -> Mapping[str, Any]:
    criterion = reader.facts["preference"]["criterion"]
    entry = next(one for one in reader.facts["agreement"] if one["criterion"] == criterion)
    found: Mapping[str, Any] = entry["figures"]["alpha"]
    return found


# --- to look up ---------------------------------------------------------------------------------------------------


def harm(reader: Reader) -> Section:
    """Every response flagged as possibly harmful, and how many there are."""
    facts = reader.facts["flagged"]
    if not any(entry["rated"] for entry in facts["systems"].values()):
        return Section("harm", reader.word("harm"), ())
    counts = tuple(
        (reader.name(system), *(str(entry[key]) for key in ("rated", "flagged_by_anyone", "flagged_by_majority")))
        for system, entry in facts["systems"].items()
    )
    keys = ("responses_rated", "flagged_by_anyone", "flagged_by_majority")
    blocks: list[Block] = [Table(("", *(reader.word(key) for key in keys)), counts)]
    if facts["responses"]:
        rows = tuple(_flag(reader, one) for one in facts["responses"])
        header = (reader.word("item"), reader.word("system"), reader.word("flags"), reader.word("reasons"))
        blocks.append(Table(header, rows, reader.word("harm_note"), text=True))
    return Section("harm", reader.word("harm"), tuple(blocks))


def _flag(reader: Reader, one: Mapping[str, Any]) -> tuple[str, str, str, str]:
    words = "・" if reader.lang == "ja" else ", "
    reasons = words.join(reader.pressed("harm", name) for name in one["reasons"])
    return one["item_id"], reader.name(one["system"]), f"{one['flags']} / {one['raters']}", reasons or numbers.DASH


def disputed(reader: Reader) -> Section:
    """The items on which raters differed most, with every answer and the comments."""
    entries: Sequence[Mapping[str, Any]] = reader.facts["disputed"]
    rows = tuple((one["item_id"], _answers(reader, one), _comments(reader, one)) for one in entries)
    header = (reader.word("item"), reader.word("answers"), reader.word("comments"))
    table = Table(header, rows, reader.word("disputed_note"), text=True)
    return Section("disputed", reader.word("disputed"), (table,) if rows else ())


def _answers(reader: Reader, one: Mapping[str, Any]) -> str:
    """Each answer in words, those for the first system first."""
    first, second = (reader.name(system) for system in one["systems"])
    parts = []
    for margin in sorted({answer["margin"] for answer in one["answers"]}, reverse=True):
        times = sum(answer["margin"] == margin for answer in one["answers"])
        name = first if margin > 0 else second
        words = "same_short" if margin == 0 else "better" if abs(margin) > 1 else "slightly_better"
        parts.append(f"{times} × {reader.word(words, name=name) if margin else reader.word(words)}")
    return "; ".join(parts)


def _comments(reader: Reader, one: Mapping[str, Any]) -> str:
    given = [answer for answer in one["answers"] if answer["comment"]]
    return " / ".join(f"「{answer['comment']}」{_marks(reader, answer['marks'])}" for answer in given) or numbers.DASH


def _marks(reader: Reader, marks: Mapping[str, Mapping[str, Any]]) -> str:
    words = [
        f"{reader.label(criterion)} {reader.name(system)}: {reader.point(criterion, value)}"
        for criterion, by_system in marks.items()
        for system, value in by_system.items()
    ]
    return f" ({'; '.join(words)})" if words else ""
