"""Records of what was planned and how much was judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from results.record.figure import Strict
from tasks.languages.tag import Language
from tasks.schema import Exclusion, Imported, Kind, Level, Of, Primary, Protocol, Words


class SystemRecord(Strict):
    """A system that was compared."""

    system_id: str
    name: str
    """As the study writes it; `ja / en` where the halves are names in the two languages."""
    names: Words
    """The name in each language."""
    kind: Literal["model", "human", "written"]
    model: str | None
    adapter: str | None
    description: Words | None


class PointRecord(Strict):
    """A point of a scale."""

    value: int
    words: Words


class ReasonRecord(Strict):
    """A reason that raters could press beside a criterion."""

    reason: str
    words: Words


class CriterionRecord(Strict):
    """What was judged."""

    criterion: str
    of: Of
    kind: Kind
    level: Level | None
    """Level of measurement."""
    label: Words
    points: tuple[PointRecord, ...]
    top_coded: bool
    """true where the last point means 'this many or more'."""
    reasons: tuple[ReasonRecord, ...]


class StudyRecord(Strict):
    """What was planned before the first judgment."""

    study_id: str
    title: Words
    simulated: bool
    """true where judgments were made by a program; every page then says so."""
    provenance: Words | None
    """Where dialogues and responses come from."""
    languages: tuple[Language, ...] = ()
    """The study's languages, its first one first; [] in older reports."""
    protocol: Protocol
    exported_at: str
    """UTC, ISO 8601."""
    systems: tuple[SystemRecord, ...]
    """The primary pair first, in its order, then the others as the study lists them."""
    primary: Primary
    """The comparison named beforehand; `systems` is null where none was."""
    exclusions: tuple[Exclusion, ...] = ()
    """The rules named beforehand; `primary.exclusions` says whether they govern."""
    criteria: tuple[CriterionRecord, ...]
    looks: int = Field(default=1, exclude_if=lambda value: value == 1)
    """Analyses of the primary comparison that were declared, the last one included; 1 = none before the end."""
    imported: Imported | None = Field(default=None, exclude_if=lambda value: value is None)
    """What is known of judgments made with another tool; null of the studio's own."""


class Settings(Strict):
    """How intervals were drawn."""

    resamples: int
    seed: int
    interval: Literal["recommended", "percentile", "bca"]
    level: float


class LeftRecord(Strict):
    """Main assignments that were left without an answer."""

    cannot_judge: int
    skipped: int


class PartsRecord(Strict):
    """The main assignments, each in one part: the parts add up to `planned`."""

    planned: int
    preferred: int
    """One response was preferred."""
    about_the_same: int
    judged: int
    """Judged without a preference: none was asked, or none given."""
    cannot_judge: int
    skipped: int
    not_answered: int


class DataRecord(Strict):
    """How much was judged and what was left out."""

    n_items: int
    n_dialogues: int
    n_raters: int
    n_judgments: int
    """Main judgments with a value, over all criteria."""
    n_items_planned: int
    n_assignments_planned: int
    n_assignments_judged: int
    parts: PartsRecord
    """What became of every main assignment."""
    left: LeftRecord
    withdrawn_raters: int
    excluded: int = 0
    """Judged pairs that the rules leave out of the figures of systems and of agreement, where they govern."""
    not_in_main_figures: Mapping[str, int]
    """Judged assignments of other kinds (`practice`, `repeat` ...)."""


class Deviation(Strict):
    """An act after launch that changed what was frozen, or unblinded somebody before the end."""

    at: str
    """UTC, ISO 8601."""
    kind: str
    what: str
