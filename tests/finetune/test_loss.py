"""The loss: equal to the plain one in value and gradient, one pass equal to one pass per turn, rows isolated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from finetune.data import tokens
from finetune.data.dialogues import named_messages
from finetune.data.encoding import Encoder, Example
from finetune.model import bases, loss
from finetune.model.loss import Head
from finetune.training import collate, heldout
from finetune.training.prepare import encoder as encoder_of
from tasks.data.kokorochat import load
from tasks.errors import InputError
from tests import synthetic
from tests.finetune_world import own_cache, tiny


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("loss")
    torch.set_num_threads(1)
    with own_cache(path):
        yield path


@pytest.fixture(scope="module")
def model(cache: Path) -> Any:
    return bases.load(bases.find(tiny()), tiny())


@pytest.fixture(scope="module")
def encoder(cache: Path) -> Encoder:
    return encoder_of(bases.find(tiny()).vocabulary(), tiny())


def some(encoder: Encoder, cache: Path, *overrides: str, count: int = 2) -> list[Example]:
    dialogues = load(synthetic.folder(cache / f"data{count}", count))
    return encoder.examples(list(named_messages(dialogues, tiny(*overrides))))


@pytest.mark.parametrize("softcap", [None, 3.0])
def test_value_and_gradient_equal_the_plain_cross_entropy(
    softcap: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loss, "CHUNK", 7)  # 20 rows: two whole chunks and a part
    torch.manual_seed(0)
    hidden, weight = torch.randn(20, 16), torch.randn(50, 16)
    labels = torch.randint(0, 50, (20,))
    ours, plain = hidden.clone().requires_grad_(), hidden.clone().requires_grad_()
    chunked = loss.summed(ours, labels, Head(weight, softcap))
    logits = plain @ weight.T
    logits = logits if softcap is None else torch.tanh(logits / softcap) * softcap
    expected = torch.nn.functional.cross_entropy(logits, labels, reduction="sum")
    (chunked * 0.5).backward()
    (expected * 0.5).backward()
    torch.testing.assert_close(chunked, expected)
    torch.testing.assert_close(ours.grad, plain.grad)
    torch.testing.assert_close(loss.per_token(hidden, labels, Head(weight, softcap)).sum(), expected.detach())


def test_a_trained_output_layer_is_refused(model: Any) -> None:
    model.get_output_embeddings().weight.requires_grad_(True)
    try:
        with pytest.raises(InputError, match="output layer"):
            loss.head_of(model)
    finally:
        model.get_output_embeddings().weight.requires_grad_(False)


def test_a_model_whose_logits_are_hidden_states_times_weights_passes_the_probe(model: Any) -> None:
    loss.refuse_unlike(model, "tiny")
    loss.refuse_unlike(model.bfloat16(), "tiny")
    model.float()


def small(family: str, **settings: Any) -> Any:
    """A random model of a family."""
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = AutoConfig.for_model(family, vocab_size=64, num_key_value_heads=2, **sizes, **settings)
    config.pad_token_id = config.eos_token_id = config.bos_token_id = None
    model = AutoModelForCausalLM.from_config(config).eval()
    model.requires_grad_(False)
    model.get_output_embeddings().weight.mul_(20)  # random heads are near flat, and all flat outputs are alike
    return model


@pytest.mark.parametrize(
    ("family", "settings"), [("cohere", {"logit_scale": 0.25}), ("granite", {"logits_scaling": 3.0})]
)
def test_a_family_that_scales_its_output_is_refused(family: str, settings: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=rf"{family}: its own output differs .* by .* nats"):
        loss.refuse_unlike(small(family, **settings), family)
    loss.refuse_unlike(small(family, **dict.fromkeys(settings, 1.0)), family)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_biased_head_is_refused_in_either_precision(dtype: Any) -> None:
    model = small("llama")
    head = model.get_output_embeddings()
    head.bias = torch.nn.Parameter(torch.zeros(64), requires_grad=False)
    loss.refuse_unlike(model.to(dtype), "zero bias")
    head.bias.copy_(torch.randn(64) * 0.3)
    with pytest.raises(InputError, match="adds a bias"):
        loss.refuse_unlike(model, "biased")


def test_a_soft_cap_is_known_and_one_that_is_not_would_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    capped = small("gemma2", head_dim=16, final_logit_softcapping=5.0)
    loss.refuse_unlike(capped, "gemma2")
    monkeypatch.setattr(loss, "head_of", lambda causal: Head(causal.get_output_embeddings().weight, None))
    with pytest.raises(InputError, match="gemma2: its own output differs"):
        loss.refuse_unlike(capped, "gemma2")


def test_training_and_measuring_compare_before_they_begin(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from finetune.model import systems
    from finetune.training.train import train

    base = bases.find(tiny())
    monkeypatch.setattr(bases, "load", lambda *_: small("cohere", logit_scale=0.25))
    with pytest.raises(InputError, match="tiny: its own output differs"):
        train(tiny(), synthetic.folder(cache / "probe", 20), cache / "probe-run")
    asked = systems.Asked("base", base, tiny(), None, None)
    with pytest.raises(InputError, match="tiny: its own output differs"):
        systems.loaded([asked], measured=True)
    systems.loaded([asked])


def test_one_pass_over_a_dialogue_equals_one_pass_per_turn(model: Any, encoder: Encoder, cache: Path) -> None:
    whole = tokens.joined(some(encoder, cache))
    turns = tokens.joined(some(encoder, cache, "examples=per_turn"))
    once = list(heldout.measured(model, whole, budget=1, pad_id=0))
    each = list(heldout.measured(model, turns, budget=1, pad_id=0))
    for one in once:
        parts = [part for part in each if part.name.split("#")[0] == one.name]
        assert sum(part.tokens for part in parts) == one.tokens
        assert sum(part.loss for part in parts) == pytest.approx(one.loss, abs=1e-3)
    assert len(turns.ids) > 8 * len(whole.ids)  # short synthetic dialogues; 19 on the real ones


def test_padding_changes_no_loss(model: Any, encoder: Encoder, cache: Path) -> None:
    examples = tokens.joined(some(encoder, cache, count=5))
    alone = {one.name: one.loss for one in heldout.measured(model, examples, budget=1, pad_id=0)}
    together = {one.name: one.loss for one in heldout.measured(model, examples, budget=10**6, pad_id=0)}
    assert together == pytest.approx(alone, abs=1e-3)


def packed_states(model: Any, examples: list[Example], **extra: Any) -> Any:
    inputs = collate.packed(examples, 0)
    inputs.pop("targets")
    with torch.no_grad():
        return model(**inputs, **extra).logits[0]


def test_packed_documents_cannot_see_each_other(model: Any, encoder: Encoder, cache: Path) -> None:
    first, second = some(encoder, cache)
    packed = packed_states(model, [first, second], use_cache=False)
    with torch.no_grad():
        alone = model(input_ids=torch.from_numpy(second.ids.astype("int64"))[None], use_cache=False).logits[0]
    torch.testing.assert_close(packed[len(first.ids) :], alone, atol=1e-4, rtol=1e-4)


def test_the_two_ways_to_lose_isolation_are_real(model: Any, encoder: Encoder, cache: Path) -> None:
    """Why collate gives no mask and the loss asks for no cache: with either, the second document sees the first."""
    first, second = some(encoder, cache)
    clean = packed_states(model, [first, second], use_cache=False)[len(first.ids) :]
    mask = torch.ones((1, len(first.ids) + len(second.ids)), dtype=torch.int64)
    masked = packed_states(model, [first, second], use_cache=False, attention_mask=mask)[len(first.ids) :]
    assert float((masked - clean).abs().max()) > 1e-2


def test_packed_loss_equals_the_sum_of_its_documents(model: Any, encoder: Encoder, cache: Path) -> None:
    examples = some(encoder, cache)
    causal = bases.load(bases.find(tiny()), tiny())
    loss.install(causal)
    both = causal(**collate.packed(examples, 0))["loss"]
    singles = [causal(**collate.padded([example], 0))["loss"] for example in examples]
    counts = [int(example.targets.sum()) for example in examples]
    expected = sum(float(one) * n for one, n in zip(singles, counts, strict=True)) / sum(counts)
    assert float(both) == pytest.approx(expected, abs=1e-4)


def test_calls_without_targets_are_the_models_own(model: Any) -> None:
    causal = bases.load(bases.find(tiny()), tiny())
    ids = torch.tensor([[0, 7, 8, 9]])
    before = causal(input_ids=ids).logits
    loss.install(causal)
    torch.testing.assert_close(causal(input_ids=ids).logits, before)


def test_a_batch_without_a_target_is_refused() -> None:
    nothing = Example("d7", np.arange(4, dtype=np.int32), np.zeros(4, np.bool_))
    for make in (collate.padded, collate.packed):
        with pytest.raises(InputError, match="no target in d7"):
            make([nothing], 0)


def test_the_mask_follows_lengths_not_the_pads_id() -> None:
    # The pad's id is also the end of the second text: it must stay visible and stay a target.
    long = Example("a", np.array([5, 6, 7, 8], np.int32), np.array([0, 1, 1, 1], np.bool_))
    short = Example("b", np.array([5, 9], np.int32), np.array([0, 1], np.bool_))
    batch = collate.padded([long, short], pad_id=9)
    assert batch["attention_mask"].tolist() == [[1, 1, 1, 1], [1, 1, 0, 0]]
    assert batch["targets"][1].tolist() == [False, True, False, False]
