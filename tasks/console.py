"""The command line of a room: one parser, one way of running a command, of saying what is wrong, and of ending.

A command module offers `add(commands)`, which makes its subparsers and sets `run` on each: a function of the parsed
options that returns None or an `Exit`. Command modules import heavy libraries inside `run` alone, so that --help
answers at once.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from tasks.errors import InputError

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Commands = argparse._SubParsersAction  # generic for type checkers alone

_LIKE_A_NUMBER = re.compile(r"-\.?\d")
SHOWN = 100
"""Mistakes printed, at most; the number of the others is said."""


class Exit(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    NO = 1
    """Done, and the answer is no: `verify` found differences, or sending was not agreed to."""
    BAD_INPUT = 2
    UNUSABLE = 3
    """Finished, but the result is not to be used; stderr says why."""
    STOPPED = 130


class CommandModule(Protocol):
    """One or more commands."""

    def add(self, commands: Commands) -> None:
        """Make the subparsers; each sets `run`."""


def parser(prog: str, description: str, modules: Iterable[CommandModule]) -> argparse.ArgumentParser:
    """The parser of `python -m PROG`, with the commands of every module in their order."""
    top = argparse.ArgumentParser(prog=f"python -m {prog}", description=description)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in modules:
        module.add(commands)
    return top


def command(
    commands: Commands, name: str, words: str, run: Callable[[argparse.Namespace], int | None], description: str = ""
) -> argparse.ArgumentParser:
    """A new command's parser; `words` stand in the list of commands, and as a sentence above its options."""
    made = commands.add_parser(name, help=words, description=description or f"{words[0].upper()}{words[1:]}.")
    made.set_defaults(run=run)
    return made


def language_option(command: argparse.ArgumentParser) -> None:
    """--language TAG, repeated, or a list with commas: `options.languages`, the first one first; ja and en if none."""
    command.add_argument(
        "--language", "--languages", dest="languages", action=_Languages, default=("ja", "en"), metavar="TAG",
        help="of the study, the first one first (repeat, or a list with commas; default ja,en)",
    )  # fmt: skip


class _Languages(argparse.Action):
    """Collects tags of languages; a wrong one ends the command with what is allowed."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        given = () if getattr(namespace, self.dest) is self.default else getattr(namespace, self.dest)
        try:
            from tasks.languages.tag import checked  # here, so that --help answers at once

            tags = [checked(tag.strip()) for tag in str(values).split(",")]
        except ValueError as error:
            parser.error(f"argument {option}: {error}")
        setattr(namespace, self.dest, tuple(dict.fromkeys((*given, *tags))))


def _with_values(arguments: Sequence[str]) -> list[str]:
    """`--missing -1,99` as `--missing=-1,99`: argparse takes what begins with `-` and is no number for an option."""
    joined: list[str] = []
    for argument in arguments:
        before = joined[-1] if joined else ""
        if _LIKE_A_NUMBER.match(argument) and before.startswith("--") and "=" not in before and before != "--":
            joined[-1] = f"{before}={argument}"
        else:
            joined.append(argument)
    return joined


def run(top: argparse.ArgumentParser, arguments: Sequence[str] | None = None, stopped: str = "stopped") -> int:
    """Parse, run the command named, print what is wrong; the exit code.

    Args:
        arguments: the words after `python -m PROG`; None = those of the process.
        stopped: what is printed when somebody presses Ctrl-C.
    """
    options = top.parse_args(_with_values(sys.argv[1:] if arguments is None else arguments))
    try:
        return int(options.run(options) or Exit.DONE)
    except InputError as error:
        _print_errors(error.errors)
    except BrokenPipeError:  # the reader has enough, as in `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE
    except OSError as error:
        _print_errors((_sentence(error),))
    except KeyboardInterrupt:
        print(stopped, file=sys.stderr)
        return Exit.STOPPED
    return Exit.BAD_INPUT


def _sentence(error: OSError) -> str:
    """What the operating system says, file first."""
    return f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)


def _print_errors(errors: Sequence[str]) -> None:
    for line in errors[:SHOWN]:
        print(f"error: {line}", file=sys.stderr)
    if len(errors) > SHOWN:
        print(f"error: and {len(errors) - SHOWN} more", file=sys.stderr)


def say(text: str) -> None:
    """One line on stdout, at once, also where stdout is a file."""
    print(text, flush=True)


def agreed(question: str, option: str) -> bool:
    """True for a yes at the terminal.

    Raises:
        InputError: nobody can be asked; the message names the option that says yes.
    """
    if not sys.stdin.isatty():
        raise InputError(f"{question} Nobody can be asked here: say {option}")
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes", "はい")


def positive(text: str) -> int:
    """An argparse type: a whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"found {text!r}; allowed: a whole number from 1")
    return int(text)
