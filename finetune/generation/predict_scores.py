"""Scores dialogues: each one's 20 ratings and 3 flags, in one forward pass, or as JSON that a model writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch
from tqdm import tqdm  # type: ignore[import-untyped]

from finetune.data.encoding import Encoder
from finetune.generation.decoding import Decoding
from finetune.generation.engine import TorchEngine
from finetune.manifest import DEMONSTRATION, now, versions
from finetune.model import bases, systems
from finetune.model.systems import Asked
from finetune.partial import Rows
from finetune.recipe import Recipe
from finetune.score import answers, form, json_form
from finetune.score.data import form_encoder
from finetune.score.form import Fitted, Transcript
from finetune.training import batching, collate
from finetune.training.prepare import encoder
from tasks.data.predictions import Prediction
from tasks.errors import InputError
from tasks.files import require_writable
from tasks.schema import Turn

Mode = Literal["form", "json"]
DEFAULT = "embedded-score"
"""Names the base where neither an adapter nor --recipe does."""
JSON_TOKENS = 480
"""Tokens of a whole JSON answer, with room to spare."""


class Asking(NamedTuple):
    """What is scored with what: the system, `form` or `json`, facts of the split, longest input in tokens."""

    system: str
    mode: Mode
    split: dict[str, Any]
    recipe: str | None = None
    max_length: int | None = None


def asked(asking: Asking) -> Asked:
    """The system: its base and adapter found, its recipe turned to scoring.

    Raises:
        InputError: it is not there, or its adapter was trained to respond, not to score.
    """
    base = asking.recipe or (DEFAULT if asking.system == "base" else None)
    (system,) = systems.asked([f"model={asking.system}"], base)
    if asking.mode == "form" and system.card is not None and system.recipe.task != "score":
        raise InputError(
            f"{asking.system}: was trained with recipe {system.recipe.name} to respond, not to score; train one with:"
            " python -m finetune train score (or embedded-score), or ask it for JSON with --mode json"
        )
    return Asked(system.system_id, system.base, _scoring(system.recipe, asking), system.adapter, system.card)


def _scoring(recipe: Recipe, asking: Asking) -> Recipe:
    changed: dict[str, Any] = {}
    if recipe.task != "score":
        changed = {"task": "score", "system_prompt": "score-ja-1", "system_prompt_text": ""}
    if asking.mode == "json":
        changed |= {"system_prompt": "", "system_prompt_text": ""}
    if asking.max_length:
        changed["max_length"] = asking.max_length
    return recipe.model_copy(update=changed)


def score(asking: Asking, system: Asked, transcripts: Sequence[Transcript], out: Path) -> Path:
    """Writes a predictions file and its manifest; an interrupted run of the same goes on.

    Raises:
        InputError: a dialogue was trained on, does not fit, or `out` holds other predictions.
    """
    _refuse_trained(system, transcripts)
    require_writable(out.parent)
    rows = Rows(out.parent, out.stem, _card(asking, system, transcripts), "dialogue_id")
    if rows.finished():
        return out
    missing = [transcript for transcript in transcripts if transcript.name not in rows.done]
    if missing:
        model = systems.loaded([system], measured=asking.mode == "form")
        reader: Form | Json = Form(model, system) if asking.mode == "form" else Json(model, system)
        with tqdm(total=len(missing), unit="dialogue", desc=system.base.name) as bar, systems.switched(model, system):
            for predictions in reader.predictions(missing):
                rows.add(prediction.model_dump(mode="json") for prediction in predictions)
                bar.update(len(predictions))
    return rows.finish([transcript.name for transcript in transcripts])


def _refuse_trained(system: Asked, transcripts: Sequence[Transcript]) -> None:
    trained = [transcript.name for transcript in transcripts if transcript.name in system.trained_on]
    if trained:
        raise InputError(
            f"{len(trained)} of the {len(transcripts)} dialogues were trained on (the first: {trained[0]}); score"
            " another part, with the split the adapter was trained with"
        )


@dataclass(frozen=True)
class Form:
    """Reads 23 distributions from an open form in one pass per batch."""

    model: Any
    system: Asked

    def predictions(self, transcripts: Sequence[Transcript]) -> Iterator[list[Prediction]]:
        """Batches of predictions, longest dialogues first."""
        recipe, vocabulary = self.system.recipe, self.system.base.vocabulary()
        writer = form_encoder(vocabulary, recipe)
        places = answers.Places(writer.digits, writer.blank)
        fitted = [writer.example(transcript, None, recipe.max_length) for transcript in transcripts]
        order = sorted(range(len(fitted)), key=lambda i: (-len(fitted[i].example.ids), i))
        lengths = [len(form.example.ids) for form in fitted]
        for batch in batching.filled(order, lengths, recipe.tokens_per_batch):
            yield self._batch([fitted[i] for i in batch], places, vocabulary.pad_id)

    def _batch(self, fitted: Sequence[Fitted], places: answers.Places, pad_id: int) -> list[Prediction]:
        causal = bases.causal_of(self.model)
        inputs = {k: v.to(causal.device) for k, v in collate.padded([f.example for f in fitted], pad_id).items()}
        with torch.inference_mode():
            chances = torch.softmax(answers.logits(causal, places, inputs.pop("targets"), **inputs).double(), dim=-1)
        return [_prediction(form, rows) for form, rows in zip(fitted, chances.tolist(), strict=True)]


def _prediction(fitted: Fitted, chances: Sequence[Sequence[float]]) -> Prediction:
    """`chances` [23][6]; ties go to the lower value."""
    items = tuple(tuple(round(chance, 6) for chance in row) for row in chances[: len(form.LINES)])
    flags = tuple(round(row[1], 6) for row in chances[len(form.LINES) :])
    return Prediction(
        dialogue_id=fitted.example.name,
        values=tuple(row.index(max(row)) for row in items),
        flags=tuple(chance > 0.5 for chance in flags),
        chances=items,
        flag_chances=flags,
        cut_turns=fitted.cut_turns,
    )


@dataclass(frozen=True)
class Json:
    """Asks for JSON, one dialogue at a time, always the likeliest token; reads it under constraints."""

    model: Any
    system: Asked

    def predictions(self, transcripts: Sequence[Transcript]) -> Iterator[list[Prediction]]:
        """One prediction at a time."""
        decoding = Decoding(
            max_new_tokens=JSON_TOKENS, temperature=0, repetition_penalty=1.0, no_repeat_ngram_size=0, batch_size=1
        )
        writer = encoder(self.system.base.vocabulary(), self.system.recipe)
        engine = TorchEngine(self.model, writer, decoding)
        for transcript in transcripts:
            ids, cut = json_prompt(writer, transcript, self.system.recipe.max_length)
            (draft,) = engine.answer([ids], [0])
            read = json_form.parse(draft.text)
            yield [
                Prediction(
                    dialogue_id=transcript.name,
                    values=read.values,
                    flags=read.flags,
                    cut_turns=cut,
                    problems=read.problems,
                )
            ]


def json_prompt(writer: Encoder, transcript: Transcript, limit: int) -> tuple[list[int], int]:
    """Ids of the request, and how many turns at the dialogue's beginning were left out to fit the limit.

    Raises:
        InputError: not even the last turn fits.
    """
    for cut in range(len(transcript.turns)):
        shorter = transcript._replace(turns=transcript.turns[cut:])
        ids = writer.prompt([Turn(role="client", text=json_form.question(shorter))])
        if len(ids) <= limit:
            return ids, cut
    raise InputError(f"dialogue {transcript.name}: its last turn and the request do not fit {limit} tokens")


def _card(asking: Asking, system: Asked, transcripts: Sequence[Transcript]) -> dict[str, Any]:
    return {
        "format_version": 1,
        "kind": "predictions",
        "system": asking.system,
        "made_at": now(),
        "note": DEMONSTRATION if system.base.demonstration else "",
        **systems.made_by(system),
        "mode": asking.mode,
        "form_digest": form.DIGEST if asking.mode == "form" else json_form.DIGEST,
        "rendering": system.recipe.rendering,
        "system_prompt": system.recipe.system_prompt,
        "strip_meta": system.recipe.strip_meta,
        "max_length": system.recipe.max_length,
        "split": asking.split,
        "dialogues": [transcript.name for transcript in transcripts],
        "dtype": str(bases.compute_dtype(system.recipe, bases.device_of())).removeprefix("torch."),
        "versions": versions(),
    }
