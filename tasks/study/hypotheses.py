"""What must fit between the declared hypotheses and the rest of a study."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tasks.languages.fault import Fault, instead
from tasks.schema import Criterion, Hypothesis, Measure, Study


def problems(study: Study) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every mistake as (place within study.yaml, what was found and is allowed)."""
    criteria = {criterion.criterion_id: criterion for criterion in study.criteria}
    for index, hypothesis in enumerate(study.hypotheses):
        for field, text in _problems(hypothesis, criteria, study):
            yield ("hypotheses", index, field), text
        if hypothesis in study.hypotheses[:index]:
            yield ("hypotheses", index), Fault("test_twice")
    yield from _primary(study)
    yield from _looks(study)
    if study.primary.exclusions == "govern" and not study.exclusions:
        yield ("primary", "exclusions"), Fault("govern_needs")


def _problems(hypothesis: Hypothesis, criteria: dict[str, Criterion], study: Study) -> Iterator[tuple[str, str]]:
    systems = [system.system_id for system in study.systems]
    unknown = [system for system in hypothesis.systems if system not in systems]
    if unknown:
        yield "systems", instead(", ".join(unknown), _choice(systems))
    if len(set(hypothesis.systems)) < len(hypothesis.systems):
        yield "systems", Fault("pair_of_one", found=hypothesis.systems[0])
    criterion = criteria.get(hypothesis.criterion)
    tested = [c.criterion_id for c in study.criteria if _compares(c)]
    if criterion is None or not _compares(criterion):
        yield "criterion", instead(repr(hypothesis.criterion), _choice(tested))
    elif wrong := _measure(hypothesis, criterion):
        yield "measure", wrong


def measures(criterion: Criterion) -> tuple[Measure, ...]:
    """The measures that fit a criterion's scale, the first one first; () for a preference, labels, spans and text."""
    values = criterion.values()
    if criterion.kind == "yes_no_unsure":
        return ("share_yes",)
    if criterion.kind not in ("scale", "count"):
        return ()
    if criterion.kind == "scale" and min(values) < 0 < max(values):
        return ("share_below", "share_middle", "share_above")
    if criterion.top_coded:
        return ("share_any", "share_top")
    return ("mean", "share_any") if criterion.kind == "count" else ("mean",)


def _measure(hypothesis: Hypothesis, criterion: Criterion) -> str | None:
    """What is wrong with the measure; None where it fits."""
    fitting = measures(criterion)
    if hypothesis.measure is None:
        return Fault("measure_of_middle", allowed=", ".join(fitting)) if "share_middle" in fitting else None
    return None if hypothesis.measure in fitting else instead(hypothesis.measure, _choice(fitting))


def _choice(names: Iterable[str]) -> str:
    return ", ".join(names) or Fault("none")


def _compares(criterion: Criterion) -> bool:
    """Whether a criterion says something of each of two systems."""
    return criterion.kind == "preference" or (criterion.of == "response" and bool(measures(criterion)))


def _primary(study: Study) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The headline's comparison is one of the primary family, where families are declared."""
    family = [h for h in study.hypotheses if h.family == "primary"]
    if not study.hypotheses:
        return
    if not family:
        yield ("hypotheses",), Fault("no_primary_test")
    named = study.primary.systems
    if named and not any(h.criterion == study.primary.criterion and set(h.systems) == set(named) for h in family):
        found = f"{study.primary.criterion}, {' + '.join(named)}"
        yield ("primary", "systems"), instead(found, Fault("a_primary_test"))


def _looks(study: Study) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Looks before the end test one thing: the primary preference, for these raters, whose part alone shrinks."""
    if study.design.looks == 1:
        return
    criterion = next((one for one in study.criteria if one.criterion_id == study.primary.criterion), None)
    if criterion is not None and criterion.kind != "preference":
        yield ("design", "looks"), Fault("looks_preference", found=str(study.design.looks))
    if study.primary.estimand != "these_raters":
        yield ("design", "looks"), Fault("looks_these_raters", found=str(study.design.looks))
    if study.hypotheses:
        yield ("design", "looks"), Fault("looks_primary_alone", found=str(study.design.looks))
