"""Self-BLEU: how alike a system's responses are to each other, and what it becomes without one dialogue.

Mean over responses of sentence BLEU-4 with all other responses as references (Zhu et al. 2018, Texygen), as
sacrebleu's `sentence_bleu` gives it (smoothing `exp`, effective order). Higher = less varied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from results.responses.text_measures import ORDERS, Tokens, bleu, ngrams
from results.statistics.resample import Array

Posting = tuple[int, int]
"""How often an n-gram occurs in a text, and which text."""


@dataclass(frozen=True)
class _Loss:
    """Matches that a text loses where one dialogue is left out."""

    text: int
    order: int
    matches: int


def self_bleu(texts: Sequence[Tokens], groups: Sequence[int]) -> tuple[float, Array]:
    """Self-BLEU-4, 0..100, and the D values with one dialogue left out; NaN where fewer than two texts remain.

    `groups` gives each text's dialogue, 0..D-1. Time grows with n * D for n texts.
    """
    group = np.array(groups)
    dialogues = int(group.max()) + 1
    if len(texts) < 2:
        return float("nan"), np.full(dialogues, np.nan)
    statistics, losses = _matches(texts, groups)
    nearest, spare = _reference_lengths(np.array([len(tokens) for tokens in texts]), group)
    statistics[:, 1] = nearest[:, 0]
    value = float(bleu(statistics, ORDERS, effective=True).mean())
    left_out = [_without(d, statistics, losses[d], group, nearest, spare) for d in range(dialogues)]
    return value, np.array(left_out)


def _without(
    dialogue: int, statistics: Array, losses: list[_Loss], group: Array, nearest: Array, spare: Array
) -> float:
    """Self-BLEU of the texts outside one dialogue."""
    kept = group != dialogue
    if kept.sum() < 2:
        return float("nan")
    reduced = statistics.copy()
    for loss in losses:
        reduced[loss.text, 1 + loss.order] -= loss.matches
    reduced[:, 1] = np.where(nearest[:, 1] == dialogue, spare, nearest[:, 0])
    return float(bleu(reduced[kept], ORDERS, effective=True).mean())


def _matches(texts: Sequence[Tokens], groups: Sequence[int]) -> tuple[Array, list[list[_Loss]]]:
    """Statistics (n, 10) of each text against all others, and per dialogue what its absence takes away."""
    statistics = np.zeros((len(texts), 2 + 2 * ORDERS))
    losses: list[list[_Loss]] = [[] for _ in range(max(groups) + 1)]
    for order in range(1, ORDERS + 1):
        found = [ngrams(tokens, order) for tokens in texts]
        postings = _postings(found)
        for text, grams in enumerate(found):
            statistics[text, 1 + ORDERS + order] = grams.total()
            for gram, count in grams.items():
                most, home, rest = _two_best(postings[gram], text, groups)
                statistics[text, 1 + order] += min(count, most)
                if (lost := min(count, most) - min(count, rest)) > 0:
                    losses[home].append(_Loss(text, order, lost))
        statistics[:, 0] = [len(tokens) for tokens in texts]
    return statistics, losses


def _postings(found: Sequence[dict[Tokens, int]]) -> dict[Tokens, list[Posting]]:
    postings: dict[Tokens, list[Posting]] = {}
    for text, grams in enumerate(found):
        for gram, count in grams.items():
            postings.setdefault(gram, []).append((count, text))
    for entries in postings.values():
        entries.sort(key=lambda entry: -entry[0])
    return postings


def _two_best(postings: list[Posting], text: int, groups: Sequence[int]) -> tuple[int, int, int]:
    """Most occurrences in another text, that text's dialogue (-1 if none), most in a third dialogue's text."""
    most, home = 0, -1
    for count, other in postings:
        if other == text:
            continue
        if home < 0:
            most, home = count, groups[other]
        elif groups[other] != home:
            return most, home, count
    return most, home, 0


def _reference_lengths(lengths: Array, group: Array) -> tuple[Array, Array]:
    """Per text the length nearest its own among the others (shorter on a tie) with its dialogue, and the next
    nearest of another dialogue: (n, 2) and (n,). The latter is 0 where there is none."""
    nearest, spare = np.zeros((len(lengths), 2)), np.zeros(len(lengths))
    far = np.inf
    for text, length in enumerate(lengths):
        distance = np.abs(lengths - length) + lengths / (lengths.max() + 1)
        distance[text] = far
        best = int(distance.argmin())
        nearest[text] = lengths[best], group[best]
        distance[group == group[best]] = far
        next_best = int(distance.argmin())
        spare[text] = lengths[next_best] if np.isfinite(distance[next_best]) else 0
    return nearest, spare
