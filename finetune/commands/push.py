"""`push`: an adapter sent to the Hub, private unless told."""

from __future__ import annotations

import argparse
from pathlib import Path

from tasks.console import Commands, agreed
from tasks.errors import InputError


def add(commands: Commands) -> None:
    """Adds the command."""
    command = commands.add_parser("push", help="send an adapter with its cards to the Hub, private unless told")
    command.add_argument("adapter", type=Path, metavar="DIR", help="a run's folder")
    command.add_argument("repo", metavar="OWNER/NAME", help="the model repository; made where it is not there")
    command.add_argument("--public", action="store_true", help="anybody may fetch it")
    command.add_argument("--yes", action="store_true", help="agree to the terms without being asked")
    command.add_argument("--hub-endpoint", default="", metavar="URL", help="another Hub than huggingface.co")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from finetune import manifest
    from finetune.hub import push

    card = manifest.read(options.adapter)
    print(f"{options.adapter} to {options.repo}, {'PUBLIC' if options.public else 'private'}. Terms that bind it:")
    for line in card.licences:
        print(f"  {line}")
    if card.metrics.warning:
        print(card.metrics.warning)
    if not (options.yes or agreed("Do you agree, and may it be sent?", "--yes")):
        raise InputError("not agreed; nothing was sent")
    print(push.push(options.adapter, options.repo, private=not options.public, endpoint=options.hub_endpoint))
