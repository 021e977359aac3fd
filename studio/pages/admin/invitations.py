"""New links as they are shown once: a mail text to be copied and a QR code for each."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Mapping, Sequence

from studio.documents import addresses
from studio.documents.invitations import Invitation, files, letter, reminder, reminders
from studio.pages.admin.html import Words, note, text
from studio.pages.admin.icons import icon
from studio.service import StudioError
from studio.service.rater.qr import qr_svg
from tasks.languages.fault import Fault
from tasks.schema import Study

MOST = 50


def people_of(typed: str, count: float) -> list[tuple[str, str]]:
    """(name, mail) of lines like `name, mail`; without lines, `count` people not named.

    Raises:
        StudioError: more than `MOST` at once, for which the command line is made.
    """
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    found = [_person(line) for line in lines] or [("", "")] * max(1, int(count))
    if len(found) > MOST:
        raise StudioError(Fault("many_people", n=len(found), most=str(MOST)))
    return found


def _person(line: str) -> tuple[str, str]:
    name, _, mail = line.replace("、", ",").replace("\t", ",").partition(",")
    return ("", name.strip()) if "@" in name and not mail else (name.strip(), mail.strip())


def render(study: Study, made: Sequence[Invitation], words: Words) -> str:
    """A line for each link, with buttons to copy, its letter and its code; all of them as files, made here and now."""
    reach = addresses.note(made[0].link, words.language) if made else ""
    local = note(reach, "warn") if reach else ""
    lines = "".join(_line(study, one, number, words, len(made) == 1) for number, one in enumerate(made, 1))
    once = note(words["links_note"], "warn")
    return f"<h2>{text(words['made_title'])}</h2>{once}{local}{lines}{_files(study, made, words)}"


def _line(study: Study, one: Invitation, number: int, words: Words, opened: bool) -> str:
    called = text(one.name or one.mail or words["link"])
    letter_copy = _copy(f"data-copy-from=letter-{number}", words["letter_copy"], words)
    link_copy = _copy(f'data-copy="{text(one.link)}"', words["link_copy"], words)
    return (
        f'<div class="made"><p><b>{called}</b> <code>{text(one.link)}</code></p>'
        f"{link_copy}"
        f"<details{' open' if opened else ''}><summary>{text(words['letter_qr'])}</summary>"
        f'<div class="letter"><pre id="letter-{number}" tabindex="0">{text(letter(study, one))}</pre>'
        f"{qr_svg(one.link)}</div>{letter_copy}</details></div>"
    )


def _files(study: Study, made: Sequence[Invitation], words: Words) -> str:
    """Downloads that are in the page itself, since no link is kept anywhere."""
    if len(made) < 2:
        return ""
    return _takes(files(study, made), f"{study.study_id}-letters", f"{study.study_id}-links", words)


def reminded(study: Study, due: str, people: Sequence[tuple[str, str]], words: Words) -> str:
    """A reminder for each of these (name, mail), to be copied, and all of them as files; `due`: the last day, or ''."""
    mails = ", ".join(mail for _, mail in people if mail)
    copied = _copy(f'data-copy="{text(mails)}"', words["mails_copy"], words) if mails else ""
    copied = f'<p class="page-acts">{copied}</p>' if copied else ""
    lines = "".join(
        f'<div class="made"><p><b>{text(name or mail or words["unnamed_person"])}</b></p>'
        f"{_copy(f'data-copy-from=reminder-{number}', words['reminder_copy'], words)}"
        f"<details><summary>{text(words['reminder'])}</summary>"
        f'<div class="letter"><pre id="reminder-{number}" tabindex="0">{text(reminder(study, due, name))}</pre></div>'
        "</details></div>"
        for number, (name, mail) in enumerate(people, 1)
    )
    packed = _takes(reminders(study, due, people), f"{study.study_id}-reminders", f"{study.study_id}-reminders", words)
    return f"<h2>{text(words['reminders'])}</h2>{note(words['reminder_told'])}{copied}{lines}{packed}"


def _copy(what: str, called: str, words: Words) -> str:
    return (
        f'<button type="button" class="button" {what} data-told="{text(words["copied"])}">'
        f"{icon('copy')}{text(called)}</button>"
    )


def _takes(made: Mapping[str, bytes], packed: str, table: str, words: Words) -> str:
    """All of the files as a zip, and the table among them, as downloads that are in the page itself."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in made.items():
            into.writestr(name, content)
    merge = next(content for name, content in made.items() if name.endswith(".csv"))
    letters = _held("application/zip", archive.getvalue(), f"{packed}.zip", words["letters_zip"])
    return f'<p class="takes">{letters}{_held("text/csv", merge, f"{table}.csv", words["letters_csv"])}</p>'


def _held(kind: str, content: bytes, name: str, words: str) -> str:
    """A download whose bytes stand in the link itself."""
    coded = base64.b64encode(content).decode("ascii")
    return (
        f'<a class="take" download="{text(name)}" href="data:{kind};base64,{coded}">{icon("download")}{text(words)}</a>'
    )
