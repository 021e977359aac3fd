"""Messages to training sequences and prompts: our own ids and labels, part by part.

The mask stock templates give can be all zero without an error; here a sequence without a target is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from finetune.data.vocabulary import Vocabulary, part_ids
from finetune.rendering import Message, Rendering, Speaker
from tasks.errors import InputError
from tasks.schema import Role, Turn

SPEAKERS: tuple[Speaker, ...] = get_args(Speaker)
BLOCK = 20_000
"""Texts tokenised per call: large enough for the tokeniser's threads, small enough for memory."""


class Example(NamedTuple):
    """One training sequence.

    Attributes:
        name: the dialogue's id (with `#turn` where each counsellor turn is an example of its own).
        ids: int32 [length], token ids.
        targets: bool [length], True where the token is to be predicted from those before it; never at 0.
    """

    name: str
    ids: npt.NDArray[np.int32]
    targets: npt.NDArray[np.bool_]


class Encoder:
    """Writes messages in one rendering with one vocabulary and one system prompt ("" = none).

    Raises:
        InputError: on making one, when the tokeniser lacks a control token the rendering needs.
    """

    def __init__(self, vocabulary: Vocabulary, rendering: Rendering, system_prompt: str) -> None:
        self.vocabulary = vocabulary
        self.rendering = rendering
        self._frames = {speaker: self._frame_ids(speaker) for speaker in SPEAKERS}
        self._begin = [i for part in rendering.begin for i in part_ids(vocabulary, part)]
        self._joint, self._close = list[int](), list[int]()
        if system_prompt:
            before, after = self._frames["system"]
            self._begin += [*before, *vocabulary.encode([system_prompt])[0]]
            if rendering.joined:
                (self._joint,), self._close = vocabulary.encode(["\n\n"]), after
            else:
                self._begin += after

    def examples(self, dialogues: Sequence[tuple[str, Sequence[Message]]]) -> list[Example]:
        """One sequence per dialogue; every trained turn's text and end are targets.

        Args:
            dialogues: (name, messages) pairs.
        """
        texts = [self.rendering.written(message.text) for _, messages in dialogues for message in messages]
        encoded = iter(self._encode(texts))
        return [self._sequence(name, messages, encoded) for name, messages in dialogues]

    def prompt(self, turns: Iterable[Turn]) -> list[int]:
        """Ids up to where the counsellor's next text begins."""
        listed = list(turns)
        encoded = self._encode([self.rendering.written(turn.text) for turn in listed])
        ids = [*self._begin]
        for place, (turn, text) in enumerate(zip(listed, encoded, strict=True)):
            ids += [*self._before(turn.role, place), *text, *self._frames[turn.role][1]]
        return [*ids, *self._before("counselor", len(listed))]

    def answer(self, text: str) -> list[int]:
        """Ids of a counsellor's text and of the end of its turn, as they stand behind a prompt."""
        (ids,) = self._encode([self.rendering.written(text)])
        return [*ids, *self._frames["counselor"][1][:1]]

    @property
    def begin_length(self) -> int:
        """Tokens with which every example begins: begin token and system prompt."""
        return len(self._begin)

    @property
    def head(self) -> list[int]:
        """What later pieces of an example begin with: the same, and the end of the prompt's turn where it lacks one."""
        return [*self._begin, *self._close]

    @property
    def end_id(self) -> int:
        """The id that ends a counsellor's turn.

        Raises:
            InputError: the tokeniser writes the end as several tokens, so generation could not stop on it.
        """
        ids = part_ids(self.vocabulary, self.rendering.end)
        if len(ids) != 1:
            raise InputError(
                f"rendering {self.rendering.name}: this tokeniser writes the end of a turn as {len(ids)} tokens, one is"
                " needed; choose a rendering with an end token (--set rendering=llama3, chatml, qwen3 or gemma3)"
            )
        return ids[0]

    def _sequence(self, name: str, messages: Sequence[Message], encoded: Iterable[list[int]]) -> Example:
        ids, targets = [*self._begin], [False] * len(self._begin)
        for place, (message, text) in enumerate(zip(messages, encoded, strict=False)):
            before, after = self._before(message.role, place), self._frames[message.role][1]
            ids += [*before, *text, *after]
            targets += [False] * len(before) + [message.trained] * (len(text) + 1) + [False] * (len(after) - 1)
        return Example(name, np.array(ids, dtype=np.int32), np.array(targets, dtype=np.bool_))

    def _before(self, role: Role, place: int) -> list[int]:
        """What stands before the text of a dialogue's turn at `place`, from 0."""
        if place or not self._joint:
            return self._frames[role][0]
        return self._joint if role == "client" else [*self._close, *self._frames[role][0]]

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        encoded: list[list[int]] = []
        for start in range(0, len(texts), BLOCK):
            encoded += self.vocabulary.encode(texts[start : start + BLOCK])
        return encoded

    def _frame_ids(self, speaker: Speaker) -> tuple[list[int], list[int]]:
        before, after = self.rendering.frame(speaker)
        return (
            [i for part in before for i in part_ids(self.vocabulary, part)],
            [i for part in after for i in part_ids(self.vocabulary, part)],
        )
