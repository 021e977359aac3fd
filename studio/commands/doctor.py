"""`doctor`: can raters come to the studio, and is what they give kept."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime

from studio.commands.options import command, port_option
from studio.settings import Settings
from tasks.console import Commands, Exit, say


def add(commands: Commands) -> None:
    """Add the command."""
    words = "look at address, proxy, disk, database and clock before raters come; 1 where something is to be mended"
    looked = command(commands, "doctor", words, doctor)
    port_option(looked)
    looked.add_argument("url", nargs="?", metavar="URL", help="the address raters are given (STUDIO_PUBLIC_URL)")


def doctor(options: Namespace, settings: Settings) -> int:
    """One line for everything looked at: good, look or mend, and what to do."""
    from studio.health import checkup

    now = datetime.now(UTC).astimezone()
    standings = []
    for finding in checkup.looked_at(options.url or settings.base_url, settings.database_url, now):
        say(finding.line())
        standings.append(finding.standing)
    say(f"{standings.count('good')} good, {standings.count('look')} to look at, {standings.count('mend')} to mend")
    return Exit.NO if "mend" in standings else Exit.DONE
