"""The page on people: who was invited, how far each is, and what may be done about one of them."""

from __future__ import annotations

from collections.abc import Mapping

from studio.documents.invitations import Invitation, reminder
from studio.pages.admin import invitations, many
from studio.pages.admin.asked import Act, Answer, Asked, Given, one
from studio.pages.admin.frame import confirm, head
from studio.pages.admin.html import Raw, Words, area, bar, column, field, form, link, listed, moment, note, tag, text
from studio.pages.admin.icons import icon
from studio.service.organiser.roster import ORDER, WAITED_FOR, Invited, State

KINDS: Mapping[State, str] = {
    "unopened": "warn", "consent": "warn", "idle": "warn", "working": "open", "done": "good",
    "stopped": "bad", "withdrawn": "bad",
}  # fmt: skip
"""How the word of a state is coloured."""
COLUMNS = ("name", "status", "progress", "seen", "pace")


def title(asked: Asked) -> str:
    """The page's title."""
    return asked.words["raters"]


def render(asked: Asked) -> Raw:
    """The table of people, links that were just made, and how to invite and remind; a viewer sees no name."""
    words, rows = asked.words, asked.service.roster(asked.study)
    waiting = sum(row.state in WAITED_FOR for row in rows)
    told = words.say("roster_told", invited=len(rows), waiting=waiting)
    paid = link(f"/admin/payment/{asked.study}.csv", words["payment"], download=True)
    parts = [head(words["raters"], told, paid), _list(asked, rows)]
    if asked.acts:
        parts += ['<section id="outcome" class="outcome" tabindex="-1"></section>', _invite(words), _reminder(asked)]
    return Raw("".join(parts))


def _list(asked: Asked, rows: list[Invited]) -> str:
    words = asked.words
    if not rows:
        return note(words["roster_none"])
    heads = [column(Raw(f'<button type="button" data-sort>{text(words[key])}</button>')) for key in COLUMNS]
    if asked.acts:
        heads.append(column(words["what_to_do"], shown=False))
    foot = f'{many.bar(words)}<p class="fine card-foot">{text(words["roster_note"])}</p>' if asked.acts else ""
    lines = (_line(asked, row) for row in rows)
    return listed(many.TABLE, words["raters"], words["search_people"], heads, lines, foot)


def _line(asked: Asked, row: Invited) -> str:
    words, pace = asked.words, row.pace_seconds
    share = row.done / row.total if row.total else -1
    progress = bar(row.done, row.total, f"{words['pairs']} {row.rater}") if row.rater else "–"
    return (
        f'<tr data-key="{text(row.key)}"{" data-need" if row.state in WAITED_FOR else ""}><td>{_name(asked, row)}</td>'
        f'<td data-value="{ORDER.index(row.state)}">{_state(row, words)}</td>'
        f'<td data-value="{share:.3f}">{progress}</td>'
        f'<td data-value="{row.last_at}" data-label="{text(words["seen"])}">{moment(row.last_at)}</td>'
        f'<td data-value="{pace or 0:.1f}" data-label="{text(words["pace"])}">'
        f"{'–' if pace is None else f'{pace:.0f}'}</td>{_menu(asked, row)}</tr>"
    )


def _name(asked: Asked, row: Invited) -> str:
    """The name with the pseudonym under it; to a viewer the pseudonym alone."""
    if not asked.acts:
        return f"<b>{text(row.rater or '–')}</b>"
    under = f"<small>{text(row.rater)}</small>" if row.rater else ""
    shown = f"<b>{text(row.name or asked.words['unnamed_person'])}</b>{under}"
    return shown if row.state == "withdrawn" else many.box(row, _who(row, asked.words), shown)


def _state(row: Invited, words: Words) -> Raw:
    return tag(words.say(f"state_{row.state}", n=row.still_days), KINDS[row.state])


def _who(row: Invited, words: Words) -> str:
    """Whom a dialog is about."""
    return " ".join(part for part in (row.name or words["unnamed_person"], row.rater) if part)


def _menu(asked: Asked, row: Invited) -> str:
    """What may be done about one person; each says in a dialog what it does."""
    if not asked.acts:
        return ""
    if row.state == "withdrawn":
        return '<td class="acts"></td>'
    words, who, key = asked.words, _who(row, asked.words), {"key": row.key}
    entries = [confirm("reissue", words["reissue"], words.say("reissue_told", who=who), words, **key)]
    if not row.rater:
        told = words.say("unopened_stop_told", who=who)
        entries.append(confirm("stop", words["unopened_stop"], told, words, "danger", **key))
    else:
        if row.state != "done":
            newcomer = field(words["replace_name"], "name")
            told = words.say("replace_told", who=who)
            entries.append(confirm("replace", words["replace"], told, words, body=newcomer, **key))
        if row.state != "stopped":
            entries.append(confirm("stop", words["revoke"], words.say("revoke_told", who=who), words, **key))
        told = words.say("withdraw_told", who=who)
        entries.append(confirm("withdraw", words["withdraw"], told, words, "danger", **key))
    label = text(words.say("acts_on", study=who))
    return (
        f'<td class="acts"><details class="menu"><summary class="row-icon" aria-label="{label}">{icon("more")}'
        f"</summary><div>{''.join(entries)}</div></details></td>"
    )


def _invite(words: Words) -> str:
    asked_for = area(words["people"], "people", words["people_info"]) + field(
        words["count"], "count", kind="number", value="5"
    )
    return f"<h2>{text(words['invite_title'])}</h2>{form('invite', asked_for, words['links'])}"


def _reminder(asked: Asked) -> str:
    words = asked.words
    told = reminder(asked.service.study(asked.study), asked.service.kept(asked.study).due)
    button = (
        f'<button type="button" class="button" data-copy-from="reminder" data-told="{text(words["copied"])}">'
        f"{icon('copy')}{text(words['reminder_copy'])}</button>"
    )
    return (
        f"<details><summary>{text(words['reminder'])}</summary>{note(words['reminder_told'])}"
        f'<div class="letter"><pre id="reminder" tabindex="0">{text(told)}</pre>'
        f"{button}</div></details>"
    )


def invite(asked: Asked, given: Given) -> Answer:
    """New links, each with its letter and QR code, shown once."""
    number = one(given, "count", "1")
    people = invitations.people_of(one(given, "people"), float(number) if number.isdecimal() else 1)
    tokens = asked.service.invite_people(asked.study, people, asked.someone.actor)
    return _made(asked, [Invitation(*person, asked.link(token)) for person, token in zip(people, tokens, strict=True)])


def _made(asked: Asked, made: list[Invitation]) -> Answer:
    return Answer(shown=invitations.render(asked.service.study(asked.study), made, asked.words))


def reissue(asked: Asked, given: Given) -> Answer:
    """A new link in place of somebody's, shown once."""
    key = one(given, "key")
    name = next((row.name for row in asked.service.roster(asked.study) if row.key == key), "")
    token = asked.service.new_link(asked.study, key, asked.someone.actor)
    return _made(asked, [Invitation(name, "", asked.link(token))])


def replace(asked: Asked, given: Given) -> Answer:
    """A link for somebody who takes a rater's place, shown once."""
    name = one(given, "name")
    token = asked.service.replace(asked.study, one(given, "key"), asked.someone.actor, name)
    return _made(asked, [Invitation(name, "", asked.link(token))])


def stop(asked: Asked, given: Given) -> Answer:
    """The end of somebody's links."""
    key = one(given, "key")
    asked.service.stop_links(asked.study, key, asked.someone.actor)
    joined = key in {row.rater for row in asked.service.progress(asked.study)}
    words = asked.words
    return Answer(words.say("revoked_done", rater=key) if joined else words["unopened_stopped"])


def withdraw(asked: Asked, given: Given) -> Answer:
    """Somebody's withdrawal."""
    done = asked.service.withdraw(asked.study, one(given, "key"), asked.someone.actor)
    return Answer(asked.words.say("withdrawn_done", rater=done.rater, exports=len(done.exports)))


ACTS: Mapping[str, Act] = {
    "invite": invite, "reissue": reissue, "replace": replace, "stop": stop, "withdraw": withdraw, **many.ACTS,
}  # fmt: skip
