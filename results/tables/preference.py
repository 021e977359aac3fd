"""Who was preferred in a table of votes, as a record: ranking, every two systems for both estimands, agreement."""

from __future__ import annotations

from results.record.figure import Effect, TestRecord
from results.record.tables import ChoiceAgreement, MarginOfTable, PairOfTable, PreferenceTable, SystemOfTable
from results.statistics.agreement.alpha import alpha, orientation_free_alpha
from results.statistics.agreement.chance import percent_agreement
from results.statistics.at_large import margin_at_large
from results.statistics.figure import FEWEST_DIALOGUES, Figure, finite, significant
from results.statistics.preference import dialogue_sums, item_margins, mean_margin
from results.statistics.ratings import Ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Resampling
from results.statistics.signflip import Test, sign_flip
from results.statistics.strength import PairCount, Strengths, Votes, first_side_rate, pair_counts, strengths
from results.tables.votes import Cast
from tasks.schema import Estimand

MOST_SYSTEMS = 12
"""Systems of which every two are compared without being asked: 66 pairs."""


def preference(
    cast: Cast, resampling: Resampling, reading: tuple[str, ...] = (), *, pairs: bool = False
) -> PreferenceTable:
    """The figures of a table of votes. `pairs`: every two systems, however many there are."""
    votes, choices = cast.votes(), cast.choices()
    made, sizes = strengths(votes, resampling), choices.sizes()
    return PreferenceTable(
        n_items=votes.items,
        n_clusters=sizes.items,
        n_raters=sizes.raters,
        n_votes=sizes.judgments,
        systems=_systems(votes, made),
        ties_nu=finite(made.nu),
        connected=made.connected,
        finite=made.finite,
        agreement=_agreement(choices, resampling),
        strongest=cast.most(),
        pairs=_pairs(cast, votes, resampling) if pairs or len(votes.systems) <= MOST_SYSTEMS else None,
        first_side_rate=Effect.bare(first_side_rate(votes, resampling)),
        reading=reading,
    )


def _systems(votes: Votes, made: Strengths) -> dict[str, SystemOfTable]:
    """Each system, the strongest first."""
    together = zip(votes.systems, made.figures, made.votes, strict=True)
    found = {
        name: SystemOfTable(
            strength=finite(figure.value),
            low=finite(figure.low),
            high=finite(figure.high),
            reason=figure.reason,
            **dict(zip(("wins", "losses", "ties"), map(int, counts), strict=True)),
        )
        for name, figure, counts in together
    }
    return dict(sorted(found.items(), key=lambda entry: -(entry[1].strength or 0)))


def _agreement(choices: Ratings, resampling: Resampling) -> ChoiceAgreement:
    decisive = choices.only(choices.numbers != 0)
    return ChoiceAgreement(
        alpha=Effect.bare(orientation_free_alpha(choices, "nominal", resampling)),
        alpha_by_system=Effect.bare(alpha(choices, "nominal", resampling)),
        percent_agreement=Effect.bare(percent_agreement(choices, resampling)),
        percent_agreement_without_ties=Effect.bare(percent_agreement(decisive, resampling)),
    )


def _pairs(cast: Cast, votes: Votes, resampling: Resampling) -> tuple[PairOfTable, ...]:
    of_pair = cast.by_pair()
    found = []
    for pair in pair_counts(votes, resampling):
        names = (votes.systems[pair.pair[0]], votes.systems[pair.pair[1]])
        found.append(_pair(names, pair, of_pair[names], resampling))
    return tuple(found)


def _pair(names: tuple[str, str], pair: PairCount, signed: Ratings, resampling: Resampling) -> PairOfTable:
    """Two systems in order of name, as `pair_counts` and `Cast.by_pair` have them."""
    large, sizes = margin_at_large(signed), signed.sizes()
    return PairOfTable(
        left=names[0],
        right=names[1],
        n_items=pair.won + pair.lost + pair.tied,
        n_raters=sizes.raters,
        n_votes=sizes.judgments,
        wins=pair.won,
        losses=pair.lost,
        ties=pair.tied,
        p_value=significant(pair.test.p_value),
        low=finite(pair.share.low),
        high=finite(pair.share.high),
        reason=pair.share.reason,
        these_raters=_margin("these_raters", mean_margin(signed, resampling), _test(signed)),
        raters_at_large=_margin("raters_at_large", large.figure, large.test),
        lean=None if large.spread is None else finite(large.spread.lean),
    )


def _test(signed: Ratings) -> Test:
    """That these raters' margin is zero; null below six resampled units."""
    if signed.sizes().items < FEWEST_DIALOGUES:
        return Test(None, "sign-flip permutation", Reason.FEW_DIALOGUES)
    return sign_flip(dialogue_sums(*item_margins(signed), signed))


def _margin(estimand: Estimand, figure: Figure, test: Test) -> MarginOfTable:
    return MarginOfTable(estimand=estimand, margin=Effect.bare(figure), test=TestRecord.of(test))
