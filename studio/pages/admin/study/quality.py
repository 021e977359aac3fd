"""The page on quality: agreement, each rater's habits, disputed items, comments, flags; no system is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from results.document.numbers import interval
from results.document.words import reason
from studio.documents.invitations import Invitation
from studio.pages.admin import invitations
from studio.pages.admin.asked import Act, Answer, Asked, Given, one
from studio.pages.admin.frame import head
from studio.pages.admin.html import Raw, Words, area, figure, form, heading, note, share, table
from studio.service.organiser.watching import Agreement, Comment, Disputed, Flags, Habits


def title(asked: Asked) -> str:
    """The page's title."""
    return asked.words["quality"]


def render(asked: Asked) -> Raw:
    """All of it; nothing here says which system is preferred."""
    service, study_id, words = asked.service, asked.study, asked.words
    quality = service.watch(study_id)
    study = service.study(study_id)
    labels = {one.criterion_id: words.of(one.label) for one in study.criteria}
    reasons = {r.reason_id: words.of(r.words) for c in study.criteria for r in c.reasons}
    parts = [
        head(words["quality"], words["blind_note"]),
        heading(words["agreement"]),
        _agreement(quality.agreement, labels, words),
        heading(words["habits"]),
        _habits(quality.raters, words),
        note(words["habits_note"]),
        heading(words["disputed"]),
        _disputed(quality.disputed, words),
        _adjudication(words) if asked.acts else "",
        heading(words["flags"]),
        _flags(quality.flags, reasons, words),
        heading(words["comments"]),
        _comments(quality.comments, words),
    ]
    return Raw("".join(parts))


def _adjudication(words: Words) -> Raw:
    field = area(words["adjudicate"], "items", words["adjudicate_info"])
    return form("adjudicate", field, words["adjudicate_do"])


def adjudicate(asked: Asked, given: Given) -> Answer:
    """A further rater for the items typed, one a line or separated by commas."""
    items = one(given, "items").replace(",", " ").split()
    code, token = asked.service.adjudicate(asked.study, items, asked.someone.actor)
    made = [Invitation(code, "", asked.link(token))]
    return Answer(shown=invitations.render(asked.service.study(asked.study), made, asked.words), stay=True)


ACTS: Mapping[str, Act] = {"adjudicate": adjudicate}


def _agreement(rows: Iterable[Agreement], labels: dict[str, str], words: Words) -> Raw:
    head = [words[key] for key in ("criterion", "alpha", "interval", "why_not")]
    cells = (
        (
            labels.get(row.criterion, row.criterion),
            figure(row.figure.value),
            interval(row.figure.low, row.figure.high),
            reason(row.figure.reason, words.language),
        )
        for row in rows
    )
    return table(head, cells, words["nothing"])


def _habits(rows: Iterable[Habits], words: Words) -> Raw:
    keys = ("rater", "judged_n", "skipped", "seconds", "first_side", "ties", "longest", "repeated", "checks", "rest")
    cells = (
        (
            row.rater,
            row.judged,
            row.passed_over,
            "–" if row.median_seconds is None else f"{row.median_seconds:.0f}",
            share(row.first_side),
            share(row.ties),
            row.longest_run,
            f"{share(row.repeats_same)} ({row.repeats})" if row.repeats else "–",
            f"{row.checks_failed} / {row.checks}" if row.checks else "–",
            share(row.with_rest),
        )
        for row in rows
    )
    return table([words[key] for key in keys], cells, words["nothing"])


def _disputed(rows: Iterable[Disputed], words: Words) -> Raw:
    cells = ((row.item_id, f"{row.more} : {row.fewer}", row.ties) for row in rows)
    return table([words[key] for key in ("item", "split", "tied")], cells, words["all_agree"])


def _flags(rows: Iterable[Flags], reasons: dict[str, str], words: Words) -> Raw:
    cells = ((row.item_id, row.flags, " / ".join(reasons.get(r, r) for r in row.reasons)) for row in rows)
    return table([words[key] for key in ("item", "flags_n", "reasons")], cells, words["no_flags"])


def _comments(rows: Iterable[Comment], words: Words) -> Raw:
    cells = ((row.item_id, row.rater, row.comment) for row in rows)
    return table([words[key] for key in ("item", "rater", "comment")], cells, words["no_comments"])
