"""What docs say about folders and files, drawn from the code: docs/files.md and the floors in docs/architecture.md.

python -m tests.tree            print the list of files
python -m tests.tree --write    write both
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.test_architecture import FLOORS

ROOT = Path(__file__).resolve().parents[1]
FILES, ARCHITECTURE = ROOT / "docs" / "files.md", ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- floors: python -m tests.tree --write -->", "<!-- end of floors -->"
ROOMS = ("tasks", "results", "studio", "finetune", "benchmarks")
COMMENT = re.compile(r"\A\s*(?:/\*\*?|//|#|\{#|<!--)\s*(.+?)\s*(?:\*/|#\}|-->)?\s*$", re.MULTILINE)
FOLDERS = {
    "tasks/demo": "the demo study: dialogues and responses written for this project",
    "tasks/templates": "criteria a study can name: one file each",
    "tasks/languages/words": "the interface's words: one file per language",
    "finetune/recipes": "one file each, opening with its launch command",
    "studio/store/migrations": "Alembic: one file per released schema",
    "studio/pages/rating/templates": "the rating page before its words are put in (Jinja)",
    "results/document/templates": "the report before its figures are put in (Jinja), its style",
    "results/example": "the report of the demo study on simulated judgments",
}
"""Folders of like files, which get one line together."""
HEAD = """\
# Files

Every file of the four rooms and of the benchmarks, in its own words: the first sentence it says about itself. Why the
folders stand in this order: [architecture](architecture.md). Written by `python -m tests.tree --write`.
"""


def tracked() -> list[str]:
    """Tracked files of the rooms, and their new ones, in order."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *ROOMS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted({line for line in listed.stdout.splitlines() if (ROOT / line).is_file()})


def first_sentence(path: Path) -> str:
    """The first sentence a file says about itself; "" where it says none."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        opening = (ast.get_docstring(ast.parse(text)) or "").partition("\n\n")[0]
    else:
        comment = COMMENT.match(text)
        opening = comment[1] if comment else ""
    return re.split(r"(?<=\.) ", " ".join(opening.split()))[0].rstrip(".")


def entries(room: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(path inside the room, sentence) of each file, or of each folder of like files, once."""
    seen = set()
    for name in names:
        folder = next((folder for folder in FOLDERS if name.startswith(f"{folder}/")), None)
        if folder is not None and folder not in seen:
            seen.add(folder)
            yield f"{folder.removeprefix(f'{room}/')}/", FOLDERS[folder]
        if folder is None and not name.endswith("__init__.py") and (sentence := first_sentence(ROOT / name)):
            yield name.removeprefix(f"{room}/"), sentence


def section(room: str, names: Sequence[str]) -> str:
    """One room: what it is, then its files in a column as wide as its longest path."""
    package = ROOT / room / "__init__.py"
    about = first_sentence(package) if package.exists() else "one runnable script per claim"
    rows = list(entries(room, names))
    width = max(len(path) for path, _ in rows) + 2
    lines = (f"{path:{width}}{sentence}" for path, sentence in rows)
    return "\n".join(["", f"## {room}/", "", f"{about}.", "", "```text", *lines, "```", ""])


def files_page() -> str:
    """docs/files.md as it should be now."""
    names = tracked()
    return HEAD + "".join(section(room, [name for name in names if name.startswith(f"{room}/")]) for room in ROOMS)


def floors(room: str) -> Iterator[str]:
    """The floors of a room as lines of a Markdown table, from the ground up."""
    yield from ("", f"| `{room}/`, from the ground up | why it stands there |", "|---|---|")
    for places, why in FLOORS[room]:
        yield f"| {', '.join(f'`{place}`' for place in places.split())} | {why} |"


def architecture_page() -> str:
    """docs/architecture.md with the floors of now."""
    before, _, rest = ARCHITECTURE.read_text(encoding="utf-8").partition(BEGIN)
    drawn = "\n".join(line for room in FLOORS for line in floors(room))
    return f"{before}{BEGIN}\n{drawn}\n\n{END}{rest.partition(END)[2]}"


def main() -> None:
    """Print the list of files, or write both pages."""
    if "--write" in sys.argv[1:]:
        FILES.write_text(files_page(), encoding="utf-8")
        ARCHITECTURE.write_text(architecture_page(), encoding="utf-8")
    else:
        print(files_page(), end="")


if __name__ == "__main__":
    main()
