"""A Hub on this machine: the wire protocol the real huggingface_hub client speaks, in memory, with faults on order.

It shows what our code asks of a Hub and how it bears refusals. It does not show quotas, xet, OAuth, volumes, or what
the real server validates. Point the client at it by `HfApi(endpoint=hub.url, token=WRITER)` (fixture `hub` of
tests/hub_fixture.py), or a child process by `environment`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

from tests.hub_state import USERS, WRITER, Hub, RefusalError, Repo, Request, entry, git_oid, is_lfs

KINDS = ("models", "datasets", "spaces")


class Handler(BaseHTTPRequestHandler):
    """One request. Everything is under the Hub's lock: one after another."""

    hub: Hub
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body in one packet, or each answer waits 40 ms for the other side to acknowledge

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silent; the Hub keeps its own log."""

    def _answer(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.path_only = unquote(urlsplit(self.path).path)
        line = f"{self.command} {self.path_only}"
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        self.user, self.can_write = USERS.get(token), token == WRITER
        if "/commit/" in line and self.hub.before:
            self.hub.before.pop()(line)
        fault = self.hub.fault(line)
        status, headers, data = 200, {"Content-Type": "application/json"}, b""
        try:
            if fault and not fault.late:
                raise RefusalError(fault.status, message="as ordered")
            with self.hub.lock:
                found = self._route([part for part in self.path_only.split("/") if part], token)
            data = found if isinstance(found, bytes) else json.dumps(found).encode()
            if isinstance(found, bytes):
                headers |= self.file_headers
            if fault:
                raise RefusalError(fault.status, message="as ordered, late")
        except RefusalError as refusal:
            status, data = refusal.status, json.dumps(refusal.body).encode()
            headers |= {"X-Error-Code": refusal.code, "X-Error-Message": str(refusal)}
            headers |= fault.headers if fault else {}
        self.hub.log.append(Request(self.command, self.path_only, status, self.user))
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

    def _json(self) -> Any:
        return json.loads(self.body or b"{}")

    def _route(self, parts: list[str], token: str) -> Any:
        if token and self.user is None:
            raise RefusalError(401, message="Invalid credentials in Authorization header")
        if parts[:2] == ["api", "whoami-v2"]:
            return {"type": "user", "name": self.user, "orgs": [], "auth": {}} if self.user else self._deny()
        if parts[:2] == ["api", "repos"]:
            return self._create() if parts[2] == "create" else self._delete()
        if parts[:2] == ["api", "validate-yaml"]:
            return self._card()
        if parts[0] == "blobs":
            self.hub.blobs[parts[1]] = self.body
            return {}
        if parts[0] == "api":
            return self._api(self._repo(parts[1], "/".join(parts[2:4])), parts[4:])
        kind = parts.pop(0) if parts[0] in KINDS else "models"
        repo = self._repo(kind, "/".join(parts[:2]).removesuffix(".git"))
        return self._lfs(repo) if parts[2] == "info" else self._file(repo, parts[3], "/".join(parts[4:]))

    def _deny(self) -> Any:
        raise RefusalError(401, message="Invalid credentials in Authorization header")

    def _repo(self, kind: str, repo_id: str) -> Repo:
        repo = self.hub.repos.get((kind, repo_id))
        if repo is None or (repo.private and self.user != repo_id.split("/")[0]):
            raise RefusalError(404, "RepoNotFound", "Repository not found")
        return repo

    def _writes(self) -> None:
        if not self.can_write:
            raise RefusalError(403, message="You don't have the required permissions")

    def _create(self) -> Any:
        self._writes()
        body = self._json()
        kind, repo_id = f"{body.get('type') or 'model'}s", f"{body.get('organization') or self.user}/{body['name']}"
        address = f"{self.hub.url}/{'' if kind == 'models' else kind + '/'}{repo_id}"
        if (kind, repo_id) in self.hub.repos:
            raise RefusalError(409, message="You already created this repo", url=address)
        private = body.get("private") or body.get("visibility") == "private"
        repo = self.hub.repos[kind, repo_id] = Repo(kind, repo_id, bool(private), body)
        repo.commit("initial commit", {".gitattributes": b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"})
        for name in ("secrets", "variables"):
            repo.settings[name] |= {one["key"]: one for one in body.get(name) or []}
        return {"url": address}

    def _delete(self) -> Any:
        self._writes()
        body = self._json()
        repo = self._repo(f"{body.get('type') or 'model'}s", f"{body.get('organization') or self.user}/{body['name']}")
        del self.hub.repos[repo.kind, repo.repo_id]
        return {}

    def _card(self) -> Any:
        try:
            head = yaml.safe_load(self._json()["content"].split("---")[1]) if "---" in self._json()["content"] else {}
        except yaml.YAMLError as error:
            raise RefusalError(400, message="Invalid metadata", errors=[{"message": str(error)}]) from error
        return {"errors": [], "warnings": [] if head else [{"message": "empty or missing yaml metadata in repo card"}]}

    def _api(self, repo: Repo, rest: list[str]) -> Any:
        verb = rest[0] if rest else "info"
        if verb in ("info", "revision", "tree", "paths-info", "refs", "commits", "runtime"):
            return self._read(repo, verb, rest[1:])
        self._writes()
        if verb in ("secrets", "variables"):
            return self._setting(repo, verb)
        if verb == "preupload":
            return {"files": [self._upload_mode(repo, one) for one in self._json()["files"]]}
        if verb == "commit":
            return self._commit(repo)
        if verb == "super-squash":
            files = repo.at("main").files
            repo.commits.clear()
            repo.commit(self._json()["message"], files)
            return {}
        if verb == "settings":
            repo.private = self._json().get("visibility") == "private" or bool(self._json().get("private"))
            return {"private": repo.private}
        raise RefusalError(404, message=f"this Hub has no {verb}")

    def _read(self, repo: Repo, verb: str, rest: list[str]) -> Any:
        commit = repo.at(rest[0] if rest else "main")
        if verb == "tree":
            under = "".join(f"{part}/" for part in rest[1:])
            found = [entry(path, data) for path, data in sorted(commit.files.items()) if path.startswith(under)]
            if under and not found:
                raise RefusalError(404, "EntryNotFound")
            return found
        if verb == "paths-info":
            asked = parse_qs(self.body.decode()).get("paths", [])
            return [entry(path, commit.files[path]) for path in asked if path in commit.files]
        if verb == "commits":
            shown = reversed(repo.commits)
            dated = {"date": "2026-01-01T00:00:00.000Z", "authors": [{"user": "tester"}], "message": ""}
            return [{"id": one.oid, "title": one.title, **dated} for one in shown]
        if verb == "refs":
            return {"branches": [{"name": "main", "ref": "refs/heads/main", "targetCommit": commit.oid}], "tags": []}
        if verb == "runtime":
            return {
                "stage": "RUNNING",
                "hardware": {"current": "cpu-basic", "requested": "cpu-basic"},
                "gcTimeout": None,
            }
        siblings = [{"rfilename": path} for path in sorted(commit.files)]
        known = {"id": repo.repo_id, "private": repo.private, "sha": commit.oid, "siblings": siblings, "tags": []}
        host = {"sdk": repo.facts.get("sdk"), "host": f"https://{repo.repo_id.replace('/', '-')}.hf.space"}
        return known | (host if repo.kind == "spaces" else {})

    def _setting(self, repo: Repo, verb: str) -> Any:
        kept = repo.settings[verb]
        if self.command != "GET":
            one = self._json()
            kept.pop(one["key"], None)
            if self.command == "POST":
                kept[one["key"]] = one
        shown = ("key", "description") if verb == "secrets" else ("key", "value", "description")
        return {key: {name: one.get(name) for name in shown} for key, one in kept.items()}

    def _upload_mode(self, repo: Repo, one: dict[str, Any]) -> dict[str, Any]:
        path, lfs = one["path"], is_lfs(one["path"], one["size"])
        here = repo.at("main").files.get(path)
        oid = None if here is None else hashlib.sha256(here).hexdigest() if lfs else git_oid(here)
        return {"path": path, "uploadMode": "lfs" if lfs else "regular", "shouldIgnore": False, "oid": oid}

    def _commit(self, repo: Repo) -> Any:
        lines = [json.loads(line) for line in self.body.splitlines() if line.strip()]
        header, files = lines[0]["value"], dict(repo.at("main").files)
        if header.get("parentCommit") not in (None, repo.commits[-1].oid):
            raise RefusalError(412, message="A commit has happened since. Please refresh and try again.")
        for line in lines[1:]:
            key, path = line["key"], line["value"]["path"]
            if key == "file":
                files[path] = base64.b64decode(line["value"]["content"])
            elif key == "lfsFile":
                files[path] = self.hub.blobs[line["value"]["oid"]]
            else:
                gone = [one for one in files if one == path or one.startswith(path.rstrip("/") + "/")]
                if not gone:
                    raise RefusalError(404, "EntryNotFound", path)
                for one in gone:
                    del files[one]
        commit = repo.commit(header["summary"], files)
        return {
            "success": True,
            "commitOid": commit.oid,
            "commitUrl": f"{self.hub.url}/{repo.repo_id}/commit/{commit.oid}",
        }

    def _lfs(self, repo: Repo) -> Any:
        self._writes()
        asked = self._json()["objects"]
        known = [one for one in asked if one["oid"] in self.hub.blobs]
        put = {
            one["oid"]: {"upload": {"href": f"{self.hub.url}/blobs/{one['oid']}"}} for one in asked if one not in known
        }
        objects = [one | ({"actions": put[one["oid"]]} if one["oid"] in put else {}) for one in asked]
        return {"transfer": "basic", "objects": objects}

    def _file(self, repo: Repo, revision: str, path: str) -> bytes:
        commit = repo.at(revision)
        if path not in commit.files:
            raise RefusalError(404, "EntryNotFound", path)
        data = commit.files[path]
        etag = hashlib.sha256(data).hexdigest() if is_lfs(path, data) else git_oid(data)
        self.file_headers = {
            "ETag": f'"{etag}"',
            "X-Repo-Commit": commit.oid,
            "Content-Type": "application/octet-stream",
        }
        return data


@contextmanager
def serve(port: int = 0) -> Iterator[Hub]:
    """A Hub on a free port of this machine, in threads; gone at the end of the block."""
    hub = Hub()
    handler = type("BoundHandler", (Handler,), {"hub": hub})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.daemon_threads = True
        hub.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield hub
        finally:
            server.shutdown()
            thread.join()


def environment(url: str, home: Path, token: str = WRITER) -> dict[str, str]:
    """What a child process needs in its environment to take this Hub for the real one."""
    off = (
        "HF_HUB_DISABLE_XET",
        "HF_HUB_DISABLE_TELEMETRY",
        "HF_HUB_DISABLE_UPDATE_CHECK",
        "HF_HUB_DISABLE_PROGRESS_BARS",
    )
    return {"HF_ENDPOINT": url, "HF_TOKEN": token, "HF_HOME": str(home), **dict.fromkeys(off, "1")}
