"""The page on people: links to send, and what may be done about one rater."""

from __future__ import annotations

from collections.abc import Mapping

from studio.documents.invitations import Invitation
from studio.pages.admin import invitations
from studio.pages.admin.asked import Act, Answer, Asked, Given, one
from studio.pages.admin.frame import head
from studio.pages.admin.html import Raw, area, choice, field, form, note, tick

RATER_ACTS = ("reissue", "revoke", "replace", "withdraw")


def title(asked: Asked) -> str:
    """The page's title."""
    return asked.words["raters"]


def render(asked: Asked) -> Raw:
    """Links to make, and acts on one rater."""
    words = asked.words
    if not asked.acts:
        return Raw(head(words["raters"]) + note(words["viewer"]))
    codes = [row.rater for row in asked.service.progress(asked.study)]
    invite = form(
        "invite",
        area(words["people"], "people", words["people_info"])
        + field(words["count"], "count", kind="number", value="5"),
        words["links"],
    )
    acting = form(
        "rater",
        choice(words["rater"], "rater", [(code, code) for code in codes])
        + choice(words["what_to_do"], "what", [(act, words[act]) for act in RATER_ACTS])
        + tick(words["sure"], "sure"),
        words["do_it"],
    )
    return Raw(f"{head(words['raters'])}{invite}{acting if codes else note(words['nobody'])}")


def invite(asked: Asked, given: Given) -> Answer:
    """New links, each with its letter and QR code, shown once."""
    number = one(given, "count", "1")
    people = invitations.people_of(one(given, "people"), float(number) if number.isdecimal() else 1)
    tokens = asked.service.invite_people(asked.study, people, asked.someone.actor)
    made = [Invitation(*person, asked.link(token)) for person, token in zip(people, tokens, strict=True)]
    return Answer(shown=invitations.render(asked.service.study(asked.study), made, asked.words), stay=True)


def rater(asked: Asked, given: Given) -> Answer:
    """A new link, an end, a replacement or a withdrawal of one rater."""
    words, service, study_id, actor = asked.words, asked.service, asked.study, asked.someone.actor
    code, what = one(given, "rater"), one(given, "what")
    if not one(given, "sure"):
        return Answer(words["tick_first"], "warn", stay=True)
    if what == "withdraw":
        done = service.withdraw(study_id, code, actor)
        return Answer(words.say("withdrawn_done", rater=done.rater, exports=len(done.exports)))
    if what == "revoke":
        service.revoke(study_id, code, actor)
        return Answer(words.say("revoked_done", rater=code))
    renew = service.reissue if what == "reissue" else service.replace
    made = [Invitation(code if what == "reissue" else "", "", asked.link(renew(study_id, code, actor)))]
    return Answer(shown=invitations.render(service.study(study_id), made, words), stay=True)


ACTS: Mapping[str, Act] = {"invite": invite, "rater": rater}
