"""Zip archives as Windows and macOS pack them, and those that would swell, escape or overwrite."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import InputError
from tasks.intake.packed import Bounds, members

BOUNDS = Bounds(files=20, file_bytes=2**20, bytes=2**21)


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def by_windows(files: dict[str, bytes], encoding: str = "cp932") -> bytes:
    """As Explorer in Japan packs: names in the code page of the system, no UTF-8 flag."""
    stand_ins = {f"{place:03d}" + "x" * (len(name.encode(encoding)) - 3): name for place, name in enumerate(files)}
    raw = packed({stand_in: files[name] for stand_in, name in stand_ins.items()})
    for stand_in, name in stand_ins.items():
        raw = raw.replace(stand_in.encode(), name.encode(encoding))
    return raw


def unpacked(raw: bytes, bounds: Bounds = BOUNDS) -> dict[str, bytes]:
    return dict(members(io.BytesIO(raw), bounds, "upload"))


def refusal(raw: bytes, bounds: Bounds = BOUNDS) -> str:
    with pytest.raises(InputError) as caught:
        unpacked(raw, bounds)
    return str(caught.value)


@pytest.mark.parametrize("separator", ["/", "\\"])
def test_names_packed_by_windows_in_japan(separator: str) -> None:
    """予 and ソ have 0x5C, a backslash, as their second byte in cp932."""
    raw = by_windows({f"予備調査{separator}study.yaml": b"a", f"ソ表{separator}能力.jsonl": b"b"})
    assert unpacked(raw) == {"予備調査/study.yaml": b"a", "ソ表/能力.jsonl": b"b"}


def test_names_packed_by_macos_and_by_others() -> None:
    assert unpacked(by_windows({"予備調査/study.yaml": b"a"}, "utf-8")) == {"予備調査/study.yaml": b"a"}
    assert unpacked(packed({"予備調査/study.yaml": b"a"})) == {"予備調査/study.yaml": b"a"}
    assert unpacked(packed({"a\\study.yaml": b"a"})) == {"a/study.yaml": b"a"}


def test_what_systems_add_is_skipped() -> None:
    litter = {"__MACOSX/a/._study.yaml": b"x", "a/._study.yaml": b"x", "a/.DS_Store": b"x", "a/": b""}
    assert unpacked(packed({"a/study.yaml": b"a", **litter})) == {"a/study.yaml": b"a"}


@given(
    files=st.dictionaries(st.from_regex(r"[a-z予ソ表]{1,8}(/[a-z]{1,8}){0,3}", fullmatch=True), st.binary(max_size=50))
)
def test_any_archive_is_read_back(files: dict[str, bytes]) -> None:
    files = dict(list(files.items())[:20])
    assert unpacked(packed(files)) == files


@pytest.mark.parametrize(
    "name", ["../study.yaml", "/study.yaml", "a/../../study.yaml", "..\\study.yaml", "\\study.yaml", "C:\\study.yaml"]
)
def test_paths_that_lead_outside(name: str) -> None:
    assert "paths that lead outside the folder" in refusal(packed({name: b"x"}))
    if "\\" in name:
        assert "paths that lead outside the folder" in refusal(by_windows({f"{name}予": b"x"}))


def test_a_path_twice_is_refused_however_it_is_written() -> None:
    assert "paths that occur twice: a/study.yaml" in refusal(packed({"a/study.yaml": b"x", "a\\study.yaml": b"y"}))


def test_bounds_are_held_before_anything_is_unpacked() -> None:
    assert "found 21 files" in refusal(packed({str(place): b"" for place in range(21)}))
    assert "allowed: up to 20 files and 2 MB unpacked" in refusal(packed({str(n): bytes(2**20) for n in range(3)}))
    assert "files larger than 1 MB: a" in refusal(packed({"a": bytes(2**20 + 1)}))
    assert "folders more than 10 deep" in refusal(packed({"a/" * 11 + "b": b""}))
    assert "lists more than 1,080 files" in refusal(packed({f"{n}/": b"" for n in range(1081)}))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_are_refused(method: int) -> None:
    assert "packed by another method than stored and deflate: a" in refusal(packed({"a": b"x" * 1000}, method))


def test_a_password_is_said() -> None:
    raw = bytearray(packed({"a": b"x"}, zipfile.ZIP_STORED))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    assert "files with a password; pack them without: a" in refusal(bytes(raw))


def test_a_member_that_claims_to_be_small_is_not_unpacked_further() -> None:
    """The sizes in both headers say 10 bytes, the stream holds 64 MiB of zeros."""
    raw = bytearray(packed({"a": bytes(2**26)}))
    for header, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", raw, raw.index(header) + place, 10)
    tracemalloc.start()
    assert "is no zip file that can be unpacked (Bad CRC-32" in refusal(bytes(raw))
    assert tracemalloc.get_traced_memory()[1] < 2**22
    tracemalloc.stop()


@pytest.mark.parametrize("raw", [b"", b"no", b"PK\x05\x06" + bytes(18), b"PK\x01\x02" * 5])
def test_what_is_no_archive(raw: bytes) -> None:
    if raw.startswith(b"PK\x05\x06"):
        assert unpacked(raw) == {}
    else:
        assert "is no zip file" in refusal(raw)


def test_a_file_on_disk_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(packed({"a": b"x"}))
    assert dict(members(tmp_path / "a.zip", BOUNDS, "a.zip")) == {"a": b"x"}
