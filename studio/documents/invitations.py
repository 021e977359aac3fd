"""What an organiser sends: the mail to a rater, with the personal link as text and as QR code, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.documents import addresses
from studio.service.rater.qr import qr_svg
from tasks.schema import Study


@dataclass(frozen=True)
class Invitation:
    """One person's link. `name` and `mail` are '' where they are not known."""

    name: str
    mail: str
    link: str


def letter(study: Study, invitation: Invitation) -> str:
    """The text of the mail, Japanese first, then English; plain text, so that it can be changed before it is sent.

    Where the link does not open everywhere, the letter begins with that, for whoever sends it.
    """
    contact = study.support.contact if study.support else ""
    reach = [told for language in ("ja", "en") if (told := addresses.note(invitation.link, language))]
    local = "[" + "\n".join(reach) + "]\n\n" if reach else ""
    greeting = f"{invitation.name} 様\n\n" if invitation.name else ""
    dear = f"Dear {invitation.name},\n\n" if invitation.name else ""
    return f"""{local}{greeting}「{study.title.text("ja", *study.languages)}」の評価をお願いいたします。

次のリンクは、あなただけのものです。転送しないでください。パソコンでもスマートフォンでも開けます。
{invitation.link}

途中でやめても、同じリンクから続きができます。回答は一件ごとに保存されます。
わからないことがあれば：{contact}

----

{dear}We would like to ask you to take part in "{study.title.text("en", *study.languages)}".

This link is yours alone; please do not forward it. It opens on a computer or a phone.
{invitation.link}

You can stop and go on later with the same link; answers are saved one by one.
Questions: {contact}
"""


def write(study: Study, people: Sequence[tuple[str, str]], folder: Path, links: Callable[[], Sequence[str]]) -> Path:
    """Writes links.csv, and for each person NUMBER.txt and NUMBER.svg, into a new or empty folder.

    The folder holds what lets anybody in: send, then delete it. `links` makes the links, one a person; it is called
    once the folder can be written.
    """
    from results.export.csv_cells import render
    from tasks.files import new_folder

    with new_folder(folder) as made:
        invitations = [Invitation(*person, link) for person, link in zip(people, links(), strict=True)]
        rows = [[str(n), one.name, one.mail, one.link] for n, one in enumerate(invitations, start=1)]
        (made / "links.csv").write_bytes(render(["number", "name", "mail", "link"], rows))
        for number, one in enumerate(invitations, start=1):
            (made / f"{number}.txt").write_text(letter(study, one), encoding="utf-8")
            (made / f"{number}.svg").write_text(qr_svg(one.link), encoding="utf-8")
    return folder
