"""What a study declared beforehand, in sentences: word for word the same in check, registration and report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from results.document.words import said
from results.study.exclusions import threshold
from tasks.languages import tags
from tasks.languages.tag import Language
from tasks.schema import Claim, Estimand, Exclusion, Measure, Primary, Study
from tasks.study.hypotheses import measures


class Declared(Protocol):
    """A test that was declared: a `Hypothesis`, or its record in a report."""

    @property
    def family(self) -> str: ...
    @property
    def criterion(self) -> str: ...
    @property
    def systems(self) -> tuple[str, str]: ...
    @property
    def measure(self) -> Measure | None: ...
    @property
    def claim(self) -> Claim: ...
    @property
    def margin(self) -> float | None: ...
    @property
    def estimand(self) -> Estimand: ...


def of_study(study: Study, language: Language) -> list[str]:
    """The sentences of a study that is still to be judged."""
    declared = [
        one.model_copy(update={"measure": one.measure or next(iter(measures(study.criterion(one.criterion))), None)})
        for one in study.hypotheses
    ]
    return sentences(study.primary, declared, study.exclusions, language, study.design.looks)


def sentences(
    primary: Primary,
    declared: Sequence[Declared],
    exclusions: Sequence[Exclusion],
    language: Language,
    looks: int = 1,
) -> list[str]:
    """Primary comparison, declared tests, looks, what is held equal, what is left out, and how all is analysed."""
    return [
        _primary(primary, language),
        *_declared(declared, language),
        *([_say("looks", language, looks=looks)] if looks > 1 else []),
        _adjusted(primary, language),
        _exclusions(primary, exclusions, language),
        _say("analysis", language),
    ]


def _say(key: str, language: Language, **values: object) -> str:
    return said("registration", language, key, **values)


def _primary(primary: Primary, language: Language) -> str:
    pair = _say("none_named", language)
    if primary.systems:
        pair = _say("against", language, first=primary.systems[0], second=primary.systems[1])
    smallest = primary.smallest_effect or _say("not_named", language)
    return _say(f"primary.{primary.estimand}", language, criterion=primary.criterion, pair=pair, smallest=smallest)


def _declared(declared: Sequence[Declared], language: Language) -> list[str]:
    """One sentence a test; one that says so where there is the primary comparison alone."""
    if not declared:
        return [_say("declared.primary_alone", language)]
    return [_test(one, language) for one in declared]


def _test(one: Declared, language: Language) -> str:
    first, second = one.systems
    what = one.criterion + (f" ({one.measure})" if one.measure else "")
    claim = _say(f"claim.{one.claim}", language, first=first, second=second, margin=f"{one.margin or 0:g}")
    claimed = _say(f"claimed.{one.estimand}", language, what=what, claim=claim)
    return _say(f"declared.{one.family}", language, test=claimed)


def _adjusted(primary: Primary, language: Language) -> str:
    if not primary.adjusted_for:
        return _say("adjusted.none", language)
    named = [_say(f"covariate.{one}", language) for one in primary.adjusted_for]
    return _say("adjusted", language, covariates=tags.listed(named, language))


def _exclusions(primary: Primary, exclusions: Sequence[Exclusion], language: Language) -> str:
    if not exclusions:
        return _say("exclusions.none", language)
    rules = ", ".join(
        one.rule + (f" ({limit:g})" if (limit := threshold(one)) is not None else "") for one in exclusions
    )
    return _say(f"exclusions.{primary.exclusions}", language, rules=rules)
