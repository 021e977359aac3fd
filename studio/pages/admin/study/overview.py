"""The first page of a study: how far it is, rater by rater and item by item."""

from __future__ import annotations

from collections.abc import Mapping

from studio.pages.admin.asked import Act, Asked
from studio.pages.admin.frame import head
from studio.pages.admin.html import Raw, Words, heading, link, moment, note, table, tag, text, tiles
from studio.service import Service
from studio.service.organiser.conduct import Progress

ACTS: Mapping[str, Act] = {}


def title(asked: Asked) -> str:
    """The page's title."""
    return asked.words.of(asked.service.study(asked.study).title)


def render(asked: Asked) -> Raw:
    """State, figures, coverage and the raters' progress; made anew every few seconds."""
    service, study_id, words = asked.service, asked.study, asked.words
    facts, rows = service.summary(study_id), service.progress(study_id)
    state = "open" if facts.closed_at is None else "closed"
    parts = [
        head(title(asked), study_id, mark=tag(words[state], state)),
        note(words["simulated"], "warn") if facts.simulated else "",
        _tiles(rows, words),
        _raters(rows, words),
        heading(words["coverage"]),
        _coverage(service, study_id, words),
        Raw(f"<p>{link(f'/admin/payment/{study_id}.csv', words['payment'], download=True, kind='quiet')}</p>"),
    ]
    return Raw(f'<div data-live="15">{"".join(parts)}</div>')


def _tiles(rows: list[Progress], words: Words) -> Raw:
    here = [row for row in rows if not row.withdrawn]
    done, total = sum(row.done for row in here), sum(row.total for row in here)
    hours = sum(row.active_seconds for row in rows) / 3600
    figures = {"raters": str(len(here)), "pairs": f"{done} / {total}", "hours": f"{hours:.1f}"}
    return tiles((words[key], value) for key, value in figures.items())


def _raters(rows: list[Progress], words: Words) -> Raw:
    head = [words[key] for key in ("rater", "progress", "minutes", "pace", "left", "joined", "last", "status")]
    return table(head, (_rater(row, words) for row in rows), words["nobody"])


def _rater(row: Progress, words: Words) -> list[object]:
    done, total, seconds = row.done, row.total, row.active_seconds
    state = "withdrawn" if row.withdrawn else "finished" if row.finished_at else "working"
    pace = seconds / done if done else None
    label = text(f"{row.rater} {done}/{total}")
    bar = f'<progress value="{done}" max="{max(total, 1)}" aria-label="{label}"></progress>{done} / {total}'
    return [
        Raw(f"<b>{text(row.rater)}</b>"),
        Raw(bar),
        f"{seconds / 60:.0f}",
        "–" if pace is None else f"{pace:.0f}",
        "–" if pace is None else f"{pace * (total - done) / 60:.0f}",
        moment(row.joined_at, "date"),
        moment(row.last_at),
        words[state],
    ]


def _coverage(service: Service, study_id: str, words: Words) -> Raw:
    """How many items were judged how often, so that starved ones are seen at once."""
    found = service.coverage(study_id)
    counts: dict[int, int] = {}
    for one in found:
        counts[one.judged] = counts.get(one.judged, 0) + 1
    rows = []
    for judged, items in sorted(counts.items()):
        share = f'<progress value="{items}" max="{len(found)}" aria-label="{items}/{len(found)}"></progress>{items}'
        rows.append((judged, Raw(share)))
    return table((words["judged_times"], words["items"]), rows, words["nothing"])
