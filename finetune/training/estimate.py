"""Memory and time of a run by arithmetic. Estimates, good to about a factor of two; nothing here was measured by you.

Memory: weights + adapter with its gradient and optimizer + what the backward pass needs + one chunk of logits.
Time: 4 floating-point operations for each weight of the blocks and token (the base is frozen: no gradient of its
weights), 6 with gradient checkpointing (one more forward pass), at a share of the card's rated bfloat16 speed.
"""

from __future__ import annotations

from dataclasses import dataclass

from finetune.model.loss import CHUNK
from finetune.model.shape import Shape
from finetune.recipe import Recipe

NF4_BYTES = 0.516
"""Per parameter with double quantisation: 4 bits, and 0.127 of constants (Dettmers et al. 2023)."""
REACHED = 0.35
"""Share of the rated speed that such training reaches; published runs of 8B models lie between 0.25 and 0.6."""
BESIDE_OTHERS = 0.95
"""Speed of one of several GPUs as a share of one alone: only the adapter's gradients travel between them."""
NF4_SPEED = 0.75
"""Speed with NF4 as a share of that in bfloat16: weights are dequantised on the way."""
OVERHEAD_GB = 1.5
"""Context, kernels' workspace, fragmentation."""


@dataclass(frozen=True)
class Machine:
    """A class of machine: memory in GB, rated dense bfloat16 operations per second (float32 for a CPU core).

    `launch_seconds` are what a block of the model takes however small it is: small models wait for that alone.
    """

    name: str
    gigabytes: float
    speed: float
    launch_seconds: float = 0.003


MACHINES = (
    Machine("L4, 24 GB", 24, 121e12),
    Machine("RTX 4090, 24 GB", 24, 165e12),
    Machine("A100, 80 GB", 80, 312e12),
    Machine("H100, 80 GB", 80, 989e12),
    Machine("one CPU core, 16 GB", 16, 90e9, 0.0),
)


def memory(shape: Shape, recipe: Recipe, longest: int) -> float:
    """GB at the peak of a training step.

    Args:
        longest: tokens of the largest batch, padding counted.
    """
    weights = shape.blocks * (NF4_BYTES if recipe.load_in_4bit else 2) + shape.rest * 2
    state = 12 if recipe.optim == "adamw_torch" else 6  # float32 weight and gradient aside
    adapter = shape.adapter * (4 + state)
    logits = min(CHUNK, longest) * shape.words * 4 * 3
    return (weights + adapter + _kept(shape, recipe, longest) + logits) / 1e9 + OVERHEAD_GB


def _kept(shape: Shape, recipe: Recipe, tokens: int) -> float:
    """Bytes kept for the backward pass: of one block where blocks are recomputed, of all otherwise."""
    block = 2 * (8 * shape.width + 4 * shape.inner) * tokens
    if recipe.lora_dropout:
        block += 2 * shape.adapted_inputs // max(1, shape.layers) * tokens
    borders = 2 * shape.width * tokens * shape.layers
    return block + borders if recipe.gradient_checkpointing else block * shape.layers


def tokens_per_second(
    shape: Shape, recipe: Recipe, machine: Machine, batch: int, reached: float = REACHED, machines: int = 1
) -> float:
    """Training tokens a second on such machines together, each in batches of `batch` tokens.

    Args:
        reached: share of the rated speed, 0..1: a measured one in the place of the assumed.
        machines: each with the whole model and batches of its own (data parallel).
    """
    passes = 6 if recipe.gradient_checkpointing else 4
    operations = passes * (shape.blocks + shape.adapter) + 3 * shape.words * shape.width
    rate = machine.speed * reached * (NF4_SPEED if recipe.load_in_4bit else 1) / operations
    together = machines * (BESIDE_OTHERS if machines > 1 else 1)
    return together * batch / (batch / rate + shape.layers * machine.launch_seconds)
