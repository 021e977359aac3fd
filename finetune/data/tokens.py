"""Examples as two flat arrays, and the cache that spares tokenising them again."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from finetune.data.encoding import Example


@dataclass(frozen=True)
class Examples:
    """Tokenised examples.

    Attributes:
        names: the dialogue ids, with `#` and a number where a dialogue gives several examples.
        ids: int32 [sum of lengths].
        targets: bool, same length.
        offsets: int64 [n + 1]; example i is [offsets[i], offsets[i + 1]).
        truncated: examples whose end was cut.
        dropped: examples left out for length, or because none of their tokens had a loss.
        lost: target tokens that were cut, or were in examples left out for length.
    """

    names: tuple[str, ...]
    ids: npt.NDArray[np.int32]
    targets: npt.NDArray[np.bool_]
    offsets: npt.NDArray[np.int64]
    truncated: int = 0
    dropped: int = 0
    lost: int = 0

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int) -> Example:
        part = slice(int(self.offsets[index]), int(self.offsets[index + 1]))
        return Example(self.names[index], self.ids[part], self.targets[part])

    @property
    def lengths(self) -> list[int]:
        """Tokens of each example."""
        return [int(n) for n in np.diff(self.offsets)]

    @property
    def dialogues(self) -> int:
        """Dialogues the examples come from."""
        return len({name.split("#")[0] for name in self.names})

    @property
    def per_turn(self) -> list[int]:
        """Tokens of each example that one per counsellor turn would make: up to and with each run of targets."""
        ends = np.flatnonzero(self.targets & ~np.append(self.targets[1:], False)) + 1
        starts = self.offsets[np.searchsorted(self.offsets, ends) - 1]
        return [int(n) for n in ends - starts]

    @property
    def per_dialogue(self) -> list[int]:
        """Tokens of each dialogue's longest example: of one per turn, what the whole dialogue would have."""
        longest: dict[str, int] = {}
        for name, length in zip(self.names, self.lengths, strict=True):
            dialogue = name.split("#")[0]
            longest[dialogue] = max(length, longest.get(dialogue, 0))
        return list(longest.values())

    def described(self) -> str:
        """`2,051 dialogues`, or `2,051 dialogues in 5,859 pieces` where examples are parts of dialogues."""
        pieces = f" in {len(self):,} pieces" if len(self) != self.dialogues else ""
        return f"{self.dialogues:,} dialogues{pieces}"

    @property
    def target_count(self) -> int:
        """Tokens with loss."""
        return int(self.targets.sum())


def joined(examples: Sequence[Example], truncated: int = 0, dropped: int = 0, lost: int = 0) -> Examples:
    """The flat form of a list of examples."""
    lengths = [len(example.ids) for example in examples]
    return Examples(
        tuple(example.name for example in examples),
        np.concatenate([e.ids for e in examples]) if examples else np.zeros(0, np.int32),
        np.concatenate([e.targets for e in examples]) if examples else np.zeros(0, np.bool_),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        truncated,
        dropped,
        lost,
    )


def fitted(
    examples: Sequence[Example], max_length: int, on_long: str, begin: int = 0, head: Sequence[int] | None = None
) -> Examples:
    """Applies the length limit: `truncate` cuts the end, `drop` leaves out, `split` makes several; others stay.

    An example without a target (after cutting) is left out and counted as dropped.

    Args:
        begin: tokens at the start of every example (system prompt) that each piece of a split one begins with.
        head: what later pieces begin with where that is something else.
    """
    kept, truncated, dropped, wanted = [], 0, 0, 0
    for example in examples:
        long = len(example.ids) > max_length
        wanted += int(example.targets.sum())
        if long and on_long == "split":
            kept += [piece for piece in pieces(example, max_length, begin, head) if piece.targets.any()]
            continue
        if long and on_long == "truncate":
            example = Example(example.name, example.ids[:max_length], example.targets[:max_length])
            truncated += 1
        if (long and on_long == "drop") or not example.targets.any():
            dropped += 1
            continue
        kept.append(example)
    return joined(kept, truncated, dropped, wanted - sum(int(example.targets.sum()) for example in kept))


def pieces(example: Example, max_length: int, begin: int, head: Sequence[int] | None = None) -> list[Example]:
    """An example cut after counsellor turns into pieces of at most `max_length` tokens, each with the same beginning.

    A turn that alone is longer is cut where the limit falls.
    """
    ends = np.flatnonzero(example.targets[:-1] & ~example.targets[1:]) + 1
    found, start, first = [], begin, example.ids[:begin]
    while start < len(example.ids):
        limit = start + max_length - len(first)
        inside = ends[(ends > start) & (ends <= limit)]
        stop = len(example.ids) if limit >= len(example.ids) else int(inside[-1]) if len(inside) else limit
        ids = np.concatenate([first, example.ids[start:stop]])
        targets = np.concatenate([np.zeros(len(first), np.bool_), example.targets[start:stop]])
        found.append(Example(f"{example.name}#{start}", ids, targets))
        start, first = stop, first if head is None else np.array(head, np.int32)
    return found


def save(path: Path, examples: Examples) -> None:
    """Writes an uncompressed .npz, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    facts = json.dumps([list(examples.names), examples.truncated, examples.dropped, examples.lost])
    with part.open("wb") as opened:
        np.savez(
            opened,
            ids=examples.ids,
            targets=examples.targets,
            offsets=examples.offsets,
            facts=np.frombuffer(facts.encode("utf-8"), dtype=np.uint8),
        )
    part.replace(path)


def read(path: Path) -> Examples:
    """Reads what `save` wrote."""
    with np.load(path) as stored:
        names, *counts = json.loads(stored["facts"].tobytes())
        return Examples(tuple(names), stored["ids"], stored["targets"], stored["offsets"], *counts)
