"""Live rooms under load and under kill -9: from one side's POST to the other side's stream, and what is lost.

    python benchmarks/rooms.py                          50 rooms at 1, 10 and 40 times human pace, then 500 idle streams
    python benchmarks/rooms.py --kills 200 --rooms 6    kill -9 under talk: acknowledged, missing, doubled, out of order

Human pace: a message every 35 seconds in each room, the median gap between KokoroChat's messages, either side alike.
The limits are the project's own; on a busy machine the ratios between the paces say more than the milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.studio_load import Server, free_port  # noqa: E402
from studio.service import Service  # noqa: E402
from studio.settings import sqlite_url  # noqa: E402
from studio.store.database import Store  # noqa: E402
from studio.store.room import asked  # noqa: E402
from studio.store.upkeep.verify import differences  # noqa: E402
from studio.web.room.listening import BEAT_SECONDS, MOST_STREAMS  # noqa: E402
from studio.web.sessions import cookie_name  # noqa: E402
from tasks.design.planning import plan  # noqa: E402
from tasks.schema import Crisis, Design, Scenario, Sessions, Study, Words  # noqa: E402
from tasks.study.wording.templates import template  # noqa: E402

GAP_SECONDS = 35.0
LIMITS = {1: 30.0, 10: 50.0, 40: 100.0}
"""Milliseconds from POST to partner, p95, by speed."""
STREAM_KB, STREAM_CPU = 70.0, 3.0
BACK_SECONDS = 10.0


def made_study(rooms: int) -> Study:
    """As many rooms, each with two people of its own."""
    told = Words(ja="負荷試験", en="Load test")
    words = {"ja": ("消えたい",), "en": ("end it all",)}
    crisis = Crisis(help=told, message=told, words=words, checked_on=dict.fromkeys(words, "2026-01-01"))
    return Study(
        study_id="talks", title=told, protocol="session", criteria=template("rating"), simulated=True, items=(),
        design=Design(seats=2 * rooms), scenarios=(Scenario(scenario_id="card", title=told, card=told),),
        sessions=Sessions(both_roles=False, counselors=rooms, most_minutes=100_000, crisis=crisis),
    )  # fmt: skip


@dataclass
class Side:
    """One side of a room: what it sent, what was acknowledged, what it heard."""

    port: int
    token: str
    rater: str
    session: str
    sent_at: dict[str, float] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    heard: list[tuple[int, str]] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    partner: Side | None = None
    waiting: dict[str, Any] | None = None

    @property
    def last(self) -> int:
        """The last line heard."""
        return self.heard[-1][0] if self.heard else 0

    def request(self, method: str, path: str, body: bytes = b"") -> bytes:
        """A request as it goes over the wire."""
        cookie = f"{cookie_name('talks', self.rater)}={self.token}"
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {cookie}\r\n"
        return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    @property
    def names(self) -> dict[str, str]:
        """Whom every request names."""
        return {"study": "talks", "rater": self.rater, "session": self.session}

    async def listen(self) -> None:
        """Follow the room's stream, opened again wherever it breaks, from the last line heard."""
        while True:
            with suppress(OSError, asyncio.IncompleteReadError, ValueError):
                await self._follow()
            await asyncio.sleep(0.2)

    async def _follow(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            query = urlencode({**self.names, "after": self.last})
            writer.write(self.request("GET", f"/api/room/stream?{query}"))
            await writer.drain()
            while line := await reader.readline():
                if line.startswith(b'data: {"id"'):
                    self._hear(json.loads(line[6:]))
        finally:
            writer.close()

    def _hear(self, line: dict[str, Any]) -> None:
        self.heard.append((line["id"], line.get("uuid", "")))
        assert self.partner is not None
        begun = self.partner.sent_at.pop(line.get("uuid", ""), None)
        if begun is not None:
            self.delays.append(time.perf_counter() - begun)

    async def say(self) -> None:
        """Send one message, again and again until it is acknowledged."""
        mark = str(uuid.uuid4())
        text = f"それで、朝になると体が重くて、どうしたらよいのか分からなくなります。{mark[:8]}"
        body = json.dumps({**self.names, "do": "say", "uuid": mark, "text": text}).encode()
        self.sent_at[mark] = time.perf_counter()
        while mark not in self.acknowledged:
            with suppress(OSError, asyncio.IncompleteReadError, ValueError, KeyError):
                self.acknowledged[mark] = (await self._post(body))["id"]
                return
            await asyncio.sleep(0.1)

    async def _post(self, body: bytes) -> dict[str, Any]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(self.request("POST", "/api/room", body))
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
            reply: dict[str, Any] = json.loads(await reader.readexactly(int(length.split(b":")[1])))
            return reply
        finally:
            writer.close()


def prepared(url: str, port: int, rooms: int) -> list[tuple[Side, Side]]:
    """Every room, begun."""
    service = Service(Store(url))
    study = made_study(rooms)
    service.create_study(study, plan(study))
    tokens = [service.join(link)[0] for link in service.invite("talks", 2 * rooms)]
    with service.store.read() as connection:
        rows = asked.sessions_of(connection, "talks")
    pairs = []
    for row in rows:
        one, other = (
            Side(port, tokens[s], f"R{s + 1:03d}", row.session_id) for s in (row.client_seat, row.counselor_seat)
        )
        one.partner, other.partner = other, one
        for side in (one, other):
            service.rooms.hear(side.token, {**side.names, "do": "ready", "ready": True})
        pairs.append((one, other))
    service.store.close()
    return pairs


async def talk(pairs: list[tuple[Side, Side]], speed: float, until: float, draw: random.Random) -> None:
    """Everybody talks at `speed` times human pace until then."""

    async def room(pair: tuple[Side, Side]) -> None:
        while (gap := draw.expovariate(speed / GAP_SECONDS)) + time.perf_counter() < until:
            await asyncio.sleep(gap)
            await draw.choice(pair).say()

    await asyncio.gather(*map(room, pairs))


def seconds_of(server: Server) -> float:
    """Processor seconds that the server has used."""
    fields = Path(f"/proc/{server.pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def quantile(values: list[float], share: float) -> float:
    """Milliseconds at this share of the values; nan where there is none."""
    return 1000 * sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


async def paces(server: Server, pairs: list[tuple[Side, Side]], seconds: float) -> bool:
    """The table of paces; True where every p95 keeps its limit."""
    sides = [side for pair in pairs for side in pair]
    listening = [asyncio.create_task(side.listen()) for side in sides]
    await asyncio.sleep(2)
    kept = True
    print("speed  messages  p50 ms  p95 ms  p99 ms  limit  server CPU %")
    for speed, limit in LIMITS.items():
        for side in sides:
            side.delays.clear()
        before, begun = seconds_of(server), time.perf_counter()
        await talk(pairs, speed, begun + seconds, random.Random(speed))
        await asyncio.sleep(0.5)
        used = 100 * (seconds_of(server) - before) / (time.perf_counter() - begun)
        delays = [delay for side in sides for delay in side.delays]
        p50, p95, p99 = (quantile(delays, share) for share in (0.5, 0.95, 0.99))
        kept &= p95 <= limit
        print(f"{speed:5} {len(delays):9} {p50:7.1f} {p95:7.1f} {p99:7.1f} {limit:6.0f} {used:13.1f}", flush=True)
    for task in listening:
        task.cancel()
    return kept


async def streams(server: Server, sides: list[Side], count: int) -> bool:
    """What open streams cost, a few of each side; True within the limits."""
    idle, before = seconds_of(server), server.megabytes()
    await asyncio.sleep(10)
    idle = (seconds_of(server) - idle) / 10
    return await _held(server, sides, count, before, idle)


async def _held(server: Server, sides: list[Side], count: int, before: float, idle: float) -> bool:
    writers = []
    for number in range(count):
        side = sides[number % len(sides)]
        query = urlencode({**side.names, "after": 0})
        reader, writer = await asyncio.open_connection("127.0.0.1", side.port)
        writer.write(side.request("GET", f"/api/room/stream?{query}"))
        await reader.readuntil(b"data: ")
        writers.append(writer)
    used = seconds_of(server)
    await asyncio.sleep(20)
    used = (seconds_of(server) - used) / 20
    kilobytes = (server.megabytes() - before) * 1000 / count
    more = 100 * (used - idle)
    print(f"{count} streams, a beat every {BEAT_SECONDS:g} s: {kilobytes:.0f} kB each (limit {STREAM_KB:g})")
    print(f"{more:.1f} % of a core above the {100 * idle:.1f} % of the idle server (limit {STREAM_CPU:g})")
    for writer in writers:
        writer.close()
    return kilobytes <= STREAM_KB and more <= STREAM_CPU


async def killed(server: Server, pairs: list[tuple[Side, Side]], kills: int, url: str) -> bool:
    """kill -9 at random moments while everybody talks at 200 times human pace; True where nothing is wrong."""
    sides = [side for pair in pairs for side in pair]
    listening = [asyncio.create_task(side.listen()) for side in sides]
    draw, back = random.Random(1), []
    talking = asyncio.create_task(talk(pairs, 200, float("inf"), draw))
    for _ in range(kills):
        await asyncio.sleep(draw.uniform(0.2, 1.0))
        server.kill()
        begun = time.perf_counter()
        await asyncio.to_thread(server.start)
        back.append(time.perf_counter() - begun)
    talking.cancel()
    with suppress(asyncio.CancelledError):
        await talking
    await asyncio.sleep(3)
    for task in listening:
        task.cancel()
    return _counted(pairs, url, back)


def _counted(pairs: list[tuple[Side, Side]], url: str, back: list[float]) -> bool:
    store = Store(url)
    acknowledged = missing = doubled = disordered = unheard = 0
    for pair in pairs:
        with store.read() as connection:
            found = asked.lines(connection, "talks", pair[0].session)
        stored = [line.uuid for line, text in found if line.kind == "said" and text]
        given = [mark for side in pair for mark in side.acknowledged]
        acknowledged += len(given)
        missing += len(set(given) - set(stored))
        doubled += len(stored) - len(set(stored))
        for side in pair:
            numbers = [number for number, _ in side.heard]
            disordered += numbers != sorted(set(numbers))
            unheard += len({line.number for line, _ in found} - set(numbers))
    _, wrong = differences(store)
    lost = f"missing {missing}, doubled {doubled}, out of order {disordered}, unheard {unheard}"
    print(f"{len(back)} kills; acknowledged {acknowledged}, {lost}; log and tables differ in {len(wrong)}")
    print(f"back after {max(back):.1f} s at most (limit {BACK_SECONDS:g})")
    return not (missing or doubled or disordered or unheard or wrong) and max(back) <= BACK_SECONDS


def main() -> int:
    """0 where every limit is kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rooms", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0, help="of talk at each pace")
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--kills", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rooms-") as folder:
        url, port = sqlite_url(Path(folder) / "studio.sqlite"), free_port()
        most = 2 * MOST_STREAMS
        pairs = prepared(url, port, max(options.rooms, 0 if options.kills else -(-options.streams // most)))
        server = Server(url, port, Path(folder))
        try:
            server.start()
            if options.kills:
                return 0 if asyncio.run(killed(server, pairs, options.kills, url)) else 1
            kept = asyncio.run(paces(server, pairs[: options.rooms], options.seconds))
            kept &= asyncio.run(streams(server, [side for pair in pairs for side in pair], options.streams))
            return 0 if kept else 1
        finally:
            server.close()


if __name__ == "__main__":
    sys.exit(main())
