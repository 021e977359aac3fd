"""Whatever is uploaded or named as a table: a page or a message in words, no 500, nothing stored or half written."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from results.export.folder import read
from studio.intake.responses import Mapping, bring
from studio.service import Service
from tasks.errors import InputError
from tests import studio_world as w
from tests.studio.desk_client import DeskClient, asked_in
from tests.studio.whole_studio import desk_of

pytestmark = pytest.mark.slow
TINY = Path(__file__).parents[1] / "studies_data" / "tiny"
EXPORT = Path(__file__).parents[1] / "exports" / "format-1"
ITEMS = b'{"item_id": "a", "turns": [{"role": "client", "text": "x"}]}\n'
ROWS = [{"item_id": "a", "system": name, "text": f"そうですね{name}"} for name in ("one", "two")]
ENDINGS = (".csv", ".jsonl", ".json", ".parquet", ".xlsx", "")
counted: Counter[str] = Counter()
often = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def table(ending: str) -> bytes:
    """The responses as a file of this kind."""
    frame, out = pd.DataFrame(ROWS), io.BytesIO()
    if ending == ".parquet":
        frame.to_parquet(out)
    elif ending in (".jsonl", ".json"):
        out.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode())
    else:
        frame.to_csv(out, index=False)
    return out.getvalue()


@cache
def packed(kind: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for path in sorted(path for path in TINY.rglob("*") if path.is_file()):
            archive.writestr(path.relative_to(TINY).as_posix(), path.read_bytes())
    return out.getvalue()


@st.composite
def broken(draw: st.DrawFn, content: bytes) -> bytes:
    """Bytes cut out, put in or exchanged, or the end missing; now and then as they were."""
    start = draw(st.integers(0, len(content)))
    end = draw(st.integers(start, min(len(content), start + 40)))
    put = draw(
        st.binary(max_size=12) | st.sampled_from([b'"', b"\0", b"\\ud800", b"[" * 3000, b"\xff\xfe", b",,,", b"\r"])
    )
    return content[:start] + put + (b"" if draw(st.booleans()) and draw(st.booleans()) else content[end:])


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return w.service(tmp_path_factory.mktemp("fuzz"))


@pytest.fixture(scope="module")
def desk(here: Service) -> Iterator[DeskClient]:
    with desk_of(here) as desk:
        yield desk


def sent(desk: DeskClient, here: Service, *files: tuple[str, bytes]) -> str:
    """Where the files led to; '' where they were refused in words. The draft before makes room."""
    for line in here.drafts():
        here.drop_draft(line.draft_id)
    said = desk.send(*files)
    counted["uploads"] += 1
    assert said.get("told") or said.get("go"), said
    assert here.studies() == [], "nothing is a study before it is launched"
    assert len(here.drafts()) == ("go" in said), "what is refused begins no draft"
    return str(said.get("go", ""))


@often
@given(data=st.data(), kind=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_any_packed_folder(desk: DeskClient, here: Service, data: st.DataObject, kind: int) -> None:
    if address := sent(desk, here, ("mine.zip", data.draw(broken(packed(kind))))):
        assert desk.page(address)


@often
@given(
    names=st.lists(
        st.text(max_size=12) | st.sampled_from(["a", "a/b", "study.yaml", "a/study.yaml", "x" * 300]), max_size=4
    )
)
@example(["a", "a/b"])
@example(["\0"])
@example(["study.yaml", "study.yaml/x"])
def test_any_names_in_it(desk: DeskClient, here: Service, names: list[str]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in dict.fromkeys(names):
            archive.writestr(zipfile.ZipInfo(name.encode("utf-8", "replace").decode() or "x"), b"x")
    sent(desk, here, ("mine.zip", out.getvalue()))


@often
@given(data=st.data(), ending=st.sampled_from(ENDINGS), same=st.booleans())
def test_any_table(desk: DeskClient, here: Service, data: st.DataObject, ending: str, same: bool) -> None:
    """Told on the page what was understood, or what is wrong; then answers, of which some fit no question."""
    items = ITEMS if same else data.draw(broken(ITEMS))
    rows = data.draw(st.just(table(ending)) | broken(table(ending)))
    address = sent(desk, here, ("items.jsonl", items), (f"r{ending}", rows))
    if not address:
        return
    keys = sorted(asked_in(desk.page(address)))
    word = st.sampled_from(
        ["item_id", "text", "system", "", "none", "-", "dialogues", "human", "client", "x,y", "a\nb"]
    )
    for known in (["answer.nobody", *keys], keys):
        given_answers = {key: data.draw(word) for key in known} | {"answer.provenance": "model"}
        said = desk.next(address, **given_answers)
        counted["answers"] += 1
        assert said["go"] or said["told"]
        assert here.studies() == []


@often
@given(data=st.data(), ending=st.sampled_from(ENDINGS))
def test_any_table_on_the_command_line(tmp_path: Path, data: st.DataObject, ending: str) -> None:
    """All of its files, or none and a message."""
    (tmp_path / "items.jsonl").write_bytes(ITEMS)
    number = counted["tables"]
    counted["tables"] += 1
    path, out = tmp_path / f"r{number}{ending}", tmp_path / f"out{number}"
    path.write_bytes(data.draw(broken(table(ending))))
    brought: dict[str, int] = {}
    with contextlib.suppress(InputError):
        brought = bring(path, Mapping(system_column="system"), tmp_path / "items.jsonl", out).counts
    assert out.exists() == bool(brought)
    assert {one.name for one in out.glob("*.jsonl")} == {f"{system}.jsonl" for system in brought}


@often
@given(data=st.data())
def test_any_export(tmp_path: Path, data: st.DataObject) -> None:
    broken_export = tmp_path / "export"
    shutil.rmtree(broken_export, ignore_errors=True)
    shutil.copytree(EXPORT, broken_export)
    path = data.draw(st.sampled_from(sorted(one for one in broken_export.rglob("*") if one.is_file())))
    path.write_bytes(data.draw(broken(path.read_bytes())))
    counted["exports"] += 1
    with contextlib.suppress(InputError):
        assert read(broken_export).judgments


def test_many_were_tried() -> None:
    assert counted["uploads"] >= 600
    assert counted["answers"] >= 60
    assert counted["tables"] >= 200
    assert counted["exports"] >= 200
