"""What every part of the service works with: the store, the clock, the source of randomness, the parsed studies."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import ValidationError

from studio.service.allowance import Pace
from studio.service.refusals import StudioError
from studio.service.tokens import RandomText
from studio.service.view import StudyView
from studio.store import queries
from studio.store.database import Connection, Store
from studio.store.errors import DamagedError
from studio.store.event import Event
from studio.store.events import append, note
from tasks.languages.fault import Fault, at
from tasks.schema import Study

Clock = Callable[[], datetime]
Payload = Mapping[str, object]
"""What an event or note holds, another for each kind: `studio.store.event` where the program reads it again."""
ORGANISER = "organiser"
"""Who acts where no session says it: the command line, on the machine itself."""


@dataclass(frozen=True)
class Desk:
    """The service's tools. `views` caches studies, which never change once they are in the store."""

    store: Store
    clock: Clock
    random: RandomText
    demonstration: bool = False
    """True where the studio serves the demo study, so that the page says so."""
    views: dict[str, StudyView] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    """How fast Raters may repeat what they do."""

    def now(self) -> str:
        """The server's time, UTC ISO-8601 in milliseconds."""
        return self.stamp(self.clock())

    @staticmethod
    def stamp(moment: datetime) -> str:
        """A time as it is stored; such texts sort as the times do."""
        return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def record(self, connection: Connection, study_id: str, actor: str, kind: str, payload: Payload) -> int:
        """Append one event; returns its sequence number."""
        return append(connection, self._event(study_id, actor, kind, payload))

    def note(self, connection: Connection, study_id: str, actor: str, kind: str, payload: Payload) -> int:
        """Keep a comment, facts of a device or words of a room, apart from the judgments; returns its number there."""
        return note(connection, self._event(study_id, actor, kind, payload))

    def _event(self, study_id: str, actor: str, kind: str, payload: Payload) -> Event:
        return Event(str(uuid.uuid4()), study_id, self.now(), actor, kind, dict(payload))

    def view(self, connection: Connection, study_id: str) -> StudyView:
        """The study, parsed once per process.

        Raises:
            StudioError: there is no such study.
            DamagedError: its definition is not as it was stored.
        """
        if study_id not in self.views:
            found = queries.definition(connection, study_id)
            if found is None:
                known = ", ".join(row.study_id for row in queries.study_rows(connection)) or Fault("none")
                raise StudioError(at("study", Fault("in_database", found=repr(study_id), known=known)))
            try:
                self.views[study_id] = StudyView(Study.model_validate(found))
            except ValidationError as error:
                raise DamagedError(f"the definition of study {study_id!r} is none") from error
        return self.views[study_id]
