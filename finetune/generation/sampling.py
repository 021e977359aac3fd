"""Drawing tokens row by row: each row of a batch has its own random source, so its draw depends on no other row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor
from transformers import LogitsProcessor

from finetune.generation.decoding import Decoding

NEVER = float("-inf")


class RowSampler(LogitsProcessor):  # type: ignore[misc]
    """Applies every decoding rule, draws, and leaves the drawn token as the only possible one.

    Given to transformers' greedy search, which keeps cache, padding and stopping.
    """

    def __init__(
        self,
        decodings: Sequence[Decoding],
        seeds: Sequence[int],
        prompt_length: int,
        end_id: int,
        banned: Iterable[int],
    ) -> None:
        """
        Args:
            decodings, seeds: one per row.
            prompt_length: columns of the padded prompts; what follows is the response.
            end_id: not drawn before `min_new_tokens`.
            banned: control tokens, never drawn (the end token aside).
        """
        self._decodings, self._start, self._end = tuple(decodings), prompt_length, end_id
        self._banned = torch.tensor(sorted(set(banned) - {end_id}), dtype=torch.int64)
        self._sources = [torch.Generator().manual_seed(seed) for seed in seeds]

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """scores [rows, vocabulary] -> the same with one finite entry a row."""
        scores = scores.float()
        scores[:, self._banned.to(scores.device)] = NEVER
        written = input_ids[:, self._start :].tolist()
        early = [len(written[0]) < decoding.min_new_tokens for decoding in self._decodings]
        scores[torch.tensor(early, device=scores.device), self._end] = NEVER
        drawn = [self._drawn(row, ids, scores[row].cpu()) for row, ids in enumerate(written)]
        only = torch.full_like(scores, NEVER)
        return only.scatter_(1, torch.tensor(drawn, device=scores.device)[:, None], 0.0)

    def _drawn(self, row: int, written: list[int], scores: Tensor) -> int:
        decoding = self._decodings[row]
        scores = penalised(scores, written, decoding.repetition_penalty)
        for token in repeating(written, decoding.no_repeat_ngram_size):
            if token != self._end:
                scores[token] = NEVER
        if decoding.temperature == 0:
            return int(scores.argmax())
        chances = nucleus(torch.softmax(scores / decoding.temperature, dim=0), decoding.top_p)
        return int(torch.multinomial(chances, 1, generator=self._sources[row]))


def penalised(scores: Tensor, written: Sequence[int], penalty: float) -> Tensor:
    """Scores [vocabulary] with those of written tokens divided by the penalty (multiplied where negative)."""
    if penalty == 1.0 or not written:
        return scores.clone()
    chosen = torch.tensor(sorted(set(written)))
    held = scores[chosen]
    return scores.clone().index_put_((chosen,), torch.where(held > 0, held / penalty, held * penalty))


def repeating(written: Sequence[int], size: int) -> set[int]:
    """Tokens that would make a run of `size` occur a second time; empty where `size` is 0."""
    if size < 1 or len(written) < size:
        return set()
    last = tuple(written[len(written) - size + 1 :])
    runs = (tuple(written[i : i + size]) for i in range(len(written) - size + 1))
    return {run[-1] for run in runs if run[:-1] == last}


def nucleus(chances: Tensor, top_p: float) -> Tensor:
    """Probabilities [vocabulary] outside the smallest set that holds `top_p` set to 0; the likeliest always stays."""
    if top_p >= 1.0:
        return chances
    ordered, places = chances.sort(descending=True, stable=True)
    outside = ordered.cumsum(0) - ordered >= top_p
    return chances.index_fill(0, places[outside], 0.0)
