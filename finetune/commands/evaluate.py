"""`evaluate`: held-out loss of base and adapters, by split and score band."""

from __future__ import annotations

import argparse
from pathlib import Path

from finetune.commands import data_option, system_options, threads_option, use_threads
from tasks.console import Commands, positive


def add(commands: Commands) -> None:
    """Adds the command."""
    command = commands.add_parser("evaluate", help="held-out loss per counsellor token, dialogue by dialogue")
    data_option(command)
    system_options(command)
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for <system>.jsonl")
    command.add_argument(
        "--split", dest="splits", action="append", choices=("train", "valid", "test"), help="default: test"
    )
    command.add_argument("--dialogues", type=positive, metavar="N", help="N of each split, drawn by hash; default: all")
    threads_option(command)
    command.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> None:
    use_threads(chosen.threads)
    from finetune.training import evaluate

    splits = tuple(dict.fromkeys(chosen.splits or ("test",)))
    paths = evaluate.evaluate(chosen.systems, chosen.data, chosen.out, splits, chosen.dialogues, chosen.recipe)
    print("\n".join(evaluate.table(paths)))
    print("intervals over dialogues: python -m results automatic ITEMS RESPONSES... --losses", *paths)
