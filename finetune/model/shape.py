"""A model's shape, read from its configuration without its weights: what estimates are made from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.recipe import Recipe


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
    """The shape of the model in `folder` with the recipe's adapter; only its config.json is read."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(str(folder))
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
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
