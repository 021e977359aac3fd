"""A model's shape, read from its configuration without its weights: what estimates are made from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.recipe import Recipe
from tasks.errors import InputError

EXPERTS = ("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts")
"""What families call the number of a block's experts."""


@dataclass(frozen=True)
class Shape:
    """Counts of parameters and widths.

    Attributes:
        blocks: parameters of the linear layers inside the blocks: what 4-bit storage shrinks and where time goes.
        rest: all others (embedding, output layer, norms).
        adapter: parameters of the LoRA adapter.
        adapted_inputs: sum of the input widths of the adapted layers.
        layers, width, inner: blocks, width of the hidden states, width inside a block's feed-forward part.
        words: rows of the vocabulary.
    """

    blocks: int
    rest: int
    adapter: int
    adapted_inputs: int
    layers: int
    width: int
    inner: int
    words: int


def shape_of(folder: Path, recipe: Recipe) -> Shape:
    """The shape of the model in `folder` with the recipe's adapter; only its config.json is read.

    Raises:
        InputError: lora_target_modules names layers the model has not.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(str(folder))
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    refuse_unknown_modules(model, recipe.lora_target_modules)
    linear = _linear_layers(model)
    chosen = [layer for name, layer in linear.items() if _adapted(name, recipe.lora_target_modules)]
    total = sum(parameter.numel() for parameter in model.parameters())
    blocks = sum(layer.weight.numel() for layer in linear.values())
    text = config.get_text_config()
    return Shape(
        blocks=blocks,
        rest=total - blocks,
        adapter=recipe.lora_r * sum(layer.in_features + layer.out_features for layer in chosen),
        adapted_inputs=sum(layer.in_features for layer in chosen),
        layers=int(text.num_hidden_layers),
        width=int(text.hidden_size),
        inner=int(text.intermediate_size),
        words=int(text.vocab_size),
    )


def refuse_unknown_modules(model: Any, targets: str | tuple[str, ...]) -> None:
    """peft passes over a name that fits nothing as long as another one does; here every one must fit.

    Raises:
        InputError: names or a pattern that fit no linear layer of the model, with the names there are.
    """
    names = list(_linear_layers(model))
    asked = (targets,) if isinstance(targets, str) else targets
    try:
        unknown = [t for t in asked if not any(_adapted(n, t if isinstance(targets, str) else (t,)) for n in names)]
    except re.error as error:
        raise InputError(f"lora_target_modules: {targets!r} is no pattern ({error})") from error
    if unknown:
        there = ", ".join(sorted({name.rsplit(".", 1)[-1] for name in names}))
        raise InputError(
            f"lora_target_modules: {', '.join(map(repr, unknown))} fits no linear layer of the model; allowed:"
            f" all-linear, a pattern of whole names, or a list of {there}"
        )


def experts_of(config: Mapping[str, Any]) -> int:
    """Experts of each block as a model's configuration counts them; 0 where it is no mixture of experts."""
    found = {**config, **(config.get("text_config") or {})}
    return next((int(found[name]) for name in EXPERTS if found.get(name)), 0)


def refuse_dropout_on_experts(model: Any, recipe: Recipe) -> None:
    """peft adapts a block's experts, which stand in one tensor, without dropout alone.

    Raises:
        InputError: the model is a mixture of experts and the recipe has dropout.
    """
    if recipe.lora_dropout and recipe.lora_target_modules == "all-linear" and experts_of(model.config.to_dict()):
        raise InputError(
            "the base is a mixture of experts, which peft adapts without dropout alone: --set lora_dropout=0; or leave"
            " the experts as they are: --set lora_target_modules=[q_proj,k_proj,v_proj,o_proj]"
        )


def _linear_layers(model: Any) -> dict[str, Any]:
    from torch import nn

    head = model.get_output_embeddings()
    return {name: part for name, part in model.named_modules() if isinstance(part, nn.Linear) and part is not head}


def _adapted(name: str, targets: str | tuple[str, ...]) -> bool:
    """peft's rule: `all-linear`, a pattern for the whole name, or endings."""
    if targets == "all-linear":
        return True
    if isinstance(targets, str):
        return re.fullmatch(targets, name) is not None
    return any(name == target or name.endswith(f".{target}") for target in targets)
