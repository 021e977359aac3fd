"""The page on records: where the data are, how far the copy is, what room is left, and who did what."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from studio.pages.admin.asked import Act, Asked
from studio.pages.admin.frame import head
from studio.pages.admin.html import Raw, Words, heading, moment, note, table
from studio.service import Service
from studio.service.organiser import oversight

SQLITE = "sqlite:///"
SHOWN = 50


ACTS: Mapping[str, Act] = {}


def title(asked: Asked) -> str:
    """The page's title."""
    return asked.words["safety"]


def render(asked: Asked) -> Raw:
    """Place, copy, room, freezing hash, deviations and acts."""
    service, study_id, words = asked.service, asked.study, asked.words
    sha256, at = service.registration(study_id)
    facts = [
        (words["database"], place(service.store.url)),
        (words["room"], room(service.store.url, words)),
        (words["copy"], copy(service, words)),
        (words["frozen"], Raw(f"{moment(at)}  sha256 {sha256[:16]}…")),
        (words["retention"], service.retention_date(study_id) or words["no_date"]),
    ]
    acts = [*reversed(service.audit(study_id, everywhere=bool(asked.someone.role)))][:SHOWN]
    parts = [
        head(words["safety"]),
        table((words["fact"], words["value"]), facts, ""),
        heading(words["deviations"]),
        table(
            (words["at"], words["act"], words["what"]),
            (_act(act, words) for act in service.deviations(study_id)),
            words["no_deviations"],
        ),
        heading(words["acts"]),
        table(
            (words["at"], words["who"], words["act"], words["what"]),
            (_act(act, words, act.actor) for act in acts),
            words["nothing"],
        ),
        note(words["backup_note"]),
    ]
    return Raw("".join(parts))


def place(url: str) -> str:
    """Where the data are, without a password."""
    if url.startswith(SQLITE):
        return url.removeprefix(SQLITE)
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"


def room(url: str, words: Words) -> str:
    """Free disk space of a SQLite database; of another the server knows."""
    if not url.startswith(SQLITE):
        return words["server_knows"]
    usage = shutil.disk_usage(Path(url.removeprefix(SQLITE)).parent)
    return f"{usage.free / 1e9:.1f} GB ({usage.free / usage.total:.0%})"


def copy(service: Service, words: Words) -> str:
    """How far the Hub mirror is."""
    status = service.copy_status()
    if status is None:
        return words["no_copy"]
    last = (status.last_success_at or "–")[:19].replace("T", " ")
    told = words.say("copy_told", last=last, pending=status.pending, gap=f"{status.gap_seconds:.0f}")
    return f"{status.url} ({status.state}): {told} {status.problem}".strip()


def _act(act: oversight.Act, words: Words, *who: str) -> tuple[str, ...]:
    what = ", ".join(f"{key} {value}" for key, value in act.payload.items())
    return moment(act.at), *who, words[f"act_{act.kind}"], what
