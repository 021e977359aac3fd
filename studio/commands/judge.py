"""`judge`: a model asked about a study's pairs beside the raters."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from studio.commands.options import open_service, study_command
from studio.settings import Settings
from tasks.console import Commands, Exit, say
from tasks.errors import InputError
from tasks.languages.fault import Fault, at, instead

if TYPE_CHECKING:
    from studio.judges.asking import Progress

SHOWN_EVERY = 10


def add(commands: Commands) -> None:
    """Add the command."""
    words = "ask a model about the study's pairs, beside the raters; what is answered is not asked again"
    parser = study_command(commands, "judge", words, run)
    parser.add_argument("--engine", required=True, metavar="URL", help="http://HOST:PORT/v1 of any server of this kind")
    parser.add_argument("--model", required=True, metavar="NAME", help="as the server names it")
    parser.add_argument("--judge", default="judge-1", metavar="ID", help="the judge in study.yaml (judge-1)")
    parser.add_argument("--temperature", type=float, default=0.0, help="of the decoding (0)")
    parser.add_argument("--seed", type=int, default=0, help="of the decoding (0)")
    parser.add_argument("--workers", type=int, default=4, metavar="N", help="answers asked for at once (4)")
    parser.add_argument("--most", type=int, metavar="N", help="ask for so many verdicts in this run")
    parser.add_argument(
        "--price", type=float, nargs=2, metavar=("IN", "OUT"), help="of a million tokens in and out, to say the cost"
    )


def run(options: Namespace, settings: Settings) -> int:
    """Ask, say how far it is, and sum up; `Exit.UNUSABLE` where nothing was answered."""
    from studio.judges.asking import Asking, ask
    from tasks.engine.client import Engine

    for name, least in (("workers", 1), ("most", 1), ("temperature", 0)):
        value = getattr(options, name)
        if value is not None and value < least:
            raise InputError(at(f"--{name}", instead(value, Fault("at_least", bound=str(least)))))

    def told(progress: Progress) -> None:
        if progress.done % SHOWN_EVERY == 0 or progress.done == progress.missing:
            print(f"{progress.done} of {progress.missing}", file=sys.stderr, flush=True)

    service = open_service(settings)
    engine = Engine(options.engine, options.model, settings.engine_token)
    asking = Asking(options.judge, options.temperature, options.seed, options.workers, options.most)
    try:
        progress = ask(service, options.study, engine, asking, told)
    finally:
        engine.close()
    say(summary(progress, options.judge, options.price))
    return Exit.UNUSABLE if progress.done and progress.failed == progress.done else Exit.DONE


def summary(progress: Progress, judge: str, price: list[float] | None) -> str:
    """What a run came to, without a word on what was preferred."""
    said = f"{judge}: {progress.done} verdicts stored, {progress.failed} of them without an answer"
    tokens = f"{progress.prompt_tokens:,} tokens in, {progress.completion_tokens:,} out"
    if price is None:
        return f"{said}; {tokens}"
    cost = (progress.prompt_tokens * price[0] + progress.completion_tokens * price[1]) / 1e6
    return f"{said}; {tokens}, {cost:.2f} at these prices"
