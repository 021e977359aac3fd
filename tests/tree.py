"""Draws the README's tree: every file of the four rooms with the first sentence it says about itself.

python -m tests.tree            print it
python -m tests.tree --write    put it into README.md between the two marks
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("tasks", "finetune", "studio", "results", "benchmarks")
BEGIN, END = "<!-- tree: python -m tests.tree --write -->", "<!-- end of tree -->"
WIDTH = 32
COMMENT = re.compile(r"\A\s*(?:/\*\*?|//|#|\{#|<!--)\s*(.+?)\s*(?:\*/|#\}|-->)?\s*$", re.MULTILINE)
FOLDERS = {
    "tasks/demo": "the demo study: dialogues and responses written for this project",
    "tasks/templates": "criteria a study can name: one file each",
    "finetune/recipes": "one file each, opening with its launch command",
    "studio/store/migrations": "Alembic: one file per released schema",
    "studio/pages/rating/templates": "the rating page before its words are put in (Jinja)",
    "results/templates": "the report before its figures are put in (Jinja), its style, its words in ja and en",
    "results/example": "the report of the demo study on simulated judgments",
}


def files() -> list[str]:
    """Tracked files of the rooms, and their new ones, in order."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *ROOMS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted({line for line in listed.stdout.splitlines() if (ROOT / line).is_file()})


def says(path: Path) -> str:
    """The first sentence a file says about itself; "" where it says none."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        said = (ast.get_docstring(ast.parse(text)) or "").partition("\n\n")[0]
    else:
        found = COMMENT.match(text)
        said = found[1] if found else ""
    said = " ".join(said.split())
    return re.split(r"(?<=\.) ", said)[0].rstrip(".")


def lines() -> list[str]:
    """The tree, one line per file or per folder of like files."""
    drawn, folder = [], ""
    for name in files():
        path = Path(name)
        alike = next((f for f in FOLDERS if name.startswith(f"{f}/")), None)
        if alike is not None:
            entry = f"    {alike[len(path.parts[0]) + 1 :] + '/':{WIDTH}}{FOLDERS[alike]}"
            if entry not in drawn:
                drawn.append(entry)
            continue
        if path.parts[0] != folder:
            folder = path.parts[0]
            about = says(ROOT / folder / "__init__.py") if (ROOT / folder / "__init__.py").exists() else ""
            drawn.append(f"{folder + '/':{WIDTH + 4}}{about or 'one runnable script per claim'}".rstrip())
        if path.name != "__init__.py" and (said := says(ROOT / name)):
            drawn.append(f"    {'/'.join(path.parts[1:]):{WIDTH}}{said}")
    return drawn


def fresh() -> str:
    """README.md with the tree of now."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    before, _, rest = readme.partition(BEGIN)
    return before + "\n".join([BEGIN, "", "```text", *lines(), "```", "", END]) + rest.partition(END)[2]


def main() -> None:
    if "--write" in sys.argv[1:]:
        (ROOT / "README.md").write_text(fresh(), encoding="utf-8")
    else:
        print("\n".join(lines()))


if __name__ == "__main__":
    main()
