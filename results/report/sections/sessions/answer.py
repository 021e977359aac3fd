"""The answer of a study of sessions in sentences: how many were held and rated, and how the clients rated them."""

from __future__ import annotations

from collections.abc import Mapping

from results.document.numbers import interval, number
from results.document.words import LANGUAGES, reason, word
from results.record.sessions.held import SessionsRecord
from tasks.languages.tag import Language


def answer_of_sessions(found: SessionsRecord) -> Mapping[Language, tuple[str, ...]]:
    """One or two sentences, by language."""
    return {language: _said(found, language) for language in LANGUAGES}


def _said(found: SessionsRecord, language: Language) -> tuple[str, ...]:
    counted = {"n": found.drop_out.held, "planned": found.drop_out.planned, "rated": found.drop_out.rated}
    held = word("answer_sessions", language, **counted)
    if found.score is None or found.score.mean.value is None:
        return (held,)
    mean = found.score.mean
    bounds = f"({reason(mean.reason, language)})" if mean.low is None else interval(mean.low, mean.high, 1)
    return held, word("answer_score", language, value=number(mean.value, 1), interval=bounds)
