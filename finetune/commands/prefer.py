"""`prefer`: an adapter that learns from what raters preferred."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from finetune.commands import report_option, set_option, simulated_option, threads_option, use_threads
from tasks.console import Commands, Exit


def add(commands: Commands) -> None:
    """Adds the command."""
    command = commands.add_parser("prefer", help="train an adapter on what raters preferred (DPO or KTO)")
    command.add_argument("pairs", type=Path, metavar="PAIRS", help="JSONL of `results pairs`: prompt, chosen, rejected")
    command.add_argument(
        "--from", dest="start", required=True, metavar="ADAPTER|MODEL",
        help="what it begins from and is held to (folder or Hub id OWNER/NAME[@REVISION])",
    )  # fmt: skip
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="the run's folder")
    command.add_argument("--resume", action="store_true", help="go on with an interrupted run in DIR")
    command.add_argument("--method", choices=("dpo", "kto"), default="dpo", help="trl's trainer (default: dpo)")
    set_option(command, "a setting: beta, learning_rate, num_train_epochs, min_margin, …")
    simulated_option(command)
    report_option(command)
    threads_option(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> Exit:
    from finetune import preference_recipe
    from finetune.manifest import nats
    from finetune.model.requirements import require_for_preferences

    overrides = [*options.overrides, *([f"report_to={options.report_to}"] if options.report_to else [])]
    settings = preference_recipe.load(tuple(overrides), method=options.method)
    require_for_preferences(settings)
    use_threads(options.threads)
    from finetune.preference.run import prefer

    card = prefer(
        options.start, options.pairs, options.out, settings, simulated=options.allow_simulated, resume=options.resume
    )
    metrics, learned = card.metrics, card.preferred
    if learned is not None:
        print(
            f"{options.out}: held-out preferences {learned.right_pairs} of {learned.held_out_pairs} pairs right,"
            f" {learned.accuracy:.2f} over {card.data.held_out_dialogues} dialogues (chance 0.5); loss"
            f" {metrics.held_out_loss_before:.4f} -> {nats(metrics.held_out_loss_after)} nats per pair;"
            f" {metrics.steps} steps in {metrics.seconds:.0f} s"
        )
    if not metrics.warning:
        return Exit.DONE
    print(f"warning: {options.out}: {metrics.warning}", file=sys.stderr)
    return Exit.UNUSABLE
