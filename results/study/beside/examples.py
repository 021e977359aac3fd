"""Items to read beside the figures: those on which all raters agree, and those that split them most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from results.statistics.ratings import Pair
from results.study.judged import Judged, compared, signed
from tasks.schema import Criterion

MOST = 3


@dataclass(frozen=True)
class Example:
    """How the raters of one item chose between two systems; each count is of raters, at least two in all."""

    item_id: str
    systems: Pair
    first: int
    """For the first system."""
    same: int
    """About the same."""
    second: int
    strength: int
    """Sum of the strengths given."""

    @property
    def votes(self) -> int:
        """All of them."""
        return self.first + self.same + self.second

    @property
    def together(self) -> bool:
        """Whether all preferred the same system."""
        return self.votes in (self.first, self.second)

    @property
    def fewer(self) -> int:
        """Votes for the system with fewer of them."""
        return min(self.first, self.second)


@dataclass(frozen=True)
class Examples:
    """Up to three of each; the same export gives the same ones, whoever won."""

    together: tuple[Example, ...]
    """Most votes first, then the strongest."""
    split: tuple[Example, ...]
    """Most votes on the weaker side first, then the fewest ties; each has a vote for both."""


def examples(data: Judged, criterion: Criterion, pairs: Sequence[Pair]) -> Examples:
    """Items by how their raters chose, over the pairs given."""
    found = [example for pair in pairs for example in _of_pair(data, criterion, pair) if example.votes > 1]
    together = sorted((e for e in found if e.together), key=lambda e: (-e.votes, -e.strength, e.item_id, e.systems))
    split = sorted((e for e in found if e.fewer), key=lambda e: (-e.fewer, e.same, -e.votes, e.item_id, e.systems))
    return Examples(tuple(together[:MOST]), tuple(split[:MOST]))


def _of_pair(data: Judged, criterion: Criterion, pair: Pair) -> list[Example]:
    by_item: dict[str, list[int]] = {}
    for row in compared(data.of(criterion.criterion_id), pair):
        margin = signed(row, pair)
        if margin is not None:
            by_item.setdefault(row.item_id, []).append(margin)
    return [
        Example(
            item_id,
            pair,
            first=sum(m > 0 for m in margins),
            same=margins.count(0),
            second=sum(m < 0 for m in margins),
            strength=sum(map(abs, margins)),
        )
        for item_id, margins in by_item.items()
    ]
