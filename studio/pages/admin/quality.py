"""The tab on quality: agreement so far, each rater's habits, disputed items, comments and flags; no system is named."""

from __future__ import annotations

from typing import Any

from results.document.numbers import interval
from results.document.words import reason
from studio.pages.admin.html import Raw, Words, figure, heading, note, share, table
from studio.service import Service


def render(service: Service, study_id: str, words: Words) -> str:
    """All of it; nothing here says which system is preferred."""
    facts = service.watch(study_id)
    study = service.study(study_id)
    labels = {one.criterion_id: getattr(one.label, words["language"]) for one in study.criteria}
    reasons = {r.reason_id: getattr(r.words, words["language"]) for c in study.criteria for r in c.reasons}
    parts = [
        note(words["blind_note"]),
        heading(words["agreement"]),
        _agreement(facts["agreement"], labels, words),
        heading(words["habits"]),
        _habits(facts["raters"], words),
        note(words["habits_note"]),
        heading(words["disputed"]),
        _disputed(facts["disputed"], words),
        heading(words["flags"]),
        _flags(facts["flags"], reasons, words),
        heading(words["comments"]),
        _comments(facts["comments"], words),
    ]
    return "".join(parts)


def _agreement(rows: list[dict[str, Any]], labels: dict[str, str], words: Words) -> Raw:
    head = [words[key] for key in ("criterion", "alpha", "interval", "why_not")]
    cells = (
        (
            labels.get(row["criterion"], row["criterion"]),
            figure(row["value"]),
            interval(row["low"], row["high"]),
            reason(row["reason"], "ja" if words["language"] == "ja" else "en"),
        )
        for row in rows
    )
    return table(head, cells, words["nothing"])


def _habits(rows: list[dict[str, Any]], words: Words) -> Raw:
    keys = ("rater", "judged_n", "skipped", "seconds", "first_side", "ties", "longest", "repeated", "checks", "rest")
    cells = (
        (
            row["rater"],
            row["judged"],
            row["skipped"] + row["cannot_judge"],
            "–" if row["median_seconds"] is None else f"{row['median_seconds']:.0f}",
            share(row["first_side_rate"]),
            share(row["tie_rate"]),
            row["longest_run_of_one_answer"],
            f"{share(row['repeats_same_choice'])} ({row['repeats']})" if row["repeats"] else "–",
            f"{row['checks_failed']} / {row['checks']}" if row["checks"] else "–",
            share(row["agreement_with_rest"]),
        )
        for row in rows
    )
    return table([words[key] for key in keys], cells, words["nothing"])


def _disputed(rows: list[dict[str, Any]], words: Words) -> Raw:
    cells = ((row["item_id"], f"{row['votes'][0]} : {row['votes'][1]}", row["ties"]) for row in rows)
    return table([words[key] for key in ("item", "split", "tied")], cells, words["all_agree"])


def _flags(rows: list[dict[str, Any]], reasons: dict[str, str], words: Words) -> Raw:
    cells = ((row["item_id"], row["flags"], " / ".join(reasons.get(r, r) for r in row["reasons"])) for row in rows)
    return table([words[key] for key in ("item", "flags_n", "reasons")], cells, words["no_flags"])


def _comments(rows: list[dict[str, Any]], words: Words) -> Raw:
    cells = ((row["item_id"], row["rater"], row["comment"]) for row in rows)
    return table([words[key] for key in ("item", "rater", "comment")], cells, words["no_comments"])
