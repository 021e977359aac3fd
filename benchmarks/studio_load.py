"""What the studio's benchmarks share: a made study of any size, the real server as a process, raters who save."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.service import Service
from studio.settings import RATER_COOKIE
from studio.store.database import Store
from tasks.schema import Item, PlannedAssignment, Response, Study, System, Turn, Words
from tasks.study.wording.templates import template

ROOT = Path(__file__).resolve().parent.parent
SYSTEMS = ("one", "two")
STUDY = "load"
_STARTER = """
import os, resource, sys
import gradio, studio.web.app, studio.commands.serve, studio.web.serving, uvicorn  # loaded once for every start
from studio.__main__ import main
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        os.setsid()
        log = os.open(os.environ["STUDIO_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1); os.dup2(log, 2)
        if files := int(os.environ["STUDIO_FILES"]):  # as in a shell with `ulimit -n FILES`
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        os._exit(main(line.split()))
    print(child, flush=True)
"""


def made_study(items: int) -> Study:
    """A pairwise study with the criteria of `quick` and contexts of about 1,200 characters."""
    line = "眠れない日が続いていて、朝になると体が重く、仕事に行けるかどうか不安になります。"
    names = [f"i{n:05d}" for n in range(items)]
    turns = tuple(Turn(role="client" if n % 2 == 0 else "counselor", text=line * 6) for n in range(5))
    return Study(
        study_id=STUDY,
        title=Words(ja="負荷試験", en="Load test"),
        criteria=template("quick"),
        systems=tuple(System(system_id=s) for s in SYSTEMS),
        simulated=True,
        items=tuple(Item(item_id=n, turns=turns) for n in names),
        responses=tuple(Response(item_id=n, system_id=s, text=f"つらい朝ですね。{n}") for n in names for s in SYSTEMS),
    )


def made_plan(study: Study, seats: int) -> tuple[PlannedAssignment, ...]:
    """Every Seat meets every item; sides drawn from a seed."""
    draw = random.Random(1)
    return tuple(
        PlannedAssignment(
            seat=s, position=n, item_id=item.item_id, order=SYSTEMS if draw.random() < 0.5 else SYSTEMS[::-1]
        )
        for s in range(seats)
        for n, item in enumerate(study.items)
    )


def prepare(url: str, items: int, seats: int) -> list[str]:
    """Make the study in the database; one session token a Seat."""
    service = Service(Store(url))
    study = made_study(items)
    service.create_study(study, made_plan(study, seats))
    tokens = [service.join(link)[0] for link in service.invite(STUDY, seats)]
    service.store.close()
    return tokens


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Server:
    """`python -m studio serve`, started again and again: a parent that has loaded the program forks each server."""

    def __init__(self, url: str, port: int, folder: Path, files: int = 0) -> None:
        self.url, self.port, self.folder = url, port, folder
        self.pid = 0
        environment = os.environ | {"STUDIO_LOG": str(folder / "server.log"), "PYTHONPATH": str(ROOT)}
        environment["STUDIO_FILES"] = str(files)
        self._starter = subprocess.Popen(
            [sys.executable, "-c", _STARTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True,
            env=environment,
        )  # fmt: skip

    def start(self, wait: float = 60.0) -> None:
        """Start and wait until `/healthz` answers."""
        assert self._starter.stdin is not None
        assert self._starter.stdout is not None
        print("serve", "--db", self.url, "--port", self.port, file=self._starter.stdin, flush=True)
        self.pid = int(self._starter.stdout.readline())
        until = time.monotonic() + wait
        while time.monotonic() < until:
            try:
                if self.get("/healthz") == 200:
                    return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"the studio did not start: {(self.folder / 'server.log').read_text()[-2000:]}")

    def get(self, path: str) -> int:
        """The status of a GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def component(self) -> int:
        """The id of the rating page's component."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", "/config")
            found = json.loads(connection.getresponse().read())["components"]
        finally:
            connection.close()
        return int(next(one["id"] for one in found if one["props"].get("elem_id") == "rating"))

    def megabytes(self) -> float:
        """Resident memory now (MB of 10^6 bytes)."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return 1.024 * int(next(line.split()[1] for line in lines if line.startswith("VmRSS:"))) / 1000

    def kill(self) -> None:
        """kill -9."""
        os.kill(self.pid, signal.SIGKILL)

    def signal(self, number: int) -> None:
        """Any other signal."""
        os.kill(self.pid, number)

    def close(self) -> None:
        """Stop the parent; kill the server if it still runs."""
        with contextlib.suppress(ProcessLookupError):
            self.kill()
        assert self._starter.stdin is not None
        assert self._starter.stdout is not None
        self._starter.stdin.close()
        self._starter.stdout.close()
        self._starter.wait(timeout=10)


def made_form(assignment_id: str, draw: random.Random) -> dict[str, Any]:
    """A complete form with drawn answers."""
    answers: list[dict[str, Any]] = [{"criterion": "preference", "side": "pair", "value": draw.randint(-2, 2)}]
    for side in ("first", "second"):
        answers.append({"criterion": "question_amount", "side": side, "value": draw.randint(-1, 1)})
        answers.append({"criterion": "empathy", "side": side, "value": draw.randint(0, 3)})
    return {
        "submission_id": str(uuid.UUID(int=draw.getrandbits(128))),
        "assignment_id": assignment_id,
        "answers": answers,
        "comment": "ひとこと" if draw.random() < 0.1 else "",
        "client": {"active_seconds": 20.0, "viewport": "1280x800"},
    }


@dataclass
class Rater:
    """One rater at the plain `/api/vote` route; like the page, it keeps an unacknowledged form and sends it again."""

    token: str
    port: int
    draw: random.Random
    waiting: dict[str, Any] | None = None
    todo: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    acknowledged: dict[str, int] = field(default_factory=dict)
    """Sequence number by submission_id."""
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    component: int | None = None
    """The id of the page's own component: save through its server function; None = through `/api/vote`."""
    busy: int = 0
    """How often the studio asked to send the form again later."""
    spare: list[Rater] = field(default_factory=list)
    """Raters whose place is taken when everything is judged; where there is none, an answer is revised."""
    _connection: http.client.HTTPConnection | None = None

    def save(self) -> bool:
        """Send one form; True once it is acknowledged. False, and kept for the next time, where no answer came."""
        if self.waiting is None:
            if not self.todo and self.spare:
                self._take_over(self.spare.pop())
            assignment = self.todo[0] if self.todo else self.draw.choice(self.done)  # all done: revise one
            self.waiting = made_form(assignment, self.draw)
        begin = time.perf_counter()
        try:
            answer = self._post(self.waiting)
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            self.drop()
            return False
        if answer.get("error", {}).get("code") == "busy":  # the page keeps the answers and tries again
            self.busy += 1
            return False
        self.seconds.append(time.perf_counter() - begin)
        self._acknowledge(answer)
        return True

    def _take_over(self, other: Rater) -> None:
        self.token, self.todo, self.done = other.token, other.todo, []

    def _acknowledge(self, answer: dict[str, Any]) -> None:
        assert self.waiting is not None
        form, self.waiting = self.waiting, None
        if not answer["saved"]:
            self.wrong.append(f"refused: {answer['error']['code']}")
            return
        known = self.acknowledged.setdefault(form["submission_id"], answer["seq"])
        if known != answer["seq"]:
            self.wrong.append(f"{form['submission_id']}: receipt {known}, later {answer['seq']}")
        self.done.append(form["assignment_id"])
        self.todo = [pair["assignment_id"] for pair in answer["state"]["pairs"]]

    def _post(self, form: dict[str, Any]) -> Any:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"cookie": f"{RATER_COOKIE}={self.token}", "content-type": "application/json"}
        path, body = "/api/vote", form
        if self.component is not None:
            asked = {"do": "submit", "submission": form, "held": self.todo}
            path = "/gradio_api/component_server"
            body = {"data": asked, "component_id": self.component, "session_hash": "load", "fn_name": "call"}
        self._connection.request("POST", path, json.dumps(body), headers)
        answer = self._connection.getresponse()
        if answer.status >= 500:
            self.wrong.append(f"status {answer.status}")
        return json.loads(answer.read())

    def drop(self) -> None:
        """Forget the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def raters(url: str, tokens: list[str], port: int, seed: int) -> list[Rater]:
    """Raters with the first pairs each has to do."""
    service = Service(Store(url))
    made = []
    for number, token in enumerate(tokens):
        pairs = service.dispatch(token, {"do": "state"})["pairs"]
        made.append(Rater(token, port, random.Random(seed * 1000 + number), todo=[p["assignment_id"] for p in pairs]))
    service.store.close()
    return made
