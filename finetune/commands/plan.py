"""`plan` and `inspect`: what training would do, and what the model would read, before any weight loads."""

from __future__ import annotations

import argparse
import sys

from finetune.commands import data_option, recipe_options, source_of
from tasks.console import Commands, positive


def add(commands: Commands) -> None:
    """Adds both commands."""
    command = commands.add_parser("plan", help="count tokens and steps, estimate memory and time; no weight loads")
    recipe_options(command)
    data_option(command, preferences=True)
    command.add_argument(
        "--gpus", nargs="+", type=positive, default=[], metavar="N", help="also time on so many GPUs together: 1 8 16"
    )
    command.add_argument(
        "--mfu", type=_share, metavar="F",
        help="share of the rated speed that is reached, 0..1: one you measured, for the assumed 0.35",
    )  # fmt: skip
    command.add_argument("--price-per-hour", type=_price, metavar="P", help="of one GPU: what the run costs on --gpus")
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
    from finetune.training import estimate, plan

    fleet = plan.Fleet(tuple(chosen.gpus), chosen.mfu or estimate.REACHED, chosen.price_per_hour)
    print(plan.render(plan.plan(settings, source_of(chosen.data, chosen.allow_simulated), fleet)))


def _share(text: str) -> float:
    """A share above 0, at most 1."""
    number = float(text)
    if not 0 < number <= 1:
        raise argparse.ArgumentTypeError(f"found {text}; allowed: a share above 0, at most 1")
    return number


def _price(text: str) -> float:
    """An amount of 0 or more."""
    number = float(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"found {text}; allowed: an amount of 0 or more")
    return number


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
