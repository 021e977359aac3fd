"""`generate`: base and adapters answer the same items."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from finetune.commands import set_option, system_options, threads_option, use_threads
from tasks.console import Commands

if TYPE_CHECKING:
    from finetune.generation.decoding import Decoding

PATIENCE = 600.0
"""Seconds to wait for one answer, which on a server waits for those asked before."""


def add(commands: Commands) -> None:
    """Adds the command."""
    command = commands.add_parser("generate", help="let base and adapters answer the same items")
    command.add_argument("--items", type=Path, required=True, metavar="ITEMS.JSONL", help="the study's items")
    system_options(command)
    command.add_argument(
        "--engine", dest="engines", action="append", default=[], metavar="URL",
        help="let servers of OpenAI's interface answer (http://HOST:PORT/v1), several share the work; --system is"
        " then NAME or NAME=MODEL of theirs, --recipe says which system prompt is sent, $FINETUNE_TOKEN is their token",
    )  # fmt: skip
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
    if chosen.engines:
        for path in _by_engines(chosen, settings):
            print(path)
        return
    from finetune.generation.generate import generate

    for path in generate(chosen.items, chosen.systems, chosen.out, settings, chosen.seed, chosen.recipe):
        print(path)


def _by_engines(chosen: argparse.Namespace, rules: Decoding) -> list[Path]:
    from finetune import recipe, settings
    from finetune.generation import remote
    from tasks.engine.client import Engine

    told = recipe.load(chosen.recipe) if chosen.recipe else None
    name, own = (told.system_prompt, told.system_prompt_text) if told else ("", "")
    asking = remote.Asking(chosen.items, rules, chosen.seed, name, own)
    token = settings.serving_token()
    opened = partial(Engine, token=token, patience=PATIENCE)
    return remote.generate(asking, chosen.systems, chosen.engines, chosen.out, opened)
