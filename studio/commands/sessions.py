"""`sessions`: who meets whom, and when; the organiser sends the letters, the studio sends no mail."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from studio.commands.options import command, open_service
from studio.settings import Settings
from tasks.console import Commands, say
from tasks.errors import InputError

if TYPE_CHECKING:
    from studio.service.room.booking import Appointment


def add(commands: Commands) -> None:
    """Add the command."""
    words = "sessions of two people: list them, or book a time and write both letters and calendar entries"
    made = command(commands, "sessions", words, run)
    made.add_argument("do", choices=("list", "book"))
    made.add_argument("study", metavar="STUDY", help="the study's id")
    made.add_argument("session", nargs="?", metavar="SESSION", help="to book, e.g. session-001")
    made.add_argument("time", nargs="?", metavar="TIME", help="with its zone, e.g. 2026-05-01T19:00+09:00")
    made.add_argument("--out", type=Path, metavar="DIR", help="a new folder for the letters of a booking")


def run(options: Namespace, settings: Settings) -> int:
    """List the sessions of a study, or book one."""
    return _list(options, settings) if options.do == "list" else _book(options, settings)


def _list(options: Namespace, settings: Settings) -> int:
    for one in open_service(settings).appointments(options.study):
        when = "no time yet" if one.booked_at is None else one.booked_at
        say(f"{one.session_id}\t{one.state}\t{when}\t{_sides(one)}")
    return 0


def _book(options: Namespace, settings: Settings) -> int:
    from studio.documents import appointments

    lacking = [name for name in ("session", "time", "out") if getattr(options, name) is None]
    if lacking:
        raise InputError(f"sessions book: {', '.join(lacking)}: missing; give STUDY SESSION TIME --out DIR")
    time, service = _time(options.time), open_service(settings)
    study, now = service.study(options.study), datetime.now(UTC)
    one = appointments.write(study, options.out, time, now, lambda: service.book(options.study, options.session, time))
    say(f"{one.session_id}: {one.booked_at}, {_sides(one)}")
    say(f"{options.out}: a letter (.txt) and a calendar entry (.ics) for each. Send them; the studio sends no mail.")
    return 0


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise InputError(f"time: found {text!r}; allowed: a time with its zone, such as 2026-05-01T19:00+09:00")
    return time


def _sides(one: Appointment) -> str:
    from tasks.schema import rater_code

    return f"client {rater_code(one.client.seat)}, counsellor {rater_code(one.counselor.seat)}"
