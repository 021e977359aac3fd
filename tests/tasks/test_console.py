"""The command line that the four rooms share: how it prints mistakes and how it ends."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from tasks import console
from tasks.console import Commands, Exit
from tasks.errors import InputError


class Command:
    """A command module whose one command, `try`, does what it is told."""

    def __init__(self, does: object) -> None:
        self.does = does

    def add(self, commands: Commands) -> None:
        console.command(commands, "try", "try something", self._run)

    def _run(self, options: argparse.Namespace) -> int | None:
        if isinstance(self.does, BaseException):
            raise self.does
        return self.does  # type: ignore[return-value]


def run(does: object) -> int:
    return console.run(console.parser("room", "A room.", (Command(does),)), ["try"], "stopped; go on with --resume")


@pytest.mark.parametrize(
    ("does", "code", "printed"),
    [
        (None, 0, ""),
        (Exit.NO, 1, ""),
        (Exit.UNUSABLE, 3, ""),
        (InputError("a.csv, row 2: found 'x'"), 2, "error: a.csv, row 2: found 'x'\n"),
        (InputError(["first", "second"]), 2, "error: first\nerror: second\n"),
        (PermissionError(13, "Permission denied", "/out"), 2, "error: /out: Permission denied\n"),
        (OSError("the disk is gone"), 2, "error: the disk is gone\n"),
        (KeyboardInterrupt(), 130, "stopped; go on with --resume\n"),
    ],
)
def test_every_command_ends_the_same_way(
    does: object, code: int, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(does) == code
    assert capsys.readouterr() == ("", printed)


def test_a_hundred_mistakes_are_printed_and_the_others_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(InputError(f"row {number}" for number in range(250))) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[99:] == ["error: row 99", "error: and 150 more"]


def test_a_fault_of_the_program_is_no_message_about_the_input() -> None:
    with pytest.raises(ValueError, match="a bug"):
        run(ValueError("a bug"))


def test_a_reader_that_has_enough_ends_a_command_quietly() -> None:
    script = "from tasks.console import *\nimport argparse\nclass M:\n    def add(self, commands):\n" \
        "        command(commands, 'try', 'try', lambda o: [say('x' * 1000) for _ in range(1000)] and None)\n" \
        "import sys; sys.exit(run(parser('room', '', (M(),)), ['try']))"  # fmt: skip
    writer = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stderr is not None
    writer.stdout.read(10)
    writer.stdout.close()
    errors = writer.stderr.read()
    writer.stderr.close()
    assert (writer.wait(), errors) == (0, b"")


@pytest.mark.parametrize("room", ["tasks", "results", "studio", "finetune"])
def test_a_bad_path_is_one_line_in_every_room(room: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from importlib import import_module

    missing = str(tmp_path / "missing")
    words = {
        "tasks": ["check", missing],
        "results": ["report", missing, "--out", str(tmp_path / "out")],
        "studio": ["check", missing],
        "finetune": ["plan", missing, "--data", missing],
    }
    assert import_module(f"{room}.__main__").main(words[room]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert missing in printed.err
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize("value", ["-1,99", "-1", "-9:8", "-.5,1", "-1 or so"])
def test_a_value_that_begins_with_a_minus_and_a_digit_is_a_value(value: str) -> None:
    found: list[object] = []
    top = argparse.ArgumentParser()
    command = top.add_subparsers().add_parser("x")
    command.add_argument("--missing")
    command.add_argument("--flag", action="store_true")
    command.add_argument("file", nargs="?")
    command.set_defaults(run=lambda options: found.append((options.missing, options.flag, options.file)))
    assert console.run(top, ["x", "--missing", value, "--flag", "a.csv"]) == 0
    assert console.run(top, ["x", f"--missing={value}", "a.csv"]) == 0
    assert found == [(value, True, "a.csv"), (value, False, "a.csv")]
