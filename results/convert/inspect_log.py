"""Votes as a log of Inspect AI: a sample per pair of systems on an item, a score per question with all raters in it.

Format 2 of `inspect_ai.log.EvalLog`, as `inspect view` and `read_eval_log` read it. A score's value is a map from rater
to answer, null where it is missing; `metadata.votes` has the order in which each rater saw the two and, of the
preference, whom they chose and what they wrote. No model was run: `eval.model` is `none/none`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import isfinite
from typing import Any

from results.convert import inspect_metrics
from results.convert.questions import MESSAGES, listed
from results.convert.votes import Vote, Votes, pairs_alone
from tasks.schema import PAIR, Criterion, Target

Pair = tuple[str, str]
SCORER = "raters"


def log(found: Votes, exported_at: str) -> dict[str, Any]:
    """The log. Raises InputError where the study compares no pairs."""
    study, samples = found.study, list(_samples(pairs_alone(found)))
    return {
        "version": 2,
        "status": "success",
        "eval": {
            "run_id": study.study_id,
            "created": exported_at,
            "task": study.study_id,
            "task_id": study.study_id,
            "task_display_name": study.title.text(*study.languages),
            "dataset": {"name": study.study_id, "samples": len(samples), "sample_ids": [s["id"] for s in samples]},
            "model": "none/none",
            "config": {},
            "tags": ["simulated"] if study.simulated else [],
            "metadata": {
                "study_id": study.study_id,
                "simulated": study.simulated,
                "systems": {system.system_id: system.name for system in study.systems},
            },
            "scorers": [{"name": found.preference.criterion_id}],
        },
        "plan": {"name": "raters", "steps": []},
        "results": {
            "total_samples": len(samples),
            "completed_samples": len(samples),
            "scores": [_figures(found.preference, samples)],
        },
        "stats": {"started_at": exported_at, "completed_at": exported_at},
        "samples": samples,
    }


def _samples(found: Votes) -> Iterator[dict[str, Any]]:
    """By item and pair, each pair in the study's order of systems, whichever side each stood on."""
    order = [system.system_id for system in found.study.systems]
    met: dict[tuple[str, Pair], list[Vote]] = {}
    for vote in found.votes:
        pair = next(pair for pair in combinations(order, 2) if set(pair) == set(vote.order))
        met.setdefault((vote.row.item_id, pair), []).append(vote)
    for (item_id, pair), votes in met.items():
        yield _sample(found, item_id, pair, votes)


def _sample(found: Votes, item_id: str, pair: Pair, votes: Sequence[Vote]) -> dict[str, Any]:
    messages = [{"role": MESSAGES[turn.role], "content": turn.text} for turn in found.turns(item_id)]
    return {
        "id": f"{item_id}/{pair[0]}/{pair[1]}",
        "epoch": 1,
        "input": messages,
        "choices": [found.text(item_id, system) for system in pair],
        "target": "",
        "scores": dict(_scores(found.study.criteria, pair, votes)),
        "metadata": {
            "item_id": item_id,
            "dialogue_id": found.dialogue(votes[0]),
            "systems": list(pair),
            "simulated": found.study.simulated,
        },
    }


# --- scores -------------------------------------------------------------------------------------------------------


def _scores(criteria: Sequence[Criterion], pair: Pair, votes: Sequence[Vote]) -> Iterator[tuple[str, dict[str, Any]]]:
    for criterion in criteria:
        name = criterion.criterion_id
        if criterion.kind == "preference":
            value = {vote.rater: _signed(vote, name, pair) for vote in votes}
            said = [_vote(vote, name) for vote in votes]
            yield name, {"value": value, "metadata": {"criterion": name, "systems": list(pair), "votes": said}}
        elif listed(criterion) and criterion.of == "response":
            for system in pair:
                yield f"{name} ({system})", _rated(votes, name, system)
        elif listed(criterion):
            yield name, _rated(votes, name)


def _signed(vote: Vote, name: str, pair: Pair) -> int | None:
    """The strength, positive for the first of the pair; 0 about the same, None missing."""
    row = vote.judgment(name)
    if row is None or row.strength is None:
        return None
    return row.strength if row.chosen_system == pair[0] else -row.strength


def _rated(votes: Sequence[Vote], name: str, system: str | None = None) -> dict[str, Any]:
    """What was said of a system's response, or of the pair where no system is named."""
    target = Target.of_system(system) if system else PAIR
    given = {vote.rater: row.value for vote in votes if (row := vote.judgment(name, target)) is not None}
    said = [{**_seen(vote), "value": given[vote.rater]} for vote in votes if vote.rater in given]
    of_system = {"system": system} if system else {}
    return {"value": given, "metadata": {"criterion": name, **of_system, "votes": said}}


def _vote(vote: Vote, name: str) -> dict[str, Any]:
    row = vote.judgment(name)
    return {
        **_seen(vote),
        "chosen_system": row.chosen_system if row else None,
        "strength": row.strength if row else None,
        "left": vote.row.left,
        "comment": vote.comment,
    }


def _seen(vote: Vote) -> dict[str, Any]:
    """Who saw the two in which order, when and how long."""
    return {
        "rater": vote.rater,
        "first_system": vote.order[0],
        "second_system": vote.order[1],
        "submitted_at": vote.row.submitted_at,
        "active_seconds": vote.row.active_seconds,
    }


def _figures(preference: Criterion, samples: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the metrics of `results.convert.inspect_metrics` say; a figure that is undefined is not there."""
    name, level = preference.criterion_id, preference.level or "ordinal"
    rows = [(sample["id"], tuple(sample["metadata"]["systems"]), sample["scores"][name]["value"]) for sample in samples]
    figures = {"agreement": inspect_metrics.alpha(rows, level), **inspect_metrics.worths(rows)}
    metrics = {key: {"name": key, "value": value} for key, value in figures.items() if isfinite(value)}
    for key in metrics.keys() - {"agreement"}:
        metrics[key]["group"] = "strength"
    return {"name": name, "scorer": SCORER, "scored_samples": len(samples), "unscored_samples": 0, "metrics": metrics}
