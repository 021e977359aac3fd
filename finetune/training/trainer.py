"""`transformers.Trainer` over batches planned beforehand, with our loss, our evaluation and a clock."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch.utils.data import Dataset
from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_callback import ExportableState

from finetune.data.tokens import Examples
from finetune.model.bases import causal_of
from finetune.model.sharding import averaging, is_shared
from finetune.training import collate, heldout

LOWEST = 0.1
"""Share of the peak learning rate at the end of a run."""


class Batches(Dataset[list[int]]):  # type: ignore[misc]
    """The run's batches in order; the Trainer sees one long epoch, so that resuming only skips."""

    def __init__(self, batches: Sequence[Sequence[int]]) -> None:
        self._batches = batches

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> list[int]:
        return list(self._batches[index])


class Clock(TrainerCallback, ExportableState):  # type: ignore[misc]
    """Wall clock of training, kept across resumes; ends the run when `max_minutes` are over."""

    def __init__(self, max_minutes: float | None = None, spent_seconds: float = 0.0) -> None:
        self.max_minutes = max_minutes
        self.spent_seconds = spent_seconds
        self._since = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds of training so far, those before a resume included."""
        return self.spent_seconds + time.monotonic() - self._since

    @property
    def share(self) -> float:
        """How much of the time allowed is over, 0..1; 0 without a limit."""
        return min(1.0, self.seconds / (60 * self.max_minutes)) if self.max_minutes else 0.0

    def on_train_begin(self, args: Any, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        self._since = time.monotonic()

    def on_step_end(self, args: Any, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        if self.share >= 1.0:
            control.should_training_stop = True
            control.should_save = True

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {"args": {"max_minutes": self.max_minutes, "spent_seconds": self.seconds}, "attributes": {}}


def warmup_steps(ratio: float, steps: int) -> int:
    """Whole optimizer steps of warm-up: the ratio of the run's, rounded up; 0 without a ratio."""
    return math.ceil(ratio * steps)


def schedule(ratio: float, steps: int, clock: Clock) -> Callable[[int], float]:
    """Learning-rate factor of a step, in (0, 1]: linear warm-up over whole steps, then a cosine to `LOWEST`.

    It goes by steps or by time, whichever is further on. Without a time limit it depends on the step alone, so that a
    resumed run equals an unbroken one.

    Args:
        ratio: share of the run that is warm-up, 0 <= ratio < 1.
        steps: optimizer steps of the whole run, at least 1.
    """
    warm = warmup_steps(ratio, steps)

    def factor(step: int) -> float:
        if step < warm and clock.share < ratio:
            return max(max(step, 1) / warm, clock.share / ratio)
        turned = (max(step / steps, clock.share) - ratio) / (1 - ratio)
        return LOWEST + (1 - LOWEST) * 0.5 * (1 + math.cos(math.pi * min(1.0, max(0.0, turned))))

    return factor


class DialogueTrainer(Trainer):  # type: ignore[misc]
    """A Trainer whose losses are sums over target tokens divided by the target tokens of the whole optimizer step."""

    control: TrainerControl
    lr_scheduler: Any

    def __init__(
        self,
        *,
        model: Any,
        args: TrainingArguments,
        train: Examples,
        held_out: Examples,
        batches: Sequence[Sequence[int]],
        packing: bool,
        pad_id: int,
        budget: int,
        warmup: float,
        planned_steps: int,
        clock: Clock,
        callbacks: list[TrainerCallback],
    ) -> None:
        def collated(drawn: list[list[int]]) -> dict[str, torch.Tensor]:
            chosen = [train[i] for i in drawn[0]]
            return collate.packed(chosen, pad_id) if packing else collate.padded(chosen, pad_id)

        super().__init__(
            model=model,
            args=args,
            train_dataset=Batches(batches),
            eval_dataset=Batches([[i] for i in range(len(held_out))]),
            data_collator=collated,
            callbacks=[clock, *callbacks],
        )
        self.model_accepts_loss_kwargs = True  # the loss below is already divided over the whole step
        self.clock = clock
        self.tokens_seen = 0
        self.last_losses: tuple[heldout.DialogueLoss, ...] = ()
        self._held_out, self._pad_id, self._budget = held_out, pad_id, budget
        self._warmup, self._planned_steps = warmup, planned_steps

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """A LambdaLR of `schedule`."""
        if getattr(self, "lr_scheduler", None) is None:
            factor = schedule(self._warmup, self._planned_steps, self.clock)
            self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer or self.optimizer, factor)
            self._created_lr_scheduler = True
        return self.lr_scheduler

    def get_batch_samples(self, epoch_iterator: Iterator[Any], num_batches: int, device: Any) -> tuple[list[Any], Any]:
        """The step's batches on this process, and the target tokens of the step on all of them."""
        batches = [batch for _, batch in zip(range(num_batches), epoch_iterator, strict=False)]
        items = sum((batch["targets"][:, 1:].sum() for batch in batches), start=torch.zeros((), dtype=torch.int64))
        self.tokens_seen += sum(int(batch["input_ids"].numel()) for batch in batches) * int(self.args.world_size)
        return batches, self.accelerator.gather(items.to(device)).sum()

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """Sum over targets / targets of the step; times the processes, whose gradients are averaged."""
        outputs = model(**inputs, items=num_items_in_batch)
        loss = outputs["loss"] * self.accelerator.num_processes
        return (loss, outputs) if return_outputs else loss

    def _wrap_model(self, model: Any, training: bool = True, dataloader: Any = None) -> Any:
        """Shared-out weights are not for accelerate to wrap: it takes no model of which only a part is split."""
        if not is_shared(causal_of(model)) or not training:
            return super()._wrap_model(model, training, dataloader)
        prepared = self.accelerator.prepare_model(model, device_placement=False, evaluation_mode=True)
        return averaging(prepared, self.args.device.type)

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Held-out loss per counsellor token, every process measuring its share; logged as `eval_loss`."""
        model = self.accelerator.unwrap_model(self.model)
        share = heldout.measured(
            model,
            self._held_out,
            budget=self._budget,
            pad_id=self._pad_id,
            rank=self.args.process_index,
            processes=self.args.world_size,
        )
        self.last_losses = tuple(sorted(self._gathered(list(share))))
        metrics = {"eval_loss": heldout.mean(self.last_losses)}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def _gathered(self, losses: list[heldout.DialogueLoss]) -> list[heldout.DialogueLoss]:
        if self.args.world_size == 1:
            return losses
        shares: list[Any] = [None] * self.args.world_size
        torch.distributed.all_gather_object(shares, losses)
        return [one for share in shares for one in share]
