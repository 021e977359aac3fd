"""Files that swell: each is refused within 256 MB and 5 s, or read as it is. And 100,000 responses, in how long.

    python benchmarks/untrusted_files.py

Every file is read in a process of its own: seconds of its processor time, and the whole peak of its memory, libraries
included. Exit code 1 where a limit is passed.
"""

from __future__ import annotations

import csv
import gzip
import importlib
import io
import json
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

MOST_MEMORY, MOST_SECONDS, MOST_LINEAR = 256, 5.0, 20.0
ROWS = 100_000
WRITTEN: dict[str, Callable[[Path], None]] = {}


def file(name: str) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    """Registers what writes a file of this name."""

    def register(write: Callable[[Path], None]) -> Callable[[Path], None]:
        WRITTEN[name] = write
        return write

    return register


def packed(path: Path, method: int, size: int) -> None:
    """A zip of one file of zeros."""
    with zipfile.ZipFile(path, "w", method) as archive, archive.open("study.yaml", "w", force_zip64=False) as member:
        for _ in range(size // 2**20):
            member.write(bytes(2**20))


@file("bz2.zip")
def bz2(path: Path) -> None:
    """512 MiB of zeros in bzip2."""
    packed(path, zipfile.ZIP_BZIP2, 2**29)


@file("lzma.zip")
def lzma(path: Path) -> None:
    """256 MiB of zeros in LZMA."""
    packed(path, zipfile.ZIP_LZMA, 2**28)


@file("deflate.zip")
def deflate(path: Path) -> None:
    """1 GiB of zeros in deflate."""
    packed(path, zipfile.ZIP_DEFLATED, 2**30)


@file("lying.zip")
def lying(path: Path) -> None:
    """The same, but its headers claim 10 bytes."""
    packed(path, zipfile.ZIP_DEFLATED, 2**30)
    raw = bytearray(path.read_bytes())
    struct.pack_into("<I", raw, raw.index(b"PK\x01\x02") + 24, 10)
    path.write_bytes(raw)


@file("many.zip")
def many(path: Path) -> None:
    """300,000 empty files."""
    with zipfile.ZipFile(path, "w") as archive:
        for place in range(300_000):
            archive.writestr(str(place), b"")


@file("deep.zip")
def deep(path: Path) -> None:
    """A file under 10,000 folders."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/" * 10_000 + "study.yaml", b"x")


def as_parquet(path: Path, texts: list[str | None], **options: object) -> None:
    """Responses of one system as Parquet."""
    import pyarrow as pa
    from pyarrow import parquet

    ids = [f"i{place}" for place in range(len(texts))]
    parquet.write_table(pa.table({"item_id": ids, "text": texts}), path, compression="zstd", **options)


@file("dictionary.parquet")
def dictionary(path: Path) -> None:
    """2,000 times one text of 500 kB, kept once."""
    as_parquet(path, ["x" * 500_000] * 2000)


@file("prefixes.parquet")
def prefixes(path: Path) -> None:
    """2,000 texts of 1 MB that share their beginning (DELTA_BYTE_ARRAY)."""
    as_parquet(path, ["x" * 2**20] * 2000, use_dictionary=False, column_encoding={"text": "DELTA_BYTE_ARRAY"})


@file("plain.parquet")
def plain(path: Path) -> None:
    """400 MB of blanks, compressed."""
    as_parquet(path, [" " * 2**20] * 400, use_dictionary=False)


@file("rows.parquet")
def rows(path: Path) -> None:
    """20,000,000 rows of nothing."""
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({"item_id": pa.nulls(20_000_000), "text": pa.nulls(20_000_000)}), path)


@file("deep.jsonl")
def deep_json(path: Path) -> None:
    """A line of 1,000,000 `[`."""
    path.write_text('{"item_id": "i0", "text": ' + "[" * 1_000_000)


@file("long.csv")
def long_csv(path: Path) -> None:
    """A cell of 30 MB whose quote is never closed."""
    path.write_text('item_id,text\ni0,"' + "x" * 30_000_000)


@file("surplus.csv")
def surplus(path: Path) -> None:
    """500,000 rows with a cell too many."""
    path.write_text("item_id,text\n" + "i0,Thank you, I hear you\n" * 500_000)


@file("deep.yaml")
def deep_yaml(path: Path) -> None:
    """20,000 `[`."""
    path.write_text("criteria: " + "[" * 20_000)


@file("keys.yaml")
def keys_yaml(path: Path) -> None:
    """100,000 keys."""
    path.write_text("".join(f"k{place}: v\n" for place in range(100_000)))


VALUES = b"[" + b'{"a":1},' * 3_000_000 + b"0]"


@file("page.json.gz")
def values_gzip(path: Path) -> None:
    """3,000,000 objects in 23 MB of JSON, compressed, sent to the page."""
    path.write_bytes(gzip.compress(VALUES))


@file("page.zip")
def values_zip(path: Path) -> None:
    """The same in a zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", VALUES)


@file("page.json")
def honest(path: Path) -> None:
    """47,000 responses in 30 MB of JSON, sent to the page, which makes a study of them."""
    rows = (
        {
            "id": f"i{n}",
            "prompt": f"眠れない夜が続いています。{n}" * 6,
            "model": m,
            "text": f"それはつらいですね。{n}" * 10,
        }
        for n in range(23_500)
        for m in ("a", "b")
    )
    path.write_text(json.dumps(list(rows), ensure_ascii=False), encoding="utf-8")


@file(f"{ROWS}.csv")
def linear(path: Path) -> None:
    """Responses of two systems to 50,000 items, which are brought in whole."""
    items = ({"item_id": f"i{n}", "turns": [{"role": "client", "text": f"{n}"}]} for n in range(ROWS // 2))
    (path.parent / "items.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["item_id", "system", "text"])
    writer.writerows([f"i{n}", name, "それはおつらいですね。" * 8] for name in ("a", "b") for n in range(ROWS // 2))
    path.write_text(out.getvalue(), encoding="utf-8")


def sent_to_page(path: Path) -> None:
    """A study's items and responses, of a file that arrives on the organiser's page."""
    from studio.intake.door import Share, bring, taken
    from studio.intake.staging import keep_files

    folder = path.parent / "page"
    folder.mkdir()
    brought = bring(keep_files(folder, [(path.name, path.read_bytes())]), {})
    taken(brought, Share())


def read(path: Path) -> str:
    """What becomes of a file: the first line that refuses it, or that it was read."""
    from studio.intake.responses import Mapping, bring
    from studio.intake.staging import unpack
    from tasks.errors import InputError
    from tasks.intake.table import Column, preview, read_table
    from tasks.study.reading import read_yaml

    try:
        if path.stem.startswith("page"):
            sent_to_page(path)
        elif path.suffix == ".zip":
            unpack(path.read_bytes(), path.parent / "unpacked")
        elif path.suffix == ".yaml":
            errors: list[str] = []
            read_yaml(path, path.name, errors)
            if errors:
                raise InputError(errors)
        elif path.stem == str(ROWS):
            bring(path, Mapping(system_column="system"), path.parent / "items.jsonl", path.parent / "out")
        else:
            preview(path, 3, path.name)
            read_table(path, [Column("item_id"), Column("text", kind="text")], path.name)
    except InputError as error:
        return f"refused: {error.errors[0]}"
    return "read"


def peak_memory() -> int:
    """MB at this process's peak. Linux only: elsewhere the figure would include whoever started the process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def measured(path: Path) -> tuple[str, float, int]:
    """Outcome, seconds and MB at the peak of reading a file in a process of its own."""
    child = subprocess.run([sys.executable, __file__, str(path)], capture_output=True, text=True, check=False)
    if child.returncode:
        return f"DIED ({child.returncode}): {child.stderr.strip()[-200:]}", 0.0, 0
    outcome, seconds, memory = child.stdout.strip().rsplit("\t", 2)
    return outcome, float(seconds), int(memory)


def main() -> int:
    """Write and read every file; 1 where a limit is passed."""
    passed = 0
    print(f"limits: {MOST_MEMORY} MB and {MOST_SECONDS:g} s; {ROWS:,} responses in {MOST_LINEAR:g} s")
    print("| file | what | bytes | s | MB | outcome |\n|---|---|---|---|---|---|")
    for name, write in WRITTEN.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            write(path)
            outcome, seconds, memory = measured(path)
            is_bomb = write not in (linear, honest)
            over = seconds > (MOST_SECONDS if is_bomb else MOST_LINEAR) or memory > MOST_MEMORY
            wrong = over or outcome.startswith("refused") != is_bomb
            passed += wrong
            what = (write.__doc__ or "").rstrip(".")
            size = f"{path.stat().st_size:,}"
            outcome = ("OVER " if wrong else "") + outcome[:110]
            print(f"| {name} | {what} | {size} | {seconds:.2f} | {memory} | {outcome} |", flush=True)
    return 1 if passed else 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        importlib.import_module("studio.intake.staging")  # libraries are loaded before the clock starts
        start = time.process_time()
        outcome = read(Path(sys.argv[1]))
        print(outcome, f"{time.process_time() - start:.3f}", peak_memory(), sep="\t")
    else:
        sys.exit(main())
