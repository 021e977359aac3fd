"""Sessions that two people held in a room, written as KokoroChat publishes its own: one JSON file a session.

    written = write_sessions(sessions, Path("kokorochat"))
    dialogues = load(Path("kokorochat"))        # tasks.data.kokorochat

The shape is that of the published files to the letter: the review twice, its misspelt key, boxes that are null or
ticked, the score by its rule, times without a zone. What was said outside the roles is left out and counted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, NamedTuple

from tasks.data.feedback import DIMENSIONS, REVIEW_EN, REVIEW_JA, Flags, score_of
from tasks.data.kokorochat import TICKED
from tasks.schema import Role

TOPICS: dict[str, str] = {
    "Family Issues (Non-Spousal)": "家庭内問題（夫婦以外）",
    "Workplace Issues": "職場問題",
    "Mental Health Issues": "心理的問題",
    "School Issues": "学校問題",
    "Career and Educational Issues": "進路・キャリア問題",
    "Romantic Issues": "恋愛問題",
    "Family Issues (Spouse)": "家庭内問題（夫婦）",
    "Interpersonal Issues": "人間関係",
    "Financial Issues": "経済的問題",
    "Physical Health Issues": "身体的健康問題",
    "Others": "その他",
}
"""The published topics: English -> Japanese."""
OTHER = "Others"

_UNPRINTED = re.compile("[\u2060\ufeff\ufffd\ud800-\udfff]")
_BREAKS = re.compile("[\u0000-\u001f\u007f-\u009f\u2028\u2029]+")
_BLANK = " \u00a0\u200b\u3000"


class Message(NamedTuple):
    """One message of a room. `at` is UTC, ISO 8601; `aside` = said outside the role."""

    role: Role
    at: str
    text: str
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A session that was held to its end and rated by its client.

    Attributes:
        number: the `evaluation_id`, from 1; it names the file.
        client: the number of the person who played the client, from 1; one person has one number in both roles.
        counselor: the number of the person who counselled.
        topic: a published topic in English or Japanese (`TOPICS`); '' = none of them, and so may any other word stand.
        detail: free words for the topic; '' = the topic.
        dims: the 20 ratings 0..5 in the order of `DIMENSIONS`.
        flags: the boxes the client ticked.
        rated_at: when the client rated, UTC, ISO 8601.
        messages: in the order in which they were sent.
    """

    number: int
    client: int
    counselor: int
    topic: str
    detail: str
    dims: tuple[int, ...]
    flags: Flags
    rated_at: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """How much was written, and what was left out."""

    sessions: int
    utterances: int
    asides: int
    """Messages said outside the role, which are not in the files."""
    blank: int
    """Messages without a letter or sign that can be printed, which are not in the files."""
    respaced: int
    """Messages whose line breaks became a space: published utterances are one line each."""


def write_sessions(sessions: Iterable[Session], folder: Path, zone: tzinfo | None = None) -> Written:
    """Writes `<number>.json` for each session into `folder`, which is made where it is missing.

    Args:
        zone: of the times in the files; None = the machine's own.

    Raises:
        ValueError: a session has no utterance left, or not 20 ratings of 0..5.
    """
    folder.mkdir(parents=True, exist_ok=True)
    listed = tuple(sessions)
    utterances = 0
    for session in listed:
        value = published(session, zone)
        utterances += len(value["dialogue"])
        text = json.dumps(value, ensure_ascii=False, indent=4)
        (folder / f"{session.number}.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    said = [message for session in listed for message in session.messages]
    spoken = [message.text for message in said if not message.aside]
    return Written(
        sessions=len(listed),
        utterances=utterances,
        asides=sum(message.aside for message in said),
        blank=len(spoken) - utterances,
        respaced=sum(bool(_BREAKS.search(text.strip())) for text in spoken),
    )


def published(session: Session, zone: tzinfo | None = None) -> dict[str, Any]:
    """The published object of a session. Raises ValueError as `write_sessions` does."""
    if len(session.dims) != len(DIMENSIONS) or not all(0 <= value <= 5 for value in session.dims):
        raise ValueError(f"session {session.number}: dims: found {session.dims}; allowed: 20 whole numbers 0..5")
    dialogue = list(_utterances(session, zone))
    if not dialogue:
        raise ValueError(f"session {session.number}: no utterance is left; allowed: 1 or more")
    review = _review(session, max(_local(session.rated_at, session, zone), dialogue[-1]["time"]))
    return {
        "dialogue": dialogue,
        "topic": _topic(session),
        "review_by_client_jp": dict(zip(REVIEW_JA, review, strict=True)),
        "review_by_client_en": dict(zip(REVIEW_EN, review, strict=True)),
    }


def one_line(text: str) -> str:
    """A message as a published utterance: one line, no sign that cannot be printed; '' where nothing is left."""
    parts = (part.strip(_BLANK) for part in _BREAKS.split(_UNPRINTED.sub("", text)))
    return " ".join(filter(None, parts))


def _utterances(session: Session, zone: tzinfo | None) -> Iterator[dict[str, str]]:
    """What was said in the role. Times never run backwards, even where the machine's clock was set back."""
    latest = ""
    for message in session.messages:
        text = "" if message.aside else one_line(message.text)
        if text:
            latest = max(latest, _local(message.at, session, zone))
            yield {"role": message.role, "time": latest, "utterance": text}


def _local(at: str, session: Session, zone: tzinfo | None) -> str:
    """A time as published: local, to the second, without its zone.

    The offset is that of the session's first message throughout, so that no hour comes twice when clocks go back.
    """
    begun = datetime.fromisoformat(session.messages[0].at).astimezone(zone)
    offset = begun.utcoffset() or timedelta()
    utc = datetime.fromisoformat(at).astimezone(zone)
    moved = utc.replace(tzinfo=None) - (utc.utcoffset() or timedelta()) + offset
    return moved.replace(microsecond=0).isoformat()


def _topic(session: Session) -> dict[str, str]:
    english = {japanese: name for name, japanese in TOPICS.items()}
    main = session.topic or OTHER
    main_en = english.get(main, main)
    return {"main_jp": TOPICS.get(main_en, main), "main_en": main_en, "sub": session.detail or main_en}


def _review(session: Session, created: str) -> list[int | str | None]:
    """The values of a review, in the order of `REVIEW_EN`."""
    score = score_of(sum(session.dims), session.flags)
    flags = [TICKED if ticked else None for ticked in session.flags]
    return [session.number, created, session.client, session.counselor, score, *session.dims, *flags]
