"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks import files
from tasks.errors import InputError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    def fill(fails: bool) -> None:
        with files.new_folder(tmp_path / "deep" / "out") as folder:
            (folder / "a.txt").write_text("a")
            assert not (tmp_path / "deep" / "out").exists()
            if fails:
                raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fill(fails=True)
    assert names(tmp_path / "deep") == []
    fill(fails=False)
    assert names(tmp_path / "deep") == ["out"]
    with pytest.raises(InputError, match="is there already; allowed: a new or an empty folder"):
        fill(fails=False)


def test_an_older_folder_is_replaced_or_stays_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "out"

    def fill(text: str, fails: bool = False) -> None:
        with files.new_folder(out, replacing="manifest.json") as folder:
            (folder / "manifest.json").write_text(text)
            if fails:
                raise KeyboardInterrupt

    fill("first")
    with pytest.raises(KeyboardInterrupt):
        fill("second", fails=True)
    assert (out / "manifest.json").read_text() == "first"
    fill("third")
    assert (out / "manifest.json").read_text() == "third"
    assert names(tmp_path) == ["out"]
    (out / "manifest.json").rename(out / "thesis.txt")
    with pytest.raises(InputError, match=r"is there already and holds no manifest\.json"):
        fill("fourth")
    assert (out / "thesis.txt").read_text() == "third"


def test_a_folder_has_the_rights_the_user_gives_to_new_ones(tmp_path: Path) -> None:
    (tmp_path / "usual").mkdir()
    with files.new_folder(tmp_path / "out"):
        pass
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_file_that_cannot_be_written_leaves_the_older_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "a.json"
    files.write_json(path, {"言葉": 1})
    assert json.loads(path.read_text(encoding="utf-8")) == {"言葉": 1}

    def full(self: Path, content: bytes) -> int:
        self.touch()
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        files.write_text(path, "half")
    assert json.loads(path.read_text(encoding="utf-8")) == {"言葉": 1}
    assert names(path.parent) == ["a.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and links of POSIX")
def test_links_and_pipes_are_written_through(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to(target)
    files.write_text(link, "text")
    assert link.is_symlink()
    assert target.read_text() == "text"
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    files.write_text(tmp_path / "pipe", "through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)


lines = st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3), max_size=5)


@given(lines)
def test_what_is_written_as_jsonl_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
) -> None:
    """Line and paragraph separators (U+2028, U+0085) stand in texts and end no line."""
    path = tmp_path_factory.mktemp("jsonl") / "rows.jsonl"
    files.write_jsonl(path, [*rows, {"text": "a\u2028b\u2029c\x85d\r\ne"}])
    assert [row for _, row in files.read_jsonl(path)] == [*rows, {"text": "a\u2028b\u2029c\x85d\r\ne"}]


def test_every_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('\ufeff{"a": 1}\n\n{"a": \nnot\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        files.read_jsonl(path)
    assert [error.split(": ")[0] for error in caught.value.errors] == [f"{path}:3", f"{path}:4"]
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="a UTF-8 JSONL file is needed"):
        files.read_jsonl(path)


@given(st.lists(st.text()), st.lists(st.text()))
def test_no_two_lists_of_texts_have_one_hash(left: list[str], right: list[str]) -> None:
    assert (files.sha256_texts(*left) == files.sha256_texts(*right)) == (left == right)


def test_hashes_are_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes("あ".encode())
    expected = hashlib.sha256("あ".encode()).hexdigest()
    assert files.sha256_file(tmp_path / "a") == files.sha256_text("あ") == expected
