"""`python -m results automatic`: responses against the human turn, by measures that need no judge.

BLEU-1, BLEU-4, ROUGE-L, Dist-1, Dist-2, self-BLEU, length and questions of each system, with 95 % intervals over
dialogues and paired differences to the first system. Formulas, sources and edge cases: docs/automatic.md.
"""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from results.plain import at_least, columns, number

if TYPE_CHECKING:  # both are loaded when the command runs, so that --help answers at once
    from results.estimates import Draws, Estimate
    from results.figure import Figure
    from results.losses import LossRow
    from results.resample import Array, Resampling
    from results.texts import Corpus


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
    Measure("question_rate", "with question %", 100, 1),
    Measure("questions", "questions"),
    Measure("questions_per_100_characters", "questions/100 ch."),
)
BLOCKS = (MEASURES[:3], MEASURES[3:6], MEASURES[6:])
"""Printed one under the other: ten columns with intervals are too wide for a terminal."""
REFERENCE = "human reference"
"""Name of the row of the human's next turns; no system can have it (ids hold no space)."""
ITSELF = "the reference is what the others are compared with"


@dataclass(frozen=True)
class Automatic:
    """The table. `figures[row][key]`: row is a system_id, or REFERENCE where every item has a human turn."""

    items: int
    dialogues: int
    how: Resampling
    tokenizer: str
    bleu_signature: str
    figures: dict[str, dict[str, Figure]]
    differences: dict[str, dict[str, Figure]]
    """Each row minus the first system, on the same resamples."""

    @property
    def first(self) -> str:
        """The system that the others are compared with."""
        return next(iter(self.figures))

    def as_dict(self) -> dict[str, Any]:
        """The documented JSON shape."""
        return {
            "n_items": self.items,
            "n_dialogues": self.dialogues,
            "resamples": self.how.resamples,
            "seed": self.how.seed,
            "tokenizer": self.tokenizer,
            "bleu_signature": self.bleu_signature,
            "first": self.first,
            "systems": {row: _five(found) for row, found in self.figures.items() if row != REFERENCE},
            "reference": _five(self.figures[REFERENCE]) if REFERENCE in self.figures else None,
            "differences": {row: _five(found) for row, found in self.differences.items()},
        }


def _five(figures: dict[str, Figure]) -> dict[str, Any]:
    return {key: found.five() for key, found in figures.items()}


# --- measuring ------------------------------------------------------------------------------------------------


def automatic(corpus: Corpus, how: Resampling) -> Automatic:
    """Every measure of every system, and of the human turns where every item has one.

    The same resamples of dialogues serve all systems. A measure that cannot be had is undefined with its reason.
    """
    from importlib import metadata

    from results.text_measures import tokenizer_name

    estimates = _all_estimates(corpus, how)
    first = next(iter(estimates.values()))
    return Automatic(
        items=len(corpus.items),
        dialogues=len(set(corpus.dialogues)),
        how=how,
        tokenizer=tokenizer_name(),
        bleu_signature=f"nrefs:1|case:mixed|eff:no|tok:{tokenizer_name()}|smooth:exp|"
        f"version:{metadata.version('sacrebleu')}",
        figures={row: _figures(found, corpus, how) for row, found in estimates.items()},
        differences={
            row: _figures({key: value - first[key] for key, value in found.items()}, corpus, how)
            for row, found in estimates.items()
            if found is not first
        },
    )


def _figures(estimates: dict[str, Estimate], corpus: Corpus, how: Resampling) -> dict[str, Figure]:
    from results.estimates import to_figure
    from results.figure import Sizes

    sizes = Sizes(items=len(set(corpus.dialogues)), judgments=len(corpus.items))
    return {key: to_figure(found, how, sizes) for key, found in estimates.items()}


def _all_estimates(corpus: Corpus, how: Resampling) -> dict[str, dict[str, Estimate]]:
    from results.estimates import draw, group_sums

    references = [item.reference for item in corpus.items]
    lacking = [item.item_id for item in corpus.items if not item.reference]
    rows = {system.system_id: system.texts for system in corpus.systems}
    if not lacking:
        rows[REFERENCE] = tuple(reference or "" for reference in references)
    tables = {row: group_sums(_statistics(texts, references), corpus.dialogues) for row, texts in rows.items()}
    draws = draw(tables, how)
    obstacle = f"{len(lacking)} of {len(references)} items have no human turn ({lacking[0]}, …)" if lacking else ""
    return {
        row: _sums_estimates(draws[row], ITSELF if row == REFERENCE else obstacle)
        | _type_estimates(texts, corpus.dialogues)
        for row, texts in rows.items()
    }


def _statistics(texts: Sequence[str], references: Sequence[str | None]) -> Array:
    """Per text: BLEU's ten sums, ROUGE-L, 1, characters, whether it asks, questions -> (n, 15)."""
    from results.text_measures import bleu_statistics, rouge_l, tokenize
    from tasks.questions import count

    rows = []
    for text, reference in zip(texts, references, strict=True):
        questions = count(text)
        against = [*bleu_statistics(tokenize(text), tokenize(reference or "")), rouge_l(text, reference or "")]
        rows.append([*against, 1, len(text), questions > 0, questions])
    return np.array(rows, dtype=np.float64)


def _sums_estimates(draws: Draws, obstacle: str) -> dict[str, Estimate]:
    """Measures that are functions of sums; `obstacle` says why those against the reference cannot be had."""
    from results.estimates import estimate, missing
    from results.text_measures import bleu

    against = {
        "bleu_1": lambda sums: bleu(sums, 1),
        "bleu_4": lambda sums: bleu(sums, 4),
        "rouge_l": lambda sums: sums[..., 10] / sums[..., 11],
    }
    plain = {
        "characters": lambda sums: sums[..., 12] / sums[..., 11],
        "question_rate": lambda sums: sums[..., 13] / sums[..., 11],
        "questions": lambda sums: sums[..., 14] / sums[..., 11],
        "questions_per_100_characters": lambda sums: 100 * sums[..., 14] / sums[..., 12],
    }
    found = {key: missing(obstacle) if obstacle else estimate(draws, how, "") for key, how in against.items()}
    return found | {key: estimate(draws, how, "no response has a character") for key, how in plain.items()}


def _type_estimates(texts: Sequence[str], dialogues: Sequence[str]) -> dict[str, Estimate]:
    """Measures that count distinct things, with the values they take when a dialogue is left out."""
    from results.estimates import Estimate, group_places, missing
    from results.self_bleu import self_bleu
    from results.text_measures import distinct, tokenize

    words, groups = [tokenize(text) for text in texts], group_places(dialogues)
    found = {
        "dist_1": (distinct(words, groups, 1), "no word in any response"),
        "dist_2": (distinct(words, groups, 2), "no response has two words"),
        "self_bleu": (self_bleu(words, groups), "fewer than two responses"),
    }
    return {
        key: Estimate(value, left_out, "jackknife") if np.isfinite(value) else missing(reason)
        for key, ((value, left_out), reason) in found.items()
    }


# --- printing -------------------------------------------------------------------------------------------------


def render(table: Automatic) -> str:
    """The table as text: three blocks of figures, then the differences to the first system."""
    parts = [
        f"{table.items} items of {table.dialogues} dialogues; 95 % intervals over dialogues "
        f"({table.how.resamples} resamples, seed {table.how.seed}; Dist and self-BLEU: jackknife)",
        f"BLEU {table.bleu_signature}\nROUGE-L, Dist and self-BLEU on the same words",
    ]
    parts += [_block(table.figures, block) for block in BLOCKS]
    if table.differences:
        parts.append(f"Differences to {table.first}, paired by dialogue")
        parts += [_block(table.differences, block, signed=True) for block in BLOCKS]
    return "\n\n".join([*parts, *_notes(table)]) + "\n"


def _block(figures: dict[str, dict[str, Figure]], measures: Sequence[Measure], signed: bool = False) -> str:
    rows = [
        [row, *(_cell(found[measure.key], measure, signed) for measure in measures)] for row, found in figures.items()
    ]
    return columns([["", *(measure.label for measure in measures)], *rows])


def _cell(found: Figure, measure: Measure, signed: bool) -> str:
    return number(found, measure.factor, measure.decimals, signed)


def _notes(table: Automatic) -> list[str]:
    """Why figures or intervals are missing, each reason once with where it holds."""
    own = _missing(table.figures)
    more = {reason: rows for reason, rows in _missing(table.differences).items() if reason not in own}
    return [
        textwrap.fill(
            "– " + "; ".join(f"{row} {', '.join(labels)}" for row, labels in rows.items()) + f": {reason}", 110
        )
        for reason, rows in [*own.items(), *more.items()]
    ]


def _missing(figures: dict[str, dict[str, Figure]]) -> dict[str, dict[str, list[str]]]:
    """Reasons, with the measures they concern by row."""
    places: dict[str, dict[str, list[str]]] = {}
    for row, found in figures.items():
        for measure in MEASURES:
            if reason := found[measure.key].reason:
                places.setdefault(reason, {}).setdefault(row, []).append(measure.label.removesuffix(" %"))
    return places


def render_losses(rows: Sequence[LossRow]) -> str:
    """The loss rows as text."""
    head = ["", "split", "band", "dialogues", "targets", "loss (nats)", "perplexity", "loss - first"]
    cells = [
        [row.name, row.split, row.band, str(row.dialogues), str(row.targets), number(row.loss, decimals=4),
         number(row.perplexity), number(row.difference, decimals=4, signed=True) if row.difference else ""]
        for row in rows
    ]  # fmt: skip
    found = [figure for row in rows for figure in (row.loss, row.difference) if figure]
    notes = [f"– {reason}" for reason in dict.fromkeys(figure.reason for figure in found if figure.reason)]
    return "\n".join(["Held-out loss per counsellor token", "", columns([head, *cells]), *notes]) + "\n"


# --- command line ---------------------------------------------------------------------------------------------


def add_command(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `automatic` to a command line."""
    parser = subparsers.add_parser(
        "automatic",
        help="BLEU, ROUGE-L, Dist, self-BLEU, length and questions of responses against the human turn",
        description="Responses against the human's next turn, with 95 %% intervals over dialogues.",
    )
    parser.add_argument("items", type=Path, metavar="ITEMS", help="items.jsonl, with the human turn as `reference`")
    parser.add_argument(
        "responses", type=Path, nargs="+", metavar="RESPONSES", help="responses/<system_id>.jsonl, the first compared"
    )
    parser.add_argument(
        "--losses", type=Path, nargs="+", default=[], metavar="FILE", help="per-dialogue losses of `finetune evaluate`"
    )
    parser.add_argument("--resamples", type=at_least(100), default=10_000, help="resamples of the dialogues (10000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the resampling (0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, measure, print; raises InputError with every mistake of the files."""
    from results.losses import loss_rows, read_losses
    from results.resample import Resampling
    from results.texts import read_corpus

    how = Resampling(args.resamples, args.seed)
    corpus, losses = read_corpus(args.items, args.responses), read_losses(args.losses)
    table, rows = automatic(corpus, how), loss_rows(losses, how) if losses else ()
    if args.json:
        print(json.dumps({**table.as_dict(), "losses": [row.as_dict() for row in rows]}, ensure_ascii=False, indent=1))
    else:
        print("\n".join([render(table), *([render_losses(rows)] if rows else [])]), end="")
    return 0
