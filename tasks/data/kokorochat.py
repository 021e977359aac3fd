"""KokoroChat: the published files read, checked against every known trap, and split without shared counsellors.

    from tasks.data.kokorochat import load, split, split_of
    dialogues = load(Path("kokorochat_dialogues.tar.xz"))
    train, valid, test = (split(dialogues)[name] for name in SPLITS)

The data are CC BY-NC-ND 4.0 and stay with the reader; docs/kokorochat.md says how to get them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from tasks.data.archives import Published, read
from tasks.data.dialogue import Dialogue, Utterance, merged_turns
from tasks.data.feedback import DIMENSIONS, FLAGS, HIGHEST, LOWEST, REVIEW_EN, REVIEW_JA, Flags, score_of
from tasks.data.multilingual import is_translated, joined, original, translation_problems, with_translation
from tasks.data.splits import PUBLISHED, SPLITS, split, split_of
from tasks.errors import InputError

__all__ = ["PUBLISHED", "SPLITS", "Dialogue", "load", "merged_turns", "split", "split_of"]

TOP_KEYS = ("dialogue", "topic", "review_by_client_jp", "review_by_client_en")
TOPIC_KEYS = ("main_jp", "main_en", "sub")
UTTERANCE_KEYS = {"role", "time", "utterance"}
ROLES = ("counselor", "client")
TICKED = "チェックあり"
DATASET = "KokoroChat"

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d").fullmatch
_DROPPED = re.compile("[\u0008\u2060]")
_BLANK = "\u0008\u2060 \t\r\n\v\f\u00a0\u3000\u200b\ufeff"
_BROKEN = re.compile("[\ud800-\udfff\ufffd]").search


def load(path: Path | str) -> tuple[Dialogue, ...]:
    """Reads and checks a copy of KokoroChat; it need not be complete.

    Args:
        path: a folder of the published files, an archive of them (`.tar.xz`, `.tar.gz`, `.zip`), or a Hub file
            (`.json`, `.jsonl`, `.parquet`) whose `dialogue` is a list of objects or an object of lists. Files of
            Multilingual KokoroChat (`en10.json`, `zh10.json`) may stand there too, or alone.

    Returns:
        Dialogues by ascending evaluation_id (a number: 9 stands before 10).

    Raises:
        InputError: every mistake of every file, each with file, JSON path, value found and values allowed.
    """
    dialogues: list[Dialogue] = []
    errors: list[str] = []
    for published in read(Path(path)):
        wrong = [published] if isinstance(published, str) else problems(published)
        errors += wrong
        if not wrong and not isinstance(published, str):
            dialogues.append(_read(published))
    found, doubled = joined(dialogues)
    errors += [f"{path}: {line}" for line in doubled]
    if errors:
        raise InputError(tuple(errors))
    return tuple(sorted(found, key=lambda dialogue: int(dialogue.dialogue_id)))


def _read(published: Published) -> Dialogue:
    """The record of an object that `problems` found sound, with its translation if it is one."""
    if not is_translated(published.value):
        return _dialogue(published.value)
    return with_translation(_dialogue(original(published.value)), published)


def problems(published: Published) -> list[str]:
    """Everything wrong with one published object, each as `file: JSON path: found; allowed`; [] if sound."""
    if is_translated(published.value):
        if wrong := translation_problems(published):
            return wrong
        stem = published.stem[2:] if published.stem else None
        lines = problems(Published(published.where, stem, original(published.value)))
        return [line.replace("review_by_client_en", "review_by_client") for line in lines]
    return [f"{published.where}: {message}" for message in _problems(published.value, published.stem)]


def _problems(value: Any, stem: str | None) -> list[str]:
    if not isinstance(value, dict):
        return [f"found {type(value).__name__}; allowed: an object with the keys {', '.join(TOP_KEYS)}"]
    errors = list(_keys("", value, TOP_KEYS))
    if errors:
        return errors
    errors += _topic_problems(value["topic"])
    errors += _review_problems(value["review_by_client_en"], value["review_by_client_jp"], stem)
    errors += _utterance_problems(value["dialogue"])
    return errors


def _keys(where: str, value: dict[str, Any], allowed: tuple[str, ...]) -> Iterator[str]:
    prefix = f"{where}: " if where else ""
    if unknown := [key for key in value if key not in allowed]:
        yield f"{prefix}unknown keys {unknown}; allowed: {', '.join(allowed)}"
    if missing := [key for key in allowed if key not in value]:
        yield f"{prefix}missing keys {missing}"


def _topic_problems(topic: Any) -> Iterator[str]:
    if not isinstance(topic, dict):
        yield f"topic: found {topic!r}; allowed: an object with the keys {', '.join(TOPIC_KEYS)}"
        return
    yield from _keys("topic", topic, TOPIC_KEYS)
    for key in TOPIC_KEYS:
        if key in topic and not (isinstance(topic[key], str) and topic[key]):
            yield f"topic.{key}: found {topic[key]!r}; allowed: text that is not empty"


def _review_problems(english: Any, japanese: Any, stem: str | None) -> Iterator[str]:
    for name, review, allowed in (
        ("review_by_client_en", english, REVIEW_EN),
        ("review_by_client_jp", japanese, REVIEW_JA),
    ):
        if not isinstance(review, dict):
            yield f"{name}: found {review!r}; allowed: an object with {len(allowed)} keys"
            return
        wrong = list(_keys(name, review, allowed))
        yield from wrong
        if wrong:
            return
    for key, key_ja in zip(REVIEW_EN, REVIEW_JA, strict=True):
        if english[key] != japanese[key_ja]:
            yield (
                f"review_by_client_jp.{key_ja}: found {japanese[key_ja]!r}; "
                f"allowed: {english[key]!r}, the value of review_by_client_en.{key}"
            )
    wrong = list(_value_problems(english))
    yield from wrong
    if not wrong:
        yield from _consistency_problems(english, stem)


def _value_problems(review: dict[str, Any]) -> Iterator[str]:
    for key in ("evaluation_id", "client_id", "counselor_id"):
        if type(review[key]) is not int or review[key] < 0:
            yield f"review_by_client_en.{key}: found {review[key]!r}; allowed: a whole number from 0"
    if not _is_time(review["evaluation_created_at"]):
        found = review["evaluation_created_at"]
        yield f"review_by_client_en.evaluation_created_at: found {found!r}; allowed: YYYY-MM-DDTHH:MM:SS"
    for dimension in DIMENSIONS:
        found = review[dimension.published_key]
        if type(found) is not int or not LOWEST <= found <= HIGHEST:
            yield f"review_by_client_en.{dimension.published_key}: found {found!r}; allowed: {LOWEST}..{HIGHEST}"
    for flag in FLAGS:
        if (found := review[flag.published_key]) not in (None, TICKED):
            yield f"review_by_client_en.{flag.published_key}: found {found!r}; allowed: null or {TICKED!r}"
    if type(review["score"]) is not int:
        yield f"review_by_client_en.score: found {review['score']!r}; allowed: 0..100"


def _consistency_problems(review: dict[str, Any], stem: str | None) -> Iterator[str]:
    if stem is not None and stem != str(review["evaluation_id"]):
        yield f"review_by_client_en.evaluation_id: found {review['evaluation_id']}; allowed: {stem}, the file's name"
    raw_sum, flags = sum(_dims(review)), _flags(review)
    if review["score"] != (expected := score_of(raw_sum, flags)):
        ticked = ", ".join(name for name, value in flags._asdict().items() if value) or "none"
        yield (
            f"review_by_client_en.score: found {review['score']}; allowed: {expected} "
            f"(the 20 dimensions add up to {raw_sum}, flags: {ticked})"
        )


def _utterance_problems(utterances: Any) -> Iterator[str]:
    if isinstance(utterances, dict):
        lengths = {key: len(column) if isinstance(column, list) else column for key, column in utterances.items()}
        if utterances.keys() != UTTERANCE_KEYS or len(set(map(str, lengths.values()))) != 1:
            yield f"dialogue: found columns of lengths {lengths}; allowed: role, time, utterance, of one length"
            return
    elif not isinstance(utterances, list):
        yield f"dialogue: found {type(utterances).__name__}; allowed: a list of utterances or an object of lists"
        return
    listed = _listed(utterances)
    if not listed:
        yield "dialogue: found no utterance; allowed: 1 or more"
    elif not _sound(listed):
        yield from _each_utterance(listed)


def _sound(utterances: list[Any]) -> bool:
    """True where `_each_utterance` has nothing to say. A dialogue is checked at once: there are 600,939 utterances."""
    if not all(type(u) is dict and u.keys() == UTTERANCE_KEYS and u["role"] in ROLES for u in utterances):
        return False
    times, texts = [u["time"] for u in utterances], [u["utterance"] for u in utterances]
    if not all(type(text) is str and text.strip(_BLANK) for text in texts) or _BROKEN("".join(texts)):
        return False
    return all(map(_is_time, times)) and times == sorted(times)


def _each_utterance(utterances: list[Any]) -> Iterator[str]:
    before = ""
    for index, utterance in enumerate(utterances):
        if wrong := _utterance_problem(utterance, before):
            yield f"dialogue[{index}]{wrong}"
        else:
            before = _time(utterance["time"])


def _utterance_problem(utterance: Any, before: str) -> str:
    """What is wrong with one utterance, '' if nothing. `before` is the last sound time, '' at the start."""
    if type(utterance) is not dict or utterance.keys() != UTTERANCE_KEYS:
        found = list(utterance) if isinstance(utterance, dict) else utterance
        return f": found {found!r}; allowed: an object with the keys role, time, utterance"
    if utterance["role"] not in ROLES:
        return f".role: found {utterance['role']!r}; allowed: {', '.join(ROLES)}"
    time, text = utterance["time"], utterance["utterance"]
    if not _is_time(time):
        return f".time: found {time!r}; allowed: YYYY-MM-DDTHH:MM:SS"
    if _time(time) < before:
        return f".time: found {time}; allowed: not before {before}, the time of the utterance before"
    if type(text) is not str or not text.strip(_BLANK):
        return f".utterance: found {text!r}; allowed: text that is not empty"
    if broken := _BROKEN(text):
        return f".utterance: found a broken character {broken[0]!r} at {broken.start()}; the copy is damaged"
    return ""


def _is_time(value: Any) -> bool:
    if isinstance(value, datetime):  # Parquet files of the Hub hold times as timestamps
        return True
    if not isinstance(value, str) or not _TIME(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _time(value: str | datetime) -> str:
    return value if isinstance(value, str) else value.strftime("%Y-%m-%dT%H:%M:%S")


def _listed(utterances: list[Any] | dict[str, list[Any]]) -> list[Any]:
    """The utterances one by one, whether published as a list of objects or as an object of lists."""
    if isinstance(utterances, list):
        return utterances
    return [dict(zip(utterances, values, strict=True)) for values in zip(*utterances.values(), strict=True)]


def _utterances(published: list[Any]) -> tuple[Utterance, ...]:
    roles, times, texts = ([u[key] for u in published] for key in ("role", "time", "utterance"))
    if any(type(time) is not str for time in times):
        times = [_time(time) for time in times]
    if _DROPPED.search("".join(texts)):
        texts = [_DROPPED.sub("", text) for text in texts]
    return tuple(map(Utterance, roles, times, texts))


def _dims(review: dict[str, Any]) -> tuple[int, ...]:
    return tuple(review[dimension.published_key] for dimension in DIMENSIONS)


def _flags(review: dict[str, Any]) -> Flags:
    return Flags(*(review[flag.published_key] is not None for flag in FLAGS))


def _dialogue(value: dict[str, Any]) -> Dialogue:
    """The record of an object that `problems` found sound."""
    review, topic = value["review_by_client_en"], value["topic"]
    published = _listed(value["dialogue"])
    utterances = _utterances(published)
    return Dialogue(
        dialogue_id=str(review["evaluation_id"]),
        topic=topic["main_en"],
        topic_ja=topic["main_jp"],
        topic_detail=topic["sub"],
        score=review["score"],
        flags=_flags(review),
        dims=_dims(review),
        counselor_id=str(review["counselor_id"]),
        client_id=str(review["client_id"]),
        created_at=_time(review["evaluation_created_at"]),
        utterances=utterances,
        stripped=sum(len(u["utterance"]) for u in published) - sum(len(u.text) for u in utterances),
    )
