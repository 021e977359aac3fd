"""The studio's side of the Hub: consent to where the token goes, and failures sorted by who can mend them."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.hub.client import Repo, connect
from tasks.hub import HubConflictError, HubRefusedError, HubUnavailableError
from tests.hub_fixture import hub
from tests.hub_state import READER, STRANGER, WRITER, Fault, Hub

__all__ = ["hub"]


def repo(hub: Hub, token: str = WRITER) -> Repo:
    return Repo(connect(hub.url, token, {}), "tester/data")


def test_a_token_goes_to_huggingface_alone_unless_asked() -> None:
    assert connect(environment={"HF_TOKEN": WRITER}).endpoint == "https://huggingface.co"
    elsewhere = {"HF_TOKEN": WRITER, "HF_ENDPOINT": "https://hub.example.org"}
    with pytest.raises(HubRefusedError, match=r"hub\.example\.org.*--hub-endpoint"):
        connect(environment=elsewhere)
    assert connect("https://hub.example.org/", environment=elsewhere).endpoint == "https://hub.example.org"
    with pytest.raises(HubRefusedError, match="sent your token"):
        connect(environment={"HF_TOKEN": WRITER, "HF_ENDPOINT": "http://huggingface.co"})


def test_no_token_is_said_before_anything_is_asked() -> None:
    with pytest.raises(HubRefusedError, match="set HF_TOKEN"):
        connect(environment={})


def test_a_repository_that_is_not_there_has_no_head(hub: Hub) -> None:
    assert repo(hub).head() is None
    repo(hub).create()
    head = repo(hub).head()
    assert head is not None
    assert head.private
    assert repo(hub, STRANGER).head() is None


@pytest.mark.parametrize("status", [429, 500, 503])
def test_trouble_of_the_hub_may_be_tried_again(hub: Hub, status: int) -> None:
    repo(hub).create()
    hub.faults.append(Fault("/commit/", status, headers={"Retry-After": "7"}))
    with pytest.raises(HubUnavailableError, match=str(status)) as failed:
        repo(hub).commit("a", {"a.txt": b"a"})
    assert failed.value.retry_after == 7
    repo(hub).commit("a", {"a.txt": b"a"})
    assert repo(hub).files() == (".gitattributes", "a.txt")


def test_a_download_that_fails_half_way_is_no_download(hub: Hub, tmp_path: Path) -> None:
    repo(hub).create()
    repo(hub).commit("two", {"x/a.txt": b"a", "x/b.txt": b"b", "c.txt": b"c"})
    hub.faults.append(Fault("resolve/", 503, times=99))
    with pytest.raises(HubUnavailableError):
        repo(hub).download(tmp_path / "one", ["x/*"])
    hub.faults.clear()
    repo(hub).download(tmp_path / "two", ["x/*"])
    assert {p.name for p in (tmp_path / "two").glob("**/*.txt")} == {"a.txt", "b.txt"}


def test_no_connection_may_be_tried_again(hub: Hub) -> None:
    dead = Repo(connect("http://127.0.0.1:9", WRITER, {}), "tester/data")
    with pytest.raises(HubUnavailableError, match="no connection"):
        dead.commit("a", {"a.txt": b"a"})


def test_a_second_writer_is_a_conflict(hub: Hub) -> None:
    repo(hub).create()
    head = repo(hub).head()
    assert head is not None
    repo(hub).commit("first", {"a.txt": b"1"}, parent=head.oid)
    with pytest.raises(HubConflictError):
        repo(hub).commit("second", {"a.txt": b"2"}, parent=head.oid)


def test_only_a_person_can_mend_a_missing_right(hub: Hub) -> None:
    repo(hub).create()
    with pytest.raises(HubRefusedError, match="403"):
        repo(hub, READER).commit("a", {"a.txt": b"a"})
    with pytest.raises(HubRefusedError, match="tester/data"):
        repo(hub, STRANGER).files()
    with pytest.raises(HubRefusedError, match="Invalid metadata"):
        repo(hub).commit("card", {"README.md": b"---\nlicense: [\n---\n"})


def test_squashing_forgets_what_was_deleted(hub: Hub) -> None:
    repo(hub).create()
    repo(hub).commit("a", {"a.txt": b"a", "b.txt": b"b"})
    repo(hub).commit("b", {}, delete=["a.txt"])
    repo(hub).squash()
    assert [sorted(one.files) for one in hub.repos["datasets", "tester/data"].commits] == [[".gitattributes", "b.txt"]]
