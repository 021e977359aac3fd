"""How far the raters of a table agree, as a record."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from results.record.figure import Effect
from results.record.tables import AgreementTable, KappaOfPair, Weighted
from results.statistics.agreement import chance, icc
from results.statistics.agreement.alpha import Level, alpha
from results.statistics.agreement.chance import Weights
from results.statistics.agreement.cohen import cohen_kappa
from results.statistics.agreement.sets import Distance, sets_alpha
from results.statistics.figure import undefined
from results.statistics.ratings import Ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Resampling
from results.tables.ratings import Reading


def agreement(
    reading: Reading, level: Level | None, distance: Distance | None, resampling: Resampling, *, pairs: bool = False
) -> AgreementTable:
    """The figures of a table: of values at a level of measurement, or of sets by a distance."""
    ratings, of_values = reading.ratings, level or "nominal"
    units = len(np.unique(ratings.unit))
    weights, sizes = chance.GWET_WEIGHTS[of_values], ratings.sizes()
    of_sets = sets_alpha(ratings, reading.sets, distance, resampling) if distance else None
    return AgreementTable(
        n_units=units,
        n_clusters=None if sizes.items == units else sizes.items,
        n_raters=sizes.raters,
        n_ratings=sizes.judgments,
        level=level,
        distance=distance,
        krippendorff_alpha=Effect.bare(of_sets or alpha(ratings, of_values, resampling)),
        percent_agreement=Effect.bare(chance.percent_agreement(ratings, resampling)),
        percent_agreement_over_pairs=Effect.bare(chance.percent_agreement_over_pairs(ratings, resampling)),
        gwet_ac=Weighted.by(chance.gwet(ratings, weights, resampling), weights),
        fleiss_kappa=Effect.bare(chance.fleiss_kappa(ratings, resampling)),
        icc=_icc(reading, resampling),
        pairs_of_raters=pairs_of_raters(ratings, of_values, resampling) if pairs else None,
        reading=reading.notes,
    )


def _icc(reading: Reading, resampling: Resampling) -> dict[str, Effect]:
    forms = icc.icc(reading.ratings, resampling) if reading.numeric else {}
    return {form: Effect.bare(forms.get(form, undefined(Reason.NOT_NUMBERS, form))) for form in icc.FORMS}


def pairs_of_raters(ratings: Ratings, level: Level, resampling: Resampling) -> tuple[KappaOfPair, ...]:
    """Cohen's kappa of every two raters who share a unit: weighted (quadratic) above the nominal level."""
    weights: Weights = "identity" if level == "nominal" else "quadratic"
    found = []
    for one, two in combinations(range(ratings.raters), 2):
        made = cohen_kappa(ratings, one, two, weights, resampling)
        if made.sizes.items:
            names = (str(ratings.rater_names[one]), str(ratings.rater_names[two]))
            kappa = Weighted.by(made, weights)
            found.append(KappaOfPair(raters=names, n_units=made.sizes.items, cohen_kappa=kappa))
    return tuple(found)
