"""Votes of an export: one per assignment that a rater answered or left, with the texts that may stand beside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

from results.export.folder import Export
from results.export.rows import AssignmentRow, ItemRow, JudgmentRow
from tasks.errors import InputError
from tasks.schema import PAIR, Criterion, Item, Side, Study, Target, Turn, side_of


@dataclass(frozen=True)
class Vote:
    """All that a rater said of one assignment."""

    row: AssignmentRow
    judgments: tuple[JudgmentRow, ...]
    comment: str = ""

    @property
    def rater(self) -> str:
        """The pseudonym."""
        return self.row.rater or ""

    @property
    def order(self) -> tuple[str, ...]:
        """The systems as they were shown, the first side first; fewer than two outside `pairwise`."""
        return tuple(system for system in (self.row.first_system, self.row.second_system) if system)

    def judgment(self, criterion: str, target: Target = PAIR) -> JudgmentRow | None:
        """What was said of a target; None where it was not asked."""
        return self._judged.get((criterion, target))

    @cached_property
    def _judged(self) -> dict[tuple[str, str], JudgmentRow]:
        return {(row.criterion, row.target): row for row in self.judgments}

    def chosen_side(self, criterion: str) -> Side | None:
        """The side that was preferred; None for about the same, and where nothing was said."""
        row = self.judgment(criterion)
        return side_of(self.order, row.chosen_system) if row and row.chosen_system and row.strength else None

    def tied(self, criterion: str) -> bool:
        """True where the two were said to be about the same."""
        row = self.judgment(criterion)
        return row is not None and row.strength is not None and self.chosen_side(criterion) is None

    def missing(self, criterion: str) -> bool:
        """True where the preference has no value: the pair was left, or the question passed over."""
        row = self.judgment(criterion)
        return row is None or row.strength is None


@dataclass(frozen=True)
class Votes:
    """The votes in the order of the export's assignments, and the study with the texts that may stand.

    A text that may not, or is not there, is ''.
    """

    study: Study
    votes: tuple[Vote, ...]
    items: dict[str, ItemRow]
    left_out: int = 0
    """Votes of other kinds than those asked for."""

    def text(self, item_id: str, system: str) -> str:
        """A system's response."""
        return self._texts.get((item_id, system), "")

    def turns(self, item_id: str) -> tuple[Turn, ...]:
        """The dialogue so far; () where its texts are not there."""
        item = self._items.get(item_id)
        return item.turns if item and any(turn.text for turn in item.turns) else ()

    def dialogue(self, vote: Vote) -> str:
        """The resampling unit: the source dialogue, or the item."""
        row = self.items.get(vote.row.item_id)
        return row.dialogue if row else next((j.dialogue for j in vote.judgments), vote.row.item_id)

    @property
    def preference(self) -> Criterion:
        """The first preference of the study. Raises InputError where pairs were not compared."""
        found = next((one for one in self.study.criteria if one.kind == "preference"), None)
        if found is None:
            raise InputError(
                f"study {self.study.study_id}: protocol {self.study.protocol}: no preference between two responses was "
                "asked; --to csv and --to xlsx take every study"
            )
        return found

    def by_pair(self) -> dict[tuple[str, tuple[str, ...]], list[Vote]]:
        """Votes by item and systems in the order shown, as they were first met."""
        shown: dict[tuple[str, tuple[str, ...]], list[Vote]] = {}
        for vote in self.votes:
            shown.setdefault((vote.row.item_id, vote.order), []).append(vote)
        return shown

    @cached_property
    def _texts(self) -> dict[tuple[str, str], str]:
        practice, checks = (pair.responses for pair in self.study.practice), (c.responses for c in self.study.checks)
        responses = [*self.study.responses, *(response for pair in (*practice, *checks) for response in pair)]
        return {(response.item_id, response.system_id): response.text for response in responses}

    @cached_property
    def _items(self) -> dict[str, Item]:
        practice, checks = (pair.item for pair in self.study.practice), (pair.item for pair in self.study.checks)
        return {item.item_id: item for item in (*self.study.items, *practice, *checks)}


def votes(export: Export, kinds: Collection[str] = ()) -> Votes:
    """What raters who did not withdraw answered or left, of the kinds named or, where none is, of all.

    `export.study` brings its texts, where it has some (`results.export.open_texts`).
    """
    withdrawn = {rater.rater for rater in export.raters if rater.withdrawn}
    judged: dict[str, list[JudgmentRow]] = {}
    for row in export.judgments:
        judged.setdefault(row.assignment_id, []).append(row)
    comments = {(row.assignment_id, row.rater): row.comment for row in export.comments}
    all_of_them = [
        Vote(row, tuple(judged.get(row.assignment_id, ())), comments.get((row.assignment_id, row.rater or ""), ""))
        for row in export.assignments
        if row.status in ("submitted", "left") and row.rater not in withdrawn
    ]
    taken = tuple(vote for vote in all_of_them if not kinds or vote.row.kind in kinds)
    items = {row.item_id: row for row in export.items}
    return Votes(export.study, taken, items, len(all_of_them) - len(taken))


def pairs_alone(found: Votes) -> Votes:
    """The votes on two systems side by side. Raises InputError where the study compares none."""
    assert found.preference
    return replace(found, votes=tuple(vote for vote in found.votes if len(vote.order) == 2))
