"""`inspect`: one example as the model will read it, learnt tokens told apart from context."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from finetune.data.encoding import Example
from finetune.data.tokens import Examples
from finetune.data.vocabulary import Vocabulary
from tasks.errors import InputError

LEARNT, PLAIN = "\x1b[7;32m", "\x1b[0m"
OPEN, CLOSE = "⟦", "⟧"


def chosen(examples: Examples, name: str | None, number: int) -> Example:
    """An example by its dialogue's id (the first of its pieces), or by its place, from 0.

    Raises:
        InputError: there is none.
    """
    if name is not None:
        places = [i for i, found in enumerate(examples.names) if found == name or found.split("#")[0] == name]
        if not places:
            raise InputError(f"--dialogue {name}: not among the examples; the first: {', '.join(examples.names[:5])}")
        return examples[places[0]]
    if not 0 <= number < len(examples):
        raise InputError(f"--number: found {number}; allowed: 0 to {len(examples) - 1}")
    return examples[number]


def render(example: Example, vocabulary: Vocabulary, colour: bool) -> str:
    """Text of every token; runs of learnt ones in colour, or between ⟦ and ⟧."""
    before, after = (LEARNT, PLAIN) if colour else (OPEN, CLOSE)
    parts = [
        f"{before}{_text(ids, vocabulary)}{after}" if learnt else _text(ids, vocabulary)
        for learnt, ids in _runs(example)
    ]
    learnt = int(example.targets.sum())
    head = f"{example.name}: {len(example.ids):,} tokens, {learnt:,} learnt (in {'colour' if colour else '⟦ ⟧'})"
    return f"{head}\n\n{''.join(parts)}"


def _runs(example: Example) -> Iterator[tuple[bool, list[int]]]:
    pairs = zip(example.ids.tolist(), example.targets.tolist(), strict=True)
    for learnt, run in groupby(pairs, key=lambda pair: bool(pair[1])):
        yield learnt, [number for number, _ in run]


def _text(ids: list[int], vocabulary: Vocabulary) -> str:
    """Text between control tokens is decoded together: a character may be spread over several tokens."""
    controls = vocabulary.controls()
    parts = []
    for control, run in groupby(ids, key=lambda number: number in controls):
        listed = list(run)
        parts.append("".join(vocabulary.pieces(listed)) if control else vocabulary.decode(listed))
    return "".join(parts)
