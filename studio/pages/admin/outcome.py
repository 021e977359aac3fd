"""The tab on results: closed to everybody until the study is closed, or until somebody says why they look."""

from __future__ import annotations

from results.document.words import LANGUAGES
from studio.pages.admin.html import Words, link, note
from studio.service import Service


def render(service: Service, study_id: str, actor: str, words: Words, role: str = "organiser") -> str:
    """Downloads and the report, or why they are not shown."""
    if not service.may_see(study_id, actor):
        return note(words["blinded"], "warn")
    links = [
        *(
            link(f"/admin/report/{study_id}.{tag}.html", words.say("report_in", language=words.name_of(tag)))
            for tag in LANGUAGES
        ),
        link(f"/admin/report/{study_id}.zip", words["report_zip"], download=True),
        link(f"/admin/export/{study_id}.zip", words["export"], download=True),
        link(f"/admin/pairs/{study_id}.jsonl", words["pairs_file"], download=True),
    ]
    if role == "organiser":
        links.append(link(f"/admin/publish/{study_id}?lang={words.language}", words["publish"]))
    return "".join([f'<p class="takes">{" ".join(links)}</p>', note(words["note"])])
