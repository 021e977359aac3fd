"""The list of studies: what waits for a hand today, and every study with how far it is and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.pages.admin.asked import Act, Answer, Asked, Given, one
from studio.pages.admin.frame import button_link, confirm, head
from studio.pages.admin.html import Raw, Words, bar, column, field, listed, moment, tag, text
from studio.pages.admin.icons import icon
from studio.pages.admin.new import begin
from studio.pages.admin.new.facts import begun, free_id
from studio.service import StudioError
from studio.service.organiser.drafting import STEPS, Draft, DraftLine
from studio.service.organiser.listing import Step, Summary

PLACES: Mapping[Step, str] = {
    "invite": "people", "remind": "people", "wait": "overview", "close": "results", "look": "results",
    "report": "results",
}  # fmt: skip
"""The page on which the next step is taken."""
PICTURES: Mapping[Step, str] = {"invite": "mail", "remind": "bell", "close": "check", "look": "results"}
"""Steps that wait for the organiser's hand, each with its picture."""
COLUMNS = ("study", "status", "progress", "begun", "due", "next_step")
MOST_CARDS = 3


def title(asked: Asked) -> str:
    """The page's title."""
    return asked.words["home"]


def render(asked: Asked) -> Raw:
    """Cards of what is to be done, and the list; an empty desk explains itself."""
    found, words = [row for row in asked.service.summaries() if asked.sees(row.study_id)], asked.words
    if not found:
        return Raw(head(words["home"]) + _empty(asked) + _drafts(asked))
    away = [row for row in found if row.kept.archived]
    if "archived" in asked.query:
        return Raw(head(words["home_archived"]) + _list(asked, away) + _way_to(asked, "home", words["studies"], "home"))
    rows = [row for row in found if not row.kept.archived]
    waiting = [row for row in rows if row.step in PICTURES]
    running = sum(row.closed_at is None for row in rows)
    told = words.say("home_told", running=running, waiting=len(waiting))
    new = button_link(asked.address("new"), words["new_study"], "plus", "primary") if asked.acts else Raw("")
    cards = "".join(_card(asked, row) for row in waiting[:MOST_CARDS])
    return Raw(
        head(words["home"], told, new)
        + (f'<div class="cards three">{cards}</div>' if cards else "")
        + _drafts(asked)
        + _list(asked, rows)
        + (_way_to(asked, "archived", words.say("home_archived_n", n=len(away)), "archive") if away else "")
    )


def _way_to(asked: Asked, where: str, called: str, picture: str) -> str:
    """A link under the list: to studies that were put away, and back."""
    address = asked.address("home", **({"archived": "yes"} if where == "archived" else {}))
    return f'<p><a href="{text(address)}" data-go>{icon(picture)} {text(called)}</a></p>'


def _name(row: Summary, words: Words) -> str:
    """What the desk calls a study."""
    return row.kept.name or words.of(row.title)


def _empty(asked: Asked) -> str:
    words = asked.words
    ways = ""
    if asked.acts:
        new = button_link(asked.address("new"), words["new_study"], "plus", "primary")
        ways = f'{new}<form data-do="demo"><button class="button">{text(words["new_try"])}</button></form>'
    return (
        f'<section class="card empty"><p>{text(words["home_empty"])}</p><div class="page-acts">{ways}</div></section>'
    )


def _drafts(asked: Asked) -> str:
    """Studies that are being set up, each with the step it is at; nothing for a viewer, or where there is none."""
    words, lines = asked.words, asked.service.drafts() if asked.acts else []
    if not lines:
        return ""
    rows = "".join(_draft(asked, line) for line in lines)
    return (
        f'<section class="card flush"><div class="card-head"><h2>{text(words["drafts_begun"])}</h2></div>'
        f'<table class="lines"><tbody>{rows}</tbody></table></section>'
    )


def _draft(asked: Asked, line: DraftLine) -> str:
    words, number = asked.words, STEPS.index(line.step) + 1
    at = words.say("draft_at", n=number, of=len(STEPS), step=words[f"new_{line.step}"])
    where = asked.address(f"new/{line.draft_id}/{line.step}")
    away = confirm("throw", words["draft_throw"], words["draft_throw_sure"], words, "danger", draft_id=line.draft_id)
    return (
        f'<tr><td><a class="strong" href="{text(where)}" data-go>{text(line.name or words["new_study"])}</a>'
        f"<small>{text(at)}</small></td><td>{tag(words['draft_tag'])}</td><td>{moment(line.changed_at)}</td>"
        f'<td><a href="{text(where)}" data-go>{text(words["draft_go_on"])}</a></td><td>{away}</td></tr>'
    )


def _card(asked: Asked, row: Summary) -> str:
    words, step = asked.words, row.step
    where = asked.address(PLACES[step], row.study_id)
    return (
        f'<section class="card todo"><h2>{icon(PICTURES[step])}{text(_todo(row, words))}</h2>'
        f'<p class="soft">{text(_name(row, words))}</p><a href="{text(where)}" data-go>'
        f"{text(words[f'step_{step}_do'])}</a></section>"
    )


def _todo(row: Summary, words: Words) -> str:
    """The next step in one sentence."""
    return words.say(f"step_{row.step}", unopened=row.unopened, idle=row.idle, n=row.idle + row.unopened)


def _list(asked: Asked, rows: Sequence[Summary]) -> str:
    words = asked.words
    heads = [column(words[key]) for key in COLUMNS]
    if asked.acts:
        heads.append(column(words["what_to_do"], shown=False))
    return listed("studies", words["studies"], words["search"], heads, (_line(asked, row) for row in rows))


def _line(asked: Asked, row: Summary) -> str:
    words = asked.words
    state = "open" if row.closed_at is None else "closed"
    facts = words.say("home_facts", systems=row.systems, items=row.items, raters=row.joined)
    marked = tag(words["simulated_tag"], "warn") if row.simulated else ""
    open_ = asked.address("overview", row.study_id)
    where = asked.address(PLACES[row.step], row.study_id)
    return (
        f'<tr><td><a class="strong" href="{text(open_)}" data-go>{text(_name(row, words))}</a>{marked}'
        f"<small>{text(facts)}</small></td><td>{tag(words[state], state)}</td>"
        f"<td>{bar(row.done, row.total, words['pairs'])}</td>"
        f"<td>{moment(row.created_at, 'date')}</td><td>{_due(asked, row)}</td>"
        f'<td><a href="{text(where)}" data-go>{text(_todo(row, words))}</a></td>{_menu(asked, row)}</tr>'
    )


def _due(asked: Asked, row: Summary) -> str:
    """The last day, and how many are left; a dash where none was named."""
    if not row.kept.due:
        return "–"
    left = row.days_left(asked.service.today())
    told = asked.words.say("days_left", n=left) if left >= 0 else asked.words.say("days_over", n=-left)
    return f"{moment(row.kept.due, 'date')}<small>{text(told) if row.closed_at is None else ''}</small>"


def _menu(asked: Asked, row: Summary) -> str:
    """What may be done with a study as a whole; each says in a dialog what it does."""
    if not asked.acts:
        return ""
    words, name, study = asked.words, _name(row, asked.words), {"study": row.study_id}
    put = "restore" if row.kept.archived else "archive"
    typed = field(words.say("delete_type", study=row.study_id), "typed")
    called, day = field(words["name"], "name", value=name), field(words["due"], "on", kind="date", value=row.kept.due)
    entries = [
        confirm("rename", words["rename"], words["rename_told"], words, body=called, **study),
        confirm("due", words["set_due"], words["due_told"], words, body=day, **study),
        confirm("duplicate", words["duplicate"], words["duplicate_told"], words, **study),
        confirm(put, words[put], words.say(f"{put}_told", study=name), words, **study),
        confirm("delete", words["delete"], words.say("delete_told", study=name), words, "danger",
                body=_remains(words) + typed, **study),
    ]  # fmt: skip
    label = text(words.say("acts_on", study=name))
    return (
        f'<td class="acts"><details class="menu"><summary class="row-icon" aria-label="{label}">{icon("more")}'
        f"</summary><div>{''.join(entries)}</div></details></td>"
    )


def _remains(words: Words) -> str:
    """What a deletion erases, and what it cannot."""
    return f"<p>{text(words['delete_erases'])}</p><p>{text(words['delete_remains'])}</p>"


def rename(asked: Asked, given: Given) -> Answer:
    """Call a study something else at the desk."""
    asked.service.rename_study(one(given, "study"), one(given, "name"), asked.someone.actor)
    return Answer(asked.words["renamed"])


def due(asked: Asked, given: Given) -> Answer:
    """Note a study's last day."""
    asked.service.set_due(one(given, "study"), one(given, "on"), asked.someone.actor)
    return Answer(asked.words["due_done"])


def duplicate(asked: Asked, given: Given) -> Answer:
    """Begin a study with the same dialogues, texts, questions and plan under a new id."""
    study_id = one(given, "study")
    row = next((row for row in asked.service.summaries() if row.study_id == study_id), None)
    if row is None:
        raise StudioError(asked.words["study_gone"])
    study = asked.service.study(study_id).model_copy(update={"study_id": free_id(asked)})
    draft = Draft(name=_name(row, asked.words), step=STEPS[-1], study=study)
    kept = begun(asked.service, asked.someone.actor, asked.words, draft)
    return Answer(asked.words["duplicated"], go=asked.address(f"new/{kept.draft_id}/texts"))


def archive(asked: Asked, given: Given) -> Answer:
    """Put a study away."""
    asked.service.archive_study(one(given, "study"), True, asked.someone.actor)
    return Answer(asked.words["archive_done"])


def restore(asked: Asked, given: Given) -> Answer:
    """Take a study out again."""
    asked.service.archive_study(one(given, "study"), False, asked.someone.actor)
    return Answer(asked.words["restore_done"])


def delete(asked: Asked, given: Given) -> Answer:
    """Erase a study whose id was typed."""
    done = asked.service.delete_study(one(given, "study"), one(given, "typed"), asked.someone.actor)
    kept = "" if asked.service.copy is None else asked.words["deleted_copy"]
    return Answer(f"{asked.words.say('deleted', study=done.study_id)} {kept}".strip())


def throw(asked: Asked, given: Given) -> Answer:
    """Throw a draft away."""
    asked.service.drop_draft(one(given, "draft_id"))
    return Answer(asked.words["draft_thrown"])


ACTS: Mapping[str, Act] = {
    "rename": rename, "due": due, "duplicate": duplicate, "archive": archive, "restore": restore, "delete": delete,
    "throw": throw, "demo": begin.demo,
}  # fmt: skip
