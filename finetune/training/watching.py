"""What can be watched of a run as it goes: answers to the same contexts at each evaluation, and whether it diverges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from transformers import TrainerCallback

from finetune.data.encoding import Encoder
from finetune.data.tokens import Examples
from finetune.model.bases import causal_of
from finetune.model.sharding import is_shared
from tasks.errors import InputError
from tasks.files import read_jsonl, write_jsonl

NAME = "samples.jsonl"
MOST_TOKENS = 32
"""Of a sample."""
RISE = 1.0
"""Nats by which the training loss may stand above where it began."""
TIMES = 3
"""Logged losses in a row that must stand so high before a run is ended."""


class Context(NamedTuple):
    """Where a counsellor speaks in a held-out dialogue: its name, tokens before the answer, and their ids."""

    name: str
    position: int
    ids: list[int]


def contexts(held_out: Examples, count: int) -> list[Context]:
    """The middle counsellor turn of each of the first `count` held-out examples; fewer where there are fewer."""
    found = []
    for place in range(min(count, len(held_out))):
        example = held_out[place]
        starts = np.flatnonzero(example.targets[1:] & ~example.targets[:-1]) + 1
        start = int(starts[len(starts) // 2])
        found.append(Context(example.name, start, example.ids[:start].tolist()))
    return found


class Samples(TrainerCallback):  # type: ignore[misc]
    """At each evaluation, the likeliest answer to each context, into `samples.jsonl`; a resumed run goes on with it.

    Drawn without chance, so that answers of one run differ by what was learned alone. The file stays on this machine.
    """

    def __init__(self, chosen: Sequence[Context], encoder: Encoder, folder: Path) -> None:
        self._contexts, self._encoder, self._file = chosen, encoder, folder / NAME
        try:
            self._end: int | None = encoder.end_id
        except InputError:  # the end of a turn is no one token here; a sample runs on to its full length
            self._end = None

    def on_evaluate(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """Answers, on process 0 alone, or on all where weights are shared out; process 0 writes."""
        first = state.is_world_process_zero
        if not self._contexts or not (first or is_shared(causal_of(model))):
            return
        rows = self._rows(model, state.global_step)
        if not first:
            return
        before = [row for _, row in read_jsonl(self._file)] if self._file.is_file() else []
        kept = [row for row in before if row["step"] < state.global_step]
        write_jsonl(self._file, [*kept, *rows])

    def _rows(self, model: Any, step: int) -> list[dict[str, Any]]:
        training = model.training
        model.eval()
        try:
            texts = self._answers(causal_of(model))
        finally:
            model.train(training)
        return [
            {"step": step, "dialogue_id": context.name, "position": context.position, "text": text}
            for context, text in zip(self._contexts, texts, strict=True)
        ]

    def _answers(self, causal: Any) -> list[str]:
        """The likeliest answers, all in one left-padded batch."""
        pad_id, width = self._encoder.vocabulary.pad_id, max(len(context.ids) for context in self._contexts)
        lengths = [len(context.ids) for context in self._contexts]
        ids = [[pad_id] * (width - n) + context.ids for n, context in zip(lengths, self._contexts, strict=True)]
        mask = [[0] * (width - n) + [1] * n for n in lengths]
        half = torch.autocast(causal.device.type, dtype=torch.bfloat16, enabled=causal.dtype == torch.bfloat16)
        with torch.no_grad(), half:
            output = causal.generate(
                input_ids=torch.tensor(ids, device=causal.device),
                attention_mask=torch.tensor(mask, device=causal.device),
                do_sample=False,
                use_cache=True,
                max_new_tokens=MOST_TOKENS,
                eos_token_id=self._end,
                pad_token_id=pad_id,
            )
        return [self._encoder.vocabulary.decode(row).strip() for row in output[:, width:].tolist()]


class Divergence(TrainerCallback):  # type: ignore[misc]
    """Ends a run whose training loss is no number, or has stood `RISE` nats above its first one `TIMES` times in a row.

    Attributes:
        seen: whether it has ended the run.
    """

    def __init__(self) -> None:
        self.seen = False
        self._first: float | None = None
        self._high = 0

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
        """Looks at each logged training loss."""
        loss = (logs or {}).get("loss")
        if loss is None:
            return
        self._first = loss if self._first is None else self._first
        self._high = self._high + 1 if loss > self._first + RISE else 0
        if not math.isfinite(loss) or self._high >= TIMES:
            self.seen = control.should_training_stop = True
