"""The page on quality: agreement, each rater's habits, disputed items, flags, comments; no system is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.documents.invitations import Invitation
from studio.pages.admin import invitations
from studio.pages.admin.asked import Act, Answer, Asked, Given, one
from studio.pages.admin.frame import head
from studio.pages.admin.html import Raw, Words, field, form, listed, ltr, note, tag, text
from studio.pages.admin.study import agreement, dialogue, habits
from studio.pages.admin.study.waiting import waiting
from studio.service.organiser.people import Adjudication
from studio.service.organiser.watching import Comment, Disputed, Flags, blind
from tasks.schema import Study
from tasks.study.wording.texts import written_in

ADJUDICATED: Mapping[Adjudication, str] = {"waiting": "adjudication_waiting", "done": "adjudication_done"}


def title(asked: Asked) -> str:
    """The page's title."""
    return asked.words["quality"]


def render(asked: Asked) -> Raw:
    """All of it; nothing here says which system is preferred."""
    service, study_id, words = asked.service, asked.study, asked.words
    sealed = not service.may_see(study_id, asked.someone.actor)
    quality, study = service.watch(study_id, sealed), service.study(study_id)
    mark = tag(words["sealed"]) if sealed else Raw("")
    if quality is None:
        return Raw(head(words["quality"], words["blind_note"], mark=mark) + waiting(words))
    told = " ".join([words.say("quality_n", pairs=quality.judged, raters=len(quality.raters)), words["blind_note"]])
    parts = [
        head(words["quality"], told, mark=mark),
        note(words["simulated"], "warn") if study.simulated else "",
        f'<div class="cards two">{agreement.card(quality.agreement, study, words)}'
        f"{habits.unusual_card(quality.unusual, words)}</div>",
        habits.table(quality.raters, quality.unusual, words),
        _disputed(asked, quality.disputed, study, sealed),
        _further(service.adjudicated(study_id), study, words),
        _flags(quality.flags, study, words),
        _comments(quality.comments, words),
    ]
    return Raw("".join(parts))


def _disputed(asked: Asked, rows: Sequence[Disputed], study: Study, sealed: bool) -> str:
    """Items on which raters are split, with what they read, and the way to a further rater."""
    words = asked.words
    if not rows:
        return f'<section class="card"><h2>{text(words["disputed"])}</h2><p>{text(words["all_agree"])}</p></section>'
    asks = asked.acts and study.protocol == "pairwise" and asked.service.summary(asked.study).closed_at is None
    told = words["split_sealed"] if sealed else words["split_open"]
    given = asked.service.adjudicated(asked.study)
    cards = f'<div class="halves">{"".join(_dispute(row, given, study, words, asks) for row in rows)}</div>'
    top = f'<div><h2>{text(words["disputed"])}</h2><p class="soft">{text(told)}</p></div>'
    if not asks:
        return f'<section class="part">{top}{cards}</section>'
    others = field(words["adjudicate"], "others", words["adjudicate_info"])
    asking = form("adjudicate", f"{cards}<h3>{text(words['adjudicate_title'])}</h3>{others}", words["adjudicate_do"])
    return f'<section class="part adjudicating">{top}{asking}</section>'


def _dispute(row: Disputed, adjudicated: Mapping[str, Adjudication], study: Study, words: Words, asks: bool) -> str:
    votes = [words.say("votes", n=n) for n in row.by_response] if row.by_response else ["", ""]
    split = tag(ltr(f"{row.more} : {row.fewer}"))
    ties = f' <span class="fine">{text(words.say("ties_n", n=row.ties))}</span>' if row.ties else ""
    state = adjudicated.get(row.item_id)
    given = tag(words[ADJUDICATED[state]], "good") if state else ""
    ask = (
        f'<label class="tick"><input type="checkbox" name="items" value="{text(row.item_id)}">'
        f"<span>{text(words.say('adjudicate_this', item=row.item_id))}</span></label>"
        if asks and not state
        else ""
    )
    texts = dialogue.dialogue(row.shown, written_in(study), words, under=votes)
    return (
        f'<article class="card item"><h3><bdi>{text(row.item_id)}</bdi>{given}'
        f'<span class="split"><span class="sr">{text(words["split"])}: </span>{split}{ties}</span></h3>'
        f"{texts}{ask}</article>"
    )


def _further(given: Mapping[str, Adjudication], study: Study, words: Words) -> str:
    """Items that went to a further rater, whether they are judged by now, with what is read there."""
    shown = "".join(
        f'<details class="quiet"><summary><b><bdi>{text(item)}</bdi></b> '
        f"{tag(words[ADJUDICATED[state]], 'good')}</summary>"
        f'<div class="item">{dialogue.dialogue(blind(study, item), written_in(study), words)}</div></details>'
        for item, state in given.items()
    )
    return f'<section class="card"><h2>{text(words["adjudicated"])}</h2>{shown}</section>' if shown else ""


def adjudicate(asked: Asked, given: Given) -> Answer:
    """A further rater for the items ticked and typed."""
    typed = one(given, "others").replace(",", " ").replace("、", " ").split()
    items = list(dict.fromkeys([*given.get("items", ()), *typed]))
    if not items:
        return Answer(asked.words["adjudicate_none"], "warn", stay=True)
    code, token = asked.service.adjudicate(asked.study, items, asked.someone.actor)
    study, words = asked.service.study(asked.study), asked.words
    made = invitations.render(study, [Invitation(code, "", asked.link(token))], words)
    read = _further(dict.fromkeys(items, "waiting"), study, words)
    return Answer(shown=f"{made}{read}", stay=True)


ACTS: Mapping[str, Act] = {"adjudicate": adjudicate}


def _flags(rows: Sequence[Flags], study: Study, words: Words) -> str:
    reasons = {r.reason_id: words.of(r.words) for c in study.criteria for r in c.reasons}
    if not rows:
        shown: str = f"<p>{text(words['no_flags'])}</p>"
    else:
        shown = f'<p class="soft">{text(words["flags_told"])}</p>' + "".join(
            f'<details class="quiet"><summary><b><bdi>{text(row.item_id)}</bdi></b> · '
            f"{text(words.say('flags_count', n=row.flags))}"
            f"{''.join(f' · {text(reasons.get(r, r))}' for r in row.reasons)}</summary>"
            f'<div class="item">{dialogue.dialogue(row.shown, written_in(study), words)}</div></details>'
            for row in rows
        )
    return f'<section class="card"><h2>{text(words["flags"])}</h2>{shown}</section>'


def _comments(rows: Sequence[Comment], words: Words) -> str:
    if not rows:
        return f'<section class="card"><h2>{text(words["comments"])}</h2><p>{text(words["no_comments"])}</p></section>'
    heads = [f'<th scope="col">{text(words[key])}</th>' for key in ("comment", "item", "rater")]
    lines = (
        f'<tr><td dir="auto" class="told">{text(row.comment)}</td>{_named(words["item"], row.item_id)}'
        f"{_named(words['rater'], row.rater)}</tr>"
        for row in rows
    )
    return listed("comments", words["comments"], words["search"], heads, lines)


def _named(label: str, value: str) -> str:
    return f'<td data-label="{text(label)}"><bdi>{text(value)}</bdi></td>'
