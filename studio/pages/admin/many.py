"""What may be done about several people at once: they are ticked in the table, and each act names what it does."""

from __future__ import annotations

from collections.abc import Mapping

from studio.documents.invitations import Invitation
from studio.pages.admin import invitations
from studio.pages.admin.asked import Act, Answer, Asked, Given
from studio.pages.admin.frame import confirm
from studio.pages.admin.html import Words, text
from studio.service.organiser.roster import Invited

TABLE = "people"
"""The id of the table in which people are ticked."""


def bar(words: Words) -> str:
    """How many are ticked, ways to tick many, and the acts; the desk's script tells each dialog who is ticked."""
    ticking = "".join(
        f'<button type="button" class="button" data-tick="{which}">{text(words[f"tick_{which}"])}</button>'
        for which in ("waiting", "all")
    )
    names = f'<p class="soft" data-names="{TABLE}"></p>'
    acts = (
        confirm("remind_many", words["reminders"], words["reminders_told"], words, body=names)
        + confirm("reissue_many", words["reissue_many"], words["reissue_many_told"], words, body=names)
        + confirm("stop_many", words["revoke"], words["stop_many_told"], words, "danger", body=names)
    )
    told = f'<span role="status" data-ticked="{text(words["ticked"])}"></span>'
    lines = "".join(f'<div class="page-acts">{line}</div>' for line in (ticking + told, acts))
    return f'<div class="many card-foot">{lines}</div>'


def box(row: Invited, called: str, shown: str) -> str:
    """A person's name with the box by which acts on many are told whom they are about."""
    return (
        f'<label class="tick"><input type="checkbox" name="keys" value="{text(row.key)}" data-called="{text(called)}">'
        f"<span>{shown}</span></label>"
    )


def _ticked(asked: Asked, given: Given) -> list[Invited]:
    """Who was ticked, in the order of the table; without those who withdrew meanwhile."""
    keys = set(given.get("keys", ()))
    return [row for row in asked.service.roster(asked.study) if row.key in keys and row.state != "withdrawn"]


def _nobody(asked: Asked) -> Answer:
    return Answer(asked.words["ticked_none"], "warn", stay=True)


def _person(row: Invited) -> tuple[str, str]:
    """(name, mail); the name is '' where the address stands in its place."""
    return ("" if row.name == row.mail else row.name, row.mail)


def reissue(asked: Asked, given: Given) -> Answer:
    """New links in place of those of everybody ticked, shown once, with all letters as files."""
    rows = _ticked(asked, given)
    if not rows:
        return _nobody(asked)
    tokens = asked.service.new_links(asked.study, [row.key for row in rows], asked.someone.actor)
    made = [Invitation(*_person(row), asked.link(token)) for row, token in zip(rows, tokens, strict=True)]
    return Answer(shown=invitations.render(asked.service.study(asked.study), made, asked.words))


def remind(asked: Asked, given: Given) -> Answer:
    """A reminder for everybody ticked, with the last day where one is named."""
    rows = _ticked(asked, given)
    if not rows:
        return _nobody(asked)
    due = asked.service.kept(asked.study).due
    people = [_person(row) for row in rows]
    return Answer(shown=invitations.reminded(asked.service.study(asked.study), due, people, asked.words))


def stop(asked: Asked, given: Given) -> Answer:
    """The end of the links of everybody ticked."""
    rows = _ticked(asked, given)
    if not rows:
        return _nobody(asked)
    asked.service.stop_all_links(asked.study, [row.key for row in rows], asked.someone.actor)
    return Answer(asked.words.say("stopped_many", n=len(rows)))


ACTS: Mapping[str, Act] = {"reissue_many": reissue, "remind_many": remind, "stop_many": stop}
