"""`python -m results automatic`: responses against the human turn, by measures that need no judge."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from results.commands.terminal import add_resampling, columns, language_tag, number, told_by
from tasks.console import Commands
from tasks.errors import InputError

if TYPE_CHECKING:
    from results.responses.automatic import Automatic, Measure
    from results.responses.losses import LossRow
    from results.responses.texts import Corpus
    from results.statistics.figure import Figure
    from results.statistics.reasons import Reason

SAID_BY_SCRIPT = {"Jpan": "ja", "Hang": "ko"}
"""Scripts that one language alone is written in."""


def render(table: Automatic) -> str:
    """The table as text: three blocks of figures, then the differences to the first system."""
    from results.responses.automatic import BLOCKS

    parts = [
        f"{table.items} items of {table.dialogues} dialogues; 95 % intervals over dialogues "
        f"({table.resampling.resamples} resamples, seed {table.resampling.seed}; Dist and self-BLEU: jackknife)",
        f"BLEU {table.bleu_signature}\nROUGE-L, Dist and self-BLEU on the same words",
        textwrap.fill(told_by(table.language), 110),
    ]
    parts += [_block(table.figures, block) for block in BLOCKS]
    if table.differences:
        parts.append(f"Differences to {table.first}, paired by dialogue")
        parts += [_block(table.differences, block, signed=True) for block in BLOCKS]
    parts.append(_wrapped(_together(table)))
    return "\n\n".join([*parts, *_notes(table)]) + "\n"


def _wrapped(text: str) -> str:
    """The text with lines that a terminal shows whole."""
    return "\n".join(textwrap.fill(line, 110) if len(line) > 110 else line for line in text.splitlines())


def _together(table: Automatic) -> str:
    """How asking and minimal responses go together; the reason where that cannot be said."""
    from results.document import words

    rows = [
        [
            words.word(name, "en"),
            number(found, signed=True) if found.value is not None else words.reason(found.reason, "en"),
        ]
        for name, found in table.together.items()
    ]
    return columns([[words.word("together", "en"), ""], *rows]) + "\n" + words.word("together_note", "en")


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
        textwrap.fill(f"– {_places(rows)}: {_words(reason, table)}", 110)
        for reason, rows in [*own.items(), *more.items()]
    ]


def _places(rows: dict[str, list[str]]) -> str:
    return "; ".join(f"{row} {', '.join(labels)}" for row, labels in rows.items())


def _words(reason: Reason, table: Automatic) -> str:
    from results.document import words
    from results.statistics.reasons import Reason

    if reason == Reason.NO_HUMAN_TURN:
        lacking = table.without_human_turn
        return f"{len(lacking)} of {table.items} items have no human turn ({lacking[0]}, …)"
    return words.reason(reason, "en")


def _missing(figures: dict[str, dict[str, Figure]]) -> dict[Reason, dict[str, list[str]]]:
    """Reasons, with the measures they concern by row."""
    from results.responses.automatic import MEASURES

    places: dict[Reason, dict[str, list[str]]] = {}
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
    from results.document import words

    notes = [f"– {words.reason(reason, 'en')}" for reason in dict.fromkeys(f.reason for f in found if f.reason)]
    return "\n".join(["Held-out loss per counsellor token", "", columns([head, *cells]), *notes]) + "\n"


# --- command line ---------------------------------------------------------------------------------------------


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "automatic",
        help="BLEU, ROUGE-L, Dist, self-BLEU, length, questions and minimal responses, against the human turn",
        description="Responses against the human's next turn, with 95 %% intervals over dialogues.",
    )
    parser.add_argument("items", type=Path, metavar="ITEMS", help="items.jsonl, with the human turn as `reference`")
    parser.add_argument(
        "responses", type=Path, nargs="+", metavar="RESPONSES", help="responses/<system_id>.jsonl, the first compared"
    )
    parser.add_argument(
        "--losses", type=Path, nargs="+", default=[], metavar="FILE", help="per-dialogue losses of `finetune evaluate`"
    )
    parser.add_argument(
        "--language",
        type=language_tag,
        metavar="TAG",
        help="language of the responses (told by their script where it has one usual language, as Japanese has)",
    )
    add_resampling(parser, 10_000)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, measure, print; raises InputError with every mistake of the files."""
    from results.responses.automatic import automatic
    from results.responses.losses import loss_rows, read_losses
    from results.responses.texts import read_corpus
    from results.statistics.resample import Resampling

    resampling = Resampling(args.resamples, args.seed)
    corpus, losses = read_corpus(args.items, args.responses), read_losses(args.losses)
    language = args.language or _language(corpus)
    table, rows = automatic(corpus, resampling, language), loss_rows(losses, resampling) if losses else ()
    if args.json:
        print(json.dumps({**table.as_dict(), "losses": [row.as_dict() for row in rows]}, ensure_ascii=False, indent=1))
    else:
        print("\n".join([render(table), *([render_losses(rows)] if rows else [])]), end="")
    return 0


def _language(corpus: Corpus) -> str:
    """The language of responses whose script says it; Raises InputError where several are written in it."""
    from tasks.languages.scripts import shares

    found = next(iter(shares(text for system in corpus.systems for text in system.texts)), "")
    if found not in SAID_BY_SCRIPT:
        written = f"the responses are written in {found or 'no letters'}"
        raise InputError([f"--language: {written}, which several languages are; name theirs"])
    return SAID_BY_SCRIPT[found]
