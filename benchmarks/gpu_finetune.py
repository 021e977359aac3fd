"""Training on a GPU, on the true shape of an 8B Llama with random weights: tokens a second and peak memory.

    python benchmarks/gpu_finetune.py                    the 8B shape; a GPU of 24 GB or more
    python benchmarks/gpu_finetune.py --shape tiny       the same road on a CPU, in seconds; its numbers say nothing

Measured: NF4 QLoRA and bfloat16 LoRA at 4,096 tokens, with and without gradient checkpointing; one pass over a dialogue
against one example per turn; batches grouped by length against random order; logits of the targets alone against all
logits. No weights and no data set are needed: lengths are drawn as KokoroChat's, token ids at random.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch

from finetune import recipe
from finetune.data.encoding import Example
from finetune.model import bases, loss
from finetune.training import batching, collate
from finetune.training.run_card import peak_gigabytes

SHAPES = {
    "8b": {
        "vocab_size": 128256, "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
        "num_attention_heads": 32, "num_key_value_heads": 8,
    },
    "tiny": {
        "vocab_size": 1024, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2,
    },
}  # fmt: skip
TURN = 60
"""Tokens of a client's turn with the counsellor's answer; a dialogue has about 36."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=tuple(SHAPES), default="8b")
    parser.add_argument("--length", type=int, default=4096)
    parser.add_argument("--steps", type=int, default=5)
    chosen = parser.parse_args()
    device = bases.device_of()
    if device == "cpu" and chosen.shape == "8b":
        sys.exit("no GPU was found; try the script with --shape tiny")
    print(f"{torch.cuda.get_device_name() if device == 'cuda' else 'CPU'}, torch {torch.__version__}, {chosen.shape}")
    for nf4 in (True, False):
        print(f"\n{'NF4 QLoRA' if nf4 else 'bfloat16 LoRA'}")
        model = made(chosen.shape, nf4, device)
        shapes(model, chosen.length, chosen.steps)
        if not nf4:
            comparisons(model, chosen.length, chosen.steps)
        del model
        if device == "cuda":
            torch.cuda.empty_cache()


def made(shape: str, nf4: bool, device: str) -> Any:
    """The shape with random weights and a rank-16 adapter on all linear layers, our loss installed."""
    from transformers import LlamaConfig, LlamaForCausalLM

    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    torch.manual_seed(0)
    config = LlamaConfig(**SHAPES[shape], max_position_embeddings=8192, attn_implementation="sdpa")
    with torch.device(device):
        model = LlamaForCausalLM(config).to(dtype)
    if nf4:
        quantise(model, dtype)
    bases.guard_4bit(model)
    model.requires_grad_(False)
    model.is_loaded_in_4bit = nf4
    settings = recipe.load("tiny", None, (f"load_in_4bit={str(nf4).lower()}", "lora_dropout=0"))
    adapted = bases.adapt(model, settings)
    loss.install(bases.causal_of(adapted))
    return adapted.train()


def quantise(model: Any, dtype: torch.dtype) -> None:
    """Every linear layer but the output layer becomes NF4 with double quantisation, one at a time."""
    import bitsandbytes as bnb

    head = model.get_output_embeddings()
    linear = [(n, m) for n, m in model.named_modules() if isinstance(m, torch.nn.Linear) and m is not head]
    for name, old in linear:
        new = bnb.nn.Linear4bit(old.in_features, old.out_features, False, dtype, True, "nf4", device="cpu")
        new.weight = bnb.nn.Params4bit(old.weight.data.cpu(), requires_grad=False, quant_type="nf4")
        parent, _, last = name.rpartition(".")
        setattr(model.get_submodule(parent), last, new.to(old.weight.device))


def shapes(model: Any, length: int, steps: int) -> None:
    row = [drawn(length, np.random.default_rng(0))]
    for kept in (False, True):
        causal = bases.causal_of(model)
        if kept:
            causal.activation_checkpointing_enable({"use_reentrant": False})
            causal.enable_input_require_grads()
        name = f"{length} tokens{', gradient checkpointing' if kept else ''}"
        report(name, length * steps, lambda: in_turn(partial(step, model), [row] * steps))
        if kept:
            causal.activation_checkpointing_disable()


def comparisons(model: Any, length: int, steps: int) -> None:
    rng = np.random.default_rng(1)
    whole = drawn(length // 2, rng)
    turns = list(per_turn(whole))
    real = len(whole.ids)
    once = report("one pass over a dialogue", real, lambda: step(model, [whole]))
    each = report(
        f"one example for each of {len(turns)} turns", real, lambda: in_turn(partial(step, model), [[t] for t in turns])
    )
    print(f"    ratio {each / once:.1f}")
    lengths = np.clip(rng.lognormal(np.log(length / 2), 0.27, 8 * steps), 64, length).astype(int).tolist()
    examples = [drawn(n, rng) for n in lengths]
    budget = 2 * length
    orders = {
        "random order": batching.shuffled(lengths, max(1, budget // int(np.mean(lengths))), rng),
        "grouped by length": batching.grouped(lengths, budget, rng),
    }
    for name, batches in orders.items():
        batched = [[examples[i] for i in batch] for batch in batches]
        report(name, sum(lengths), partial(in_turn, partial(step, model), batched))
    row = [drawn(length, rng)]
    report("logits of the targets alone", length * steps, lambda: in_turn(partial(step, model), [row] * steps))
    report("all logits", length * steps, lambda: in_turn(partial(full_step, model), [row] * steps))


def drawn(length: int, rng: np.random.Generator) -> Example:
    """Random ids; the second half of each turn has a loss."""
    ids = rng.integers(6, 1000, length).astype(np.int32)
    return Example("random", ids, np.arange(length) % TURN >= TURN // 2)


def per_turn(whole: Example) -> Iterator[Example]:
    for end in range(TURN, len(whole.ids) + 1, TURN):
        targets = np.zeros(end, np.bool_)
        targets[end - TURN // 2 :] = True
        yield Example("turn", whole.ids[:end], targets)


def inputs(model: Any, examples: Sequence[Example]) -> dict[str, Any]:
    return {key: value.to(model.device) for key, value in collate.padded(examples, 0).items()}


def step(model: Any, examples: Sequence[Example]) -> None:
    """Forward and backward; the optimizer's share is below 1 % and left out."""
    model.zero_grad(set_to_none=True)
    with torch.autocast(model.device.type, dtype=torch.bfloat16, enabled=model.device.type == "cuda"):
        model(**inputs(model, examples))["loss"].backward()


def full_step(model: Any, examples: Sequence[Example]) -> None:
    """As transformers does it: logits of every token."""
    model.zero_grad(set_to_none=True)
    given = inputs(model, examples)
    labels = given["input_ids"].masked_fill(~given.pop("targets"), -100)
    with torch.autocast(model.device.type, dtype=torch.bfloat16, enabled=model.device.type == "cuda"):
        model(**given, labels=labels, use_cache=False).loss.backward()


def in_turn(step: Callable[[Any], None], batches: Sequence[Any]) -> None:
    """One step for each batch, in order."""
    for batch in batches:
        step(batch)


def report(name: str, tokens: int, work: Callable[[], None]) -> float:
    """Runs it once to warm up and once for the clock; prints tokens a second and peak GB; returns seconds."""
    cuda = torch.cuda.is_available()
    try:
        work()
        if cuda:
            torch.cuda.synchronize()
            torch.cuda.reset_peak_memory_stats()
        started = time.perf_counter()
        work()
        if cuda:
            torch.cuda.synchronize()
    except torch.cuda.OutOfMemoryError:
        print(f"  {name:<44} out of memory")
        return float("nan")
    seconds = time.perf_counter() - started
    print(f"  {name:<44} {tokens / seconds:>9,.0f} tokens/s  {peak_gigabytes():6.2f} GB")
    return seconds


if __name__ == "__main__":
    main()
