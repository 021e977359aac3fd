"""The score form: a whole dialogue, then 20 named items and 3 flags, each with an open answer.

Written as an empty form: the answers' places hold line breaks, so one pass over the form reads every answer, none of
them seen by another. In a training sequence the answer's digit stands in the place, marked as a target;
`finetune.score.answers` blanks it before the model reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from finetune.data.encoding import Example
from finetune.data.vocabulary import Vocabulary, part_ids
from finetune.rendering import Frame, Part, Rendering
from tasks.data.dialogue import Dialogue, StripMeta, merged_turns
from tasks.data.feedback import DIMENSIONS, FLAGS, HIGHEST
from tasks.errors import InputError
from tasks.files import sha256_texts
from tasks.schema import Item, Role

SPEAKERS: dict[Role, str] = {"client": "相談者", "counselor": "カウンセラー"}
TITLE = "対話の記録：\n"
CUT = "（ここまで省略）\n"
"""Stands where the beginning of a dialogue was cut."""
FORM = "\n相談者役による評価。各項目を0（まったくそう思わない）から5（とてもそう思う）の整数で答える。\n"
FLAG_FORM = "以下は、なしは0、ありは1で答える。\n"
LINES = tuple(f"{i}. {d.ja}：" for i, d in enumerate(DIMENSIONS, start=1))
FLAG_LINES = tuple(f"{len(LINES) + i}. {f.ja}：" for i, f in enumerate(FLAGS, start=1))
ANSWERS = len(LINES) + len(FLAG_LINES)
DIGITS = tuple(str(value) for value in range(HIGHEST + 1))
DIGEST = sha256_texts("score form 1", TITLE, CUT, FORM, *LINES, FLAG_FORM, *FLAG_LINES)
"""Hash of the form's wording; kept with everything that was made with it."""


class Transcript(NamedTuple):
    """A dialogue to score: its id and its turns in order."""

    name: str
    turns: tuple[tuple[Role, str], ...]


class Fitted(NamedTuple):
    """A form that fits the length: the sequence, and how many turns at its beginning were cut."""

    example: Example
    cut_turns: int


def of_dialogue(dialogue: Dialogue, strip_meta: StripMeta) -> Transcript:
    """The transcript of a KokoroChat dialogue, runs of one speaker merged."""
    turns = merged_turns(dialogue, strip_meta=strip_meta)
    return Transcript(dialogue.dialogue_id, tuple((turn.role, turn.text) for turn in turns))


def of_item(item: Item) -> Transcript:
    """The transcript of a study's item, under the item's id."""
    return Transcript(item.item_id, tuple((turn.role, turn.text) for turn in item.turns))


def answers_of(dialogue: Dialogue) -> tuple[int, ...]:
    """The client's 20 values and 3 flags (0 or 1), in the form's order."""
    return (*dialogue.dims, *map(int, dialogue.flags))


class FormEncoder:
    """Writes forms in one rendering with one vocabulary and one system prompt ("" = none).

    Raises:
        InputError: on making one, when the tokeniser writes a digit as several tokens, or lacks a control token.
    """

    def __init__(self, vocabulary: Vocabulary, rendering: Rendering, system_prompt: str) -> None:
        self._vocabulary, self._rendering = vocabulary, rendering
        asked, answered = _frames(rendering)
        begin = self._ids(rendering.begin)
        if system_prompt:
            begin += [*self._ids(rendering.system.before), *self._text(system_prompt)]
            begin += self._ids(rendering.system.after)
        self._before = [*begin, *self._ids(asked.before), *self._text(TITLE)]
        self._after = [*self._ids(asked.after), *self._ids(answered.before)]
        self._cut = self._text(CUT)
        self.digits = self._digits()
        self.blank = self._text("\n")[-1]
        self._empty, self._places = self._form()

    def example(self, transcript: Transcript, answers: Sequence[int] | None, max_length: int) -> Fitted:
        """One sequence of at most `max_length` tokens; the end of the dialogue is kept where all of it does not fit.

        Args:
            answers: the 23 true answers, written into the places; None = blank places (to be predicted).

        Raises:
            InputError: not even the last turn fits beside the form.
        """
        turns = self._vocabulary.encode([f"{SPEAKERS[role]}：{text}\n" for role, text in transcript.turns])
        form = np.array(self._empty, np.int32)
        if answers is not None:
            form[self._places] = [self.digits[answer] for answer in answers]
        room = max_length - len(self._before) - len(self._after) - len(form)
        kept = _tail([len(turn) for turn in turns], room, len(self._cut))
        if kept == len(turns):
            raise InputError(
                f"dialogue {transcript.name}: its last turn and the form do not fit max_length {max_length};"
                f" the form alone takes {len(self._before) + len(self._after) + len(form)} tokens"
            )
        talk = [*(self._cut if kept else []), *(i for turn in turns[kept:] for i in turn)]
        head = [*self._before, *talk, *self._after]
        targets = np.zeros(len(head) + len(form), np.bool_)
        targets[len(head) + np.array(self._places)] = True
        return Fitted(Example(transcript.name, np.array([*head, *form], np.int32), targets), kept)

    def _form(self) -> tuple[list[int], list[int]]:
        """Ids of the empty form, and where in them the answers stand."""
        ids, places = self._text(FORM), []
        for number, line in enumerate((*LINES, *FLAG_LINES)):
            if number == len(LINES):
                ids += self._text(FLAG_FORM)
            ids += self._text(line)
            places.append(len(ids))
            ids.append(self.blank)
        return ids, places

    def _digits(self) -> tuple[int, ...]:
        encoded = self._vocabulary.encode(DIGITS)
        if any(len(ids) != 1 for ids in encoded):
            raise InputError("this tokeniser writes a digit as several tokens; answers are read at one token each")
        return tuple(ids[0] for ids in encoded)

    def _text(self, text: str) -> list[int]:
        return list(self._vocabulary.encode([text])[0])

    def _ids(self, parts: Sequence[Part]) -> list[int]:
        return [i for part in parts for i in part_ids(self._vocabulary, part)]


def _frames(rendering: Rendering) -> tuple[Frame, Frame]:
    """What stands around the transcript and before the form: a chat model is asked by the user and answers."""
    if rendering.name == "plain":  # no turn markers: the speakers' labels would read as one more turn
        return Frame((), ()), Frame((), ())
    return rendering.client, rendering.counselor


def _tail(lengths: Sequence[int], room: int, mark: int) -> int:
    """Turns to leave out at the beginning so that the rest (and the mark, if any is left out) fits the room."""
    if sum(lengths) <= room:
        return 0
    total = mark
    for start in range(len(lengths) - 1, -1, -1):
        total += lengths[start]
        if total > room:
            return start + 1
    return 0
