"""`python -m results`: the command line of the analysis. Each command's module is imported only when it is named."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

COMMANDS = {
    "report": ("results.commands.report", "an export folder in, a report folder out"),
    "agreement": ("results.commands.agreement", "agreement of any table of ratings, with intervals"),
    "preference": ("results.commands.preference", "strength of systems from any table of pairwise choices"),
    "automatic": (
        "results.commands.automatic",
        "BLEU, ROUGE-L, Dist, self-BLEU, length and questions against the human turn",
    ),
    "leaks": ("results.commands.leaks", "what in the responses could tell a blind rater who wrote them"),
    "example": ("results.commands.example", "the report of the demo study on simulated judgments"),
    "pairs": ("results.commands.pairs", "preferences of raters as training data: prompt, chosen, rejected"),
    "power": ("results.commands.power", "what a study of so many items and raters can show"),
    "scores": ("results.commands.scores", "predicted client feedback against the client's own, beside baselines"),
    "rated": ("results.commands.rated", "people's ratings of whole dialogues, beside client and model"),
    "marked": ("results.commands.marked", "agreement on labels of utterances and spans in texts"),
}
"""By name: the module, whose `add_command(subparsers)` sets `run`, and one line of help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 = done, 2 = the input is at fault (said on stderr)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser(given[0] if given else "").parse_args(given)
    try:
        return int(options.run(options))
    except BrokenPipeError:  # whoever reads has enough, as in `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser(chosen: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m results", description="What the judgments of a study say.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, (module, words) in COMMANDS.items():
        if name == chosen:
            import_module(module).add_command(commands)
        else:
            commands.add_parser(name, help=words)
    return parser


if __name__ == "__main__":
    sys.exit(main())
