"""Potato, the strongest peer, on the same work: the same items, one preference and two ratings per response.

It is installed into an environment of its own (`pip install potato-annotation==2.12.1`) and started as its users start
it. One step is what its page does at Next: save the labels, move on, receive the next item's page. Assets and the
browser's drawing are not counted.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.studio_load import free_port, made_study

SCALES = {"preference": ["A", "tie", "B"]} | {
    f"{name}_{side}": labels
    for side in ("a", "b")
    for name, labels in (("question_amount", ["few", "right", "many"]), ("empathy", ["0", "1", "2", "3"]))
}
ITEMS = 300


@dataclass
class Annotator:
    """One annotator with the session cookie of a browser."""

    name: str
    port: int
    at: int = 0
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    _cookie: str = ""
    _connection: http.client.HTTPConnection | None = None

    def sign_in(self) -> None:
        """Log in without a password, and open the first item."""
        form = urlencode({"email": self.name, "pass": "", "action": "login"})
        self._ask("POST", "/auth", form, "application/x-www-form-urlencoded")
        status, page = self._ask("GET", "/annotate")
        if status != 200 or "i00000" not in page:
            raise RuntimeError(f"Potato's first item did not come: {status}")

    def save(self) -> bool:
        """Save this item and get the next one's page."""
        begin = time.perf_counter()
        labels = {f"{scale}:::{names[0]}": "true" for scale, names in SCALES.items()}
        body = {"instance_id": f"i{self.at:05d}", "annotations": labels, "span_annotations": []}
        status, answer = self._ask("POST", "/updateinstance", json.dumps(body))
        if status != 200 or '"success"' not in answer.replace(" ", ""):
            self.wrong.append(f"save: {status} {answer[:80]}")
        status, page = self._ask("POST", "/annotate", json.dumps({"action": "next_instance"}))
        if status in (302, 303):
            status, page = self._ask("GET", "/annotate")
        self.at += 1
        if status != 200 or f"i{self.at:05d}" not in page:
            self.wrong.append(f"next: {status}, no item {self.at}")
        self.seconds.append(time.perf_counter() - begin)
        return True

    def _ask(self, method: str, path: str, body: str | None = None, kind: str = "application/json") -> tuple[int, str]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"cookie": self._cookie} | ({} if body is None else {"content-type": kind})
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        for cookie in answer.headers.get_all("set-cookie") or []:
            self._cookie = cookie.split(";")[0]
        text = answer.read().decode("utf-8", "replace")
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer.status, text

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextlib.contextmanager
def serving(program: Path, folder: Path, count: int) -> Iterator[list[Annotator]]:
    """Potato on the items of the load study, with `count` annotators signed in."""
    port, home = free_port(), folder / "potato"
    home.mkdir()
    _write_task(home)
    with (home / "log").open("wb") as log:
        command = [str(program), "start", "config.yaml", "-p", str(port), "--host", "127.0.0.1"]
        process = subprocess.Popen(command, cwd=home, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        people = [Annotator(f"annotator{number}", port) for number in range(count)]
        try:
            _wait(port, process, home / "log")
            for annotator in people:
                annotator.sign_in()
            yield people
        finally:
            for annotator in people:
                annotator.close()
            process.kill()
            process.wait()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/")
            connection.getresponse().read()
            connection.close()
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"Potato did not start: {log.read_text()[-1500:]}")


def _write_task(home: Path) -> None:
    """config.yaml (JSON is YAML) and data.json."""
    study = made_study(ITEMS)
    texts = {(response.item_id, response.system_id): response.text for response in study.responses}
    lines = []
    for item in study.items:
        turns = "<br>".join(turn.text for turn in item.turns)
        a, b = (texts[item.item_id, system.system_id] for system in study.systems)
        lines.append(json.dumps({"id": item.item_id, "text": f"{turns}<hr>A: {a}<hr>B: {b}"}, ensure_ascii=False))
    (home / "data.json").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (home / "config.yaml").write_text(json.dumps(_config(), indent=1), encoding="utf-8")


def _config() -> dict[str, Any]:
    schemes = [
        {"annotation_type": "radio", "name": name, "description": name, "labels": labels}
        for name, labels in SCALES.items()
    ]
    return {
        "annotation_task_name": "load",
        "task_dir": ".",
        "output_annotation_dir": "annotation_output",
        "output_annotation_format": "json",
        "data_files": ["data.json"],
        "item_properties": {"id_key": "id", "text_key": "text"},
        "user_config": {"allow_all_users": True, "users": []},
        "require_password": False,
        "alert_time_each_instance": 10000000,
        "assignment_strategy": "fixed_order",
        "max_annotations_per_user": ITEMS,
        "max_annotations_per_item": 1000,
        "annotation_schemes": schemes,
    }
