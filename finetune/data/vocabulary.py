"""Text to token ids and back: a whole tokeniser, or one cut to a list of ids with character and byte fallback."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from finetune.rendering import Control, Part
from tasks.errors import InputError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PADS = ("<|finetune_right_pad_id|>", "<pad>", "<|endoftext|>", "<|reserved_special_token_0|>")


class Vocabulary(Protocol):
    """What the room needs of a tokeniser. Text that looks like a control token is encoded as text."""

    @property
    def size(self) -> int:
        """Rows of the embedding."""

    @property
    def pad_id(self) -> int:
        """Fills the shorter rows of a batch; always masked by length, never by its id."""

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text, without any control token.

        Raises:
            InputError: a token has no row in the embedding.
        """

    def decode(self, ids: Sequence[int]) -> str:
        """Text of ids, control tokens left out; bytes that are no UTF-8 become U+FFFD."""

    def control(self, name: str) -> int | None:
        """The id of a control token; None where the tokeniser has none of that name."""

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """One readable text per id, control tokens included, for `inspect`."""

    def controls(self) -> frozenset[int]:
        """Ids a response may never hold."""


class WholeVocabulary:
    """All of a `tokenizer.json`, read by the Rust library alone: a second, not the four of the full stack."""

    def __init__(self, path: Path, size: int | None = None) -> None:
        """`size`: rows of the embedding; None = as many as the tokeniser has tokens."""
        self._path, self._tokenizer, self._rows = path, _open(path), size
        self._size = size or self._tokenizer.get_vocab_size(with_added_tokens=True)

    @property
    def size(self) -> int:
        return self._size

    @cached_property
    def pad_id(self) -> int:
        found = (self.control(name) for name in PADS)
        return next((number for number in found if number is not None), 0)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        encoded = [e.ids for e in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]
        if self._rows is not None:
            largest = max((max(ids) for ids in encoded if ids), default=0)
            if largest >= self._rows:
                raise InputError(
                    f"{self._path}: writes token {largest} ({self.token(largest)!r}), but the model's embedding has"
                    f" {self._rows} rows; the tokeniser belongs to another model, or the embedding was never resized"
                )
        return encoded

    def decode(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True))

    def control(self, name: str) -> int | None:
        number = self._tokenizer.token_to_id(name)
        return None if number is None or (self._rows is not None and number >= self._rows) else int(number)

    def pieces(self, ids: Sequence[int]) -> list[str]:
        return [self._tokenizer.decode([i], skip_special_tokens=False) for i in ids]

    @cached_property
    def _controls(self) -> frozenset[int]:
        added = self._tokenizer.get_added_tokens_decoder()
        return frozenset(int(number) for number, token in added.items() if token.special)

    def controls(self) -> frozenset[int]:
        return self._controls

    def token(self, number: int) -> str:
        """The raw token of an id, as the tokeniser's file writes it."""
        return str(self._tokenizer.id_to_token(number))


class CutVocabulary:
    """A whole vocabulary of which only the ids `kept` have an embedding row; row i stands for `kept[i]`.

    A token outside the list is written as its characters, a character outside it as its UTF-8 bytes, so every text
    can be encoded and decodes to itself.
    """

    def __init__(self, whole: WholeVocabulary, kept: Sequence[int]) -> None:
        self._whole = whole
        self._kept = tuple(kept)
        self._row = {number: row for row, number in enumerate(self._kept)}
        self._spelled: dict[int, list[int]] = {}

    @property
    def size(self) -> int:
        return len(self._kept)

    @property
    def pad_id(self) -> int:
        return self._row[self._whole.pad_id]

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        return [[row for number in ids for row in self._rows(number)] for ids in self._whole.encode(texts)]

    def decode(self, ids: Sequence[int]) -> str:
        return self._whole.decode([self._kept[i] for i in ids])

    def control(self, name: str) -> int | None:
        number = self._whole.control(name)
        return None if number is None else self._row.get(number)

    def pieces(self, ids: Sequence[int]) -> list[str]:
        return self._whole.pieces([self._kept[i] for i in ids])

    def controls(self) -> frozenset[int]:
        return frozenset(self._row[number] for number in self._whole.controls() if number in self._row)

    def _rows(self, number: int) -> list[int]:
        row = self._row.get(number)
        if row is not None:
            return [row]
        if number not in self._spelled:
            self._spelled[number] = [r for character in self._whole.token(number) for r in self._spell(character)]
        return self._spelled[number]

    def _spell(self, character: str) -> list[int]:
        number = self._whole.control(character)
        if number is not None and number in self._row:
            return [self._row[number]]
        raw = character.replace("▁", " ").encode("utf-8")
        return [self._row[self._byte(value)] for value in raw]

    def _byte(self, value: int) -> int:
        number = self._whole.control(f"<0x{value:02X}>")
        if number is None or number not in self._row:
            raise InputError(f"the cut vocabulary lacks the byte 0x{value:02X}; its list of ids must hold all 256")
        return number


def part_ids(vocabulary: Vocabulary, part: Part) -> list[int]:
    """Ids of one part of a rendering.

    Raises:
        InputError: the tokeniser has no control token of that name: the rendering does not fit the model.
    """
    if not isinstance(part, Control):
        return vocabulary.encode([part])[0]
    number = vocabulary.control(part)
    if number is None:
        raise InputError(
            f"rendering: the model's tokeniser has no control token {part!s}; choose another with --set rendering=…"
            " (llama3, chatml, qwen3, gemma3, or plain for a base model)"
        )
    return [number]


def _open(path: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    if not path.is_file():
        raise InputError(f"{path}: missing; a model folder needs its tokenizer.json")
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.encode_special_tokens = True  # an utterance that spells a control token stays text
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
