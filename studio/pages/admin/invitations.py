"""New links as they are shown once: a mail text to be copied and a QR code for each."""

from __future__ import annotations

from collections.abc import Sequence

from studio.documents import addresses
from studio.documents.invitations import Invitation, letter
from studio.pages.admin.html import Raw, Words, note, text
from studio.service import StudioError
from studio.service.rater.qr import qr_svg
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
        raise StudioError(f"{len(found)} > {MOST}: python -m studio letters STUDY CSV --out DIR")
    return found


def _person(line: str) -> tuple[str, str]:
    name, _, mail = line.replace("、", ",").replace("\t", ",").partition(",")
    return ("", name.strip()) if "@" in name and not mail else (name.strip(), mail.strip())


def render(study: Study, made: Sequence[Invitation], words: Words) -> str:
    """One fold per link; every text is escaped."""
    folds = [
        Raw(
            f"<details><summary>{text(one.name or one.mail or words['link'])} <code>{text(one.link)}</code></summary>"
            f'<div class="letter"><pre tabindex="0">{text(letter(study, one))}</pre>{qr_svg(one.link)}</div></details>'
        )
        for one in made
    ]
    reach = addresses.note(made[0].link, words.language) if made else ""
    local = note(reach, "warn") if reach else ""
    return "".join([local, note(words["links_note"], "warn"), *folds])
