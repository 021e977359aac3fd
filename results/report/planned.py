"""The parts of a report that say what was planned, how much was judged, and what each rater did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from results.export.folder import Export
from results.export.rows import AssignmentRow
from results.record.figure import FigureRecord
from results.record.raters import BlindingRecord, Guesses, GuessesByOrder, OrderRecord, ShownFirst, SideShare
from results.record.stopping import LookRecord, StoppingRecord
from results.record.study import (
    CriterionRecord,
    DataRecord,
    Deviation,
    LeftRecord,
    PartsRecord,
    PointRecord,
    ReasonRecord,
    StudyRecord,
    SystemRecord,
)
from results.statistics.figure import significant
from results.statistics.reasons import Reason
from results.statistics.resample import Resampling
from results.study.blinding import Blinding
from results.study.judged import Judged
from results.study.position_bias import order, sides_known
from results.study.sequential.ending import Ending
from tasks.schema import FIRST_LANGUAGES, Criterion, Language, System, Words


def study_record(data: Judged) -> StudyRecord:
    """What was planned: systems, primary comparison, criteria with their points."""
    study = data.study
    place = {system: number for number, system in enumerate(data.systems())}
    systems = sorted((s for s in study.systems if s.system_id in place), key=lambda s: place[s.system_id])
    return StudyRecord(
        study_id=study.study_id,
        title=study.title,
        simulated=study.simulated,
        provenance=study.provenance,
        languages=study.languages,
        protocol=study.protocol,
        exported_at=data.export.exported_at,
        systems=tuple(_system(system, study.languages) for system in systems),
        primary=study.primary,
        exclusions=study.exclusions,
        criteria=tuple(map(_criterion, study.criteria)),
        looks=study.design.looks,
        imported=study.imported,
    )


def stopping_record(export: Export, ended: Ending | None) -> StoppingRecord | None:
    """The looks that were taken and how the study ended; None where it declared none before its end."""
    if ended is None:
        return None
    looks = (
        LookRecord(at=one.at, look=one.look, items=one.items, level=one.level, enough=one.enough)
        for one in export.looks
    )
    return StoppingRecord(
        looks=tuple(looks),
        stopped_at=ended.stopped_at,
        items=ended.items,
        items_at_look=ended.at_look,
        items_planned=ended.planned,
        information=ended.information,
        p_nominal=significant(ended.look.p_nominal),
        level=ended.look.level,
        departure=ended.departure,
    )


def departures(export: Export, ended: Ending | None) -> tuple[Deviation, ...]:
    """What was done against the answer of the last look."""
    if ended is None or ended.departure is None:
        return ()
    return (Deviation(at=export.looks[-1].at, kind=ended.departure, what=""),)


def _system(system: System, languages: Sequence[Language]) -> SystemRecord:
    name = system.name or system.system_id
    return SystemRecord(
        system_id=system.system_id,
        name=name,
        names=_names(name, languages),
        kind=system.kind,
        model=system.model,
        adapter=system.adapter,
        description=system.description,
    )


def _names(name: str, languages: Sequence[Language]) -> Words:
    """The name in ja, en and the study's languages; in a study in these two, `ja / en` is shown by its half."""
    halves = name.split(" / ")
    if len(halves) == 2 and set(languages) <= set(FIRST_LANGUAGES):
        return Words(dict(zip(FIRST_LANGUAGES, halves, strict=True)))
    return Words(dict.fromkeys((*FIRST_LANGUAGES, *languages), name))


def _criterion(criterion: Criterion) -> CriterionRecord:
    return CriterionRecord(
        criterion=criterion.criterion_id,
        of=criterion.of,
        kind=criterion.kind,
        level=criterion.level,
        label=criterion.label,
        points=tuple(PointRecord(value=point.value, words=point.words) for point in criterion.points),
        top_coded=criterion.top_coded,
        reasons=tuple(ReasonRecord(reason=reason.reason_id, words=reason.words) for reason in criterion.reasons),
    )


def data_record(data: Judged, kept: Judged, preference: Criterion | None) -> DataRecord:
    """How much was judged, left and left out.

    `kept` is what the figures rest on, `preference` the criterion that ties are counted on.
    """
    main = [row for row in data.export.assignments if row.kind == "main"]
    judged = data.rows.columns.at(data.rows.columns.given)
    left = Counter(row.left for row in main if row.status == "left" and row.left is not None)
    return DataRecord(
        n_items=judged.item.number(),
        n_dialogues=judged.dialogue.number(),
        n_raters=judged.rater.number(),
        n_judgments=len(judged.given),
        n_items_planned=len(data.study.items),
        n_assignments_planned=len(main),
        n_assignments_judged=sum(row.status == "submitted" for row in main),
        parts=parts_record(data, preference),
        left=LeftRecord(cannot_judge=left["cannot_judge"], skipped=left["skipped"]),
        withdrawn_raters=_withdrawn(data),
        excluded=_excluded(data, kept),
        not_in_main_figures=dict(sorted(Counter(_other_kinds(data.export)).items())),
    )


def parts_record(data: Judged, preference: Criterion | None) -> PartsRecord:
    """What became of every main assignment; those of raters who withdrew are in no export."""
    rows = data.of(preference.criterion_id) if preference else ()
    tied = {row.assignment_id: row.strength == 0 for row in rows if row.strength is not None}
    main = [row for row in data.export.assignments if row.kind == "main"]
    parts = Counter(map(partial(_part, tied), main))
    return PartsRecord(
        planned=len(main), **{name: parts[name] for name in PartsRecord.model_fields.keys() - {"planned"}}
    )


def _part(tied: Mapping[str, bool], row: AssignmentRow) -> str:
    if row.status == "left":
        return row.left or "skipped"
    if row.status != "submitted":
        return "not_answered"
    same = tied.get(row.assignment_id)
    return "judged" if same is None else "about_the_same" if same else "preferred"


def _excluded(data: Judged, kept: Judged) -> int:
    """Judged assignments of which no row is kept."""
    if kept is data:
        return 0
    judged = {row.assignment_id for row in data.rows if row.value is not None}
    return len(judged - {row.assignment_id for row in kept.rows})


def _other_kinds(export: Export) -> list[str]:
    return [row.kind for row in export.assignments if row.kind != "main" and row.status == "submitted"]


def _withdrawn(data: Judged) -> int:
    """How many withdrew: the acts say so, for the studio's exports hold no row of them; other exports mark theirs."""
    acts = sum(act.kind == "withdrawn" for act in data.export.acts)
    return max(acts, sum(rater.withdrawn for rater in data.export.raters))


def order_record(data: Judged, resampling: Resampling) -> OrderRecord:
    """Facts of presentation order, the only ones that see sides."""
    known = sides_known(data.study)
    facts = order(data.preferences if known else (), resampling)
    if not known:
        facts = replace(facts, first_share=replace(facts.first_share, reason=Reason.ORDER_UNKNOWN))
    return OrderRecord(
        first_side_share=FigureRecord.of(facts.first_share),
        by_rater={
            rater: SideShare(first=first, decisive=decisive, share=FigureRecord.of(facts.shares[rater]))
            for rater, (first, decisive) in facts.raters.items()
        },
        shown_first={s: ShownFirst(first=first, shown=shown) for s, (first, shown) in facts.shown_first.items()},
    )


def blinding_record(blinding: Blinding) -> BlindingRecord:
    """The answers to the blinding question."""
    return BlindingRecord(
        right=blinding.right,
        wrong=blinding.wrong,
        cannot_tell=blinding.cannot_tell,
        missing=blinding.missing,
        left_out=blinding.left_out,
        index=FigureRecord.of(blinding.index),
        james=FigureRecord.of(blinding.james),
        order=GuessesByOrder(
            adjusted_first=FigureRecord.of(blinding.when_first), adjusted_second=FigureRecord.of(blinding.when_second)
        ),
        raters=tuple(
            Guesses(rater=rater, right=right, wrong=wrong, cannot_tell=cannot)
            for rater, right, wrong, cannot in blinding.raters
        ),
    )
