"""The loss curve: as a picture in the run folder, and in characters for the terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from finetune.manifest import Manifest

UNITS = {"token": "loss, nats per token with loss", "pair": "loss, nats per pair"}


def draw(log: Sequence[dict[str, Any]], card: Manifest, path: Path) -> None:
    """Training and held-out loss over optimizer steps, as SVG with real text."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    trained = [(entry["step"], entry["loss"]) for entry in log if "loss" in entry]
    held_out = [(0, card.metrics.held_out_loss_before)]
    held_out += [(entry["step"], entry["eval_loss"]) for entry in log if "eval_loss" in entry and entry["step"]]
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": card.recipe_digest}):
        figure = Figure(figsize=(7, 4), layout="constrained")
        axes = figure.subplots()
        axes.plot(*_columns(trained), color="#8aa2b2", label="training, by step")
        axes.plot(*_columns(held_out), color="#b5482f", marker="o", label="held out")
        axes.set(xlabel="optimizer step", ylabel=UNITS[card.metrics.loss_of], title=card.name)
        axes.legend(frameon=False)
        axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(path, metadata={"Date": None})


def _columns(points: Sequence[tuple[int, float]]) -> tuple[list[int], list[float]]:
    return [step for step, _ in points], [value for _, value in points]


def plotted(log: Sequence[dict[str, Any]], width: int = 60, height: int = 8) -> str:
    """Training (`.`) and held-out (`o`) loss over optimizer steps, in ASCII; "" where fewer than two are known."""
    trained = [(entry["step"], entry["loss"], ".") for entry in log if math.isfinite(entry.get("loss", math.nan))]
    tried = [
        (entry["step"], entry["eval_loss"], "o") for entry in log if math.isfinite(entry.get("eval_loss", math.nan))
    ]
    points = [*trained, *tried]
    if len(points) < 2:
        return ""
    low, high = min(loss for _, loss, _ in points), max(loss for _, loss, _ in points)
    last = max(step for step, _, _ in points) or 1
    rows = [[" "] * (width + 1) for _ in range(height)]
    for step, loss, mark in points:
        row = round((high - loss) / (high - low) * (height - 1)) if high > low else 0
        rows[row][round(step / last * width)] = mark
    labels = [f"{high:.3f}", *[""] * (height - 2), f"{low:.3f}"]
    body = [f"  {label:>8} |{''.join(row).rstrip()}" for label, row in zip(labels, rows, strict=True)]
    return "\n".join(
        [*body, f"  {'':>8} +{'-' * width}", f"  {'':>8}  0{f'step {last}':>{width - 1}}   . trained  o held out"]
    )
