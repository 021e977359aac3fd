"""`kokorochat/` of an export: the whole sessions in KokoroChat's shape, and a card that says what they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from results.export import sessions
from results.export.rows import JudgmentRow
from results.export.sessions import SessionRow
from tasks.data.sessions import Written, write_sessions
from tasks.schema import Study

FOLDER = "kokorochat"
CARD = "README.md"
ABOUT = """Role-play counselling sessions of the study `{study}`, one JSON file each, in the shape in which KokoroChat
(arXiv 2506.01357) publishes its own. They are no part of KokoroChat.
"""
READING = """People are numbers, one for each person in both roles; nobody is named. Times are local to the computer
that made the export, at the offset of each session's beginning. The score is the sum of the 20 items, half of it
rounded down where the client ticked that they would not go on, and 0 where harm or another breach of ethics was ticked.

`python -m tasks contexts`, `python -m finetune train` and all else that reads KokoroChat reads this folder.
"""


def write(study: Study, rows: Sequence[SessionRow], judgments: Sequence[JudgmentRow], folder: Path) -> None:
    """Writes the folder beside the tables; nothing where no session is whole and has its words."""
    whole = tuple(sessions.whole(rows, judgments))
    if whole:
        written = write_sessions(whole, folder / FOLDER)
        (folder / FOLDER / CARD).write_text(card(study, rows, written), encoding="utf-8")


def _struck(rows: Sequence[SessionRow]) -> int:
    return sum(message.struck and message.text is None for row in rows if row.agreed for message in row.messages)


def card(study: Study, rows: Sequence[SessionRow], written: Written) -> str:
    """What the files are, how many there are, and what was left out."""
    agreed = all(row.agreed for row in rows if any(message.text is not None for message in row.messages))
    facts = {
        "languages": ", ".join(sorted({row.language for row in rows})),
        "sessions": f"{written.sessions} of {sum(row.held for row in rows)} held and {len(rows)} planned",
        "utterances": written.utterances,
        "messages outside the roles, left out": written.asides,
        "messages without a sign that can be printed, left out": written.blank,
        "messages struck out by one of the two, left out": _struck(rows),
        "messages whose line breaks became a space": written.respaced,
        "may be published": "yes: both people agreed to each" if agreed else "no: not everybody agreed",
    }
    simulated = ["**Simulated: made by a program, not held by people.**", ""] if study.simulated else []
    listed = [f"- {name}: {value}" for name, value in facts.items()]
    title, about = study.title.text("en", *study.languages), ABOUT.format(study=study.study_id)
    return "\n".join([f"# {title}", "", *simulated, about, *listed, "", READING])
