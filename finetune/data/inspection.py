"""`inspect`: one example as the model will read it, tokens with loss told apart from context."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from finetune.data.encoding import Example
from finetune.data.tokens import Examples
from finetune.data.vocabulary import Vocabulary
from tasks.errors import InputError

WITH_LOSS, PLAIN = "\x1b[7;32m", "\x1b[0m"
OPEN, CLOSE = "⟦", "⟧"


def chosen(examples: Examples, name: str | None, number: int) -> Example:
    """An example by its dialogue's id (the first of its pieces), or by its place, from 0.

    Raises:
        InputError: there is none.
    """
    if name is not None:
        places = [i for i, other in enumerate(examples.names) if name in (other, other.split("#")[0])]
        if not places:
            raise InputError(f"--dialogue {name}: not among the examples; the first: {', '.join(examples.names[:5])}")
        return examples[places[0]]
    if not 0 <= number < len(examples):
        raise InputError(f"--number: found {number}; allowed: 0 to {len(examples) - 1}")
    return examples[number]


def render(example: Example, vocabulary: Vocabulary, colour: bool) -> str:
    """Text of every token; runs of those with loss in colour, or between ⟦ and ⟧."""
    before, after = (WITH_LOSS, PLAIN) if colour else (OPEN, CLOSE)
    parts = [
        f"{before}{_text(ids, vocabulary)}{after}" if target else _text(ids, vocabulary)
        for target, ids in _runs(example)
    ]
    count = int(example.targets.sum())
    head = f"{example.name}: {len(example.ids):,} tokens, {count:,} with loss (in {'colour' if colour else '⟦ ⟧'})"
    return f"{head}\n\n{''.join(parts)}"


def _runs(example: Example) -> Iterator[tuple[bool, list[int]]]:
    pairs = zip(example.ids.tolist(), example.targets.tolist(), strict=True)
    for target, run in groupby(pairs, key=lambda pair: bool(pair[1])):
        yield target, [number for number, _ in run]


def _text(ids: list[int], vocabulary: Vocabulary) -> str:
    """Text between control tokens is decoded together: a character may be spread over several tokens."""
    controls = vocabulary.controls()
    parts = []
    for control, run in groupby(ids, key=lambda number: number in controls):
        listed = list(run)
        parts.append("".join(vocabulary.pieces(listed)) if control else vocabulary.decode(listed))
    return "".join(parts)
