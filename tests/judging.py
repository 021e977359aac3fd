"""Exports of simulated studies that machine judges were asked about, for the tests of what these are worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from results.export.folder import Export
from tasks.schema import Verdict, VerdictAnswer
from tests.judged import export

Says = Callable[[str, str, str], int]
"""From item and the two systems as shown to a value of the preference, negative = the first shown."""


def study(items: int = 150, alone: int = 0, raters: int = 4, systems: Sequence[str] = ("base", "tuned")) -> Export:
    """Raters who judged all items but the last `alone`, one taste for all of them with noise."""
    whole = export(items + alone, raters, systems=systems, noise=0.5, missing=0.0, seed=3)
    kept = {item.item_id for item in whole.items[:items]}
    judgments = tuple(row for row in whole.judgments if row.item_id in kept)
    assignments = tuple(row for row in whole.assignments if row.item_id in kept)
    return replace(whole, judgments=judgments, assignments=assignments)


def liking(made: Export, noise: float = 0.0, seed: int = 0) -> Says:
    """A judge that sees the quality that the raters of `made` see (tests/judged.py) with noise, whatever the order."""
    draw = np.random.default_rng(3)
    last = made.study.systems[-1].system_id
    quality = {
        (item.item_id, system.system_id): draw.normal(0.6 if system.system_id == last else 0.0)
        for item in made.study.items
        for system in made.study.systems
    }
    own = np.random.default_rng(seed)
    seen = {place: value + own.normal(0, noise) for place, value in quality.items()}

    def says(item: str, first: str, second: str) -> int:
        gap = seen[item, second] - seen[item, first]
        size = 0 if abs(gap) < 0.4 else 1 if abs(gap) < 1.5 else 2
        return size if gap > 0 else -size

    return says


def verdicts(made: Export, says: Says, judge: str = "judge-1", orders: int = 2) -> tuple[Verdict, ...]:
    """A judge's answers to every item and pair of systems, in both orders or one."""
    systems = [system.system_id for system in made.study.systems]
    pairs = [order for pair in combinations(systems, 2) for order in (pair, pair[::-1])[:orders]]
    return tuple(
        Verdict(
            judge=judge,
            model="made-up",
            item_id=item.item_id,
            first_system=first,
            second_system=second,
            answers=(VerdictAnswer(criterion="preference", target="pair", value=says(item.item_id, first, second)),),
        )
        for item in made.items
        for first, second in pairs
    )
