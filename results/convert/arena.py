"""Votes as a chatbot arena keeps them: JSON Lines with `model_a`, `model_b`, `winner` and both conversations.

The fields and the words of `winner` are those of lmsys/chatbot_arena_conversations and lmarena-ai's human preferences;
what these have no field for (strength, simulated, the dialogue that an item was cut from) stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from results.convert.questions import MESSAGES
from results.convert.votes import Vote, Votes, pairs_alone
from tasks.schema import Turn
from tasks.study.wording.texts import written_in

UNACCEPTABLE = "both_unacceptable"
"""The criterion that tells a tie of two bad responses from other ties."""


def records(found: Votes) -> Iterator[dict[str, Any]]:
    """One vote a line, `model_a` the system shown first. An arena has no word for a pair that was left: none is here.

    Raises InputError where the study compares no pairs.
    """
    name = found.preference.criterion_id
    for vote in pairs_alone(found).votes:
        if not vote.missing(name):
            yield _record(found, vote, name)


def _record(found: Votes, vote: Vote, name: str) -> dict[str, Any]:
    row, turns = vote.row, found.turns(vote.row.item_id)
    first, second = vote.order
    judgment = vote.judgment(name)
    return {
        "question_id": row.item_id,
        "model_a": first,
        "model_b": second,
        "winner": winner(vote, name),
        "judge": vote.rater,
        "conversation_a": conversation(turns, found.text(row.item_id, first)),
        "conversation_b": conversation(turns, found.text(row.item_id, second)),
        "turn": sum(turn.role == "client" for turn in turns),
        "anony": True,
        "language": written_in(found.study),
        "tstamp": seconds(row.submitted_at),
        "strength": judgment.strength if judgment else None,
        UNACCEPTABLE: unacceptable(vote),
        "dialogue": found.dialogue(vote),
        "study_id": found.study.study_id,
        "simulated": found.study.simulated,
    }


def winner(vote: Vote, name: str) -> str:
    """`model_a`, `model_b`, `tie`, or `tie (bothbad)` where neither was acceptable."""
    side = vote.chosen_side(name)
    if side is None:
        return "tie (bothbad)" if unacceptable(vote) else "tie"
    return "model_a" if side == "first" else "model_b"


def unacceptable(vote: Vote) -> bool:
    """True where the rater said that neither response was acceptable."""
    row = vote.judgment(UNACCEPTABLE)
    return row is not None and row.value == 1


def conversation(turns: tuple[Turn, ...], response: str) -> list[dict[str, str]]:
    """The dialogue and a response as messages; [] where neither text is there."""
    said = [{"role": MESSAGES[turn.role], "content": turn.text} for turn in turns]
    return [*said, {"role": "assistant", "content": response}] if response else said


def seconds(at: str | None) -> float | None:
    """A UTC time as seconds since 1970; None where there is none."""
    return datetime.fromisoformat(at).timestamp() if at else None
