"""100,000 rows in each writing, opened by the intake: how many times as long as the bare reader, and how much memory.

    python benchmarks/intake.py

The peers are the standard library's `csv` in strict mode for text, `json.loads` a line for JSON Lines, and
python-calamine for Excel: they read cells and check nothing. Each reading is a process of its own; processor time, and
the growth of its memory from before to its peak. Exit code 1 where one takes more than 5 times its peer, 20 s, 256 MB.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ROWS = 100_000
MOST_TIMES, MOST_SECONDS, MOST_MB = 5.0, 20.0, 256.0
HEADER = ("id", "system", "dialogue", "answer", "n")
PEER = {"utf-8.csv": "csv", "cp932.csv": "csv", "utf-16.csv": "csv", "rows.jsonl": "json", "rows.xlsx": "calamine"}


def rows() -> list[tuple[str, ...]]:
    """The table: a dialogue, an answer, an id, the name of a system and a number."""
    dialogue, answer = "あまり眠れない日がつづいています。" * 4, "それはおつらいですね。いつごろからでしょうか。" * 2
    return [(f"i{place}", f"system{place % 7}", dialogue, answer, str(place)) for place in range(ROWS)]


def write(folder: Path) -> None:
    """The table in each writing."""
    import xlsxwriter

    table = [HEADER, *rows()]
    for encoding in ("utf-8", "cp932", "utf-16"):
        with (folder / f"{encoding}.csv").open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(table)
    with (folder / "rows.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) + "\n" for row in table[1:])
    book = xlsxwriter.Workbook(str(folder / "rows.xlsx"))
    sheet = book.add_worksheet()
    for place, row in enumerate(table):
        sheet.write_row(place, 0, row)
    book.close()


def by_csv(folder: Path) -> int:
    """The standard library's reader, strict."""
    with (folder / "utf-8.csv").open(encoding="utf-8", newline="") as file:
        return len(list(csv.reader(file, strict=True))) - 1


def by_json(folder: Path) -> int:
    """The standard library's reader, a line at a time."""
    with (folder / "rows.jsonl").open(encoding="utf-8") as file:
        return len([json.loads(line) for line in file])


def by_calamine(folder: Path) -> int:
    """The library by which the intake reads workbooks."""
    from python_calamine import CalamineWorkbook

    with (folder / "rows.xlsx").open("rb") as file:
        return len(CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python(skip_empty_area=False)) - 1


def by_intake(path: Path) -> int:
    """Rows of a file about which nothing had to be asked."""
    from tasks.intake.opening import open_any

    found = open_any(path, {})
    assert not found.errors, found.errors
    assert not found.questions, found.questions
    return len(found.tables[0].rows)


def peak() -> float:
    """Most MB that this process has held; what stood in its place before it was started does not count."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def measure(read: Callable[[], int]) -> None:
    """Prints seconds of processor time and MB of growth to the peak."""
    import tasks.intake.opening  # noqa: F401  libraries are loaded before the clock starts

    before, start = peak(), time.process_time()
    count = read()
    seconds = time.process_time() - start
    assert count == ROWS, count
    print(json.dumps([seconds, peak() - before]))


def measured(folder: Path, name: str) -> tuple[float, float]:
    """`measure` in a process of its own."""
    words = [sys.executable, __file__, str(folder), name]
    found: Any = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    return found[0], found[1]


def main() -> int:
    """Measures all; 1 where a limit is passed."""
    late = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        peers = {peer: measured(folder, peer)[0] for peer in dict.fromkeys(PEER.values())}
        print(f"{ROWS:,} rows   seconds   peer            times   MB")
        for file, peer in PEER.items():
            seconds, growth = measured(folder, file)
            times = seconds / peers[peer]
            over = times > MOST_TIMES or seconds > MOST_SECONDS or growth > MOST_MB
            late |= over
            beside = f"{peer} {peers[peer]:.2f}"
            print(f"{file:13} {seconds:8.2f}   {beside:15} {times:5.1f} {growth:5.0f}{'   too much' if over else ''}")
    return int(late)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        place, what = Path(sys.argv[1]), sys.argv[2]
        bare = {"csv": by_csv, "json": by_json, "calamine": by_calamine}
        measure((lambda: bare[what](place)) if what in bare else (lambda: by_intake(place / what)))
    else:
        sys.exit(main())
