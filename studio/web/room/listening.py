"""The rooms' wire: one POST for every act, an event stream for each open page, plain reading where proxies buffer.

A line goes to the streams once it is committed; whoever misses one, by a slow line or a restart, reads on from the
number of the last line held. Signs (`presence`, `typing`, `beat`) have no number and are stored nowhere.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

from studio.service import Refusal, Service
from studio.service.room.speaking import Heard
from studio.store.errors import StoreError
from studio.store.room.signals import Signals
from studio.web.lanes import Lanes
from studio.web.sessions import Cookies, token_for

BEAT_SECONDS = 15.0
"""Between two signs of life of a stream on which nothing happens."""
UNSTABLE_SECONDS, AWAY_SECONDS = 45.0, 90.0
"""Without a sign of the partner's page, whose own beat comes every 30 seconds."""
MOST_WAITING = 500
"""Signs and lines that wait for a slow reader; then the stream ends, and the page reads on from its last line."""
MOST_STREAMS = 4
"""Of one Rater in one room; a further one ends the oldest."""
RoomKey = tuple[str, str]
"""A study and a session."""
log = logging.getLogger(__name__)


class Listener:
    """One open stream of one side of a room."""

    def __init__(self, role: str, last: int) -> None:
        self.role = role
        self.last = last
        self.told = ""
        self.waiting: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(MOST_WAITING)

    def put(self, one: dict[str, Any] | None) -> None:
        """Hand something on; a reader too slow for it is let go."""
        try:
            self.waiting.put_nowait(one)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        """Let the stream end after what it is sending now."""
        while not self.waiting.empty():
            self.waiting.get_nowait()
        self.waiting.put_nowait(None)


class Rooms:
    """Everybody who listens in this process."""

    def __init__(self, service: Service, lanes: Lanes) -> None:
        self._service = service
        self._lanes = lanes
        self._listeners: dict[RoomKey, list[Listener]] = defaultdict(list)
        self._seen: dict[tuple[RoomKey, str], float] = {}
        """When a side's page last gave a sign, by this process's own clock."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._clock: asyncio.Task[None] | None = None
        self._signals: Signals | None = None

    # --- acts ---------------------------------------------------------------------------------------------------------

    async def act(self, cookies: Cookies, request: Any) -> dict[str, Any]:
        """Carry out what a page asks; the reply leaves after the commit, and so do the lines to everybody else."""
        await self._begin()
        try:
            token = token_for(cookies, request) if isinstance(request, dict) else None
            lane = (
                self._lanes.readers
                if isinstance(request, dict) and request.get("do") in ("typing", "beat")
                else (self._lanes.rooms)
            )
            heard = await lane.run(self._service.rooms.hear, token, request)
        except Refusal as refusal:
            return refusal.as_json()
        except StoreError as error:
            log.error("room: %s", error)
            return Refusal("busy").as_json()
        self._told(heard, str(request["do"]))
        return heard.reply

    def _told(self, heard: Heard, do: str) -> None:
        key = (heard.study_id, heard.session_id)
        self._seen[key, heard.role] = time.monotonic()
        if do == "typing":
            self._sign(key, heard.role, "typing")
        for line in heard.lines:
            self._hand_on(key, line)
        if heard.lines or do in ("typing", "beat"):
            self._signal(key, heard.role, do if not heard.lines else "")

    def _sign(self, key: RoomKey, role: str, name: str) -> None:
        for listener in self._listeners.get(key, ()):
            if listener.role != role:
                listener.put({"event": name, "data": {"role": role}})

    def _hand_on(self, key: RoomKey, line: dict[str, Any]) -> None:
        for listener in self._listeners.get(key, ()):
            listener.put({"data": line})

    # --- other processes ----------------------------------------------------------------------------------------------

    def _signal(self, key: RoomKey, role: str, sign: str) -> None:
        if self._signals is not None and not self._service.store.is_sqlite:
            text = json.dumps([*key, role, sign])
            task = asyncio.ensure_future(self._lanes.readers.run(self._signals.send, text))
            task.add_done_callback(_or_logged)

    def _heard_elsewhere(self, signal: str) -> None:
        """In the signals' thread."""
        if self._loop is not None and not self._loop.is_closed():
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._hear_elsewhere, signal)

    def _hear_elsewhere(self, signal: str) -> None:
        if not signal:  # something may have been missed: everybody reads
            for listeners in self._listeners.values():
                for listener in listeners:
                    listener.put({"read": True})
            return
        study_id, session_id, role, sign = json.loads(signal)
        key = (study_id, session_id)
        if key not in self._listeners:
            return
        self._seen[key, role] = time.monotonic()
        if sign == "typing":
            self._sign(key, role, "typing")
        elif not sign:
            for listener in self._listeners[key]:
                listener.put({"read": True})

    # --- streams ------------------------------------------------------------------------------------------------------

    async def read(self, cookies: Cookies, request: Mapping[str, Any]) -> Heard:
        """The next lines. Refusal and StoreError as the service raises them."""
        await self._begin()
        return await self._lanes.readers.run(self._service.rooms.listen, token_for(cookies, request), request)

    async def stream(self, cookies: Cookies, request: Mapping[str, Any], first: Heard) -> AsyncGenerator[bytes, None]:
        """What happens in the room from `first` on, until it ends, the reader leaves or is too slow."""
        key = (first.study_id, first.session_id)
        listener = Listener(first.role, int(request.get("after") or 0))
        self._let_in(key, listener)
        self._seen[key, first.role] = time.monotonic()
        try:
            async for line in self._behind(cookies, request, listener, first):
                yield line
            async for line in self._behind(cookies, request, listener):  # committed before this stream was listed
                yield line
            yield self._presence(key, listener)
            while True:
                try:
                    one = await asyncio.wait_for(listener.waiting.get(), BEAT_SECONDS)
                except TimeoutError:
                    yield _event({}, "beat")
                    continue
                if one is None:
                    return
                if "event" in one:
                    yield _event(one["data"], one["event"])
                elif one.get("data", {}).get("id") == listener.last + 1:
                    yield self._line(listener, one["data"])
                elif "read" in one or one["data"]["id"] > listener.last:
                    async for line in self._behind(cookies, request, listener):
                        yield line
        finally:
            self._let_go(key, listener)

    async def _behind(
        self, cookies: Cookies, request: Mapping[str, Any], listener: Listener, heard: Heard | None = None
    ) -> AsyncIterator[bytes]:
        """The lines that the listener has not had, page by page."""
        while True:
            if heard is None:
                try:
                    heard = await self.read(cookies, {**request, "after": listener.last})
                except (Refusal, StoreError):
                    listener.end()
                    return
            for line in heard.reply["events"]:
                if line["id"] > listener.last:
                    yield self._line(listener, line)
            if not heard.reply["more"]:
                return
            heard = None

    def _line(self, listener: Listener, line: dict[str, Any]) -> bytes:
        listener.last = line["id"]
        if line["kind"] == "ended":
            listener.put(None)
        return _event(line, number=line["id"])

    def _let_in(self, key: RoomKey, listener: Listener) -> None:
        own = [one for one in self._listeners[key] if one.role == listener.role]
        for oldest in own[: len(own) - MOST_STREAMS + 1]:
            oldest.end()
        self._listeners[key].append(listener)

    def _let_go(self, key: RoomKey, listener: Listener) -> None:
        self._listeners[key].remove(listener)
        if not self._listeners[key]:
            del self._listeners[key]
            for role in ("client", "counselor"):
                self._seen.pop((key, role), None)

    # --- signs of life ------------------------------------------------------------------------------------------------

    def _presence(self, key: RoomKey, listener: Listener) -> bytes:
        listener.told = self._partner(key, listener.role)
        return _event({"partner": listener.told}, "presence")

    def _partner(self, key: RoomKey, role: str) -> str:
        """What the partner's own page says of itself; an open connection proves nothing."""
        other = "counselor" if role == "client" else "client"
        seen = self._seen.get((key, other))
        silent = time.monotonic() - seen if seen is not None else AWAY_SECONDS
        return "here" if silent < UNSTABLE_SECONDS else "unstable" if silent < AWAY_SECONDS else "away"

    async def _begin(self) -> None:
        if self._clock is None or self._clock.done() or self._loop is not asyncio.get_running_loop():
            self._loop = asyncio.get_running_loop()
            self._clock = self._loop.create_task(self._tick())
            if self._signals is None:
                self._signals = Signals(self._service.store, self._heard_elsewhere)

    async def _tick(self) -> None:
        """Once a second while anybody listens: what time ends, and who has gone silent."""
        while True:
            await asyncio.sleep(1.0)
            if not self._listeners:
                continue
            for key, listeners in self._listeners.items():
                for listener in listeners:
                    if listener.told and listener.told != (now := self._partner(key, listener.role)):
                        listener.told = now
                        listener.put({"event": "presence", "data": {"partner": now}})
            try:
                ended = await self._lanes.rooms.run(self._service.rooms.settle)
            except StoreError as error:
                log.error("room: %s", error)
                continue
            for heard in ended:
                for line in heard.lines:
                    self._hand_on((heard.study_id, heard.session_id), line)
                self._signal((heard.study_id, heard.session_id), heard.role, "")

    def close(self) -> None:
        """End every stream, so that the server can stop at once; pages read on from their last line elsewhere."""
        if self._clock is not None:
            self._clock.cancel()
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.end()
        if self._signals is not None:
            self._signals.close()


def _event(data: dict[str, Any], name: str | None = None, number: int | None = None) -> bytes:
    head = (f"event: {name}\n" if name else "") + (f"id: {number}\n" if number is not None else "")
    return f"{head}data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


def _or_logged(task: asyncio.Future[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("signal: %s", error)
