"""The preference at equal length, questions and place, as the study names them: a linear model of signed strength.

    signed strength = a + b (characters, tens) + c (questions) + d (minimal) + e (place),    first system minus second

Ties stay in, as 0. `a` is the margin where both responses are alike in all that the study adjusts for; minimal is 1 or
0 (docs/asking.md); place is +1/2 where the pair's first system stood first and -1/2 where it stood second (an order
fact, so that `e` is not given here). Intervals and p-values: results/statistics/regression/clustered.py. Where the two
systems hardly overlap, the model would speak of responses that neither gives: it is refused unless the mean gap is at
most one standard deviation of the gaps and at least 15 % of the items lie on each side of equality, for every
covariate. The share of decisive votes where both are equal comes from a logit and is shown without an interval: with
few raters its errors are too small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from results.export.rows import JudgmentRow, ResponseRow
from results.statistics.figure import FEWEST_DIALOGUES, Figure, Sizes, undefined
from results.statistics.ratings import Indices, Pair
from results.statistics.reasons import Reason
from results.statistics.regression import clustered
from results.statistics.regression.logit import logit
from results.statistics.resample import Array
from results.statistics.signflip import Test
from results.study.judged import Judged, compared, signed
from tasks.schema import Covariate

METHOD = "linear model of signed strength, errors clustered by dialogue and rater (CR2)"
LOGIT = "logit of decisive votes"
TERMS: dict[Covariate, str] = {
    "length": "margin_per_10_characters",
    "questions": "margin_per_question",
    "minimal": "margin_per_minimal",
}
"""The terms that are given, by what is held equal; place is held equal and not given."""
EQUAL = "margin_when_equal"
_FEWEST_VOTES, _FEWEST_RATERS = 20, 3
_MOST_GAP, _LEAST_BEYOND = 1.0, 0.15
"""Standard deviations that the mean gap may be, and the least share of items on either side of equality."""


@dataclass(frozen=True)
class Adjustment:
    """The terms of the model by name, the test that the margin when equal is zero, and the logit's share."""

    covariates: tuple[Covariate, ...]
    terms: dict[str, Figure]
    """`margin_when_equal`, and one of `TERMS` for each covariate that has one."""
    test: Test
    share_when_equal: Figure


@dataclass(frozen=True)
class _Votes:
    pairs: tuple[Pair, ...]
    """How each vote is turned."""
    strength: Array
    """Signed, positive for the pair's first system, shape (N,)."""
    gaps: Array
    """First system minus second, a column for each covariate that has a term, shape (N, K)."""
    place: Array
    """+1/2 where the pair's first system stood first, else -1/2; shape (N, 1), or (N, 0) where it is not held equal."""
    item: Indices
    dialogue: Indices
    rater: Indices
    sizes: Sizes

    @property
    def design(self) -> Array:
        return np.column_stack([np.ones(len(self.gaps)), self.gaps, self.place])


def adjusted(data: Judged, rows: Sequence[JudgmentRow], pair: Pair) -> Adjustment:
    """The model for one pair; null with the reason where it cannot be fitted or would speak of what nobody saw."""
    covariates, measured = data.study.primary.adjusted_for, _measured(data)
    names = (EQUAL, *(TERMS[one] for one in measured))
    shown = compared(rows, pair)
    votes = _votes(data, shown, [pair] * len(shown))
    reason = _uncounted(data, measured) or _obstacle(votes)
    if reason is not None:
        nothing = {name: undefined(reason, METHOD, votes.sizes) for name in names}
        return Adjustment(covariates, nothing, Test(None, METHOD, reason), undefined(reason, LOGIT, votes.sizes))
    fitted = clustered.fit(votes.design, votes.strength, votes.dialogue, votes.rater)
    terms = {name: _figure(term, votes.sizes) for name, term in zip(names, fitted, strict=False)}
    return Adjustment(covariates, terms, Test(fitted[0].p_value, METHOD), _share_when_equal(votes))


def _uncounted(data: Judged, measured: Sequence[Covariate]) -> Reason | None:
    """Why a covariate is known of no response; None where each is known of some, or nothing is held equal."""
    if not data.study.primary.adjusted_for:
        return Reason.NOT_ADJUSTED
    if "questions" in measured and all(row.questions is None for row in data.export.responses):
        return Reason.NO_DETECTOR
    if "minimal" in measured and all(row.minimal is None for row in data.export.responses):
        return Reason.NO_MINIMAL_RULE
    return None


def _facts(row: ResponseRow, measured: Sequence[Covariate]) -> tuple[float, ...] | None:
    """A response's covariates; None where one is not known."""
    known = {"length": row.characters / 10, "questions": row.questions, "minimal": row.minimal}
    found = [known[one] for one in measured]
    return None if None in found else tuple(float(value or 0) for value in found)


def strengths_when_equal(data: Judged, rows: Sequence[JudgmentRow]) -> dict[str, Figure]:
    """Of three or more systems, each one's strength where responses are alike in what the study names; {} of fewer.

    signed strength = strength of the first - strength of the second + the terms of the model of one pair; strengths sum
    to 0, in points of the preference scale. Null with the reason where any pair's model would be refused. {} of many
    systems too, of which not every pair is listed.
    """
    systems, measured = data.systems(), _measured(data)
    if len(systems) < 3 or len(data.listed()) < len(data.pairs()):
        return {}
    of_pairs = [_votes(data, compared(rows, pair), [pair] * len(compared(rows, pair))) for pair in data.pairs()]
    shown = [(row, pair) for pair in data.pairs() for row in compared(rows, pair)]
    votes = _votes(data, [row for row, _ in shown], [pair for _, pair in shown])
    against = _against(votes.pairs, systems)
    design = np.column_stack([against[:, :-1] - against[:, -1:], votes.gaps, votes.place])
    reason = _uncounted(data, measured) or _too_few(votes, design)
    if reason is None and not all(map(_overlap, of_pairs)):
        reason = Reason.NO_COMMON_SUPPORT
    if reason is not None:
        return {system: undefined(reason, METHOD, votes.sizes) for system in systems}
    others = len(systems) - 1
    sums = np.zeros((len(systems), design.shape[1]))
    sums[:others, :others], sums[others, :others] = np.eye(others), -1.0
    fitted = clustered.fit(design, votes.strength, votes.dialogue, votes.rater, sums=sums)
    return {system: _figure(term, votes.sizes) for system, term in zip(systems, fitted, strict=True)}


def _against(pairs: Sequence[Pair], systems: Sequence[str]) -> Array:
    """1 for the first system of each vote, -1 for the second, shape (N, S)."""
    place = {system: number for number, system in enumerate(systems)}
    against = np.zeros((len(pairs), len(systems)))
    for row, (first, second) in enumerate(pairs):
        against[row, place[first]], against[row, place[second]] = 1.0, -1.0
    return against


def _figure(term: clustered.Term, sizes: Sizes) -> Figure:
    if term.high - term.low > 1e-9:
        return Figure(term.value, term.low, term.high, METHOD, None, sizes)
    return Figure(term.value, None, None, METHOD, Reason.NO_VARIATION, sizes)


def _measured(data: Judged) -> list[Covariate]:
    """The covariates that have a term."""
    return [one for one in TERMS if one in data.study.primary.adjusted_for]


def _votes(data: Judged, rows: Sequence[JudgmentRow], pairs: Sequence[Pair]) -> _Votes:
    """Votes with a strength and known covariates, each turned as its pair names the two systems."""
    measured = _measured(data)
    facts = {(row.item_id, row.system_id): _facts(row, measured) for row in data.export.responses}
    known = [
        (row, pair)
        for row, pair in zip(rows, pairs, strict=True)
        if row.strength is not None and all(facts.get((row.item_id, system)) is not None for system in pair)
    ]
    sides = np.array([[facts[row.item_id, system] for system in pair] for row, pair in known], dtype=np.float64)
    gaps = sides.reshape(len(known), 2, len(measured))
    place = np.array([[0.5 if row.first_system == pair[0] else -0.5] for row, pair in known]).reshape(-1, 1)
    dialogue, rater = _codes([row.dialogue for row, _ in known]), _codes([row.rater for row, _ in known])
    return _Votes(
        pairs=tuple(pair for _, pair in known),
        strength=np.array([signed(row, pair) for row, pair in known], dtype=np.float64),
        gaps=gaps[:, 0] - gaps[:, 1],
        place=place if "position" in data.study.primary.adjusted_for else place[:, :0],
        item=_codes([row.item_id for row, _ in known]),
        dialogue=dialogue,
        rater=rater,
        sizes=Sizes(len(set(dialogue.tolist())), len(set(rater.tolist())), len(known)),
    )


def _codes(names: Sequence[str]) -> Indices:
    place = {name: number for number, name in enumerate(sorted(set(names)))}
    return np.array([place[name] for name in names], dtype=np.int64)


def _obstacle(votes: _Votes) -> Reason | None:
    return _too_few(votes, votes.design) or (None if _overlap(votes) else Reason.NO_COMMON_SUPPORT)


def _too_few(votes: _Votes, design: Array) -> Reason | None:
    if len(votes.strength) < _FEWEST_VOTES:
        return Reason.FEW_VOTES
    if votes.sizes.raters < _FEWEST_RATERS:
        return Reason.FEW_RATERS
    if votes.sizes.items < FEWEST_DIALOGUES + design.shape[1] - 1:
        return Reason.FEW_DIALOGUES
    return Reason.CONSTANT_GAP if np.linalg.matrix_rank(design) < design.shape[1] else None


def _overlap(votes: _Votes) -> bool:
    """Whether both systems' responses overlap in every covariate, item by item."""
    _, first = np.unique(votes.item, return_index=True)
    gaps = votes.gaps[first]
    near = np.abs(gaps.mean(axis=0)) <= _MOST_GAP * gaps.std(axis=0, ddof=1)
    # An item of equal length lies on both sides: it says what equality is like.
    beyond = np.minimum((gaps >= 0).mean(axis=0), (gaps <= 0).mean(axis=0)) >= _LEAST_BEYOND
    return bool(np.all(near & beyond))


def _share_when_equal(votes: _Votes) -> Figure:
    """Share of decisive votes for the first system where all terms but the intercept are 0, without an interval."""
    decisive = votes.strength != 0
    chosen, design = (votes.strength[decisive] > 0).astype(np.float64), votes.design[decisive]
    if not len(chosen) or chosen.min() == chosen.max() or np.linalg.matrix_rank(design) < design.shape[1]:
        return undefined(Reason.VOTES_SEPARATED, LOGIT, votes.sizes)
    terms = logit(chosen, design)
    if terms is None:
        return undefined(Reason.VOTES_SEPARATED, LOGIT, votes.sizes)
    return Figure(float(1 / (1 + np.exp(-terms[0]))), method=LOGIT, reason=Reason.SHOWN_ALONE, sizes=votes.sizes)
