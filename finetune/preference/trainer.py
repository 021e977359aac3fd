"""trl's trainers of preferences over ids made here, so that a model reads the prompts it will be asked with."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import torch
from datasets import Dataset
from transformers import PreTrainedTokenizerFast, PrinterCallback, ProgressCallback
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer
from trl.trainer.dpo_trainer import DataCollatorForPreference
from trl.trainer.kto_trainer import DataCollatorForUnpairedPreference

from finetune.data.vocabulary import PADS
from finetune.model import bases
from finetune.model.bases import Base
from finetune.preference.pairs import Pair
from finetune.preference_recipe import PreferenceRecipe
from finetune.recipe import Recipe
from finetune.training.train import PROJECT
from finetune.training.trainer import Clock, schedule


class _Prepared:
    """Takes a data set that is tokenised already as it is, and warms up over whole steps."""

    args: Any
    optimizer: Any
    lr_scheduler: Any

    def _prepare_dataset(self, dataset: Dataset, *_: Any, **__: Any) -> Dataset:
        return dataset

    def create_model_card(self, *_: Any, **__: Any) -> None:
        """None: a checkpoint is nobody's to read."""

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """A LambdaLR of `training.trainer.schedule`."""
        if getattr(self, "lr_scheduler", None) is None:
            factor = schedule(float(self.args.warmup_steps), num_training_steps, Clock())
            self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer or self.optimizer, factor)
            self._created_lr_scheduler = True
        return self.lr_scheduler


class Dpo(_Prepared, DPOTrainer):  # type: ignore[misc]
    """trl's DPO."""


class Kto(_Prepared, KTOTrainer):  # type: ignore[misc]
    """trl's KTO."""


def trainer(
    model: Any, base: Base, recipe: Recipe, settings: PreferenceRecipe, pairs: Sequence[Pair], out: str, name: str
) -> Any:
    """A trainer of `settings.method` that is ready to train.

    Args:
        model: a PeftModel; its adapter as it stands is what it is held to. trl keeps the copy.
        out: a folder for checkpoints.
        name: of the run, for a tracker.
    """
    pad_id = base.vocabulary().pad_id
    shuffled = random.Random(settings.seed).sample(list(pairs), len(pairs))
    arguments = _arguments(recipe, settings, out, name)
    if settings.method == "dpo":
        made = Dpo(
            model=model,
            processing_class=_tokenizer(base),
            args=DPOConfig(**arguments),
            train_dataset=Dataset.from_list([_pair(pair) for pair in shuffled]),
            data_collator=DataCollatorForPreference(pad_token_id=pad_id),
        )
    else:
        made = Kto(
            model=model,
            processing_class=_tokenizer(base),
            args=KTOConfig(**arguments),
            train_dataset=Dataset.from_list(_alone(shuffled, settings.per_device_train_batch_size)),
            data_collator=DataCollatorForUnpairedPreference(pad_token_id=pad_id),
        )
    for callback in (PrinterCallback, ProgressCallback):
        made.remove_callback(callback)
    return made


def _pair(pair: Pair) -> dict[str, Any]:
    return {"prompt_ids": pair.prompt, "chosen_ids": pair.chosen, "rejected_ids": pair.rejected}


def _alone(pairs: Sequence[Pair], size: int) -> list[dict[str, Any]]:
    """Each text alone. Beside it stands its neighbour's in the batch, from which KTO estimates how far it has moved."""
    rows = [
        {"prompt_ids": pair.prompt, "completion_ids": answer, "label": wanted}
        for pair in pairs
        for answer, wanted in ((pair.chosen, True), (pair.rejected, False))
    ]
    for start in range(0, len(rows), size):
        batch = rows[start : start + size]
        for row, before in zip(batch, [batch[-1], *batch[:-1]], strict=True):
            row["KL_completion_ids"] = before["completion_ids"]
    return rows


def _tokenizer(base: Base) -> PreTrainedTokenizerFast:
    """What trl asks for by name; it encodes nothing here."""
    made = PreTrainedTokenizerFast(tokenizer_file=str(base.folder / "tokenizer.json"))
    words = made.get_vocab()
    made.pad_token = next((name for name in PADS if name in words), None) or made.convert_ids_to_tokens(0)
    return made


def _arguments(recipe: Recipe, settings: PreferenceRecipe, out: str, name: str) -> dict[str, Any]:
    device = bases.device_of()
    return {
        "output_dir": out,
        "beta": settings.beta,
        "learning_rate": settings.learning_rate,
        "warmup_steps": settings.warmup_ratio,
        "num_train_epochs": settings.num_train_epochs,
        "max_steps": settings.max_steps or -1,
        "per_device_train_batch_size": settings.per_device_train_batch_size,
        "gradient_accumulation_steps": settings.gradient_accumulation_steps,
        "weight_decay": settings.weight_decay,
        "max_grad_norm": settings.max_grad_norm,
        "optim": settings.optim,
        "gradient_checkpointing": settings.gradient_checkpointing,
        "max_length": None,
        "bf16": bases.compute_dtype(recipe, device) == torch.bfloat16,
        "use_cpu": device == "cpu",
        "train_sampling_strategy": "sequential",
        "dataloader_pin_memory": device == "cuda",
        "eval_strategy": "no",
        "save_strategy": "steps",
        "save_steps": settings.save_steps,
        "save_total_limit": 2,
        "logging_steps": settings.logging_steps,
        "logging_nan_inf_filter": False,
        "report_to": settings.report_to,
        "project": PROJECT,
        "run_name": name,
        "seed": settings.seed,
        "disable_tqdm": True,
    }
