"""A small study of live sessions, for the tests of rooms. The scenarios are written for these tests."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from studio.service import Service
from tasks.design.planning import plan
from tasks.schema import Crisis, Design, Scenario, Sessions, Study, Words
from tasks.study.wording.templates import template
from tests import studio_world as w

RING = "消えたい"


class HandClock:
    """A clock that goes on by what it is told, and a millisecond each time it is read."""

    def __init__(self) -> None:
        self.time = datetime(2026, 4, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.time += timedelta(milliseconds=1)
        return self.time

    def on(self, **more: float) -> None:
        """Let time pass."""
        self.time += timedelta(**more)


def study(seats: int = 3, study_id: str = "talks", **rules: Any) -> Study:
    """Everyone is once client and once counsellor."""
    crisis = Crisis(
        help=w.words("電話"), message=w.words("ひとりにしないでください"),
        words={"ja": (RING,), "en": ("end it all",)}, checked_on={"ja": "2026-04-01", "en": "2026-04-01"},
    )  # fmt: skip
    cards = tuple(Scenario(scenario_id=f"card-{n}", title=w.words(f"場面{n}"), card=w.words("読む")) for n in range(2))
    return Study(
        study_id=study_id, title=Words(ja="会話", en="Talks"), protocol="session", criteria=template("rating"),
        design=Design(seats=seats), sessions=Sessions(crisis=crisis, **rules), scenarios=cards, items=(),
    )  # fmt: skip


def world(folder: Path, clock: Any = None, **options: Any) -> tuple[Service, list[str]]:
    """A service that holds the study, and a session token for each Seat, in their order."""
    here = w.service(folder, clock=clock)
    one = study(**options)
    here.create_study(one, plan(one))
    return here, [here.join(link)[0] for link in here.invite(one.study_id, one.design.seats)]


class Side:
    """One side of one session."""

    def __init__(self, here: Service, token: str, session: str, role: str) -> None:
        self.here, self.token, self.session, self.role = here, token, session, role

    def ask(self, do: str, **more: Any) -> dict[str, Any]:
        """The reply to a request, refusals raised."""
        return self.here.rooms.hear(self.token, {"do": do, "session": self.session, **more}).reply

    def say(self, text: str, do: str = "say", mark: str | None = None) -> dict[str, Any]:
        """Say something."""
        return self.ask(do, text=text, uuid=mark or str(uuid.uuid4()))

    def lines(self, after: int = 0) -> list[dict[str, Any]]:
        """The room's lines, as this side reads them."""
        request = {"session": self.session, "after": after}
        events: list[dict[str, Any]] = self.here.rooms.listen(self.token, request).reply["events"]
        return events

    def seen(self) -> list[tuple[str, str, str | None]]:
        """Role, kind and words of each line."""
        return [(one["role"], one["kind"], one.get("text")) for one in self.lines()]


def sides(here: Service, tokens: list[str], number: int = 0) -> tuple[Side, Side]:
    """Client and counsellor of the session of this number."""
    from studio.store.room import asked as rooms

    with here.store.read() as connection:
        row = rooms.sessions_of(connection, "talks")[number]
    return (
        Side(here, tokens[row.client_seat], row.session_id, "client"),
        Side(here, tokens[row.counselor_seat], row.session_id, "counselor"),
    )


def begun(here: Service, tokens: list[str], number: int = 0) -> tuple[Side, Side]:
    """The same once both are there."""
    client, counselor = sides(here, tokens, number)
    client.ask("ready", ready=True)
    counselor.ask("ready", ready=True)
    return client, counselor
