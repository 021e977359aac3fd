"""Measures of generated Japanese text, as sums over texts wherever they are sums. Formulas: docs/automatic.md.

Tokens are MeCab's with the ipadic dictionary, made by sacrebleu's `ja-mecab`; all measures of words share them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from results.statistics.resample import Array, by_dialogue

Tokens = tuple[str, ...]
ORDERS = 4
"""Longest n-gram counted for BLEU."""


@cache
def _mecab() -> Callable[[str], str]:
    from sacrebleu.tokenizers.tokenizer_ja_mecab import TokenizerJaMecab

    tokenizer: Callable[[str], str] = TokenizerJaMecab()
    return tokenizer


def tokenize(text: str) -> Tokens:
    """Words of a text by MeCab with ipadic, as sacrebleu's `ja-mecab` splits them; () for a blank text."""
    return tuple(_mecab()(text.rstrip()).split())


def tokenizer_name() -> str:
    """Name and version of the tokeniser, for signatures: `ja-mecab-0.996-IPA`."""
    return str(_mecab().signature())  # type: ignore[attr-defined]


def ngrams(tokens: Tokens, order: int) -> Counter[Tokens]:
    """How often each n-gram of one order occurs in the tokens."""
    return Counter(tokens[i : i + order] for i in range(len(tokens) - order + 1))


# --- BLEU -----------------------------------------------------------------------------------------------------


def bleu_statistics(response: Tokens, reference: Tokens) -> list[float]:
    """What corpus BLEU is a function of: [words, reference words, matches of order 1..4, n-grams of order 1..4]."""
    matches, counts = [], []
    for order in range(1, ORDERS + 1):
        found, wanted = ngrams(response, order), ngrams(reference, order)
        matches.append(sum(min(count, wanted[gram]) for gram, count in found.items()))
        counts.append(max(0, len(response) - order + 1))
    return [len(response), len(reference), *matches, *counts]


def bleu(sums: Array, orders: int, effective: bool = False) -> Array:
    """BLEU 0..100 from summed statistics (..., 10), as sacrebleu computes it (smoothing `exp`, no effective order).

    An order without a match counts as 1 / 2^k of a match, k = 1, 2, … (NIST). 0 where nothing matches or where no
    text has an n-gram of the highest order. With `effective`, the orders that occur are used alone, as for single
    sentences.
    """
    words, reference, matches, counts = sums[..., 0], sums[..., 1], sums[..., 2:6], sums[..., 6:10]
    with np.errstate(divide="ignore", invalid="ignore"):
        missed = np.cumsum(matches[..., :orders] == 0, axis=-1)
        smoothed = np.where(matches[..., :orders] > 0, matches[..., :orders], 0.5**missed)
        logs = np.where(counts[..., :orders] > 0, np.log(100 * smoothed / counts[..., :orders]), 0.0)
        used = (counts[..., :orders] > 0).sum(axis=-1)
        brevity = np.exp(np.minimum(0.0, 1 - reference / words))
        score = brevity * np.exp(logs.sum(axis=-1) / np.maximum(used, 1))
    nothing = (matches[..., :orders].sum(axis=-1) == 0) | (words == 0)
    short = (used < orders) & (not effective)
    result: Array = np.where(nothing | short, 0.0, score)
    return result


# --- ROUGE-L --------------------------------------------------------------------------------------------------


class _Tokenizer:
    """The tokeniser in the shape that rouge_score asks for."""

    def tokenize(self, text: str) -> list[str]:
        return list(tokenize(text))


@cache
def _rouge() -> Callable[[str, str], float]:
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rougeL"], tokenizer=_Tokenizer())
    return lambda reference, response: float(scorer.score(reference, response)["rougeL"].fmeasure)


def rouge_l(response: str, reference: str) -> float:
    """ROUGE-L F1 of one text, 0..1, by the rouge_score package on MeCab's words; 0 where either has none."""
    return _rouge()(reference, response)


# --- distinct n-grams -----------------------------------------------------------------------------------------


def distinct(texts: Sequence[Tokens], groups: Sequence[int], order: int) -> tuple[float, Array]:
    """Dist-n: distinct n-grams over all n-grams of all texts, 0..1; NaN without an n-gram (Li et al. 2016).

    `groups` gives each text's dialogue, 0..D-1. Returns the value and the D values with one dialogue left out.
    """
    found = [ngrams(tokens, order) for tokens in texts]
    homes: dict[Tokens, int] = {}
    for grams, group in zip(found, groups, strict=True):
        for gram in grams:
            homes[gram] = group if homes.get(gram, group) == group else -1
    alone = np.zeros(max(groups) + 1)
    for home in homes.values():
        if home >= 0:
            alone[home] += 1
    lengths = np.array([[grams.total()] for grams in found], dtype=np.float64)
    counts = by_dialogue(lengths, np.array(groups, dtype=np.int64), len(alone))[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(np.float64(len(homes)) / counts.sum())
        left_out: Array = (len(homes) - alone) / (counts.sum() - counts)
    return value, left_out
