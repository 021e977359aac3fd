"""One run: data and a recipe in, an adapter with its run card out."""

from __future__ import annotations

import shutil
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import EarlyStoppingCallback, TrainerCallback, TrainingArguments

from finetune import manifest
from finetune.manifest import Manifest
from finetune.model import bases, loss, sharding, stock_template, travelling
from finetune.model.requirements import require_packages
from finetune.recipe import Recipe
from finetune.rendering import RENDERINGS
from finetune.score import answers
from finetune.score.data import form_encoder
from finetune.settings import process_count, process_rank
from finetune.training import checkpoints, heldout, loss_curve
from finetune.training.job import Job, opening, planned
from finetune.training.prepare import Source, encoder
from finetune.training.progress import Progress
from finetune.training.run_card import run_card
from finetune.training.trainer import Clock, DialogueTrainer
from finetune.training.watching import Divergence, Samples, contexts
from tasks.errors import InputError
from tasks.files import require_writable, write_json, write_jsonl

CHECKPOINTS = checkpoints.FOLDER
PROJECT = "kokoro-studio"
"""What a tracker files runs under."""
TORCH_WRITING = ("PytorchStreamWriter", "inline_container", "write failed")
"""How torch says, in a bare RuntimeError, that a file could not be written."""


def train(recipe: Recipe, data: Source, out: Path, *, resume: bool = False, shard: bool = False) -> Manifest:
    """Trains an adapter and writes it, its card, the split, the losses and the curve into `out`.

    Args:
        resume: go on from the newest whole checkpoint in `out`; without one, begin.
        shard: share the base's weights out over the processes, see `finetune.model.sharding`.

    Raises:
        InputError: `out` holds another run, weights or data are missing, memory runs out, or no token has a loss.
    """
    sharding.refuse_unshareable(recipe, shard)
    require_packages(recipe, training=True)
    _refuse_used(out, resume)
    require_writable(out)
    job = replace(planned(recipe, data, out), shard=shard)
    say(opening(job))
    if differs := stock_template.difference(job.base.folder, RENDERINGS[recipe.rendering]):
        say(f"note: {job.base.name} came with a chat template of its own, which is not used: {differs}")
    try:
        return _trained(job, resume)
    except torch.cuda.OutOfMemoryError as error:
        raise InputError(
            f"the GPU ran out of memory ({torch.cuda.get_device_name()}). Try, in this order: --card 24gb;"
            " --set gradient_checkpointing=true; half of tokens_per_batch with twice gradient_accumulation_steps;"
            " --set load_in_4bit=true"
        ) from error
    except (OSError, SafetensorError) as error:
        raise _unwritten(job, error) from error
    except RuntimeError as error:
        if not any(sign in str(error) for sign in TORCH_WRITING):
            raise
        raise _unwritten(job, error) from error


def _unwritten(job: Job, error: Exception) -> InputError:
    last, _ = checkpoints.latest(job.out / CHECKPOINTS)
    again = f"with --resume the same command goes on from {last.name}" if last else "no checkpoint was written yet"
    return InputError(
        f"{job.out}: the run cannot be written ({bases.first_line(error)}); is the disk full? Free space: {again}"
    )


def say(text: str) -> None:
    """A line for the terminal, from the first process alone."""
    if process_rank() == 0:
        print(text, file=sys.stderr, flush=True)


def _refuse_used(out: Path, resume: bool) -> None:
    if process_rank():  # the first process may have begun to write already; it alone can judge
        return
    checkpoints.refuse_used(out, resume=resume)


def _trained(job: Job, resume: bool) -> Manifest:
    checkpoint = _checkpoint(job) if resume else None
    clock = Clock(job.recipe.max_minutes, checkpoints.seconds_spent(checkpoint))
    progress, divergence = Progress(clock, job.steps, job.tokens()), Divergence()
    trainer = _trainer(job, clock, [progress, divergence, *_samples(job)])
    before = _before(job, trainer)
    with warnings.catch_warnings():
        # peft's and torch's hints about what a resumed or checkpointed run does; none changes the result.
        warnings.simplefilter("ignore")
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    if not trainer.state.global_step:
        raise InputError("no optimizer step was made; the data is smaller than one step's batches")
    seconds = clock.seconds
    trainer.evaluate()
    card = run_card(job, trainer, before, seconds, progress, diverged=divergence.seen)
    say(loss_curve.plotted(trainer.state.log_history))
    if trainer.is_world_process_zero():
        _write(job, trainer, card)
    return card


def _checkpoint(job: Job) -> Path | None:
    checkpoint, notes = checkpoints.of_run(job.out / CHECKPOINTS, _identity(job))
    for note in notes:
        say(note)
    return checkpoint


def _identity(job: Job) -> str:
    """What a run is of, whatever the number of processes: batches a step are what has to be the same."""
    recipe = job.recipe.model_copy(update={"gradient_accumulation_steps": 1})
    return f"{recipe.digest}:{job.prepared.digest}:{job.base.digest}:{job.group}"


def _samples(job: Job) -> list[TrainerCallback]:
    """Answers to the same contexts at each evaluation, where any are wanted of a model that answers."""
    recipe, held_out = job.recipe, job.prepared.held_out
    if not recipe.sample_answers or recipe.task != "respond":
        return []
    writer = encoder(job.base.vocabulary(), recipe)
    return [Samples(contexts(held_out, recipe.sample_answers), writer, job.out)]


def _trainer(job: Job, clock: Clock, watching: list[TrainerCallback]) -> DialogueTrainer:
    recipe = job.recipe
    device = bases.device_of()
    arguments = _arguments(job, device)  # starts the group of processes
    torch.manual_seed(recipe.seed)
    plain = bases.load(job.base, recipe, process_count() if job.shard else 1)
    loss.refuse_unlike(plain, job.base.name)
    model = bases.adapt(plain, recipe)
    _install_loss(job, bases.causal_of(model))
    if job.shard:
        sharding.share_out(model, device)
    if process_rank() == 0:
        checkpoints.note_recipe(job.out / CHECKPOINTS, _identity(job))
    stopping = [EarlyStoppingCallback(recipe.early_stopping_patience)] if recipe.early_stopping_patience else []
    trainer = DialogueTrainer(
        model=model,
        args=arguments,
        train=job.prepared.train,
        held_out=job.prepared.held_out,
        batches=job.batches,
        packing=recipe.packing,
        pad_id=job.base.vocabulary().pad_id,
        budget=recipe.tokens_per_batch,
        warmup=recipe.warmup_ratio,
        planned_steps=job.planned_steps,
        clock=clock,
        callbacks=[*watching, *stopping],
    )
    _drop_default_printing(trainer)
    return trainer


def _install_loss(job: Job, causal: Any) -> None:
    if job.recipe.task == "respond":
        loss.install(causal)
        return
    encoder = form_encoder(job.base.vocabulary(), job.recipe)
    answers.install(causal, answers.Places(encoder.digits, encoder.blank))


def _drop_default_printing(trainer: DialogueTrainer) -> None:
    from transformers import PrinterCallback, ProgressCallback

    for callback in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(callback)


def _arguments(job: Job, device: str) -> TrainingArguments:
    recipe = job.recipe
    save_steps = recipe.eval_steps if recipe.early_stopping_patience and recipe.eval_steps else recipe.save_steps
    return TrainingArguments(
        output_dir=str(job.out / CHECKPOINTS),
        per_device_train_batch_size=1,
        gradient_accumulation_steps=recipe.gradient_accumulation_steps,
        num_train_epochs=1,
        max_steps=job.steps,
        learning_rate=recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        max_grad_norm=recipe.max_grad_norm,
        optim=recipe.optim,
        bf16=bases.compute_dtype(recipe, device) == torch.bfloat16,
        use_cpu=device == "cpu",
        activation_checkpointing=recipe.gradient_checkpointing,
        activation_checkpointing_kwargs={"use_reentrant": False},
        train_sampling_strategy="sequential",
        remove_unused_columns=False,
        dataloader_pin_memory=device == "cuda",
        ddp_find_unused_parameters=False,
        eval_strategy="steps" if recipe.eval_steps else "no",
        eval_steps=recipe.eval_steps,
        save_strategy="steps",
        save_steps=save_steps,
        save_total_limit=2,
        load_best_model_at_end=bool(recipe.early_stopping_patience),
        metric_for_best_model="eval_loss",
        greater_is_better=False,
        logging_steps=recipe.logging_steps,
        logging_nan_inf_filter=False,
        report_to=recipe.report_to,
        project=PROJECT,
        run_name=recipe.name,
        seed=recipe.seed,
        disable_tqdm=True,
    )


def _before(job: Job, trainer: DialogueTrainer) -> tuple[heldout.DialogueLoss, ...]:
    """The base's held-out losses (a fresh adapter changes nothing), kept so that a resumed run measures them once."""
    known = checkpoints.losses_before(job.out / CHECKPOINTS)
    if known is None:
        trainer.evaluate()
        known = trainer.last_losses
        if process_rank() == 0:
            checkpoints.note_losses(job.out / CHECKPOINTS, known)
    return known


def _write(job: Job, trainer: DialogueTrainer, card: Manifest) -> None:
    """The adapter, then what describes it; the card last, so that a folder with a card is whole."""
    trainer.accelerator.unwrap_model(trainer.model).save_pretrained(str(job.out), save_embedding_layers=False)
    (job.out / "README.md").unlink(missing_ok=True)  # peft's template; `push` writes a real one
    travelling.carry(job.out, job.base, job.recipe)
    write_json(job.out / "splits.json", job.prepared.record)
    write_jsonl(job.out / "log.jsonl", trainer.state.log_history)
    before = {one.name: one for one in _before(job, trainer)}
    rows = (
        {"dialogue_id": one.name, "tokens": one.tokens, "loss_before": before[one.name].loss, "loss_after": one.loss}
        for one in trainer.last_losses
    )
    write_jsonl(job.out / "held_out.jsonl", rows)
    loss_curve.draw(trainer.state.log_history, card, job.out / "loss.svg")
    write_json(job.out / manifest.NAME, manifest.dumped(card))
    shutil.rmtree(job.out / CHECKPOINTS)
