"""`generate`: base and adapters answer the same items."""

from __future__ import annotations

import argparse
from pathlib import Path

from finetune.commands import set_option, system_options, threads_option, use_threads
from tasks.console import Commands


def add(commands: Commands) -> None:
    """Adds the command."""
    command = commands.add_parser("generate", help="let base and adapters answer the same items")
    command.add_argument("--items", type=Path, required=True, metavar="ITEMS.JSONL", help="the study's items")
    system_options(command)
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="the study's responses folder")
    command.add_argument(
        "--seed", type=int, default=0, help="every (item, system) draws from its own seed made of this"
    )
    set_option(command, "a decoding setting")
    threads_option(command)
    command.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> None:
    from finetune.generation import decoding

    settings = decoding.load(tuple(chosen.overrides))
    use_threads(chosen.threads)
    from finetune.generation.generate import generate

    for path in generate(chosen.items, chosen.systems, chosen.out, settings, chosen.seed, chosen.recipe):
        print(path)
