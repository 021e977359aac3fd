"""A writer that blocks the database, and a disk that stalls: what needs neither answers at once.

    python benchmarks/stalls.py --writer-seconds 60 --disk-seconds 10

The real application. Another connection holds the write lock for a minute while 60 links are opened; then every commit
takes ten seconds while raters save. Meanwhile `/healthz`, a static file and the sign-in page are asked for. Limit:
each of these within 1 s; every link answered with a page, every form saved or asked for again, none lost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import httpx  # noqa: E402
from sqlalchemy import event  # noqa: E402

from benchmarks.studio_load import STUDY, Rater, made_form, prepare, raters  # noqa: E402
from studio.pages.rating.files import Files  # noqa: E402
from studio.service import Service  # noqa: E402
from studio.settings import RATER_COOKIE, Settings, sqlite_url  # noqa: E402
from studio.store.database import Store  # noqa: E402
from studio.web import logs  # noqa: E402
from studio.web.app import build  # noqa: E402

LIMIT_SECONDS = 1.0


async def slowest(client: httpx.AsyncClient, until: float) -> float:
    """Seconds of the slowest answer of what needs no database."""
    seconds: list[float] = []
    while time.monotonic() < until:
        for path in ("/healthz", Files.load().entry, "/sign-in"):
            begin = time.perf_counter()
            assert (await client.get(path)).status_code == 200
            seconds.append(time.perf_counter() - begin)
        await asyncio.sleep(0.05)
    return max(seconds)


async def writer(client: httpx.AsyncClient, path: Path, links: list[str], seconds: float) -> dict[str, Any]:
    """Links that are opened while another connection writes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        joins = [asyncio.ensure_future(client.get(f"/e/{link}", headers={"accept": "text/html"})) for link in links]
        worst = await slowest(client, time.monotonic() + seconds)
        other.execute("ROLLBACK")
    statuses = Counter(answer.status_code for answer in await asyncio.gather(*joins))
    return {"stall": "writer", "seconds": seconds, "slowest_s": round(worst, 3), "answers": dict(statuses)}


async def disk(client: httpx.AsyncClient, service: Service, people: list[Rater], seconds: float) -> dict[str, Any]:
    """Forms that are sent while a commit takes `seconds`."""

    def stall(connection: Any) -> None:
        time.sleep(seconds)

    event.listen(service.store.engine, "commit", stall)
    try:
        saves = [
            asyncio.ensure_future(
                client.post(
                    "/api/vote",
                    json=made_form(rater.todo[0], rater.draw),
                    headers={"cookie": f"{RATER_COOKIE}={rater.token}"},
                )
            )
            for rater in people
        ]
        worst = await slowest(client, time.monotonic() + seconds)
        replies = [answer.json() for answer in await asyncio.gather(*saves)]
    finally:
        event.remove(service.store.engine, "commit", stall)
    told = Counter("saved" if reply["saved"] else reply["error"]["code"] for reply in replies)
    return {"stall": "disk", "seconds": seconds, "slowest_s": round(worst, 3), "answers": dict(told)}


async def measure(service: Service, path: Path, people: list[Rater], options: Any) -> list[dict[str, Any]]:
    transport = httpx.ASGITransport(build(service, Settings()))
    links = service.invite(STUDY, 60)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", timeout=300) as client:
        await slowest(client, time.monotonic() + 0.1)  # whatever is made at the first request is made
        first = await writer(client, path, links, options.writer_seconds)
        return [first, await disk(client, service, people, options.disk_seconds)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writer-seconds", type=float, default=60.0)
    parser.add_argument("--disk-seconds", type=float, default=10.0)
    options = parser.parse_args()
    logs.configure()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "studio.sqlite"
        tokens = prepare(sqlite_url(path), items=20, seats=5)
        people = raters(sqlite_url(path), tokens, 0, seed=1)
        service = Service(Store(sqlite_url(path)))
        rows = asyncio.run(measure(service, path, people, options))
        differences = service.verify()[1]
        service.store.close()
    print(json.dumps({"rows": rows, "differs_from_log": len(differences)}, indent=1))
    ok = all(row["slowest_s"] <= LIMIT_SECONDS for row in rows) and not differences
    print(f"limit: {LIMIT_SECONDS:g} s: {'kept' if ok else 'MISSED'}")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
