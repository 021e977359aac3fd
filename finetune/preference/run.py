"""One run on preferences: a start and pairs in, an adapter with its run card out."""

from __future__ import annotations

import math
import shutil
import warnings
from pathlib import Path
from typing import Any, Literal

import torch
from transformers import TrainerCallback

from finetune import licences, manifest
from finetune.manifest import DataCard, Manifest, Metrics, Preferred
from finetune.model import bases, travelling
from finetune.preference import heldout
from finetune.preference.heldout import Likelihood, Told
from finetune.preference.pairs import LEFT_OUT, Pairs, prepare
from finetune.preference.start import Start, found, loaded
from finetune.preference.trainer import trainer
from finetune.preference_recipe import PreferenceRecipe
from finetune.settings import process_count
from finetune.training import checkpoints, loss_curve
from finetune.training.prepare import encoder
from finetune.training.run_card import peak_gigabytes
from finetune.training.train import say
from finetune.training.trainer import Clock
from finetune.training.watching import Divergence
from tasks.errors import InputError
from tasks.files import require_writable, sha256_texts, write_json, write_jsonl


def prefer(
    named: str, file: Path, out: Path, settings: PreferenceRecipe, *, simulated: bool = False, resume: bool = False
) -> Manifest:
    """Trains an adapter on preferences and writes it, its card, the split and what held-out pairs say into `out`.

    Args:
        named: what it begins from and is held to: an adapter or model, by folder or Hub id.
        file: pairs as `results pairs` writes them, or any JSONL of trl's prompt, chosen, rejected.
        simulated: rows that no person preferred are wanted, too.
        resume: go on from the newest whole checkpoint in `out`; without one, begin.

    Raises:
        InputError: `out` holds another run, the start or the pairs cannot be used.
    """
    if process_count() > 1:
        raise InputError("prefer runs as one process; start it without torch.distributed.run")
    checkpoints.refuse_used(out, resume=resume)
    require_writable(out)
    start = found(named)
    recipe, base = start.system.recipe, start.system.base
    pairs = prepare(file, recipe, settings, encoder(base.vocabulary(), recipe), simulated=simulated)
    for line in opening(start, settings, pairs):
        say(line)
    checkpoint = _checkpoint(out / checkpoints.FOLDER, start, settings, pairs) if resume else None
    return _Run(start, settings, pairs, file, out).finished(checkpoint)


def _checkpoint(folder: Path, start: Start, settings: PreferenceRecipe, pairs: Pairs) -> Path | None:
    checkpoint, notes = checkpoints.of_run(folder, _identity(start, settings, pairs))
    for note in notes:
        say(note)
    return checkpoint


def _identity(start: Start, settings: PreferenceRecipe, pairs: Pairs) -> str:
    """What decides the weights of a run; how often it logs, saves and looks does not."""
    decides = settings.model_dump_json(exclude={"logging_steps", "save_steps", "eval_steps", "report_to"})
    return sha256_texts(decides, pairs.digest, start.digest, start.system.base.digest)


def opening(start: Start, settings: PreferenceRecipe, pairs: Pairs) -> list[str]:
    """The first lines of a run: what is learned from, what is not, on which start."""
    dialogues = len({pair.row.group for pair in pairs.train})
    lines = [
        f"{settings.method}: {len(pairs.train)} pairs of {dialogues} dialogues, {len(pairs.held_out)} pairs of"
        f" {len(pairs.record['held_out'])} held out; begins from {start.name}, base {start.system.base.name}"
    ]
    lines += [f"left out: {count} pairs, because {LEFT_OUT[why]}" for why, count in sorted(pairs.left_out.items())]
    if pairs.shortened:
        lines.append(f"{pairs.shortened} prompts lost their oldest turns (max_length {settings.max_length})")
    return lines


class _Run(TrainerCallback):  # type: ignore[misc]
    """The model in training, with what it said of the held-out pairs before."""

    def __init__(self, start: Start, settings: PreferenceRecipe, pairs: Pairs, file: Path, out: Path) -> None:
        self.start, self.settings, self.pairs, self.file, self.out = start, settings, pairs, file, out
        torch.manual_seed(settings.seed)
        self.name = f"{start.name}-{settings.method}"
        recipe, base = start.system.recipe, start.system.base
        with warnings.catch_warnings():
            # trl and peft ask transformers by names that it is about to drop; theirs to mend
            warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
            self.model = loaded(start)
            self.before = self._likelihoods()
            folder = out / checkpoints.FOLDER
            checkpoints.note_recipe(folder, _identity(start, settings, pairs))
            self.trainer = trainer(self.model, base, recipe, settings, pairs.train, str(folder), self.name)
        self.divergence = Divergence()
        self.trainer.add_callback(self)
        self.trainer.add_callback(self.divergence)

    def finished(self, checkpoint: Path | None) -> Manifest:
        """Trains (on from a checkpoint), measures, writes."""
        clock = Clock(spent_seconds=checkpoints.seconds_spent(checkpoint))
        self.trainer.add_callback(clock)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the libraries' hints to one another; none changes the result
            self.trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        seconds = clock.seconds
        told = self._told()
        self._log(told)
        say(loss_curve.plotted(self.trainer.state.log_history))
        card = self._card(told, seconds)
        self._write(told, card)
        return card

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
        """A line for the terminal."""
        if logs and "loss" in logs:
            say(f"  step {state.global_step}/{state.max_steps}  loss {logs['loss']:.4f}")

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """A look at the held-out pairs where one is due; after the last step there is one anyway."""
        every = self.settings.eval_steps
        if every and state.global_step % every == 0 and state.global_step < state.max_steps:
            self._log(self._told())

    def _likelihoods(self) -> list[Likelihood]:
        base, budget = self.start.system.base, self.start.system.recipe.tokens_per_batch
        return heldout.likelihoods(self.model, self.pairs.held_out, budget=budget, pad_id=base.vocabulary().pad_id)

    def _told(self) -> list[Told]:
        return heldout.told(self.pairs.held_out, self.before, self._likelihoods())

    def _log(self, told: list[Told]) -> None:
        loss, right = heldout.loss(told, self.settings.beta), heldout.accuracy(told)
        say(f"  held out: loss {loss:.4f} nats per pair, {right:.0%} of preferences right (mean over dialogues)")
        self.trainer.log({"eval_loss": loss, "eval_accuracy": right})

    def _card(self, told: list[Told], seconds: float) -> Manifest:
        start, pairs, recipe = self.start, self.pairs, self.start.system.recipe
        device = bases.device_of()
        return Manifest(
            name=self.name,
            made_at=manifest.now(),
            note=manifest.DEMONSTRATION if start.system.base.demonstration else "",
            recipe=recipe,
            recipe_digest=recipe.digest,
            base=start.base,
            prompt=manifest.prompt_card(recipe),
            data=DataCard(
                digest=pairs.digest,
                source=self.file.name,
                dialogues=len(pairs.record["trained"]),
                examples=len(pairs.train),
                tokens=sum(pair.tokens for pair in pairs.train),
                targets=sum(len(pair.chosen) + len(pair.rejected) for pair in pairs.train),
                held_out_dialogues=len(pairs.record["held_out"]),
                truncated=pairs.shortened,
                dropped=sum(pairs.left_out.values()),
            ),
            dtype=str(bases.compute_dtype(recipe, device)).removeprefix("torch."),
            device=torch.cuda.get_device_name() if device == "cuda" else "cpu",
            processes=1,
            metrics=self._metrics(told, seconds),
            preferred=Preferred(
                settings=self.settings,
                start=start.digest,
                pairs=len(pairs.train),
                left_out=pairs.left_out,
                simulated=pairs.record["simulated"],
                held_out_pairs=len(told),
                right_pairs=sum(pair.gain > 0 for pair in told),
                accuracy=heldout.accuracy(told),
            ),
            versions=manifest.versions(),
            licences=tuple(dict.fromkeys((*licences.of_data("preferences"), *start.licences))),
        )

    def _metrics(self, told: list[Told], seconds: float) -> Metrics:
        state, after = self.trainer.state, heldout.loss(told, self.settings.beta)
        logged = [entry["loss"] for entry in state.log_history if "loss" in entry][-5:]
        epochs = float(state.epoch or 0.0)
        tokens = round(epochs * sum(pair.tokens for pair in self.pairs.train))
        return Metrics(
            held_out_loss_before=math.log(2),
            held_out_loss_after=after if math.isfinite(after) else None,
            train_loss=sum(logged) / len(logged) if logged else None,
            steps=state.global_step,
            epochs=epochs,
            tokens=tokens,
            seconds=seconds,
            tokens_per_second=tokens / max(seconds, 1e-9),
            peak_gigabytes=peak_gigabytes(),
            ended=self._ended(),
            loss_of="pair",
        )

    def _ended(self) -> Literal["whole", "max_steps", "diverged"]:
        if self.divergence.seen:
            return "diverged"
        return "max_steps" if self.trainer.state.max_steps == self.settings.max_steps else "whole"

    def _write(self, told: list[Told], card: Manifest) -> None:
        """The adapter, then what describes it; the card last, so that a folder with a card is whole."""
        self.model.save_pretrained(str(self.out), selected_adapters=["default"], save_embedding_layers=False)
        (self.out / "README.md").unlink(missing_ok=True)  # peft's template; `push` writes a real one
        travelling.carry(self.out, self.start.system.base, self.start.system.recipe)
        record, known = self.pairs.record, self.start.split
        both = {name: sorted({*record[name], *known.get(name, ())}) for name in ("trained", "preferred")}
        write_json(self.out / "splits.json", {**record, **both})
        write_jsonl(self.out / "log.jsonl", self.trainer.state.log_history)
        write_jsonl(self.out / "held_out.jsonl", [pair.line for pair in told])
        loss_curve.draw(self.trainer.state.log_history, card, self.out / "loss.svg")
        write_json(self.out / manifest.NAME, manifest.dumped(card))
        shutil.rmtree(self.out / checkpoints.FOLDER)
