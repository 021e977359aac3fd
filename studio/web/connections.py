"""How long a connection may wait for its client, and how many may: deadlines, room by address, room in all.

One stranger with a thousand sockets that send nothing must lock nobody out. A request's head has to be complete in
time, and an answer has to be read; the bodies' deadline stands in the guard, which can say so in words. Where there is
no room for a new connection, the one that has waited longest for its client makes room, so that whoever sends a whole
request at once always gets in.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from studio.web.address import network

HEAD_SECONDS = 30.0
"""For a request's line and headers, and for the first byte of the first request."""
UNREAD_SECONDS = 60.0
"""For a client that takes nothing of an answer that is ready."""
RESERVED_FILES = 192
"""File descriptors for the database, for exports and for the program itself."""
MOST_OPEN = 8192
BUSY_SHARE = 4
"""Where nobody can make room, so much more is let in, as a part of what may be open; then the newest has to go."""
MOST_FROM_ONE_ADDRESS = 512
"""A class, or a whole institute, behind one router is one address: each page holds a handful of connections."""
TIMED_OUT = (
    b"HTTP/1.1 408 Request Timeout\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\r\n"
    b"The request did not arrive in time.\n"
)


def backlog_of(files: int) -> int:
    """How many connections are taken over from the system at once, before any can be closed for them.

    Args:
        files: file descriptors this process may open.
    """
    return max(8, min(256, files // 4))


def most_open(files: int) -> int:
    """How many connections may be open of a process that may open `files` file descriptors."""
    room = (files - backlog_of(files) - RESERVED_FILES) * BUSY_SHARE // (BUSY_SHARE + 1)
    return max(8, min(MOST_OPEN, room))


class BoundedConnection(H11Protocol):
    """HTTP/1.1 over one connection, which ends where its client keeps it waiting."""

    most: ClassVar[int] = MOST_OPEN
    most_from_one_address: ClassVar[int] = MOST_FROM_ONE_ADDRESS
    head_seconds: ClassVar[float] = HEAD_SECONDS
    unread_seconds: ClassVar[float] = UNREAD_SECONDS

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head_deadline: asyncio.TimerHandle | None = None
        self._read_deadline: asyncio.TimerHandle | None = None
        self.since = self.loop.time()
        """When the client last sent something."""
        self.origin = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let the connection in, and close another for it where there is no room left."""
        super().connection_made(transport)
        self.origin = network(self.client[0]) if self.client else ""
        self._make_room()
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadlines."""
        for timer in (self._head_deadline, self._read_deadline):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; the head's deadline is the same however slowly its bytes come."""
        self.since = self.loop.time()
        super().data_received(data)
        self._watch_head()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._watch_head()

    def pause_writing(self) -> None:
        """The client takes nothing: give it until the deadline."""
        super().pause_writing()
        self._read_deadline = self.loop.call_later(self.unread_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The client takes what is sent."""
        if self._read_deadline is not None:
            self._read_deadline.cancel()
        super().resume_writing()

    @property
    def patience(self) -> int:
        """How readily it makes room: 0 waiting for a request, 1 sending a long answer, 2 answering a request."""
        if self.cycle is None or self.cycle.response_complete or self.cycle.more_body:
            return 0
        return 1 if self.cycle.response_started else 2

    def _make_room(self) -> None:
        """Close the connection that has waited longest for its client: of this address where that has too many."""
        opened = [c for c in self.connections if isinstance(c, BoundedConnection) and not c.transport.is_closing()]
        neighbours = [connection for connection in opened if connection.origin == self.origin]
        for crowd, most in ((neighbours, self.most_from_one_address), (opened, self.most)):
            surplus = len(crowd) - most
            if surplus <= 0:
                continue
            waiting = sorted(
                (c for c in crowd if c is not self and c.patience < 2), key=lambda c: (c.patience, c.since)
            )
            for connection in waiting[:surplus]:
                connection.transport.abort()
            if surplus - len(waiting) > most // BUSY_SHARE:  # all are being answered: nobody can make room
                self.transport.abort()

    def _watch_head(self) -> None:
        """Start the deadline of a head that is not complete, and end that of one that is."""
        if not self._owes_a_head():
            if self._head_deadline is not None:
                self._head_deadline.cancel()
            self._head_deadline = None
        elif self._head_deadline is None:
            self._head_deadline = self.loop.call_later(self.head_seconds, self._give_up)

    def _owes_a_head(self) -> bool:
        """True while a first request or a begun one is awaited, or a body nobody waits for any more."""
        state = self.conn.their_state
        if state is h11.IDLE:
            return self.cycle is None or bool(self.conn.trailing_data[0])
        return state is h11.SEND_BODY and self.cycle.response_complete

    def _give_up(self) -> None:
        if self.transport.is_closing():
            return
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            self.transport.write(TIMED_OUT)
        self.transport.close()


def bounded(files: int, behind_proxy: bool) -> type[BoundedConnection]:
    """The connections of a process that may open `files` file descriptors.

    Args:
        behind_proxy: all connections come from one address, the proxy's, whose own limits count.
    """
    most = most_open(files)
    one = most if behind_proxy else min(MOST_FROM_ONE_ADDRESS, most * 3 // 4)
    return type("Connection", (BoundedConnection,), {"most": most, "most_from_one_address": one})
