"""Settled judgments as the rows of an export, with the tool's own ids in a table beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from results.export import csv_cells
from results.export.folder import Export
from results.export.rows import AssignmentRow, ItemRow, JudgmentRow, RaterRow, ResponseRow
from results.importing.pseudonyms import without_names
from results.importing.study import Ids
from tasks.asking.facts import facts
from tasks.intake.judgments.criteria import Told
from tasks.intake.judgments.settling import Settled
from tasks.schema import ITEM, PAIR, AssignmentKind, Study, Target, seat_of, side_of

SOURCES = "sources.csv"
"""Of the export: which assignment comes from which file, row, task and annotation."""
_COLUMNS = ("assignment_id", "file", "row", "task", "annotation", "criterion", "submitted_at")


@dataclass(frozen=True)
class Rows:
    """An export, and the bytes of `sources.csv`."""

    export: Export
    sources: bytes


class _Maker:
    def __init__(self, study: Study, ids: Ids, criteria: Mapping[str, Told], codes: Mapping[str, str]) -> None:
        self.study, self.ids, self.criteria, self.codes = study, ids, criteria, codes
        self.kinds = {criterion.criterion_id: criterion for criterion in study.criteria}
        self.assignments: dict[tuple[object, ...], AssignmentRow] = {}
        self.positions: dict[str, int] = {}
        self.judgments: list[JudgmentRow] = []
        self.sources: list[tuple[str, ...]] = []

    def add(self, one: Settled) -> None:
        """One judgment, with the assignment that it belongs to."""
        row = self._assignment(one)
        criterion = self.kinds[self.ids.criteria[one.said.criterion]]
        order = tuple(self.ids.systems[name] for name in one.order)
        target = Target.of_system(self.ids.systems[one.system]) if one.system else PAIR if len(order) == 2 else ITEM
        self.judgments.append(
            JudgmentRow(
                study_id=self.study.study_id,
                rater=row.rater or "",
                seat=row.seat,
                assignment_id=row.assignment_id,
                kind=row.kind,
                position=row.position,
                item_id=row.item_id,
                dialogue=self.ids.dialogues[one.said.dialogue],
                criterion=criterion.criterion_id,
                criterion_kind=criterion.kind,
                of=criterion.of,
                target=target,
                value=list(one.value) if isinstance(one.value, tuple) else self._value(one),
                chosen_system=self.ids.systems[one.chosen] if one.chosen else None,
                strength=one.strength,
                reason=one.reason,
                first_system=row.first_system,
                second_system=row.second_system,
                side=side_of(order, target.system) if target.system else "",
                seq=row.seq or 0,
                submission_id=row.assignment_id,
                submitted_at=one.said.at,
                active_seconds=one.said.seconds,
            )
        )
        file = without_names(one.said.file, self.codes)
        place = (str(one.said.row), one.said.task, one.said.annotation)
        self.sources.append((row.assignment_id, file, *place, criterion.criterion_id, one.said.at))

    def _value(self, one: Settled) -> int | None:
        return one.strength if self.criteria[one.said.criterion].votes else one.value  # type: ignore[return-value]

    def _assignment(self, one: Settled) -> AssignmentRow:
        """The assignment of a judgment: one rater before one item and its one or two responses, one time."""
        said = one.said
        what: object = said.pair if len(one.order) == 2 else one.order
        key = (said.rater, said.item, what, one.occasion)
        if key in self.assignments:
            return self._judged(key, one)
        rater = self.codes[said.rater]
        position = self.positions[rater] = self.positions.get(rater, 0) + 1
        kind: AssignmentKind = "repeat" if one.occasion else "main"
        before = self.assignments.get((said.rater, said.item, what, 0)) if one.occasion else None
        order = [self.ids.systems[name] for name in one.order]
        number = len(self.assignments) + 1
        row = AssignmentRow(
            assignment_id=f"a{number:06d}",
            seat=seat_of(rater),
            rater=rater,
            position=position,
            kind=kind,
            item_id=self.ids.items[said.item],
            first_system=order[0] if order else None,
            second_system=order[1] if len(order) == 2 else None,
            repeats=before.assignment_id if before else None,
            status="left" if one.reason == "cannot_judge" else "submitted",
            left="cannot_judge" if one.reason == "cannot_judge" else None,
            seq=number,
            submission_id=f"a{number:06d}",
            submitted_at=said.at or None,
            active_seconds=said.seconds,
            revision=one.revisions,
        )
        self.assignments[key] = row
        return row

    def _judged(self, key: tuple[object, ...], one: Settled) -> AssignmentRow:
        """The assignment, judged where one of its criteria was."""
        row = self.assignments[key]
        if row.status == "left" and one.reason != "cannot_judge":
            row = row.model_copy(update={"status": "submitted", "left": None})
            self.assignments[key] = row
        return row


def rows_of(
    study: Study, ids: Ids, criteria: Mapping[str, Told], judgments: Sequence[Settled], codes: Mapping[str, str],
    words: Mapping[tuple[tuple[str, ...], str], str], language: str, now: str,
) -> Rows:  # fmt: skip
    """The export of some judgments.

    Args:
        codes: pseudonyms by the raters' names.
        words: texts of responses, of which only facts are kept; `language`: in which they are, by whose rules questions
            are counted; `und` = by none.
        now: when it was imported, UTC, ISO 8601.
    """
    maker = _Maker(study, ids, criteria, codes)
    for one in sorted(judgments, key=lambda one: (one.said.at, one.said.file, one.said.row, one.occasion)):
        maker.add(one)
    assignments = tuple(maker.assignments.values())
    export = Export(
        study=study,
        judgments=tuple(maker.judgments),
        assignments=assignments,
        items=tuple(ItemRow(item_id=item.item_id, dialogue=item.dialogue) for item in study.items),
        responses=_responses(ids, words, language),
        raters=_raters(assignments),
        comments=(),
        exported_at=now,
        last_seq=len(assignments),
    )
    return Rows(export, csv_cells.render(_COLUMNS, maker.sources))


def _raters(assignments: Sequence[AssignmentRow]) -> tuple[RaterRow, ...]:
    done: dict[str, list[AssignmentRow]] = {}
    for row in assignments:
        done.setdefault(row.rater or "", []).append(row)
    return tuple(
        RaterRow(rater=rater, seat=seat_of(rater), assignments_planned=len(rows), assignments_done=len(rows))
        for rater, rows in sorted(done.items())
    )


def _responses(ids: Ids, words: Mapping[tuple[tuple[str, ...], str], str], language: str) -> tuple[ResponseRow, ...]:
    made = []
    for (item, system), text in words.items():
        if system in ids.systems and item in ids.items:
            found = facts(text, language)
            made.append(
                ResponseRow(
                    item_id=ids.items[item],
                    system_id=ids.systems[system],
                    characters=len(text),
                    questions=found.questions,
                    question_kinds="|".join(found.kinds),
                    language=language,
                    minimal=found.minimal,
                )
            )
    return tuple(sorted(made, key=lambda row: (row.item_id, row.system_id)))
