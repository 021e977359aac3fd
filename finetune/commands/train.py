"""`train`: one adapter with its run card."""

from __future__ import annotations

import argparse
from pathlib import Path

from finetune.commands import data_option, recipe_options, source_of, threads_option, use_threads
from tasks.console import Commands


def add(commands: Commands) -> None:
    """Adds the command."""
    command = commands.add_parser("train", help="train an adapter")
    recipe_options(command)
    data_option(command, preferences=True)
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="the run's folder")
    command.add_argument("--minutes", type=float, metavar="M", help="end after M minutes of training (max_minutes)")
    command.add_argument("--resume", action="store_true", help="go on with an interrupted run in DIR")
    threads_option(command)
    command.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> None:
    from finetune import recipe

    overrides = [*chosen.overrides, *([f"max_minutes={chosen.minutes}"] if chosen.minutes else [])]
    settings = recipe.load(chosen.recipe, chosen.card, tuple(overrides))
    use_threads(chosen.threads)
    from finetune.training.train import train

    card = train(settings, source_of(chosen.data), chosen.out, resume=chosen.resume)
    metrics = card.metrics
    print(
        f"{chosen.out}: held-out loss {metrics.held_out_loss_before:.4f} -> {metrics.held_out_loss_after:.4f} nats per"
        f" learnt token; {metrics.steps} steps, {metrics.epochs:.3f} epochs, {metrics.tokens:,} tokens in"
        f" {metrics.seconds:.0f} s ({metrics.ended})"
    )
