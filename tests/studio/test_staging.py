"""How much of files that were sent is held in memory: counted before they are read, all files together."""

from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from studio.intake.staging import MOST_BYTES, MOST_VALUES, keep_files, values
from tasks.errors import InputError

pytestmark = pytest.mark.slow

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=4), inner, max_size=5),
    max_leaves=30,
)


def held(value: object) -> int:
    """Everything of a JSON value that takes memory: itself and what is inside."""
    inner = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    return 1 + sum(map(held, inner))


@given(st.lists(JSON, max_size=6), st.sampled_from([None, 1]))
def test_never_less_is_counted_than_json_holds(value: list[object], indent: int | None) -> None:
    assert values(json.dumps(value, indent=indent).encode()) >= held(value) // 2
    assert values("\n".join(json.dumps([one]) for one in value).encode()) >= len(value)


@example([["[", ""], ["", ""]], ",")
@given(st.lists(st.lists(st.text(max_size=4), min_size=2, max_size=2), max_size=9), st.sampled_from([",", ";", "\t"]))
def test_never_less_is_counted_than_a_table_holds(rows: list[list[str]], separator: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
    found, like_json = values(out.getvalue().encode()), out.getvalue().lstrip()[:1] in ("[", "{")
    assert found >= (len(rows) if like_json else 2 * len(rows)), "what begins like JSON has its line ends left out"


@pytest.mark.parametrize("inside", ['{"a":1}', "[]", "1", '{"a":[[],[]]}'])
def test_what_swells_is_refused_before_it_is_kept(tmp_path: Path, inside: str) -> None:
    content = f"[{','.join([inside] * (MOST_VALUES + 1))}]".encode()
    with pytest.raises(InputError, match=r"values .* allowed: up to 500,000"):
        keep_files(tmp_path, [("a.json", content)])
    assert list(tmp_path.iterdir()) == []


def test_files_share_their_room_and_packed_ones_are_let_through(tmp_path: Path) -> None:
    half = b"a,b\n" * (MOST_VALUES // 4 + 1)
    assert len(keep_files(tmp_path, [("a.csv", half), ("b.xlsx", b"PK" + half)])) == 2
    with pytest.raises(InputError, match="files: found"):
        keep_files(tmp_path, [("a.csv", half), ("b.csv", half)])


def packed(content: bytes, ending: str) -> bytes:
    if ending != "zip":
        return gzip.compress(content) if ending == "gz" else lzma.compress(content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", content)
    return out.getvalue()


@pytest.mark.parametrize("ending", ["zip", "gz", "xz"])
def test_what_swells_once_it_is_unpacked_is_refused_before_it_is_kept(tmp_path: Path, ending: str) -> None:
    values_inside = f"[{','.join(['[]'] * (MOST_VALUES + 1))}]".encode()
    for content, words in (
        (values_inside, r"values .* allowed: up to 500,000"),
        (b" " * (MOST_BYTES + 1), f"^a.json.{ending}.*32 MB"),
    ):
        sent = packed(content, ending)
        for name, whole in ((f"a.json.{ending}", sent), ("outer.zip", packed(sent, "zip"))):
            with pytest.raises(InputError, match=words.replace(f"a.json.{ending}", name)):
                keep_files(tmp_path, [(name, whole)])
    assert list(tmp_path.iterdir()) == []
    kept = keep_files(
        tmp_path, [(f"a.json.{ending}", packed(b"[]", ending)), (f"a.json.{ending}", packed(b"[1]", ending))]
    )
    assert [path.name for path in kept] == [f"a.json.{ending}", f"a.json (2).{ending}"]
