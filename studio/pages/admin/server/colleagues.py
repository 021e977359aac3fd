"""Colleagues by name: who has which role where; a link for somebody new, shown once; a role taken away."""

from __future__ import annotations

from collections.abc import Mapping

from studio.pages.admin.asked import Act, Answer, Asked, Given, one
from studio.pages.admin.frame import confirm, head
from studio.pages.admin.html import Raw, choice, column, field, form, note, text, tick
from studio.service.organiser.sign_in import EVERY_STUDY, ROLES, Colleague

OUTCOME = '<div id="outcome" class="outcome" tabindex="-1"></div>'
"""Where a link appears that is shown once."""


def title(asked: Asked) -> str:
    """The page's title."""
    return asked.words["colleagues"]


def render(asked: Asked) -> Raw:
    """Who there is, and the form for somebody new."""
    words = asked.words
    if not asked.acts:
        return Raw(head(words["colleagues"]) + note(words["viewer"]))
    return Raw(head(words["colleagues"], words["colleagues_told"]) + OUTCOME + _there(asked) + _new(asked))


def _there(asked: Asked) -> str:
    """A line for each role of each colleague, with the button that takes it away."""
    words = asked.words
    rows = "".join(_line(asked, one, study) for one in asked.service.colleagues() for study in one.roles)
    if not rows:
        return note(words["colleagues_none"])
    heads = "".join((column(words["name"]), column(words["colleague_where"]), column(words["what_to_do"], shown=False)))
    return (
        f'<section class="card flush"><div class="scroll" tabindex="0"><table class="lines"><thead><tr>{heads}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div></section>"
    )


def _line(asked: Asked, who: Colleague, study: str) -> str:
    words = asked.words
    way = words["colleague_account" if who.hugging_face else "colleague_link"]
    told = words.say("colleague_remove_told", who=who.name)
    away = confirm("remove", words["colleague_remove"], told, words, "danger", who=who.name, study=study)
    return (
        f"<tr><td><b>{text(who.name)}</b><small>{text(way)}</small></td><td>{text(_where(asked, study))}"
        f"<small>{text(words[f'role_{who.roles[study]}'])}</small></td><td>{away}</td></tr>"
    )


def _where(asked: Asked, study: str) -> str:
    return asked.words["colleague_all"] if study == EVERY_STUDY else study


def _new(asked: Asked) -> str:
    words = asked.words
    studies = [(row.study_id, row.study_id) for row in asked.service.studies()]
    parts = [
        field(words["name"], "who"),
        choice(words["colleague_where"], "study", [*studies, (EVERY_STUDY, words["colleague_all"])]),
        choice(words["colleague_role"], "role", [(role, words[f"role_{role}"]) for role in ROLES]),
        tick(words["colleague_by_account"], "account") if asked.settings.oauth_client_id else "",
    ]
    return f"<h2>{text(words['colleague_new'])}</h2>{form('add', ''.join(parts), words['colleague_add'])}"


def add(asked: Asked, given: Given) -> Answer:
    """A role for somebody new or known; a personal link is shown once."""
    who, words = one(given, "who"), asked.words
    study = one(given, "study")
    where = None if study == EVERY_STUDY else study
    account = one(given, "account") == "yes"
    token = asked.service.add_colleague(who, where, one(given, "role"), account, asked.someone.actor)
    if not token:
        return Answer(words["colleague_added"])
    address = f"{asked.settings.base_url}/o/{token}"
    told = note(words.say("colleague_once", who=who), "warn")
    return Answer(shown=f'{told}<div class="made"><p><b>{text(who)}</b> <code>{text(address)}</code></p></div>')


def remove(asked: Asked, given: Given) -> Answer:
    """A role taken away."""
    asked.service.remove_colleague(one(given, "who"), one(given, "study"), asked.someone.actor)
    return Answer(asked.words["colleague_removed"])


ACTS: Mapping[str, Act] = {"add": add, "remove": remove}
