"""The page on results: closed to everybody until the study is closed, or until somebody says why they look."""

from __future__ import annotations

from collections.abc import Mapping

from results.document.words import LANGUAGES
from studio.pages.admin.asked import Act, Answer, Asked, Given, one
from studio.pages.admin.frame import confirm, head
from studio.pages.admin.html import Raw, field, form, link, note

LEAST_REASON = 10
"""Characters of a reason for looking early."""


def title(asked: Asked) -> str:
    """The page's title."""
    return asked.words["results"]


def render(asked: Asked) -> Raw:
    """Downloads and the report, or why they are not shown; and what opens and closes a study."""
    words = asked.words
    course = _course(asked) if asked.acts else ""
    return Raw(f"{head(words['results'])}{_open(asked)}{course}")


def _open(asked: Asked) -> str:
    service, study_id, words = asked.service, asked.study, asked.words
    if not service.may_see(study_id, asked.someone.actor):
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
    if asked.acts:
        links.append(link(f"/admin/publish/{study_id}?lang={words.language}", words["publish"]))
    return "".join([f'<p class="takes">{" ".join(links)}</p>', note(words["note"])])


def _course(asked: Asked) -> str:
    """Looking early, closing, and opening again: each says what it does before it is done."""
    words, name = asked.words, asked.called
    if asked.service.summary(asked.study).closed_at is not None:
        return confirm("reopen", words["reopen"], words.say("reopen_sure", study=name), words)
    look = form("look", field(words["look"], "why", words["look_info"]), words["look_do"], "")
    close = confirm("close", words["close"], words.say("close_sure", study=name), words)
    early = asked.service.may_see(asked.study, asked.someone.actor)
    return close if early else f"{close}{look}"


def look(asked: Asked, given: Given) -> Answer:
    """Note why somebody looks at results of an open study, then show them."""
    why = one(given, "why")
    if len(why) < LEAST_REASON:
        return Answer(asked.words["say_why"], "warn", stay=True)
    asked.service.looked(asked.study, asked.someone.actor, f"preference: {why}")
    return Answer()


def close(asked: Asked, given: Given) -> Answer:
    """Close the study."""
    asked.service.close_study(asked.study, asked.someone.actor)
    return Answer(asked.words["close_done"])


def reopen(asked: Asked, given: Given) -> Answer:
    """Open it again, which the report says."""
    asked.service.reopen_study(asked.study, asked.someone.actor)
    return Answer(asked.words["reopen_done"])


ACTS: Mapping[str, Act] = {"look": look, "close": close, "reopen": reopen}
