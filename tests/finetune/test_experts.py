"""Mixtures of experts: counted in a configuration, refused with dropout, trained by the same loss."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from transformers import MixtralConfig, MixtralForCausalLM

from finetune.model import bases, loss
from finetune.model.shape import experts_of
from tasks.errors import InputError
from tests import finetune_world as world


@pytest.fixture
def mixture() -> Any:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    config = MixtralConfig(
        vocab_size=100, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, num_local_experts=4,
    )  # fmt: skip
    return MixtralForCausalLM(config).requires_grad_(False)


def test_experts_are_counted_whatever_a_family_calls_them() -> None:
    assert experts_of({"num_local_experts": 8}) == experts_of({"text_config": {"n_routed_experts": 8}}) == 8
    assert experts_of({"hidden_size": 64}) == experts_of({"num_experts": None}) == 0


def test_dropout_on_experts_is_one_sentence(mixture: Any) -> None:
    with pytest.raises(InputError, match="a mixture of experts, which peft adapts without dropout alone"):
        bases.adapt(mixture, world.tiny("lora_dropout=0.05"))


def test_the_loss_and_its_gradients_are_those_of_the_models_own_logits(mixture: Any) -> None:
    loss.refuse_unlike(mixture, "mixture")
    model = bases.adapt(mixture, world.tiny("lora_dropout=0"))
    named = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    assert any("experts" in name for name in named)
    for name, weight in named.items():
        if "lora_B" in name:  # as it stands after a step; at 0 no gradient reaches the other factor
            torch.nn.init.normal_(weight, std=0.02)
    ids = torch.randint(0, 100, (2, 12))
    targets = torch.zeros_like(ids, dtype=torch.bool)
    targets[:, 5:9] = True
    logits = model(input_ids=ids, use_cache=False).logits[:, :-1][targets[:, 1:]]
    plain = torch.nn.functional.cross_entropy(logits.float(), ids[:, 1:][targets[:, 1:]])
    wanted = torch.autograd.grad(plain, list(named.values()))
    loss.install(bases.causal_of(model))
    ours = model(input_ids=ids, targets=targets, items=targets.sum())["loss"]
    found = torch.autograd.grad(ours, list(named.values()))
    assert float(ours.detach()) == pytest.approx(float(plain.detach()), abs=1e-6)
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-4)
