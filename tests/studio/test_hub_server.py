"""The local Hub, spoken to by the real huggingface_hub client: what the other tests of the Hub rest on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, snapshot_download
from huggingface_hub.errors import HfHubHTTPError, RemoteEntryNotFoundError, RepositoryNotFoundError

from tests.hub_fixture import hub
from tests.hub_server import environment
from tests.hub_state import READER, STRANGER, WRITER, Fault, Hub

__all__ = ["hub"]
DATA = "tester/copies"
ROOT = Path(__file__).resolve().parents[2]


def client(hub: Hub, token: str | bool = WRITER) -> HfApi:
    return HfApi(endpoint=hub.url, token=token)


@pytest.fixture
def api(hub: Hub) -> HfApi:
    api = client(hub)
    api.create_repo(DATA, repo_type="dataset", private=True)
    return api


def put(api: HfApi, path: str, data: bytes, **more: str) -> str:
    operations = [CommitOperationAdd(path, data)]
    return str(api.create_commit(DATA, operations, commit_message=path, repo_type="dataset", **more).oid)


def test_who_asks(hub: Hub) -> None:
    assert client(hub).whoami()["name"] == "tester"
    with pytest.raises(HfHubHTTPError) as refused:
        client(hub, "hf_wrong").whoami()
    assert refused.value.response.status_code == 401


def test_a_private_repository_is_seen_by_its_owner_alone(hub: Hub, api: HfApi) -> None:
    assert api.dataset_info(DATA).private is True
    with pytest.raises(HfHubHTTPError) as taken:
        api.create_repo(DATA, repo_type="dataset", private=True)
    assert taken.value.response.status_code == 409
    assert api.create_repo(DATA, repo_type="dataset", private=True, exist_ok=True).repo_id == DATA
    for token in (STRANGER, False):
        with pytest.raises(RepositoryNotFoundError):
            client(hub, token).dataset_info(DATA)


def test_a_reading_token_cannot_write(hub: Hub, api: HfApi) -> None:
    reader = client(hub, READER)
    assert reader.list_repo_files(DATA, repo_type="dataset") == [".gitattributes"]
    with pytest.raises(HfHubHTTPError) as refused:
        put(reader, "a.txt", b"a")
    assert refused.value.response.status_code == 403


def test_a_folder_goes_up_once_and_comes_down_the_same(hub: Hub, api: HfApi, tmp_path: Path) -> None:
    folder = tmp_path / "up"
    (folder / "data").mkdir(parents=True)
    contents = {"README.md": "---\nlicense: cc0-1.0\n---\n# こんにちは\n", "data/rows.jsonl": '{"a": 1}\n'}
    for name, text in contents.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "data" / "big.parquet").write_bytes(bytes(range(256)) * 100)
    first = api.upload_folder(folder_path=folder, repo_id=DATA, repo_type="dataset")
    assert len(hub.asked("PUT /blobs/")) == 1, "a Parquet file goes by LFS"
    again = api.upload_folder(folder_path=folder, repo_id=DATA, repo_type="dataset")
    assert again.oid == first.oid
    assert len(hub.asked("/commit/")) == 1, "nothing changed, nothing sent"
    assert set(api.list_repo_files(DATA, repo_type="dataset")) == {".gitattributes", *contents, "data/big.parquet"}
    down = Path(snapshot_download(
        DATA, repo_type="dataset", endpoint=hub.url, token=WRITER, cache_dir=tmp_path / "cache", allow_patterns="data/*"
    ))  # fmt: skip
    assert (down / "data" / "big.parquet").read_bytes() == bytes(range(256)) * 100
    assert (down / "data" / "rows.jsonl").read_text() == contents["data/rows.jsonl"]
    assert not (down / "README.md").exists()
    with pytest.raises(RemoteEntryNotFoundError):
        api.hf_hub_download(DATA, "no.txt", repo_type="dataset", cache_dir=tmp_path / "cache")


def test_a_card_that_is_no_yaml_is_refused(api: HfApi) -> None:
    with pytest.raises(ValueError, match="Invalid metadata in README"):
        put(api, "README.md", b"---\nlicense: [\n---\n")


def test_two_writers_one_wins(hub: Hub, api: HfApi) -> None:
    head = api.dataset_info(DATA).sha
    put(api, "lease.json", b"first", parent_commit=head)
    with pytest.raises(HfHubHTTPError) as refused:
        put(api, "lease.json", b"second", parent_commit=head)
    assert refused.value.response.status_code == 412
    assert hub.files("datasets", DATA)["lease.json"] == b"first"


def test_deleting_and_squashing_leave_one_version(hub: Hub, api: HfApi) -> None:
    put(api, "notes/a.jsonl", b"secret")
    operations = [CommitOperationDelete("notes/a.jsonl")]
    api.create_commit(DATA, operations, commit_message="rewritten", repo_type="dataset")
    assert any("notes/a.jsonl" in commit.files for commit in hub.repos["datasets", DATA].commits)
    api.super_squash_history(DATA, repo_type="dataset")
    assert len(api.list_repo_commits(DATA, repo_type="dataset")) == 1
    assert not any("notes/a.jsonl" in commit.files for commit in hub.repos["datasets", DATA].commits)


@pytest.mark.parametrize("status", [500, 503])
def test_the_client_does_not_repeat_a_commit_that_failed(hub: Hub, api: HfApi, status: int) -> None:
    hub.faults.append(Fault("/commit/", status))
    with pytest.raises(HfHubHTTPError) as failed:
        put(api, "a.txt", b"a")
    assert failed.value.response.status_code == status
    assert "a.txt" not in hub.files("datasets", DATA)
    put(api, "a.txt", b"a")
    assert hub.files("datasets", DATA)["a.txt"] == b"a"


def test_a_commit_whose_answer_was_lost_is_there(hub: Hub, api: HfApi) -> None:
    hub.faults.append(Fault("/commit/", 500, late=True))
    with pytest.raises(HfHubHTTPError):
        put(api, "a.txt", b"a")
    head = api.dataset_info(DATA).sha
    assert put(api, "a.txt", b"a") == head, "the same content again makes no second version"


def test_the_client_waits_and_repeats_where_it_may(hub: Hub, api: HfApi) -> None:
    hub.faults.append(Fault("/preupload/", 429, headers={"Retry-After": "0"}))
    put(api, "a.txt", b"a")
    assert [r.status for r in hub.asked("/preupload/")] == [429, 200]


def test_a_space_with_its_settings(hub: Hub) -> None:
    api, space = client(hub), "tester/study"
    api.create_repo(space, repo_type="space", space_sdk="gradio", private=True)
    api.add_space_secret(space, "DATABASE_URL", "postgresql://secret")
    api.add_space_variable(space, "STUDIO_STUDY", "demo")
    assert set(api.get_space_secrets(space)) == {"DATABASE_URL"}
    assert api.get_space_variables(space)["STUDIO_STUDY"].value == "demo"
    assert api.space_info(space).host == "https://tester-study.hf.space"
    assert "postgresql" not in repr(hub.log)
    assert api.get_space_runtime(space).stage == "RUNNING"


def test_a_child_process_reaches_it_by_its_environment(hub: Hub, tmp_path: Path) -> None:
    program = "from huggingface_hub import HfApi; print(HfApi().whoami()['name'])"
    child = subprocess.run(
        [sys.executable, "-c", program], env={"PATH": "/usr/bin:/bin"} | environment(hub.url, tmp_path),
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert child.stdout.strip() == "tester"
