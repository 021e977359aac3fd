"""`python -m tasks`: the data side, from KokoroChat to a study folder that is checked and planned."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

DATA = "your copy of KokoroChat: a folder, .tar.xz, .zip, .json, .jsonl or .parquet (docs/kokorochat.md)"
SHOWN_ERRORS = 100


def parser() -> argparse.ArgumentParser:
    """The command line. It imports nothing heavy, so that --help answers at once."""
    top = argparse.ArgumentParser(prog="python -m tasks", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _contexts(commands)
    _build(commands)
    _whole(commands)
    _check_and_plan(commands)
    _rehydrate(commands)
    _describe_and_split(commands)
    return top


def _contexts(commands: Any) -> None:
    one = commands.add_parser("contexts", help="draw stratified evaluation contexts from KokoroChat")
    one.add_argument("data", type=Path, help=DATA)
    one.add_argument("--out", type=Path, required=True, help="new folder for items.jsonl and contexts.manifest.json")
    one.add_argument("--n", type=_positive, default=100, help="contexts (default 100)")
    one.add_argument("--split", choices=("test", "valid", "train"), default="test", help="part drawn from")
    one.add_argument("--by", choices=("counselor", "client", "paper"), default="counselor", help="how parts are made")
    one.add_argument("--cap", type=_positive, default=4, help="contexts per counsellor and per client, at most")
    one.add_argument("--strip-meta", choices=("bracket", "keep"), default="bracket",
                     help="leave out bracketed talk outside the role play (default), or keep it")  # fmt: skip
    one.add_argument("--salt", default="kokorochat-ctx-v1", help="names the draw; another salt, other contexts")


def _build(commands: Any) -> None:
    one = commands.add_parser("build", help="make a study folder of contexts and responses")
    one.add_argument("items", type=Path, help="items.jsonl, or the folder that holds it")
    one.add_argument("responses", type=Path, help="folder of <system_id>.jsonl, one response per item a line")
    one.add_argument("--out", type=Path, required=True, help="new study folder")
    one.add_argument("--study-id", required=True, help="letters, digits, '_', '.', '-'")
    one.add_argument("--template", default="quick", help="criteria: quick (default) or full")
    one.add_argument("--system", action="append", default=[], help="take this system only (repeat; in this order)")
    one.add_argument("--human", action="store_true", help="add the counsellor's real next turn as a system")
    one.add_argument("--pair", action="append", default=[], metavar="A:B", help="compare only these (repeat)")
    one.add_argument("--seats", type=_positive, default=5, help="raters planned for (default 5)")
    one.add_argument("--seed", type=int, default=1, help="of the assignment design (default 1)")
    one.add_argument("--title-ja", default="応答の比較評価")
    one.add_argument("--title-en", default="Comparing responses")
    one.add_argument("--contact", default="", help="whom raters can ask")
    one.add_argument("--simulated", action="store_true", help="judgments will be made by scripts; says so everywhere")


def _whole(commands: Any) -> None:
    one = commands.add_parser("whole", help="make a study folder of whole dialogues, to be rated or labelled")
    one.add_argument("data", type=Path, help=DATA)
    one.add_argument("--out", type=Path, required=True, help="new study folder")
    one.add_argument("--study-id", required=True, help="letters, digits, '_', '.', '-'")
    one.add_argument("--template", choices=("rating", "label"), default="rating",
                     help="rating: the client's 20 items; label: strategies of utterances")  # fmt: skip
    one.add_argument("--n", type=_positive, default=30, help="dialogues (default 30)")
    one.add_argument("--split", choices=("test", "valid", "train"), default="test", help="part drawn from")
    one.add_argument("--by", choices=("client", "counselor", "random"), default="client", help="how parts are made")
    one.add_argument(
        "--predicted", type=Path, metavar="FILE", help="draw only among the dialogues of a predictions file"
    )
    one.add_argument("--seats", type=_positive, default=3, help="raters planned for (default 3)")
    one.add_argument("--seed", type=int, default=1, help="of the draw and of the assignment design (default 1)")
    one.add_argument("--contact", default="", help="whom raters can ask")
    one.add_argument("--simulated", action="store_true", help="judgments will be made by scripts; says so everywhere")


def _check_and_plan(commands: Any) -> None:
    one = commands.add_parser("check", help="find mistakes, personal data, distress terms and odd responses")
    one.add_argument("study", type=Path, help="study folder")
    one.add_argument("--all", action="store_true", help="name every place")
    two = commands.add_parser("plan", help="plan the assignments; say how much work and how well balanced")
    two.add_argument("study", type=Path, help="study folder")
    two.add_argument("--out", type=Path, help="also write the assignments here, as JSONL")


def _rehydrate(commands: Any) -> None:
    one = commands.add_parser("rehydrate", help="put texts back into a study published without them")
    one.add_argument("study", type=Path, help="export folder or study.json")
    one.add_argument("data", type=Path, help=DATA)
    one.add_argument("--out", type=Path, required=True, help="new folder")
    one.add_argument("--responses", type=Path, help="folder of the models' <system_id>.jsonl, where you have them")


def _describe_and_split(commands: Any) -> None:
    one = commands.add_parser("describe", help="print the figures of a copy of KokoroChat")
    one.add_argument("data", type=Path, help=DATA)
    two = commands.add_parser("split", help="write the dialogue ids of a split, to be published")
    two.add_argument("data", type=Path, help=DATA)
    two.add_argument("--by", choices=("counselor", "client", "paper"), default="counselor")
    two.add_argument("--holdout-persons", action="store_true", help="no test counsellor in train in any role")
    two.add_argument("--out", type=Path, required=True, help="JSON file")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"found {text!r}; allowed: a whole number from 1")
    return int(text)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; 0, or 2 with the mistakes on stderr."""
    args = parser().parse_args(argv)
    from tasks.commands import COMMANDS
    from tasks.data.archives import KokoroChatError
    from tasks.problems import StudyError
    from tasks.writing import ExistsError

    try:
        for line in COMMANDS[args.command](args):
            print(line, flush=True)
    except (StudyError, KokoroChatError) as error:
        return _refuse(error.errors)
    except (ExistsError, OSError) as error:
        return _refuse((str(error),))
    return 0


def _refuse(errors: Sequence[str]) -> int:
    for line in errors[:SHOWN_ERRORS]:
        print(f"error: {line}", file=sys.stderr)
    if len(errors) > SHOWN_ERRORS:
        print(f"error: and {len(errors) - SHOWN_ERRORS} more", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
