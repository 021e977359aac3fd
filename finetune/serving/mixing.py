"""Rows of several systems in one pass: the base answers for all of them, and each row's own adapter is added to it.

The adapters of a batch stand side by side as one wide adapter, of which a row keeps its own columns: two products a
layer, whatever the number of systems. peft's own mixed batches take turns, one adapter after another in every layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor

from finetune.model import bases
from finetune.model.shape import experts_of
from finetune.model.systems import Asked, adapter_name, switched

APART = ("lora_bias", "modules_to_save", "target_parameters", "trainable_token_indices", "alora_invocation_tokens")
"""What a configuration may hold that is more than products added to layers."""


def mixable(model: Any) -> bool:
    """True where every adapter is a plain LoRA of linear layers that see whole rows: no mixture of experts."""
    configs = getattr(model, "peft_config", {}).values()
    plain = all(str(config.peft_type.value) == "LORA" and config.bias == "none" for config in configs)
    more = any(getattr(config, key, None) for config in configs for key in APART)
    simple = all(not layer.lora_variant and not layer.lora_embedding_A for layer in _layers(model))
    return plain and not more and simple and not experts_of(bases.causal_of(model).config.to_dict())


def speaking(model: Any, systems: Sequence[Asked]) -> AbstractContextManager[Any]:
    """A context in which row i of a batch is answered as systems[i] does; several systems need a `mixable` model."""
    if all(system is systems[0] for system in systems):
        return switched(model, systems[0])
    return _mixed(model, [adapter_name(system) if system.adapter else "" for system in systems])


@contextmanager
def _mixed(model: Any, names: Sequence[str]) -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(model.disable_adapter())
        for layer in _layers(model):
            if set(names) & set(layer.lora_A):
                stack.callback(layer.register_forward_hook(_adding(layer, names)).remove)
        yield


def _adding(layer: Any, names: Sequence[str]) -> Callable[[Any, tuple[Tensor, ...], Tensor], Tensor]:
    """A hook that adds to what the base's layer says, [rows, tokens, out], each row's own adapter."""
    here = sorted(set(names) & set(layer.lora_A))
    down = torch.cat([layer.lora_A[name].weight for name in here])  # [all ranks, in]
    up = torch.cat([layer.lora_B[name].weight * layer.scaling[name] for name in here], dim=1)  # [out, all ranks]
    ranks = [name for name in here for _ in range(layer.lora_A[name].out_features)]
    own = torch.tensor([[[float(rank == name) for rank in ranks]] for name in names]).to(down)  # [rows, 1, all ranks]

    def add(_: Any, inputs: tuple[Tensor, ...], said: Tensor) -> Tensor:
        grown = (inputs[0].to(down.dtype) @ down.T * own) @ up.T
        return said + grown.to(said.dtype)

    return add


def _layers(model: Any) -> list[Any]:
    return [module for module in model.modules() if hasattr(module, "lora_A")]
