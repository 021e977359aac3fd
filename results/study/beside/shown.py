"""The examples of a report, chosen by a rule before anybody reads them: typical, most disputed, the other way.

Only items whose texts are there are chosen from; `results.export.open_texts` says which texts may be handed on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, pvariance
from typing import Literal

from results.record.listed import ExampleRecord, ExampleText
from results.statistics.ratings import Pair
from results.study.judged import Judged, compared, signed
from tasks.languages import scripts
from tasks.languages.tag import Language
from tasks.schema import Criterion, Response, Study, Turn

Votes = Mapping[str, Sequence[int]]
"""Signed strengths by item, positive towards the first system."""
Rule = Literal["typical", "disputed", "against"]


def examples(data: Judged, criterion: Criterion, pair: Pair, texts: Study) -> tuple[ExampleRecord, ...]:
    """Up to three items of a pair, each once; () where no item has its texts.

    Args:
        texts: the study with the texts that may be handed on; all others are empty.
    """
    votes = _votes(data, criterion, pair)
    if not votes:
        return ()
    mean = fmean(map(fmean, votes.values()))
    answers = {(one.item_id, one.system_id): one for one in texts.responses if one.text}
    last = {item.item_id: item.turns[-1] for item in texts.items if item.turns and item.turns[-1].text}
    told = {item: given for item, given in votes.items() if item in last and all((item, s) in answers for s in pair)}
    said = [*(turn.text for item in texts.items for turn in item.turns), *(one.text for one in texts.responses)]
    language = scripts.written_in(said, texts.languages)
    return tuple(
        ExampleRecord(
            rule=rule,
            item_id=item,
            systems=pair,
            margin=fmean(told[item]),
            votes=(sum(v > 0 for v in told[item]), sum(v == 0 for v in told[item]), sum(v < 0 for v in told[item])),
            last=_text(last[item], language),
            responses=(_text(answers[item, pair[0]], language), _text(answers[item, pair[1]], language)),
        )
        for rule, item in _chosen(told, mean).items()
    )


def _votes(data: Judged, criterion: Criterion, pair: Pair) -> dict[str, list[int]]:
    votes: dict[str, list[int]] = {}
    for row in compared(data.of(criterion.criterion_id), pair):
        if (vote := signed(row, pair)) is not None:
            votes.setdefault(row.item_id, []).append(vote)
    return votes


def _chosen(votes: Votes, mean: float) -> dict[Rule, str]:
    """The item of each rule that has one; equal ones by most votes, then by their ids."""
    chosen: dict[Rule, str] = {}
    distance = {item: abs(fmean(given) - mean) for item, given in votes.items()}
    spread = {item: -pvariance(given) for item, given in votes.items() if pvariance(given) > 0}
    beyond = {item: -abs(fmean(given)) for item, given in votes.items() if fmean(given) * mean < 0}
    ranked: tuple[tuple[Rule, Mapping[str, float]], ...] = (
        ("typical", distance), ("disputed", spread), ("against", beyond),
    )  # fmt: skip
    for rule, measure in ranked:
        left = [item for item in measure if item not in chosen.values()]
        if left:
            chosen[rule] = min(left, key=lambda item: (measure[item], -len(votes[item]), item))
    return chosen


def _text(told: Turn | Response, language: Language) -> ExampleText:
    return ExampleText(text=told.text, language=language, translation=told.translation)
