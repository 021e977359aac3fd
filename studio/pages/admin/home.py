"""The list of studies: what waits for a hand today, and every study with how far it is and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.pages.admin.asked import Act, Asked
from studio.pages.admin.frame import button_link, head
from studio.pages.admin.html import Raw, Words, bar, moment, tag, text
from studio.pages.admin.icons import icon
from studio.service.organiser.listing import Step, Summary

ACTS: Mapping[str, Act] = {}
PLACES: Mapping[Step, str] = {
    "invite": "people", "remind": "people", "wait": "overview", "close": "results", "look": "results",
    "report": "results",
}  # fmt: skip
"""The page on which the next step is taken."""
PICTURES: Mapping[Step, str] = {"invite": "mail", "remind": "bell", "close": "check", "look": "results"}
"""Steps that wait for the organiser's hand, each with its picture."""
MOST_CARDS = 3


def title(asked: Asked) -> str:
    """The page's title."""
    return asked.words["home"]


def render(asked: Asked) -> Raw:
    """Cards of what is to be done, and the list; an empty desk explains itself."""
    rows, words = asked.service.summaries(), asked.words
    if not rows:
        return Raw(head(words["home"]) + _empty(asked))
    waiting = [row for row in rows if row.step in PICTURES]
    running = sum(row.closed_at is None for row in rows)
    told = words.say("home_told", running=running, waiting=len(waiting))
    new = button_link(asked.address("new"), words["new_study"], "plus", "primary") if asked.acts else Raw("")
    cards = "".join(_card(asked, row) for row in waiting[:MOST_CARDS])
    return Raw(
        head(words["home"], told, new)
        + (f'<div class="cards three">{cards}</div>' if cards else "")
        + _list(asked, rows)
    )


def _empty(asked: Asked) -> str:
    words = asked.words
    ways = button_link(asked.address("new"), words["new_study"], "plus", "primary") if asked.acts else Raw("")
    return f'<section class="card empty"><p>{text(words["home_empty"])}</p><p class="page-acts">{ways}</p></section>'


def _card(asked: Asked, row: Summary) -> str:
    words, name = asked.words, asked.words.of(row.title)
    step = row.step
    where = asked.address(PLACES[step], row.study_id)
    return (
        f'<section class="card todo"><h2>{icon(PICTURES[step])}{text(_todo(row, words))}</h2>'
        f'<p class="soft">{text(name)}</p><a href="{text(where)}" data-go>'
        f"{text(words[f'step_{step}_do'])}</a></section>"
    )


def _todo(row: Summary, words: Words) -> str:
    """The next step in one sentence."""
    return words.say(f"step_{row.step}", unopened=row.unopened, idle=row.idle, n=row.idle + row.unopened)


def _list(asked: Asked, rows: Sequence[Summary]) -> str:
    words = asked.words
    heads = "".join(
        f"<th scope=col>{text(words[key])}</th>" for key in ("study", "status", "progress", "begun", "next_step")
    )
    lines = "".join(_line(asked, row) for row in rows)
    search = (
        f'<input type="search" data-search="studies" placeholder="{text(words["search"])}" '
        f'aria-label="{text(words["search"])}">'
    )
    return (
        f'<section class="card flush"><div class="card-head"><h2>{text(words["studies"])}</h2>{search}</div>'
        f'<div class="scroll" tabindex="0"><table class="lines" id="studies"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div></section>"
    )


def _line(asked: Asked, row: Summary) -> str:
    words = asked.words
    state = "open" if row.closed_at is None else "closed"
    facts = words.say("home_facts", systems=row.systems, items=row.items, raters=row.joined)
    marked = tag(words["simulated_tag"], "warn") if row.simulated else ""
    open_ = asked.address("overview", row.study_id)
    where = asked.address(PLACES[row.step], row.study_id)
    return (
        f'<tr><td><a class="strong" href="{text(open_)}" data-go>{text(words.of(row.title))}</a>{marked}'
        f"<small>{text(facts)}</small></td><td>{tag(words[state], state)}</td>"
        f"<td>{bar(row.done, row.total, words['pairs'])}</td>"
        f"<td>{moment(row.created_at, 'date')}</td>"
        f'<td><a href="{text(where)}" data-go>{text(_todo(row, words))}</a></td></tr>'
    )
