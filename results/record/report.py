"""The record of a whole report: the content of report.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Self

from pydantic import Field

from results.record.agreement import AgreementRecord, UnequalRecord
from results.record.figure import Strict
from results.record.hypotheses import DeclaredTest
from results.record.judges import JudgeRecord
from results.record.listed import DisputedItem, ExampleRecord, FlaggedRecord, LeakRecord
from results.record.preference import Excluded, PreferenceRecord
from results.record.raters import BlindingRecord, OrderRecord, RaterRecord
from results.record.ratings import DetectorRecord, QuestionsRecord, RatingRecord
from results.record.sessions.held import SessionsRecord
from results.record.stopping import StoppingRecord
from results.record.study import CriterionRecord, DataRecord, Deviation, Settings, StudyRecord
from tasks.languages.tag import Language

REPORT_VERSION = 2


class ReportRecord(Strict):
    """Every figure of a study. Keys keep their order; the same export, seed and versions give the same bytes."""

    report_version: int
    """Version of this format: 2 since reasons are codes and a pair says its role and verdict."""
    study: StudyRecord
    settings: Settings
    data: DataRecord
    hypotheses: tuple[DeclaredTest, ...]
    """The tests declared beforehand, in the study's order; [] where the primary comparison alone was named."""
    preference: PreferenceRecord
    agreement: tuple[AgreementRecord, ...]
    """One entry per criterion whose answers can be compared."""
    ratings: tuple[RatingRecord, ...]
    questions: QuestionsRecord
    detector: DetectorRecord
    flagged: FlaggedRecord
    disputed: tuple[DisputedItem, ...]
    """Up to ten, the widest spread first."""
    raters: tuple[RaterRecord, ...]
    order: OrderRecord
    blinding: BlindingRecord
    exclusions: tuple[Excluded, ...]
    deviations: tuple[Deviation, ...]
    leaks: tuple[LeakRecord, ...]
    answer: Mapping[Language, tuple[str, ...]]
    """The answer in sentences, by language."""
    judges: tuple[JudgeRecord, ...] = ()
    """Machine judges, by name; [] where none was asked. No other figure knows of them."""
    unequal: tuple[UnequalRecord, ...] = ()
    """Dawid and Skene's model beside the plain shares; [] where too few raters judged each item."""
    examples: tuple[ExampleRecord, ...] = ()
    """Up to three items with their texts; [] where none were asked for, or none may be handed on."""
    stopping: StoppingRecord | None = Field(default=None, exclude_if=lambda value: value is None)
    """Of a study that declared looks before its end."""
    sessions: SessionsRecord | None = Field(default=None, exclude_if=lambda value: value is None)
    """Of a study of sessions: each is judged once, so that `agreement` is []."""

    @classmethod
    def read(cls, text: str) -> Self:
        """The record of a report.json. Raises pydantic's ValidationError, a ValueError, naming each key at fault."""
        return cls.model_validate_json(text)

    def json_text(self) -> str:
        """report.json as text."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=1, allow_nan=False) + "\n"

    def criterion(self, criterion: str) -> CriterionRecord:
        """A criterion of the study. Raises KeyError where there is none of that id."""
        known = {entry.criterion: entry for entry in self.study.criteria}
        return known[criterion]

    def agreement_on(self, criterion: str | None) -> AgreementRecord | None:
        """The agreement on a criterion; None where there is none."""
        return next((entry for entry in self.agreement if entry.criterion == criterion), None)
