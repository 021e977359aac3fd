"""`merge` and `push`: an adapter made into a full model, or sent to the Hub."""

from __future__ import annotations

import argparse
from pathlib import Path

from finetune.commands import yes
from tasks.console import Commands
from tasks.errors import InputError


def add(commands: Commands) -> None:
    """Adds both commands."""
    command = commands.add_parser("merge", help="add an adapter into a fresh base: a full model")
    command.add_argument("adapter", metavar="ADAPTER", help="a run's folder, or a Hub id")
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="the full model's folder")
    command.add_argument("--dtype", choices=("bfloat16", "float32"), default="bfloat16", help="default: bfloat16")
    command.set_defaults(run=_merge)
    command = commands.add_parser("push", help="send an adapter with its cards to the Hub, private unless told")
    command.add_argument("adapter", type=Path, metavar="DIR", help="a run's folder")
    command.add_argument("repo", metavar="OWNER/NAME", help="the model repository; made where it is not there")
    command.add_argument("--public", action="store_true", help="anybody may fetch it")
    command.add_argument("--yes", action="store_true", help="agree to the terms without being asked")
    command.add_argument("--hub-endpoint", default="", metavar="URL", help="another Hub than huggingface.co")
    command.set_defaults(run=_push)


def _merge(chosen: argparse.Namespace) -> None:
    from finetune.model.merge import merge

    done = merge(chosen.adapter, chosen.out, chosen.dtype)
    print(f"{done.folder}: {done.divergence:.2g} nats mean divergence from base and adapter kept apart, on a probe")
    print(
        "what rounding costs on real text: python -m finetune evaluate --data KOKOROCHAT"
        f" --system apart={chosen.adapter} --system merged={done.folder} --out DIR"
    )


def _push(chosen: argparse.Namespace) -> None:
    from finetune.hub import push as pushing

    print(f"{chosen.adapter} to {chosen.repo}, {'PUBLIC' if chosen.public else 'private'}. Terms that bind it:")
    for line in pushing.terms(chosen.adapter):
        print(f"  {line}")
    if not (chosen.yes or yes("Do you agree, and may it be sent?", "--yes")):
        raise InputError("not agreed; nothing was sent")
    print(pushing.push(chosen.adapter, chosen.repo, private=not chosen.public, endpoint=chosen.hub_endpoint))
