"""Pairwise votes from any table: who stood where, who won, and every fault by its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from results.tables import ratings as long_ratings
from results.tables.cells import Cells, said
from results.tables.long import ONE_JUDGE
from results.tables.values import names_notes, values_of
from results.tables.winners import Pair, one_hot, outcomes, readings
from tasks.intake.faults import Faults, quoted
from tasks.intake.labels import categories_note, counts, number

if TYPE_CHECKING:
    from results.statistics.ratings import Ratings
    from results.statistics.strength import Votes

ONE_HOT = "winner"
"""The column that is made of two or three of 1 and 0."""


class Names(NamedTuple):
    """The columns of a table of votes."""

    item: tuple[str, ...]
    """Together they name the item; () = each row is one."""
    rater: str | None
    left: str
    right: str
    winner: tuple[str, ...]
    """One column of words, or two or three of 1 and 0: left, right, tie."""
    raters: tuple[str, ...] = ()
    """One column of words a rater, in place of `rater` and `winner`."""
    cluster: tuple[str, ...] = ()
    strength: str | None = None
    """How strongly the winner was preferred; without it every choice counts 1."""

    def needed(self) -> tuple[str, ...]:
        """Columns in which every row has something."""
        rater = [self.rater] if self.rater else []
        return (*self.item, *self.cluster, *rater, self.left, self.right)

    def all(self) -> tuple[str, ...]:
        """Every column."""
        return (*self.needed(), *self.winner, *self.raters, *([self.strength] if self.strength else []))


@dataclass(frozen=True)
class Cast:
    """N votes by name.

    Attributes:
        outcome: 1 = the left system, -1 = the right one, 0 = tie.
        cluster: the resampling unit.
        strength: above 0, how strongly the winner was preferred; 0 of ties.
    """

    item: Sequence[str]
    rater: Sequence[str]
    left: Sequence[str]
    right: Sequence[str]
    outcome: Sequence[int]
    cluster: Sequence[str]
    strength: Sequence[float]

    def votes(self) -> Votes:
        """The votes by place."""
        from results.statistics.strength import votes_of

        return votes_of(self.item, self.left, self.right, self.outcome, self.cluster)

    def choices(self) -> Ratings:
        """Choices as -1, 0, +1 (for the system that comes first by name), a unit for each item and pair."""
        return _signed(self, range(len(self.item)), [1.0] * len(self.item))

    def most(self) -> float:
        """The largest strength; 1 where nobody preferred any."""
        return max(self.strength, default=0) or 1

    def by_pair(self) -> dict[tuple[str, str], Ratings]:
        """The signed strengths of each pair of systems, the pair in order of name."""
        places: dict[tuple[str, str], list[int]] = {}
        for place, (left, right) in enumerate(zip(self.left, self.right, strict=True)):
            places.setdefault((min(left, right), max(left, right)), []).append(place)
        return {pair: _signed(self, chosen, self.strength) for pair, chosen in sorted(places.items())}


def _signed(cast: Cast, chosen: Sequence[int], strength: Sequence[float]) -> Ratings:
    """Strengths of some votes, positive for the system that comes first by name."""
    from results.statistics.ratings import ratings

    pairs = [sorted((cast.left[place], cast.right[place])) for place in chosen]
    return ratings(
        [(cast.item[place], *pair) for place, pair in zip(chosen, pairs, strict=True)],
        [cast.rater[place] for place in chosen],
        [
            cast.outcome[place] * strength[place] * (1 if cast.left[place] < cast.right[place] else -1)
            for place in chosen
        ],
        dialogue=[cast.cluster[place] for place in chosen],
        domain=sorted({0.0, *strength, *(-one for one in strength)}),
    )


@dataclass(frozen=True)
class Reading:
    """The votes of a table, rows without a winner left out. `notes`: what to know before any figure."""

    cast: Cast
    notes: tuple[str, ...]


def read_votes(
    cells: Cells, names: Names, missing: Sequence[str], meanings: Mapping[str, str], faults: Faults
) -> Reading:
    """The votes of a table.

    Args:
        missing: winners that stand for a missing vote, beside empty ones.
        meanings: what words mean (`--map`).

    Raises:
        InputError: every winner that is none, every pair of one system, every second vote of a rater on a pair.
    """
    cells, word = _one_column(cells, names, faults)
    of_ratings = long_ratings.Names(names.item, names.rater, word, names.raters, names.cluster)
    rows = long_ratings.rows_of(cells, of_ratings, faults)
    beside = _pairs(cells, names, faults)
    pairs = [beside[place] for place in rows.place]
    column = word or ", ".join(names.raters)
    winners = values_of(column, _words(rows, faults), missing)
    won = outcomes(pairs, winners.cells, rows.row, rows.column, meanings, faults)
    _second_votes(rows, pairs, winners.cells, names, faults)
    strength = _strengths(cells, names, rows, won, faults)
    faults.refuse()
    systems = counts([name for pair in pairs for name in (pair.left, pair.right)])
    said_as = readings(column, winners.counts, meanings, set(systems))
    notes = [*cells.notes, categories_note(f"{names.left} and {names.right}", systems, 0), *winners.notes, *said_as]
    notes += names_notes(f"{names.left} and {names.right}", [pair.left for pair in pairs], [p.right for p in pairs])
    if names.item:
        notes += names_notes(", ".join(names.item), rows.unit)
    if names.rater:
        notes += names_notes(names.rater, rows.rater)
    return Reading(_cast(rows, pairs, won, strength), tuple(notes))


def _one_column(cells: Cells, names: Names, faults: Faults) -> tuple[Cells, str | None]:
    """The table with its winners in one column, and which that is."""
    if names.raters:
        return cells, None
    if len(names.winner) == 1:
        return cells, names.winner[0]
    flags = [cells.texts(column, faults) for column in names.winner]
    words = one_hot(flags, cells.rows, names.winner, faults)
    return Cells(cells.name, {**cells.columns, ONE_HOT: words}, cells.rows, cells.places, cells.notes), ONE_HOT


def _pairs(cells: Cells, names: Names, faults: Faults) -> list[Pair]:
    """What stood beside each other in each row; one system on both sides is a fault."""
    sides = [cells.texts(column, faults) for column in (names.left, names.right)]
    found = [Pair(left, right) for left, right in zip(*sides, strict=True)]
    for row, pair in zip(cells.rows, found, strict=True):
        if pair.left and pair.left == pair.right:
            rule = f"found {quoted(pair.right)}, the system of column {names.left} too; two are needed"
            faults.add(rule, row=row, column=names.right)
    return found


def _words(rows: long_ratings.Rows, faults: Faults) -> list[str]:
    for cell, row, column in zip(rows.value, rows.row, rows.column, strict=True):
        if not isinstance(cell, str):
            faults.add("allowed: a text, a number, true or false", row=row, column=column, found="a list")
    return [cell if isinstance(cell, str) else "" for cell in rows.value]


def _second_votes(
    rows: long_ratings.Rows, pairs: Sequence[Pair], words: Sequence[str], names: Names, faults: Faults
) -> None:
    """A fault for each vote of a rater on an item and pair that this rater has voted on already."""
    first: dict[tuple[str, str, frozenset[str]], int] = {}
    hint = "" if names.rater or names.raters else "; if it is another judge's: --rater; another turn's: --item A,B"
    for entry, (item, rater, pair, word) in enumerate(zip(rows.unit, rows.rater, pairs, words, strict=True)):
        unit = (item, rater, frozenset((pair.left, pair.right)))
        if not (item and rater and word) or (before := first.setdefault(unit, entry)) == entry:
            continue
        who = "the one judge" if rater == ONE_JUDGE and not names.rater else f"rater '{rater}'"
        rule = f"{who} voted on item '{said(item)}' and this pair in row {rows.row[before]} already{hint}"
        faults.add(rule, row=rows.row[entry], column=rows.column[entry], found=quoted(word))


def _strengths(
    cells: Cells, names: Names, rows: long_ratings.Rows, won: Sequence[int | None], faults: Faults
) -> list[float]:
    """How strongly each winner was preferred, 1 without a column that says it; 0 of ties and missing votes."""
    if names.strength is None:
        return [float(abs(outcome or 0)) for outcome in won]
    written = cells.texts(names.strength, faults)
    found = []
    for place, row, outcome in zip(rows.place, rows.row, won, strict=True):
        strength = number(written[place]) if outcome else 0.0
        if strength is None or (outcome and strength <= 0):
            rule = "allowed: a number above 0, since one was preferred"
            faults.add(rule, row=row, column=names.strength, found=quoted(written[place]))
        found.append(strength or 0.0)
    return found


def _cast(rows: long_ratings.Rows, pairs: Sequence[Pair], won: Sequence[int | None], strength: Sequence[float]) -> Cast:
    given = [(place, outcome) for place, outcome in enumerate(won) if outcome is not None]
    return Cast(
        item=[rows.unit[place] for place, _ in given],
        rater=[rows.rater[place] for place, _ in given],
        left=[pairs[place].left for place, _ in given],
        right=[pairs[place].right for place, _ in given],
        outcome=[outcome for _, outcome in given],
        cluster=[rows.cluster[place] for place, _ in given],
        strength=[strength[place] for place, _ in given],
    )
