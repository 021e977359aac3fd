"""One thread that holds the model: requests that wait are answered together, each row through its system's adapter.

A batch is whole when it begins; who comes later waits for the next. Who has waited longest is in the next, so nobody
is passed over for ever.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from finetune.data.encoding import Encoder
from finetune.generation.engine import Draft, Row, cut, draft_of, drafts, turn_of
from finetune.model.bases import first_line
from finetune.serving.mixing import mixable, speaking
from finetune.serving.requests import RefusedError, Served

GATHER = 0.01
"""Seconds that an idle worker waits for others who ask at the same moment."""
MOST_WAITING = 256
"""Prompts that may wait; more are told to come again."""
MOST_TOKENS = 65_536
"""Prompt tokens of one batch, padding counted."""


@dataclass(eq=False)
class Ask:
    """One prompt on its way.

    Attributes:
        heard: called by the worker with what the answer has grown by; None = nobody listens before the end.
        ended: called by the worker with the draft, or with why there is none.
        gone: set by who asked when nobody waits any more.
    """

    served: Served
    row: Row
    ended: Callable[[Draft | RefusedError], None]
    heard: Callable[[str], None] | None = None
    gone: threading.Event = field(default_factory=threading.Event)


class Worker(threading.Thread):
    """Answers asks until it is stopped. `model` is the one base with every adapter."""

    def __init__(self, model: Any, batch_size: int) -> None:
        super().__init__(name="model", daemon=True)
        self._model, self._size, self._mixable = model, batch_size, mixable(model)
        self._waiting: deque[Ask] = deque()
        self._answering: list[Ask] = []
        self._change = threading.Condition()
        self._stopping = False

    def put(self, asks: Sequence[Ask]) -> None:
        """Lets asks wait, all of them or none.

        Raises:
            RefusedError: too many wait already, or the worker has ended.
        """
        with self._change:
            if self._stopping or not self.is_alive():
                raise RefusedError("the model has ended; start the server again", 503, "backend_ended")
            if len(self._waiting) + len(asks) > MOST_WAITING:
                raise RefusedError(f"{len(self._waiting)} prompts wait already; ask again later", 429, "busy")
            self._waiting.extend(asks)
            self._change.notify()

    def stop(self) -> None:
        """Ends after the token that is being drawn; who waits is told."""
        with self._change:
            self._stopping = True
            self._change.notify()

    def run(self) -> None:
        """The thread's work."""
        try:
            while batch := self._next():
                self._answer(batch)
        finally:
            with self._change:
                self._stopping, left = True, [*self._answering, *self._waiting]
                self._waiting.clear()
            for ask in left:
                ask.ended(RefusedError("the model has ended; start the server again", 503, "backend_ended"))

    def _next(self) -> list[Ask]:
        """The asks to answer together; [] = stop."""
        with self._change:
            idle = not self._waiting
            while not self._waiting and not self._stopping:
                self._change.wait()
        if idle:
            time.sleep(GATHER)
        with self._change:
            if self._stopping:
                return []
            self._answering = self._taken()
            return self._answering

    def _taken(self) -> list[Ask]:
        taken: list[Ask] = []
        left: deque[Ask] = deque()
        for ask in self._waiting:
            fits = not taken or (self._together(taken[0].served, ask.served) and self._holds([*taken, ask]))
            (taken if fits else left).append(ask)
        self._waiting = left
        return taken

    def _together(self, first: Served, second: Served) -> bool:
        return first is second or (self._mixable and first.encoder.end_id == second.encoder.end_id)

    def _holds(self, asks: Sequence[Ask]) -> bool:
        width = max(len(ask.row.prompt) for ask in asks)
        return len(asks) <= self._size and width * len(asks) <= MOST_TOKENS

    def _answer(self, batch: Sequence[Ask]) -> None:
        encoder, watching = batch[0].served.encoder, _Watching(batch, lambda: self._stopping)
        try:
            with speaking(self._model, [ask.served.system for ask in batch]):
                drafts(self._model, encoder, [ask.row for ask in batch], watching)
        except RuntimeError as error:  # torch's own, out of memory among them
            watching.fail(RefusedError(f"the model failed: {first_line(error)}", 500, "failed"))
        self._answering = watching.left()


class _Watching:
    """Hands on what each answer has grown by, ends it with its last token, and says whose rows may end early."""

    def __init__(self, batch: Sequence[Ask], stopping: Callable[[], bool]) -> None:
        self._batch, self._stopping = batch, stopping
        self._told = [""] * len(batch)
        self._done = [False] * len(batch)

    def __call__(self, written: list[list[int]]) -> list[bool]:
        for number, (ask, ids) in enumerate(zip(self._batch, written, strict=True)):
            if not self._done[number]:
                self._hear(number, ask, ids)
        stopping = self._stopping()
        return [stopping or done or ask.gone.is_set() for ask, done in zip(self._batch, self._done, strict=True)]

    def left(self) -> list[Ask]:
        """Those who still wait for an end: none, unless the worker is stopping or they themselves are gone."""
        return [ask for ask, done in zip(self._batch, self._done, strict=True) if not done]

    def fail(self, error: RefusedError) -> None:
        """Ends all that have not ended."""
        for number, ask in enumerate(self._batch):
            if not self._done[number]:
                self._end(number, ask, error)

    def _hear(self, number: int, ask: Ask, ids: list[int]) -> None:
        encoder = ask.served.encoder
        if encoder.end_id in ids or len(ids) >= ask.row.decoding.max_new_tokens:
            draft = draft_of(encoder, ask.row, ids)
            self._tell(number, ask, draft.text)
            self._end(number, ask, draft)
        elif ask.heard is not None:
            self._tell(number, ask, settled(encoder, ids))

    def _tell(self, number: int, ask: Ask, text: str) -> None:
        told = self._told[number]
        if ask.heard is not None and len(text) > len(told):
            ask.heard(text[len(told) :])
            self._told[number] = text

    def _end(self, number: int, ask: Ask, found: Draft | RefusedError) -> None:
        self._done[number] = True
        ask.ended(found)


def settled(encoder: Encoder, ids: list[int]) -> str:
    """As much of an unfinished answer as no later token can change.

    Held back are blanks and half characters at its end, and what may yet become another speaker's name.
    """
    text, stray = cut(encoder, encoder.vocabulary.decode(turn_of(encoder, ids)))
    text = text.rstrip("\ufffd")
    if not stray:
        beginnings = [mark[:n] for mark in encoder.rendering.strays for n in range(1, len(mark))]
        longest = max((len(begun) for begun in beginnings if text.endswith(begun)), default=0)
        text = text[: len(text) - longest]
    return text.replace("\ufffd", "").strip()
