"""Sessions written as KokoroChat's JSON: our own reader finds nothing wrong, whatever was typed and ticked."""

from __future__ import annotations

import json
from datetime import UTC, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.data.archives import Published
from tasks.data.feedback import Flags
from tasks.data.kokorochat import load, problems
from tasks.data.sessions import TOPICS, Message, Session, published, write_sessions
from tests import synthetic

JAPAN = timezone(timedelta(hours=9))


def session(number: int = 1, **changed: object) -> Session:
    values: dict[str, object] = {
        "number": number,
        "client": 3,
        "counselor": 1,
        "topic": "Workplace Issues",
        "detail": "新しい係長",
        "dims": (4,) * 19 + (3,),
        "flags": Flags(),
        "rated_at": "2026-11-28T09:00:00.000Z",
        "messages": (
            Message("counselor", "2026-11-28T08:00:00.250Z", "こんにちは。今日はどんなことでしょう？"),
            Message("client", "2026-11-28T08:00:40.900Z", "職場のことです\n\nうまく言えませんが"),
            Message("client", "2026-11-28T08:01:00.000Z", "通信が切れました", aside=True),
            Message("client", "2026-11-28T08:01:05.000Z", "\u2060"),
            Message("counselor", "2026-11-28T08:01:30.000Z", "ゆっくりで大丈夫ですよ。"),
        ),
    }
    return Session(**{**values, **changed})  # type: ignore[arg-type]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    written = write_sessions((session(1), session(12, client=1, counselor=3)), tmp_path, JAPAN)
    assert (written.sessions, written.utterances, written.asides, written.blank, written.respaced) == (2, 6, 2, 2, 2)
    first, second = load(tmp_path)
    assert (first.dialogue_id, first.client_id, second.client_id) == ("1", "3", "1")
    assert [u.text for u in first.utterances][1] == "職場のことです うまく言えませんが"
    assert [u.time for u in first.utterances] == ["2026-11-28T17:00:00", "2026-11-28T17:00:40", "2026-11-28T17:01:30"]
    assert (first.score, first.created_at, first.topic_ja) == (79, "2026-11-28T18:00:00", "職場問題")


def test_keys_stand_as_in_the_published_files(tmp_path: Path) -> None:
    write_sessions((session(4),), tmp_path, JAPAN)
    found, known = json.loads((tmp_path / "4.json").read_text("utf-8")), synthetic.dialogue(0)
    assert list(found) == list(known)
    for part in ("topic", "review_by_client_jp", "review_by_client_en"):
        assert list(found[part]) == list(known[part])
    assert list(found["dialogue"][0]) == list(known["dialogue"][0])
    assert [(japanese, english) for english, japanese in TOPICS.items()] == [two[:2] for two in synthetic.TOPICS]


@pytest.mark.parametrize(
    ("flags", "score"),
    [(Flags(harmful=True), 0), (Flags(other_unethical=True), 0), (Flags(unwilling_to_continue=True), 39)],
)
def test_a_ticked_box_changes_the_score(flags: Flags, score: int) -> None:
    review = published(session(flags=flags), JAPAN)["review_by_client_en"]
    assert review["score"] == score
    assert [review[key] for _, key in synthetic.FLAGS] == [synthetic.CHECKED if flag else None for flag in flags]


def test_no_hour_comes_twice_when_clocks_go_back() -> None:
    messages = (Message("counselor", "2026-10-25T00:50:00Z", "a"), Message("client", "2026-10-25T01:10:00Z", "b"))
    value = published(session(messages=messages, rated_at="2026-10-25T01:20:00Z"), ZoneInfo("Europe/Berlin"))
    assert [one["time"][11:] for one in value["dialogue"]] == ["02:50:00", "03:10:00"]
    assert problems(Published("1.json", "1", value)) == []


def test_other_topics_and_none() -> None:
    assert published(session(topic="", detail=""), UTC)["topic"] == {
        "main_jp": "その他", "main_en": "Others", "sub": "Others",
    }  # fmt: skip
    assert published(session(topic="職場問題"), UTC)["topic"]["main_en"] == "Workplace Issues"
    assert published(session(topic="Moving house"), UTC)["topic"]["main_jp"] == "Moving house"


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="20 whole numbers"):
        write_sessions((session(dims=(4,)),), tmp_path, UTC)
    with pytest.raises(ValueError, match="no utterance is left"):
        published(session(messages=(Message("client", "2026-11-28T08:00:00Z", " \n"),)), UTC)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.tuples(st.sampled_from(["client", "counselor"]), st.text(max_size=30)), max_size=8),
    seconds=st.lists(st.integers(-90, 600), min_size=8, max_size=8),
    dims=st.lists(st.integers(0, 5), min_size=20, max_size=20),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
def test_the_reader_finds_nothing_wrong(
    texts: list[tuple[str, str]], seconds: list[int], dims: list[int], flags: tuple[bool, bool, bool]
) -> None:
    at = [f"2026-11-28T08:{10 + second // 60:02d}:{second % 60:02d}Z" for second in seconds]
    said = [Message(role, at[n], text) for n, (role, text) in enumerate(texts)]  # type: ignore[arg-type]
    whole = session(messages=(Message("counselor", at[0], "はい"), *said), dims=tuple(dims), flags=Flags(*flags))
    assert problems(Published("1.json", "1", published(whole, JAPAN))) == []
