"""Exports of made-up sessions for the tests of results: everybody plays both roles, with effects that are planted.

`export(people, meetings)` has `people * meetings` sessions. Same arguments, same export.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from results.export.folder import Export
from results.export.rows import AssignmentRow, JudgmentRow, RaterRow
from results.export.sessions import SessionMessage, SessionRow, turns
from tasks.schema import Scenario, Sessions, Study, Target, Words, rater_code
from tasks.study.wording.templates import template

ASKING = ("それはいつごろからでしょうか？", "どんなときに重く感じますか")
LISTENING = ("そうなんですね。", "長いあいだ一人で抱えてこられたのですね。", "うん、うん。")
TALKING = ("係長と話すたびに胃が重くなります", "はい", "夜になると同じことを何度も考えて朝になってしまうのです")
BEGUN = datetime(2026, 11, 28, 8, tzinfo=UTC)


def study() -> Study:
    return Study(
        study_id="held",
        title=Words(ja="模擬セッション", en="Made-up sessions"),
        protocol="session",
        criteria=template("rating"),
        simulated=True,
        sessions=Sessions(),
        scenarios=(Scenario(scenario_id="scenario-1", title=Words(ja="係長", en="Boss"), card=Words(ja="…", en="…")),),
        items=(),
    )


def export(people: int = 8, meetings: int = 4, *, client: float = 1.0, counselor: float = 0.4, seed: int = 3) -> Export:
    """Effects are standard deviations on the 0..5 scale, beside one of 0.4 for the session itself."""
    random = np.random.default_rng(seed)
    of_client, of_counselor = random.normal(0, client, people), random.normal(0, counselor, people)
    rows: list[SessionRow] = []
    judgments: list[JudgmentRow] = []
    assignments: list[AssignmentRow] = []
    for number in range(people * meetings):
        seat, met = number % people, (number % people + 1 + number // people) % people
        row = session(number, seat, met, random)
        level = 2.5 + of_client[seat] + of_counselor[met] + random.normal(0, 0.4)
        judgments += sorted(form(row, level, random), key=lambda one: one.criterion)
        assignments.append(assignment(row))
        rows.append(row)
    return Export(
        study=study(),
        judgments=tuple(judgments),
        assignments=tuple(assignments),
        items=(),
        responses=(),
        raters=tuple(
            RaterRow(rater=rater_code(one), seat=one, assignments_planned=meetings, assignments_done=meetings)
            for one in range(people)
        ),
        comments=(),
        exported_at="2030-01-02T03:04:05Z",
        last_seq=len(rows),
        sessions=tuple(rows),
    )


def session(number: int, client: int, counselor: int, random: np.random.Generator, **changed: Any) -> SessionRow:
    said = tuple(messages(number, random))
    row = SessionRow(
        session_id=f"session-{number + 1:03d}",
        number=number,
        scenario_id=f"scenario-{number % 3 + 1}",
        topic="Workplace Issues",
        title="新しい係長",
        client=rater_code(client),
        counselor=rater_code(counselor),
        client_seat=client,
        counselor_seat=counselor,
        state="ended",
        begun_at=BEGUN.isoformat(),
        ended_at=(BEGUN + timedelta(minutes=40)).isoformat(),
        ended_by="client",
        why="ended",
        rated_at=(BEGUN + timedelta(minutes=60)).isoformat(),
        messages=said,
        turns=turns(said, "ja"),
    )
    return row.model_copy(update=changed)


def messages(number: int, random: np.random.Generator) -> list[SessionMessage]:
    """32 messages, one of them an aside: counsellors ask in the first half and listen in the second."""
    made = []
    for place in range(32):
        role = "client" if place % 3 == 1 else "counselor" if place % 2 == 0 else "client"
        said = ASKING if place < 16 else LISTENING
        text = str(random.choice(TALKING if role == "client" else said))
        made.append(
            SessionMessage(
                number=place + 3,
                role=role,
                at=(BEGUN + timedelta(seconds=35 * (place + 1))).isoformat(),
                aside=place == 10,
                characters=len(text),
                flagged=role == "counselor" and place == 26 and number % 5 == 0,
                text=text,
            )
        )
    return made


def form(row: SessionRow, level: float, random: np.random.Generator) -> list[JudgmentRow]:
    """The 20 items about a level, and no box ticked."""
    asked = [criterion for criterion in study().criteria if criterion.kind != "text"]
    return [
        JudgmentRow(
            study_id="held",
            rater=row.client or "",
            seat=row.client_seat,
            assignment_id=f"form-{row.session_id}",
            kind="main",
            position=row.number,
            item_id=row.session_id,
            dialogue=row.session_id,
            criterion=criterion.criterion_id,
            criterion_kind=criterion.kind,
            of="item",
            target=Target("item"),
            value=0 if criterion.toggle else int(np.clip(round(level + random.normal(0, 0.3)), 0, 5)),
            seq=row.number + 1,
            submission_id=f"s-{row.session_id}",
            submitted_at=row.rated_at or "",
        )
        for criterion in asked
    ]


def assignment(row: SessionRow) -> AssignmentRow:
    return AssignmentRow(
        assignment_id=f"form-{row.session_id}",
        seat=row.client_seat,
        rater=row.client,
        position=row.number,
        kind="main",
        item_id=row.session_id,
        status="submitted",
        seq=row.number + 1,
        submission_id=f"s-{row.session_id}",
        submitted_at=row.rated_at,
    )
