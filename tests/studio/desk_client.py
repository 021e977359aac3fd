"""The organiser's desk as its script asks it: pages, acts, files; without a browser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from starlette.testclient import TestClient

from studio.pages.admin.door.columns import QUESTIONS


@dataclass(frozen=True)
class DeskClient:
    """Somebody who is signed in, in one language."""

    client: TestClient
    language: str = "en"

    def page(self, path: str) -> str:
        """A page of the desk, as it is served."""
        answer = self.client.get(path, headers={"accept-language": self.language})
        assert answer.status_code == 200, (path, answer.status_code)
        return str(answer.text)

    def ask(self, path: str, do: str = "", given: dict[str, str | list[str]] | None = None) -> dict[str, Any]:
        """What the desk answers: the page anew, or what an act said."""
        config = self.client.get("/admin/config").json()
        component = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "desk")
        fields = {name: value if isinstance(value, list) else [value] for name, value in (given or {}).items()}
        data = {"path": path, "query": "", "language": self.language, "do": do, "given": fields}
        call = {"data": data, "component_id": component, "session_hash": "x", "fn_name": "call"}
        answer = self.client.post("/admin/gradio_api/component_server", json=call)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def send(self, *files: tuple[str, bytes], hub: str = "") -> dict[str, Any]:
        """What is said after files were sent: {"go": address of the draft} or {"told": what is wrong}."""
        parts: list[tuple[str, Any]] = [("files", one) for one in files] or [("none", b"")]
        answer = self.client.post("/admin/new", data={"lang": self.language, "hub": hub}, files=parts)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def draft(self, *files: tuple[str, bytes], hub: str = "") -> str:
        """The address of the first step of a draft of these files."""
        said = self.send(*files, hub=hub)
        assert "go" in said, said
        return str(said["go"])

    def next(self, address: str, to: str = "", **given: str | list[str]) -> dict[str, Any]:
        """What pressing the button at the foot of a step leads to: the next step, unless `to` names another.

        The launch goes on although nobody else can open this computer's address.
        """
        step = address.rsplit("/", 1)[1]
        steps = ("file", "questions", "texts", "plan", "launch", "done")
        return self.ask(address, "next", {"despite": "yes", **given, "to": to or steps[steps.index(step) + 1]})


def asked_in(page: str) -> set[str]:
    """The names of the questions about files that a page asks, those in the heads of columns among them."""
    asked = {unescape(key) for key in re.findall(r'name="(answer\.[^"]+)"', page)}
    heads = re.findall(r'name="column\.([^"]*)" value="\?\t(\w+)\t"', page)
    return asked | {f"answer.{QUESTIONS[role]}{unescape(end)}" for end, role in heads}


def columns(page: str, end: str = "", **chosen: str) -> dict[str, list[str]]:
    """The heads of columns as they stand in a page, but for those whose role is chosen anew."""
    name = re.escape(f"column.{end}")
    values = [unescape(one) for one in re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)]
    for options in re.findall(rf'<select class="[^"]*" name="{name}">(.*?)</select>', page):
        offered = [(unescape(value), bool(on)) for value, on in re.findall(r'value="([^"]*)"( selected)?', options)]
        column = offered[0][0].split("\t")[2]
        role = chosen.get(column)
        values.append(next(value for value, on in offered if (value.split("\t")[1] == role if role else on)))
    return {f"column.{end}": values}
