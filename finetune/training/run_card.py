"""The run card of a finished run: what it was made of, and what came of it."""

from __future__ import annotations

import math
import sys
from typing import Literal

import torch

from finetune import licences, manifest
from finetune.data.preferences import Preferences
from finetune.manifest import BaseCard, DataCard, Manifest, Metrics
from finetune.model import bases
from finetune.settings import process_count
from finetune.training import heldout
from finetune.training.job import Job
from finetune.training.progress import Progress
from finetune.training.trainer import DialogueTrainer


def run_card(
    job: Job,
    trainer: DialogueTrainer,
    before: tuple[heldout.DialogueLoss, ...],
    seconds: float,
    progress: Progress,
    *,
    diverged: bool,
) -> Manifest:
    """The card of a run that has just ended.

    Args:
        before: the base's held-out losses.
        seconds: of training, those before a resume included.
        diverged: it was ended for that.
    """
    recipe, base, prepared = job.recipe, job.base, job.prepared
    device = bases.device_of()
    based = BaseCard(
        backend=recipe.backend,
        name=base.name,
        revision=recipe.model_revision,
        digest=base.digest,
        folder=str(base.folder),
    )
    return Manifest(
        name=recipe.name,
        made_at=manifest.now(),
        note=manifest.DEMONSTRATION if base.demonstration else "",
        recipe=recipe,
        recipe_digest=recipe.digest,
        base=based,
        prompt=manifest.prompt_card(recipe),
        data=DataCard(
            digest=prepared.digest,
            source=(job.source.file if isinstance(job.source, Preferences) else job.source).name,
            dialogues=prepared.train.dialogues,
            examples=len(prepared.train),
            lost_targets=prepared.train.lost,
            tokens=len(prepared.train.ids),
            targets=prepared.train.target_count,
            held_out_dialogues=len(prepared.held_out),
            truncated=prepared.train.truncated,
            dropped=prepared.train.dropped,
        ),
        dtype=str(bases.compute_dtype(recipe, device)).removeprefix("torch."),
        device=torch.cuda.get_device_name() if device == "cuda" else "cpu",
        processes=process_count(),
        metrics=_metrics(job, trainer, heldout.mean(before), seconds, progress, diverged),
        versions=manifest.versions(),
        licences=(
            *licences.of_data(str(prepared.record.get("source", ""))),
            *licences.of_base(recipe.backend, based.public_name, base.folder),
        ),
    )


def _metrics(
    job: Job, trainer: DialogueTrainer, before: float, seconds: float, progress: Progress, diverged: bool
) -> Metrics:
    step = trainer.state.global_step
    logged = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry][-5:]
    tokens, after = job.tokens(), heldout.mean(trainer.last_losses)
    return Metrics(
        held_out_loss_before=before,
        held_out_loss_after=after if math.isfinite(after) else None,
        train_loss=sum(logged) / len(logged) if logged else None,
        steps=step,
        epochs=tokens[step - 1] / len(job.prepared.train.ids),
        tokens=tokens[step - 1],
        seconds=seconds,
        tokens_per_second=progress.rate(step),
        peak_gigabytes=peak_gigabytes(),
        ended="diverged" if diverged else _ended(job, trainer),
    )


def _ended(job: Job, trainer: DialogueTrainer) -> Literal["whole", "max_minutes", "max_steps", "early_stopping"]:
    if trainer.clock.share >= 1.0:
        return "max_minutes"
    if trainer.state.global_step < job.steps:
        return "early_stopping"
    return "whole" if job.steps == job.planned_steps else "max_steps"


def peak_gigabytes() -> float | None:
    """Peak memory so far, GB, of the GPU where there is one, else of the process; None on Windows, which tells none."""
    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated()) / 1e9
    if sys.platform == "win32":
        return None
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9
