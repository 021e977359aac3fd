"""`plan` and `inspect`: what training would do, and what the model would read, before any weight loads."""

from __future__ import annotations

import argparse
import sys

from finetune.commands import data_option, recipe_options, source_of
from tasks.console import Commands


def add(commands: Commands) -> None:
    """Adds both commands."""
    command = commands.add_parser("plan", help="count tokens and steps, estimate memory and time; no weight loads")
    recipe_options(command)
    data_option(command, preferences=True)
    command.set_defaults(run=_plan)
    command = commands.add_parser("inspect", help="print one training example, tokens with loss told apart")
    recipe_options(command)
    data_option(command, preferences=True)
    which = command.add_mutually_exclusive_group()
    which.add_argument("--dialogue", metavar="ID", help="a dialogue's id")
    which.add_argument("--number", type=int, default=0, metavar="N", help="the example's place, from 0")
    command.set_defaults(run=_inspect)


def _plan(chosen: argparse.Namespace) -> None:
    from finetune import recipe

    settings = recipe.load(chosen.recipe, chosen.card, tuple(chosen.overrides))
    from finetune.training import plan

    print(plan.render(plan.plan(settings, source_of(chosen.data, chosen.allow_simulated))))


def _inspect(chosen: argparse.Namespace) -> None:
    from finetune import recipe
    from finetune.data import inspection
    from finetune.model import bases
    from finetune.settings import wants_colour
    from finetune.training import prepare

    settings = recipe.load(chosen.recipe, chosen.card, tuple(chosen.overrides))
    base = bases.find_without_weights(settings)
    vocabulary = base.vocabulary()
    found = prepare.prepare(
        settings, source_of(chosen.data, chosen.allow_simulated), vocabulary, base.folder / "tokenizer.json"
    )
    colour = sys.stdout.isatty() and wants_colour()
    print(inspection.render(inspection.chosen(found.train, chosen.dialogue, chosen.number), vocabulary, colour))
