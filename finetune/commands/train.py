"""`train`: one adapter with its run card."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from finetune.commands import data_option, recipe_options, report_option, source_of, threads_option, use_threads
from tasks.console import Commands, Exit


def add(commands: Commands) -> None:
    """Adds the command."""
    command = commands.add_parser("train", help="train an adapter")
    recipe_options(command)
    data_option(command, preferences=True)
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="the run's folder")
    command.add_argument("--minutes", type=float, metavar="M", help="end after M minutes of training (max_minutes)")
    command.add_argument("--resume", action="store_true", help="go on with an interrupted run in DIR")
    command.add_argument(
        "--shard",
        action="store_true",
        help="share the base's weights out over the processes (FSDP2): docs/finetuning.md",
    )
    report_option(command)
    threads_option(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> Exit:
    from finetune import recipe
    from finetune.manifest import nats
    from finetune.settings import process_rank

    overrides = [*options.overrides, *([f"max_minutes={options.minutes}"] if options.minutes is not None else [])]
    overrides += [f"report_to={options.report_to}"] if options.report_to else []
    settings = recipe.load(options.recipe, options.card, tuple(overrides))
    use_threads(options.threads)
    from finetune.training.train import train

    source = source_of(options.data, options.allow_simulated)
    metrics = train(settings, source, options.out, resume=options.resume, shard=options.shard).metrics
    if process_rank():  # the first process tells
        return Exit.DONE
    print(
        f"{options.out}: held-out loss {metrics.held_out_loss_before:.4f} -> {nats(metrics.held_out_loss_after)} nats"
        f" per token; {metrics.steps} steps, {metrics.epochs:.3f} epochs, {metrics.tokens:,} tokens in"
        f" {metrics.seconds:.0f} s ({metrics.ended})"
    )
    if not metrics.warning:
        return Exit.DONE
    print(f"warning: {options.out}: {metrics.warning}", file=sys.stderr)
    return Exit.UNUSABLE
