"""What a room's page may ask, by the name in `do`; unknown fields are left out, as everywhere."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool, StringConstraints

from studio.service.requests import Asked

MOST_CHARACTERS = 4000
"""Of one message, in code points."""
Uuid = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F-]{32,36}$")]


class RoomAsked(Asked):
    """A request in a room."""

    session: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$")]


class SayRequest(RoomAsked):
    """Say something. `uuid` is made on the device: sending it again gives the same receipt and stores nothing."""

    uuid: Uuid
    text: Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS)]


class ReadyRequest(RoomAsked):
    """Say that one is there, or is not any more."""

    ready: StrictBool


class PauseRequest(RoomAsked):
    """Begin or end a pause."""

    pause: StrictBool


class FlagRequest(RoomAsked):
    """Mark one of the partner's lines as hurting, or take that back; nobody in the room is told."""

    number: Annotated[int, Field(ge=1)]
    flag: StrictBool


class AgreeRequest(RoomAsked):
    """Say whether the words of the session may be published."""

    agree: StrictBool


class StrikeRequest(RoomAsked):
    """Strike a line out of what may be published, or take that back."""

    number: Annotated[int, Field(ge=1)]
    strike: StrictBool


class LinesRequest(RoomAsked):
    """The lines above `after`."""

    after: Annotated[int, Field(ge=0)] = 0


ROOM_REQUESTS: dict[str, type[RoomAsked]] = {
    "look": RoomAsked,
    "ready": ReadyRequest,
    "say": SayRequest,
    "aside": SayRequest,
    "pause": PauseRequest,
    "end": RoomAsked,
    "goon": RoomAsked,
    "stop": RoomAsked,
    "unstop": RoomAsked,
    "flag": FlagRequest,
    "agree": AgreeRequest,
    "strike": StrikeRequest,
    "typing": RoomAsked,
    "beat": RoomAsked,
}
"""What can be asked; `typing` and `beat` store nothing."""
