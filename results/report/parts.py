"""The parts of report.json that show who was preferred and how responses were rated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from results.export.folder import Export
from results.export.rows import JudgmentRow
from results.statistics.figure import Figure, Sizes, finite
from results.statistics.preference import Outcome, holm, outcome, win_share
from results.statistics.ratings import Pair, Ratings
from results.statistics.resample import Resampling
from results.statistics.strength import strengths, votes_of
from results.statistics.two_way import two_way_margin
from results.study import response_ratings as ratings
from results.study.adjusted import adjusted as adjusted_preference
from results.study.disputed import disputed
from results.study.exclusions import exclusions
from results.study.judged import Judged, preference_ratings
from results.study.position_bias import order
from results.study.questioning import questioning
from results.study.strata import strata
from tasks.schema import Criterion


def study_facts(data: Judged) -> dict[str, Any]:
    """What was planned: systems, primary comparison, criteria with their points."""
    study = data.study
    place = {system: number for number, system in enumerate(data.systems())}
    return {
        "study_id": study.study_id,
        "title": study.title.model_dump(),
        "simulated": study.simulated,
        "provenance": study.provenance.model_dump() if study.provenance else None,
        "protocol": study.protocol,
        "exported_at": data.export.exported_at,
        "systems": [
            {
                "system_id": s.system_id,
                "name": s.name or s.system_id,
                "names": _names(s.name or s.system_id),
                "kind": s.kind,
                "model": s.model,
            }
            | {"adapter": s.adapter, "description": s.description.model_dump() if s.description else None}
            for s in sorted((s for s in study.systems if s.system_id in place), key=lambda s: place[s.system_id])
        ],
        "primary": study.primary.model_dump(mode="json"),
        "criteria": [_criterion(criterion) for criterion in study.criteria],
    }


def _names(name: str) -> dict[str, str]:
    """The name in both languages: a name written `ja / en` is shown by its half."""
    halves = name.split(" / ")
    return dict(zip(("ja", "en"), halves if len(halves) == 2 else (name, name), strict=True))


def _criterion(criterion: Criterion) -> dict[str, Any]:
    return {
        "criterion": criterion.criterion_id,
        "of": criterion.of,
        "kind": criterion.kind,
        "level": criterion.level,
        "label": criterion.label.model_dump(),
        "points": [{"value": point.value, "words": point.words.model_dump()} for point in criterion.points],
        "top_coded": criterion.top_coded,
        "reasons": [{"reason": one.reason_id, "words": one.words.model_dump()} for one in criterion.reasons],
    }


def data_facts(data: Judged) -> dict[str, Any]:
    """How much was judged, left and left out."""
    main = [row for row in data.export.assignments if row.kind == "main"]
    judged_items = {row.item_id for row in data.rows if row.value is not None}
    dialogues = {row.dialogue for row in data.rows if row.value is not None}
    missing = Counter(row.left for row in main if row.status == "left" and row.left is not None)
    return {
        "n_items": len(judged_items),
        "n_dialogues": len(dialogues),
        "n_raters": len({row.rater for row in data.rows if row.value is not None}),
        "n_judgments": sum(row.value is not None for row in data.rows),
        "n_items_planned": len(data.study.items),
        "n_assignments_planned": len(main),
        "n_assignments_judged": sum(row.status == "submitted" for row in main),
        "left": {"cannot_judge": missing["cannot_judge"], "skipped": missing["skipped"]},
        "withdrawn_raters": _withdrawn(data),
        "not_in_main_figures": dict(sorted(Counter(_other_kinds(data.export)).items())),
    }


def _other_kinds(export: Export) -> list[str]:
    return [row.kind for row in export.assignments if row.kind != "main" and row.status == "submitted"]


def preference_facts(data: Judged, resampling: Resampling) -> dict[str, Any]:
    """The comparison of every pair of systems, Holm-adjusted over the pairs."""
    criterion, _ = primary_of(data)
    if criterion is None:
        return {"criterion": None, "pairs": [], "strengths": None}
    rows = data.of(criterion.criterion_id)
    made = [(pair, preference_ratings(rows, criterion, [pair])) for pair in data.pairs()]
    outcomes = [outcome(table, pair, resampling) for pair, table in made]
    adjusted = holm([one.margin_test for one in outcomes])
    pairs = [
        _pair(one, p_holm, [str(value) for value in sorted(criterion.values())])
        | _further(data, criterion, table, one.pair, resampling)
        for one, p_holm, (_, table) in zip(outcomes, adjusted, made, strict=True)
    ]
    return {"criterion": criterion.criterion_id, "pairs": pairs, "strengths": _strengths(rows, data, resampling)}


def _further(data: Judged, criterion: Criterion, table: Ratings, pair: Pair, resampling: Resampling) -> dict[str, Any]:
    """Other raters, equal length and questions, strata: all beside the primary analysis."""
    terms = adjusted_preference(data, data.of(criterion.criterion_id), pair)
    return {
        "margin_two_way": two_way_margin(table, resampling).as_dict(),
        "adjusted": {term: made.as_dict() for term, made in terms.items()},
        "strata": [
            {"by": one.by, "name": one.name, "margin": one.margin.as_dict()}
            for one in strata(data, criterion, pair, resampling)
        ],
    }


def _strengths(rows: Sequence[JudgmentRow], data: Judged, resampling: Resampling) -> dict[str, Any] | None:
    """Davidson's model where three or more systems were compared; null else."""
    given = [row for row in rows if row.value is not None and row.first_system and row.second_system]
    if len(data.systems()) < 3 or not given:
        return None
    outcome_of = [0 if r.chosen_system is None else 1 if r.chosen_system == r.first_system else -1 for r in given]
    sides = [[row.first_system or "" for row in given], [row.second_system or "" for row in given]]
    votes = votes_of([r.item_id for r in given], sides[0], sides[1], outcome_of, [r.dialogue for r in given])
    made = strengths(votes, resampling)
    return {
        "systems": {name: figure.as_dict() for name, figure in zip(votes.systems, made.figures, strict=True)},
        "ties_nu": finite(made.nu),
        "connected": made.connected,
        "finite": made.finite,
    }


def exclusion_facts(data: Judged, resampling: Resampling) -> list[dict[str, Any]]:
    """The primary comparison under each exclusion rule of the study."""
    criterion, pair = primary_of(data)
    return [one.as_dict() for one in exclusions(data, criterion, pair, resampling)] if criterion and pair else []


def disputed_facts(data: Judged) -> list[dict[str, Any]]:
    """The most disputed items of the primary criterion."""
    criterion, _ = primary_of(data)
    return disputed(data, criterion, data.pairs()) if criterion else []


def primary_of(data: Judged) -> tuple[Criterion | None, Pair | None]:
    """The preference criterion and pair of systems the study is about; None where there is none."""
    found = [c for c in data.study.criteria if c.kind == "preference"]
    named = [c for c in found if c.criterion_id == data.study.primary.criterion]
    pairs = data.pairs()
    own = [pair for pair in pairs if set(pair) == set(data.study.primary.systems or ())]
    return next(iter([*named, *found]), None), next(iter([*own, *pairs]), None)


def _withdrawn(data: Judged) -> int:
    """How many withdrew: the acts say so, for the studio's exports hold no row of them; other exports mark theirs."""
    acts = sum(act.kind == "withdrawn" for act in data.export.acts)
    return max(acts, sum(rater.withdrawn for rater in data.export.raters))


def _pair(one: Outcome, p_holm: float | None, values: list[str]) -> dict[str, Any]:
    return {
        "systems": list(one.pair),
        "margin": one.margin.as_dict(),
        "margin_test": {**one.margin_test.as_dict(), "p_holm": finite(p_holm)},
        "items": {"won": one.items_won, "lost": one.items_lost, "tied": one.items_tied},
        "win_share_of_items": one.win_share.as_dict(),
        "sign_test": one.sign_test.as_dict(),
        "votes": dict(zip(values, one.votes, strict=True)),
        "win_share_of_votes": one.vote_share.as_dict(),
        "by_rater": _by_rater(one.raters),
        "without_rater": _by_rater(one.without),
        "by_item": [{"item_id": item.item, "margin": finite(item.margin), "votes": item.votes} for item in one.items],
    }


def _by_rater(figures: Mapping[str, Figure]) -> list[dict[str, Any]]:
    return [{"rater": rater, **figure.as_dict()} for rater, figure in figures.items()]


def ratings_facts(data: Judged, resampling: Resampling) -> list[dict[str, Any]]:
    """Distributions and differences of every rated criterion, in the study's order."""
    wanted = [c for c in data.study.criteria if c.of in ("response", "pair") and ratings.measures_of(c)]
    return [
        _rating(ratings.outcome(data.of(c.criterion_id), c, data.systems(), data.pairs(), resampling))
        if c.of == "response"
        else _rating(ratings.pair_outcome(data.of(c.criterion_id), c, resampling))
        for c in wanted
    ]


def _rating(one: ratings.RatingOutcome) -> dict[str, Any]:
    return {
        "criterion": one.criterion.criterion_id,
        "values": list(one.values),
        "systems": {
            system: {
                "distribution": dict(zip(map(str, one.values), counts, strict=True)),
                **{measure: figures[system].as_dict() for measure, figures in one.measures.items()},
            }
            for system, counts in one.distribution.items()
        },
        "pairs": _differences(one.differences, one.higher),
    }


def _differences(
    differences: Mapping[str, Mapping[Pair, Figure]], higher: Mapping[Pair, Figure] | None = None
) -> list[dict[str, Any]]:
    pairs = next(iter(differences.values()), {})
    return [
        {
            "systems": list(pair),
            "differences": {measure: figures[pair].as_dict() for measure, figures in differences.items()},
            **({"first_rated_higher": higher[pair].as_dict()} if higher else {}),
        }
        for pair in pairs
    ]


def questions_facts(data: Judged, resampling: Resampling) -> dict[str, Any]:
    """Rates of the detector of questions, by system and pair."""
    made = questioning(data.export, data.systems(), data.pairs(), resampling)
    return {
        "systems": {
            system: {measure: figures[system].as_dict() for measure, figures in made.systems.items()}
            for system in data.systems()
        },
        "pairs": _differences(made.differences),
    }


def order_facts(data: Judged, resampling: Resampling) -> dict[str, Any]:
    """Facts of presentation order, the only ones that see sides."""
    rows = [row for row in data.rows if row.criterion_kind == "preference"]
    made = order(rows, resampling)
    return {
        "first_side_share": made.first_share.as_dict(),
        "by_rater": {
            rater: {"first": first, "decisive": n, "share": win_share(first, n - first, Sizes(0, 1, n)).as_dict()}
            for rater, (first, n) in made.raters.items()
        },
        "shown_first": {system: {"first": first, "shown": n} for system, (first, n) in made.shown_first.items()},
    }
