"""What an organiser sends when a session is booked: a letter and a calendar entry for each side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from studio.service.room.booking import Appointment, Sitter
from tasks.languages.catalogue import read_in, word
from tasks.languages.tags import day_of
from tasks.schema import Language, Study, rater_code

LONGEST = 75
"""Bytes of a line of a calendar file (RFC 5545, 3.1)."""


def letter(study: Study, sitter: Sitter, time: datetime) -> str:
    """The text in each of the study's languages, in turn; without a link, which nobody can read again.

    `time`: in the zone in which it is to be read. The other side is not named.
    """
    return "\n----\n\n".join(_letter_in(tag, study, sitter, time) for tag in study.languages)


def _letter_in(language: Language, study: Study, sitter: Sitter, time: datetime) -> str:
    read = read_in("letters", language)
    dear = word("letters", read, "dear", name=sitter.name) + "\n\n" if sitter.name else ""
    values = {
        "title": study.title.text(language, *study.languages),
        "day": day_of(time.date(), read),
        "time": f"{time:%H:%M}",
        "zone": f"{time:UTC%z}"[:6] + ":" + f"{time:%z}"[3:5],
        "contact": study.support.contact if study.support else "",
    }
    if study.sessions is not None:
        values |= {"least": str(study.sessions.least_minutes), "most": str(study.sessions.most_minutes)}
    return dear + word("letters", read, "session", **values)


def calendar(study: Study, one: Appointment, sitter: Sitter, time: datetime, now: datetime) -> str:
    """The entry as iCalendar (RFC 5545), in UTC, under an id that stays when the session is booked again."""
    most = timedelta(minutes=study.sessions.most_minutes if study.sessions else 0)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kokoro Studio//Sessions//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{study.study_id}-{one.session_id}-{rater_code(sitter.seat)}@kokoro-studio",
        f"SEQUENCE:{one.bookings - 1}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(time)}",
        f"DTEND:{_utc(time + most)}",
        f"SUMMARY:{_escaped(study.title.text(*study.languages))}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def write(study: Study, folder: Path, time: datetime, now: datetime, book: Callable[[], Appointment]) -> Appointment:
    """Books, and writes CODE.txt and CODE.ics for both sides into a new or empty folder.

    `book` is called once the folder can be written; where it fails there is no folder.
    """
    from tasks.files import new_folder

    with new_folder(folder) as made:
        one = book()
        for sitter in (one.client, one.counselor):
            code = rater_code(sitter.seat)
            (made / f"{code}.txt").write_text(letter(study, sitter, time), encoding="utf-8")
            entry = calendar(study, one, sitter, time, now)
            (made / f"{code}.ics").write_text(entry, encoding="utf-8", newline="")
    return one


def _utc(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for plain, safe in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, safe)
    return text


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most `LONGEST` bytes, each but the first behind a blank; no character is cut."""
    piece = ""
    for character in line:
        if len((piece + character).encode()) > LONGEST:
            yield piece
            piece = " "
        piece += character
    yield piece
