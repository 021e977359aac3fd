"""The commands of `python -m tasks`, one module for each group, and the options they share."""

from __future__ import annotations

import argparse
from pathlib import Path

from tasks.console import positive


def data_argument(command: argparse.ArgumentParser) -> None:
    """DATA, a copy of KokoroChat."""
    words = "your copy of KokoroChat: a folder, .tar.xz, .zip, .json, .jsonl or .parquet (docs/kokorochat.md)"
    command.add_argument("data", type=Path, help=words)


def part_options(command: argparse.ArgumentParser, by: tuple[str, ...]) -> None:
    """--split, and --by with its first choice as the default."""
    command.add_argument("--split", choices=("test", "valid", "train"), default="test", help="part drawn from")
    command.add_argument("--by", choices=by, default=by[0], help="how parts are made")


def design_options(command: argparse.ArgumentParser, seats: int) -> None:
    """What every new study folder asks: seats, seed, contact, simulated."""
    command.add_argument("--seats", type=positive, default=seats, help=f"raters planned for (default {seats})")
    command.add_argument("--seed", type=int, default=1, help="of the assignment design (default 1)")
    command.add_argument("--contact", default="", help="whom raters can ask")
    command.add_argument(
        "--simulated", action="store_true", help="judgments will be made by scripts; says so everywhere"
    )
