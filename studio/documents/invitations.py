"""What an organiser sends: the mail to a rater, with the personal link as text and as QR code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from studio.documents import addresses
from studio.service.rater.qr import qr_svg
from tasks.languages.catalogue import read_in, word
from tasks.languages.tags import day_of
from tasks.schema import Language, Study


@dataclass(frozen=True)
class Invitation:
    """One person's link. `name` and `mail` are '' where they are not known."""

    name: str
    mail: str
    link: str


def letter(study: Study, invitation: Invitation) -> str:
    """The text of the mail in each of the study's languages, in turn; plain text, so that it can be changed.

    Where the link does not open everywhere, the letter begins with that, for whoever sends it.
    """
    reach = [told for tag in study.languages if (told := addresses.note(invitation.link, read_in("organiser", tag)))]
    local = "[" + "\n".join(dict.fromkeys(reach)) + "]\n\n" if reach else ""
    return local + "\n----\n\n".join(_letter_in(tag, study, invitation) for tag in study.languages)


def _letter_in(language: Language, study: Study, invitation: Invitation) -> str:
    read = read_in("letters", language)
    dear = word("letters", read, "dear", name=invitation.name) + "\n\n" if invitation.name else ""
    contact = study.support.contact if study.support else ""
    title = study.title.text(language, *study.languages)
    return dear + word("letters", read, "invitation", title=title, link=invitation.link, contact=contact)


def reminder(study: Study, due: str = "", name: str = "") -> str:
    """The text of a reminder in each of the study's languages, in turn; without a link, which nobody can read again.

    Args:
        due: the last day, ISO 8601, which is named then; '' = none.
        name: whom it is for; '' = anybody.
    """
    return "\n----\n\n".join(_reminder_in(tag, study, due, name) for tag in study.languages)


def _reminder_in(language: Language, study: Study, due: str, name: str) -> str:
    read = read_in("letters", language)
    dear = word("letters", read, "dear", name=name) + "\n\n" if name else ""
    contact = study.support.contact if study.support else ""
    title = study.title.text(language, *study.languages)
    about, rest = word("letters", read, "reminder", title=title, contact=contact).split("\n\n", 1)
    by = "\n" + word("letters", read, "reminder_due", day=day_of(date.fromisoformat(due), read)) if due else ""
    return f"{dear}{about}{by}\n\n{rest}"


def files(study: Study, invitations: Sequence[Invitation]) -> dict[str, bytes]:
    """links.csv, and for each person NUMBER.txt and NUMBER.svg, by name."""
    from results.export.csv_cells import render

    rows = [[str(n), one.name, one.mail, one.link] for n, one in enumerate(invitations, start=1)]
    made = {"links.csv": render(["number", "name", "mail", "link"], rows)}
    for number, one in enumerate(invitations, start=1):
        made[f"{number}.txt"] = letter(study, one).encode("utf-8")
        made[f"{number}.svg"] = qr_svg(one.link).encode("utf-8")
    return made


def reminders(study: Study, due: str, people: Sequence[tuple[str, str]]) -> dict[str, bytes]:
    """reminders.csv, and for each (name, mail) NUMBER.txt, by name; `due`: the last day, ISO 8601, or ''."""
    from results.export.csv_cells import render

    texts = [reminder(study, due, name) for name, _ in people]
    rows = [[str(n), *person, told] for n, (person, told) in enumerate(zip(people, texts, strict=True), start=1)]
    made = {"reminders.csv": render(["number", "name", "mail", "text"], rows)}
    return made | {f"{number}.txt": told.encode("utf-8") for number, told in enumerate(texts, start=1)}


def write(study: Study, people: Sequence[tuple[str, str]], folder: Path, links: Callable[[], Sequence[str]]) -> Path:
    """Writes `files` into a new or empty folder.

    The folder holds what lets anybody in: send, then delete it. `links` makes the links, one a person; it is called
    once the folder can be written.
    """
    from tasks.files import new_folder

    with new_folder(folder) as made:
        invitations = [Invitation(*person, link) for person, link in zip(people, links(), strict=True)]
        for name, content in files(study, invitations).items():
            (made / name).write_bytes(content)
    return folder
