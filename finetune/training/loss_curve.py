"""The loss curve as a picture in the run folder."""

from __future__ import annotations

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
