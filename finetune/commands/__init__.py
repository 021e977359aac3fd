"""The commands of `python -m finetune`, one module for each group, and the options they share."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.console import positive
from tasks.errors import InputError

if TYPE_CHECKING:
    from finetune.training.prepare import Source

    Commands = argparse._SubParsersAction  # generic for type checkers alone


def recipe_options(command: argparse.ArgumentParser) -> None:
    """RECIPE, --card and --set."""
    command.add_argument("recipe", metavar="RECIPE", help="a shipped recipe's name or a .yaml file")
    command.add_argument("--card", choices=("24gb", "80gb"), help="which section of the recipe's cards to use")
    set_option(command, "override one setting of the recipe")


def data_option(command: argparse.ArgumentParser, preferences: bool = False) -> None:
    """--data PATH, or, where `preferences` is allowed, --data preferences FILE."""
    if not preferences:
        command.add_argument("--data", type=Path, required=True, metavar="PATH", help="your copy of KokoroChat")
        return
    command.add_argument(
        "--data", nargs="+", required=True, metavar=("PATH", "FILE"),
        help="your copy of KokoroChat; a file of chat messages or ShareGPT; a JSONL of prompt and completion, or of"
        " prompt, chosen, rejected, whose chosen texts are trained on (also said as `preferences FILE`)",
    )  # fmt: skip
    command.add_argument(
        "--split-by", dest="overrides", action="append", default=[], type="person_field={}".format, metavar="FIELD",
        help="of other data, the field that names whose dialogue it is: nobody stands on both sides of a split",
    )  # fmt: skip
    simulated_option(command)


def simulated_option(command: argparse.ArgumentParser) -> None:
    """--allow-simulated."""
    command.add_argument(
        "--allow-simulated", action="store_true", help="train on preferences that no person had: to try the road out"
    )


def source_of(values: list[str], simulated: bool = False) -> Source:
    """What --data names; `simulated`: of preferences, those that no person had are wanted, too.

    Raises:
        InputError: neither one path nor `preferences FILE`.
    """
    from finetune.data.preference_rows import are_rows
    from finetune.data.preferences import Preferences

    if len(values) == 1:
        path = Path(values[0])
        return Preferences(path, simulated) if are_rows(path) else path
    if len(values) == 2 and values[0] == "preferences":
        return Preferences(Path(values[1]), simulated)
    raise InputError(
        f"--data: found {' '.join(values)!r}; allowed: a path to KokoroChat or to a file of chat messages, or"
        " preferences FILE"
    )


def set_option(command: argparse.ArgumentParser, what: str) -> None:
    """--set KEY=VALUE, as often as wanted."""
    command.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE", help=what)


def system_options(command: argparse.ArgumentParser) -> None:
    """--system, as often as wanted, and --recipe."""
    command.add_argument(
        "--system", dest="systems", action="append", required=True, metavar="NAME=base|ADAPTER|MODEL",
        help="a system's id, and the base alone, an adapter, or a full model (folder or Hub id OWNER/NAME[@REVISION])",
    )  # fmt: skip
    command.add_argument(
        "--recipe",
        metavar="RECIPE",
        help="recipe that names the base where no adapter does (default: the laptop model)",
    )


def report_option(command: argparse.ArgumentParser) -> None:
    """--report-to TRACKER."""
    command.add_argument(
        "--report-to", choices=("none", "tensorboard", "trackio", "wandb"),
        help="send losses there as they come (its package is yours to install); default: none, log.jsonl has them",
    )  # fmt: skip


def threads_option(command: argparse.ArgumentParser) -> None:
    """--threads N."""
    command.add_argument("--threads", type=positive, metavar="N", help="CPU threads; default: torch's choice")


def use_threads(count: int | None) -> None:
    """Tells torch how many threads to use."""
    if count is not None:
        import torch

        torch.set_num_threads(count)
