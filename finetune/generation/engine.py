"""Prompts in, drafts out: one pass of a model over a batch whose rows have settings, seeds and listeners of their own.

`Engine` is the whole of what a run asks of a model, so that another engine (a server, see `remote`) can stand in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor
from transformers import LogitsProcessorList, StoppingCriteria, StoppingCriteriaList

from finetune.data.encoding import Encoder
from finetune.generation.decoding import Decoding
from finetune.generation.sampling import RowSampler


class Draft(NamedTuple):
    """What an engine gives for one prompt: text, tokens drawn, why it stopped (`end`, `length` or `stray`)."""

    text: str
    tokens: int
    stop: str


class Row(NamedTuple):
    """One prompt of a batch, with what decides its draw."""

    prompt: Sequence[int]
    seed: int
    decoding: Decoding


Watch = Callable[[list[list[int]]], Sequence[bool]]
"""Hears the ids drawn so far [rows][n] after every token; says which rows nobody waits for any more."""


class Engine(Protocol):
    """Answers prompts."""

    def answer(self, prompts: Sequence[Sequence[int]], seeds: Sequence[int]) -> list[Draft]:
        """One Draft per prompt, drawn with its own seed."""


@dataclass
class TorchEngine:
    """transformers on this machine; `model` has the system's adapter switched on, or none."""

    model: Any
    encoder: Encoder
    decoding: Decoding

    def answer(self, prompts: Sequence[Sequence[int]], seeds: Sequence[int]) -> list[Draft]:
        """Left-padded, one pass; stops each row at the end of the turn."""
        rows = [Row(prompt, seed, self.decoding) for prompt, seed in zip(prompts, seeds, strict=True)]
        return drafts(self.model, self.encoder, rows)


def drafts(model: Any, encoder: Encoder, rows: Sequence[Row], watch: Watch | None = None) -> list[Draft]:
    """One Draft per row, in one left-padded pass; `model` has the system's adapter switched on, or none.

    A row ends with its turn, at its own `max_new_tokens`, or when `watch` says that nobody waits for it.
    """
    vocabulary, end = encoder.vocabulary, encoder.end_id
    width = max(len(row.prompt) for row in rows)
    pads = [[vocabulary.pad_id] * (width - len(row.prompt)) for row in rows]
    ids = torch.tensor([[*pad, *row.prompt] for pad, row in zip(pads, rows, strict=True)])
    mask = torch.tensor([[0] * len(pad) + [1] * (width - len(pad)) for pad in pads])
    decodings = [row.decoding for row in rows]
    sampler = RowSampler(decodings, [row.seed for row in rows], width, end, vocabulary.controls())
    with torch.inference_mode():
        output = model.generate(
            input_ids=ids.to(model.device),
            attention_mask=mask.to(model.device),
            logits_processor=LogitsProcessorList([sampler]),
            stopping_criteria=StoppingCriteriaList([_Ends(decodings, width, watch)]),
            do_sample=False,
            use_cache=True,
            max_new_tokens=max(decoding.max_new_tokens for decoding in decodings),
            eos_token_id=end,
            pad_token_id=vocabulary.pad_id,
        )
    written = output[:, width:].tolist()
    return [draft_of(encoder, row, ids) for ids, row in zip(written, rows, strict=True)]


class _Ends(StoppingCriteria):  # type: ignore[misc]
    """Ends rows at their own length, and those nobody waits for."""

    def __init__(self, decodings: Sequence[Decoding], prompt_length: int, watch: Watch | None) -> None:
        self._most = torch.tensor([decoding.max_new_tokens for decoding in decodings])
        self._start, self._watch = prompt_length, watch

    def __call__(self, input_ids: Tensor, scores: Any, **_: Any) -> Tensor:
        ended = self._most <= input_ids.shape[1] - self._start
        if self._watch is not None:
            ended = ended | torch.tensor(list(self._watch(input_ids[:, self._start :].tolist())))
        return ended.to(input_ids.device)


def draft_of(encoder: Encoder, row: Row, ids: list[int]) -> Draft:
    """What the ids drawn for a row come to; those after its end are padding."""
    ids = ids[: row.decoding.max_new_tokens]
    stop = "end" if encoder.end_id in ids else "length"
    ids = turn_of(encoder, ids)
    text, stray = cut(encoder, encoder.vocabulary.decode(ids))
    return Draft(text.replace("\ufffd", "").strip(), len(ids), "stray" if stray else stop)


def turn_of(encoder: Encoder, ids: list[int]) -> list[int]:
    """Drawn ids up to the end of the turn."""
    return ids[: ids.index(encoder.end_id)] if encoder.end_id in ids else ids


def cut(encoder: Encoder, text: str) -> tuple[str, bool]:
    """The text before another speaker's turn begins in it, and whether one does."""
    found = [text.find(stray) for stray in encoder.rendering.strays if stray in text]
    return (text[: min(found)], True) if found else (text, False)
