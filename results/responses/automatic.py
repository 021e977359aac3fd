"""Responses against the human turn, by measures that need no judge.

BLEU-1, BLEU-4, ROUGE-L, Dist-1, Dist-2, self-BLEU, length and questions of each system, with 95 % intervals over
dialogues and paired differences to the first system. Formulas, sources and edge cases: docs/automatic.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from results.responses.asking import ASKING, MINIMAL
from results.statistics.reasons import Reason

if TYPE_CHECKING:  # both are loaded when the command runs, so that --help answers at once
    from results.responses.texts import Corpus
    from results.statistics.estimates import Draws, Estimate
    from results.statistics.figure import Figure, Sizes
    from results.statistics.resample import Array, Resampling


@dataclass(frozen=True)
class Measure:
    """One column of the table. `factor` is what the printed number is multiplied by: BLEU is 0..100 already."""

    key: str
    label: str
    factor: float = 1
    decimals: int = 2
    against_reference: bool = False


MEASURES = (
    Measure("bleu_1", "BLEU-1", against_reference=True),
    Measure("bleu_4", "BLEU-4", against_reference=True),
    Measure("rouge_l", "ROUGE-L %", 100, against_reference=True),
    Measure("dist_1", "Dist-1 %", 100),
    Measure("dist_2", "Dist-2 %", 100),
    Measure("self_bleu", "self-BLEU"),
    Measure("characters", "characters", decimals=1),
    Measure(ASKING, "with question %", 100, 1),
    Measure(MINIMAL, "minimal %", 100, 1),
    Measure("questions", "questions"),
    Measure("questions_per_100_characters", "questions/100 ch."),
)
BLOCKS = (MEASURES[:3], MEASURES[3:6], MEASURES[6:])
"""Printed one under the other: eleven columns with intervals are too wide for a terminal."""

REFERENCE = "human reference"
"""Name of the row of the human's next turns; no system can have it (ids hold no space)."""


@dataclass(frozen=True)
class Automatic:
    """The table. `figures[row][key]`: row is a system_id, or REFERENCE where every item has a human turn."""

    items: int
    dialogues: int
    language: str
    """Of the responses: by whose rules questions and minimal responses were told."""
    resampling: Resampling
    tokenizer: str
    bleu_signature: str
    figures: dict[str, dict[str, Figure]]
    differences: dict[str, dict[str, Figure]]
    """Each row minus the first system, on the same resamples."""
    together: dict[str, Figure]
    """Correlation of the share that asks with the share that is minimal, `over_systems` and `over_items`."""
    without_human_turn: tuple[str, ...] = ()
    """Items that have no human turn; while there is one, nothing is compared with the human turns."""

    @property
    def first(self) -> str:
        """The system that the others are compared with."""
        return next(iter(self.figures))

    def as_dict(self) -> dict[str, Any]:
        """The documented JSON shape."""
        from tasks.asking.detectors import basis

        return {
            "n_items": self.items,
            "n_dialogues": self.dialogues,
            "items_without_human_turn": list(self.without_human_turn),
            "language": self.language,
            "questions_by": basis(self.language),
            "resamples": self.resampling.resamples,
            "seed": self.resampling.seed,
            "tokenizer": self.tokenizer,
            "bleu_signature": self.bleu_signature,
            "first": self.first,
            "systems": {row: _five(found) for row, found in self.figures.items() if row != REFERENCE},
            "reference": _five(self.figures[REFERENCE]) if REFERENCE in self.figures else None,
            "differences": {row: _five(found) for row, found in self.differences.items()},
            "together": _five(self.together),
        }


def _five(figures: dict[str, Figure]) -> dict[str, Any]:
    return {key: found.five() for key, found in figures.items()}


# --- measuring ------------------------------------------------------------------------------------------------


def automatic(corpus: Corpus, resampling: Resampling, language: str = "ja") -> Automatic:
    """Every measure of every system, and of the human turns where every item has one.

    Questions and minimal responses are told by the rules of `language`; words are MeCab's in any language. The same
    resamples of dialogues serve all systems. A measure that cannot be had is undefined with its reason.
    """
    from importlib import metadata

    from results.responses import asking
    from results.responses.text_measures import tokenizer_name
    from results.statistics.estimates import group_sums

    texts, sizes = _texts(corpus), _sizes(corpus)
    asked = {row: asking.features(own, language) for row, own in texts.items()}
    sums = {row: group_sums(own, corpus.dialogues) for row, own in asked.items()}
    tables = {row: np.hstack([own, sums[row]]) for row, own in _tables(corpus).items()}
    estimates = _all_estimates(corpus, tables, resampling, asking.obstacle(ASKING, language))
    first = next(iter(estimates))
    return Automatic(
        items=len(corpus.items),
        dialogues=len(set(corpus.dialogues)),
        language=language,
        resampling=resampling,
        tokenizer=tokenizer_name(),
        bleu_signature=f"nrefs:1|case:mixed|eff:no|tok:{tokenizer_name()}|smooth:exp|"
        f"version:{metadata.version('sacrebleu')}",
        figures={
            row: _figures(own, corpus, resampling) | asking.shares(sums[row], language, sizes, resampling)
            for row, own in estimates.items()
        },
        differences={
            row: _figures({key: value - estimates[first][key] for key, value in own.items()}, corpus, resampling)
            | asking.differences(sums[row], sums[first], language, sizes, resampling)
            for row, own in estimates.items()
            if row != first
        },
        together=asking.together(
            {system.system_id: asked[system.system_id] for system in corpus.systems},
            corpus.dialogues,
            language,
            sizes,
            resampling,
        ),
        without_human_turn=_without_human_turn(corpus),
    )


def _figures(estimates: dict[str, Estimate], corpus: Corpus, resampling: Resampling) -> dict[str, Figure]:
    from results.statistics.estimates import to_figure

    return {key: to_figure(estimate, resampling, _sizes(corpus)) for key, estimate in estimates.items()}


def _sizes(corpus: Corpus) -> Sizes:
    from results.statistics.figure import Sizes

    return Sizes(items=len(set(corpus.dialogues)), judgments=len(corpus.items))


def _tables(corpus: Corpus) -> dict[str, Array]:
    """Sums of `_statistics` by dialogue of each system, and of the human turns where every item has one: (D, 13)."""
    from results.statistics.estimates import group_sums

    references = [item.reference for item in corpus.items]
    rows = _texts(corpus)
    return {row: group_sums(_statistics(texts, references), corpus.dialogues) for row, texts in rows.items()}


def _texts(corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """The texts of each row of the table, by item."""
    rows = {system.system_id: system.texts for system in corpus.systems}
    if not _without_human_turn(corpus):
        rows[REFERENCE] = tuple(item.reference or "" for item in corpus.items)
    return rows


def _all_estimates(
    corpus: Corpus, tables: dict[str, Array], resampling: Resampling, uncounted: Reason | None
) -> dict[str, dict[str, Estimate]]:
    """`uncounted` says why questions cannot be counted, where they cannot."""
    from results.statistics.estimates import draw

    draws = draw(tables, resampling)
    obstacle = Reason.NO_HUMAN_TURN if _without_human_turn(corpus) else None
    return {
        row: _sums_estimates(draws[row], Reason.IS_REFERENCE if row == REFERENCE else obstacle, uncounted)
        | _type_estimates(texts, corpus.dialogues)
        for row, texts in _texts(corpus).items()
    }


def _without_human_turn(corpus: Corpus) -> tuple[str, ...]:
    return tuple(item.item_id for item in corpus.items if not item.reference)


def _statistics(texts: Sequence[str], references: Sequence[str | None]) -> Array:
    """Per text: BLEU's ten sums, ROUGE-L, 1, characters -> (n, 13)."""
    from results.responses.text_measures import bleu_statistics, rouge_l, tokenize

    rows = []
    for text, reference in zip(texts, references, strict=True):
        against = [*bleu_statistics(tokenize(text), tokenize(reference or "")), rouge_l(text, reference or "")]
        rows.append([*against, 1, len(text)])
    return np.array(rows, dtype=np.float64)


def _sums_estimates(draws: Draws, obstacle: Reason | None, uncounted: Reason | None) -> dict[str, Estimate]:
    """Measures that are functions of sums; `obstacle` and `uncounted` say why some cannot be had."""
    from results.responses.text_measures import bleu
    from results.statistics.estimates import estimate, missing

    against = {
        "bleu_1": lambda sums: bleu(sums, 1),
        "bleu_4": lambda sums: bleu(sums, 4),
        "rouge_l": lambda sums: sums[..., 10] / sums[..., 11],
    }
    asked = {
        "questions": lambda sums: sums[..., 14] / sums[..., 11],
        "questions_per_100_characters": lambda sums: 100 * sums[..., 14] / sums[..., 12],
    }
    found = {
        key: missing(obstacle) if obstacle else estimate(draws, statistic, Reason.NO_HUMAN_TURN)
        for key, statistic in against.items()
    }
    found["characters"] = estimate(draws, lambda sums: sums[..., 12] / sums[..., 11], Reason.NO_CHARACTER)
    return found | {
        key: missing(uncounted) if uncounted else estimate(draws, statistic, Reason.NO_CHARACTER)
        for key, statistic in asked.items()
    }


def _type_estimates(texts: Sequence[str], dialogues: Sequence[str]) -> dict[str, Estimate]:
    """Measures that count distinct things, with the values they take when a dialogue is left out."""
    from results.responses.self_bleu import self_bleu
    from results.responses.text_measures import distinct, tokenize
    from results.statistics.estimates import Estimate, group_places, missing

    words, groups = [tokenize(text) for text in texts], group_places(dialogues)
    found = {
        "dist_1": (distinct(words, groups, 1), Reason.NO_WORD),
        "dist_2": (distinct(words, groups, 2), Reason.NO_TWO_WORDS),
        "self_bleu": (self_bleu(words, groups), Reason.ONE_RESPONSE),
    }
    return {
        key: Estimate(value, left_out, "jackknife") if np.isfinite(value) else missing(reason)
        for key, ((value, left_out), reason) in found.items()
    }
