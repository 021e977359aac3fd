"""The parts of a report about agreement, rated responses, questions, and visible differences between systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from results.record.agreement import AgreementRecord, Range, RaterPair
from results.record.figure import Effect, FigureRecord, OfSystems
from results.record.listed import LeakRecord
from results.record.ratings import Asking, Differences, QuestionsRecord, RatedPair, RatedSystem, RatingRecord, Together
from results.responses.leaks import Leak
from results.statistics.figure import Figure, finite
from results.statistics.ratings import Pair
from results.statistics.resample import Resampling
from results.study import response_ratings as ratings
from results.study.agreement import Agreement, all_agreements, leave_one_out_range
from results.study.asking.questioning import MEASURES, questioning
from results.study.hypotheses import is_declared
from results.study.judged import Judged
from results.study.measures import measures_of
from tasks.schema import Estimand, Measure, Study


def agreement_records(data: Judged, resampling: Resampling) -> tuple[AgreementRecord, ...]:
    """How far raters agree on every criterion whose answers can be compared, in the study's order."""
    return tuple(map(_agreement, all_agreements(data, resampling)))


def _agreement(agreement: Agreement) -> AgreementRecord:
    low, high = leave_one_out_range(agreement)
    return AgreementRecord(
        criterion=agreement.criterion.criterion_id,
        level=agreement.level,
        headline=agreement.headline,
        check=agreement.check,
        figures=_figures(agreement.figures),
        within_system=_figures(agreement.within),
        leave_one_rater_out=Range(low=low, high=high),
        icc=_figures(agreement.icc),
        pairs_of_raters=_rater_pairs(agreement),
    )


def _figures(figures: Mapping[str, Figure]) -> dict[str, FigureRecord]:
    return {name: FigureRecord.of(figure) for name, figure in figures.items()}


def _rater_pairs(agreement: Agreement) -> tuple[RaterPair, ...]:
    return tuple(
        RaterPair(
            raters=names,
            percent_agreement=finite(share),
            n_units=units,
            cohen_kappa=FigureRecord.of(agreement.kappas[names]),
        )
        for names, (share, units) in sorted(agreement.pairwise.items())
    )


def rating_records(data: Judged, resampling: Resampling) -> tuple[RatingRecord, ...]:
    """Distributions and differences of every rated criterion, in the study's order."""
    rated = [c for c in data.study.criteria if c.of in ("response", "pair") and measures_of(c)]
    return tuple(
        _rating(data.study, ratings.outcome(data.of(c.criterion_id), c, data.systems(), data.listed(), resampling))
        if c.of == "response"
        else _rating(data.study, ratings.pair_outcome(data.of(c.criterion_id), c, resampling))
        for c in rated
    )


def _rating(study: Study, rating: ratings.RatingOutcome) -> RatingRecord:
    return RatingRecord(
        criterion=rating.criterion.criterion_id,
        values=rating.values,
        systems={
            system: RatedSystem(
                distribution=dict(zip(map(str, rating.values), counts, strict=True)),
                **{measure: OfSystems.of(figures[system]) for measure, figures in rating.measures.items()},
            )
            for system, counts in rating.distribution.items()
        },
        pairs=tuple(
            RatedPair(
                systems=pair,
                differences=_tested(study, rating, rating.differences, pair, "these_raters"),
                differences_at_large=_tested(study, rating, rating.at_large, pair, "raters_at_large"),
                first_rated_higher=OfSystems.of(rating.higher[pair]) if rating.higher else None,
            )
            for pair in next(iter(rating.differences.values()), {})
        ),
    )


def _tested(
    study: Study,
    rating: ratings.RatingOutcome,
    differences: Mapping[str, Mapping[Pair, Figure]],
    pair: Pair,
    estimand: Estimand,
) -> dict[str, OfSystems]:
    """A pair's differences by measure, those marked that the study declared a test of."""
    declared = {m for m in differences if is_declared(study, rating.criterion, pair, estimand, cast(Measure, m))}
    return {
        measure: OfSystems.of(figures[pair], "declared" if measure in declared else "exploratory")
        for measure, figures in differences.items()
    }


def _of_pair(differences: Mapping[str, Mapping[Pair, Figure]], pair: Pair) -> dict[str, OfSystems]:
    return {measure: OfSystems.of(figures[pair]) for measure, figures in differences.items()}


def questions_record(data: Judged, resampling: Resampling) -> QuestionsRecord:
    """How often each system asks and answers minimally, by system and pair."""
    rates = questioning(data.export, data.systems(), data.listed(), resampling)
    return QuestionsRecord(
        systems={
            system: Asking(**{measure: OfSystems.of(rates.systems[measure][system]) for measure in MEASURES})
            for system in data.systems()
        },
        pairs=tuple(Differences(systems=p, differences=_of_pair(rates.differences, p)) for p in data.listed()),
        together=Together(**{name: OfSystems.of(found) for name, found in rates.together.items()}),
        languages=rates.languages,
        basis=rates.basis,
    )


def leak_record(leak: Leak) -> LeakRecord:
    """A visible difference between two systems."""
    return LeakRecord(
        kind=leak.kind,
        name=leak.name,
        system=leak.system_id,
        other=leak.other,
        count=leak.count,
        responses=leak.responses,
        items=leak.item_ids,
        found=leak.found,
        clear=leak.clear,
        effects={name: Effect.bare(figure) for name, figure in leak.effects.items()},
    )
