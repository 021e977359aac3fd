"""How an adapter learns from preferences: one frozen record with defaults. Names are trl's."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from finetune.settings import laid_over

Method = Literal["dpo", "kto"]


class PreferenceRecipe(BaseModel):
    """Everything that decides a run on preferences but its start and the pairs' bytes. Unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Method = "dpo"
    """`dpo`: the chosen text against the rejected one (Rafailov et al. 2023). `kto`: each text alone, as wanted or
    unwanted (Ethayarajh et al. 2024)."""
    beta: float = Field(default=0.1, gt=0)
    """How dear it is to move away from the start; higher stays nearer."""
    learning_rate: float = Field(default=1e-5, gt=0)
    """Peak; warmed up linearly, then a cosine to a tenth of it."""
    warmup_ratio: float = Field(default=0.1, ge=0, lt=1)
    num_train_epochs: float = Field(default=1.0, gt=0)
    max_steps: int | None = Field(default=None, ge=1)
    """End after this many optimizer steps, whatever the passes."""
    per_device_train_batch_size: int = Field(default=2, ge=2)
    """Pairs of a forward pass (`kto`: texts); `kto` compares each with its neighbour."""
    gradient_accumulation_steps: int = Field(default=8, ge=1)
    weight_decay: float = Field(default=0.0, ge=0)
    max_grad_norm: float = Field(default=1.0, gt=0)
    optim: Literal["adamw_torch", "adamw_8bit", "paged_adamw_8bit"] = "adamw_torch"
    gradient_checkpointing: bool = False
    max_length: int = Field(default=2048, ge=64)
    """Tokens of prompt and response; a longer history loses its oldest turns."""
    min_margin: float = Field(default=0.0, ge=0, le=2)
    """Pairs preferred by less are left out; those whose margin is not said stay."""
    min_raters: int = Field(default=1, ge=1)
    """Pairs on which fewer raters stood are left out; those of which it is not said stay."""
    held_out_share: float = Field(default=0.2, gt=0, lt=1)
    """Share of the dialogues that are held out, one or more."""
    split_salt: str = "kokorochat-split-v199"
    eval_steps: int | None = Field(default=None, ge=1)
    """Optimizer steps between looks at the held-out pairs; None = before and after training alone."""
    save_steps: int = Field(default=20, ge=1)
    """Optimizer steps between checkpoints, from which `--resume` goes on."""
    logging_steps: int = Field(default=5, ge=1)
    report_to: Literal["none", "tensorboard", "trackio", "wandb"] = "none"
    seed: int = 0


def load(overrides: tuple[str, ...], method: Method = "dpo") -> PreferenceRecipe:
    """Defaults with `method` and then `key=value` laid over them.

    Raises:
        InputError: unknown key or value not allowed, all at once.
    """
    return laid_over(PreferenceRecipe, overrides, method=method)
