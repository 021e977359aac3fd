"""`merge`: an adapter made into a full model."""

from __future__ import annotations

import argparse
from pathlib import Path

from tasks.console import Commands


def add(commands: Commands) -> None:
    """Adds the command."""
    command = commands.add_parser("merge", help="add an adapter into a fresh base: a full model")
    command.add_argument("adapter", metavar="ADAPTER", help="a run's folder, or a Hub id")
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="the full model's folder")
    command.add_argument("--dtype", choices=("bfloat16", "float32"), default="bfloat16", help="default: bfloat16")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from finetune.model.merge import merge

    merged = merge(options.adapter, options.out, options.dtype)
    print(f"{merged.folder}: {merged.divergence:.2g} nats mean divergence from base and adapter kept apart, on a probe")
    if merged.from_quantised is not None:
        print(f"{merged.from_quantised:.2g} nats from the base in 4 bits with the adapter, which is what was trained")
    print(
        "what rounding costs on real text: python -m finetune evaluate --data KOKOROCHAT"
        f" --system apart={options.adapter} --system merged={merged.folder} --out DIR"
    )
