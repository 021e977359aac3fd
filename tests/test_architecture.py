"""The import rule of docs/architecture.md, read from the source: any other edge between rooms fails here."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {"tasks": set(), "results": {"tasks"}, "studio": {"tasks", "results"}, "finetune": {"tasks"}}
THIRD_PARTY = {
    "tasks": {"pydantic", "pydantic_core", "yaml", "numpy"},
    "results": {
        "pydantic", "yaml", "numpy", "scipy", "pandas", "pyarrow", "krippendorff", "evalica", "statsmodels",
        "sacrebleu", "rouge_score", "MeCab", "ipadic", "matplotlib", "jinja2",
    },
    "studio": {
        "pydantic", "gradio", "fastapi", "starlette", "anyio", "uvicorn", "sqlalchemy", "alembic", "huggingface_hub",
        "psycopg", "segno", "jinja2", "markupsafe", "markdown_it", "yaml", "pandas",
    },
    "finetune": {
        "pydantic", "yaml", "numpy", "torch", "transformers", "peft", "bitsandbytes", "accelerate", "safetensors",
        "tokenizers", "huggingface_hub", "tqdm", "matplotlib",
    },
}  # fmt: skip
ONLY_IN = {
    "gradio": ("studio/web/app.py", "studio/pages/"),
    "sqlalchemy": ("studio/store/",),
    "alembic": ("studio/store/",),
    "huggingface_hub": ("studio/hub/client.py", "finetune/hub/client.py"),
    "torch": ("finetune/",),
    "transformers": ("finetune/",),
    "peft": ("finetune/",),
    "bitsandbytes": ("finetune/",),
}
HEAVY = {"torch", "transformers", "peft", "bitsandbytes", "accelerate"}


def sources(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imports(path: Path, top_level: bool = False) -> Iterator[tuple[str, int]]:
    """Absolute module names a file imports, with their lines; only those run at import time if `top_level`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(n) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef) for n in ast.walk(f)
    }
    typing_only = {
        id(n)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and getattr(block.test, "id", "") == "TYPE_CHECKING"
        for n in ast.walk(block)
    }
    for node in ast.walk(tree):
        if top_level and (id(node) in inside or id(node) in typing_only):
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import; say where it comes from"
            yield node.module or "", node.lineno


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_only_what_the_rule_allows(room: str) -> None:
    assert sources(room), f"{room}/ is empty"
    allowed = {room, *ROOMS[room], *THIRD_PARTY[room], *sys.stdlib_module_names}
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in sources(room)
        for module, line in imports(path)
        if module.split(".")[0] not in allowed
    ]
    assert not wrong, "\n".join(wrong)


def test_libraries_stay_in_their_places() -> None:
    wrong = []
    for room in ROOMS:
        for path in sources(room):
            name = path.relative_to(ROOT).as_posix()
            for module, line in imports(path):
                places = ONLY_IN.get(module.split(".")[0])
                if places and not name.startswith(places):
                    wrong.append(f"{name}:{line} imports {module}")
    assert not wrong, "\n".join(wrong)


def test_finetune_imports_heavy_libraries_inside_functions() -> None:
    entry = [ROOT / "finetune" / "__main__.py", ROOT / "finetune" / "__init__.py"]
    reached, queue = set(entry), list(entry)
    while queue:  # every module of the room that the command line loads before a command is chosen
        for module, _ in imports(queue.pop(), top_level=True):
            path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
            if module.startswith("finetune") and path.exists() and path not in reached:
                reached.add(path)
                queue.append(path)
    wrong = [f"{p.name} imports {m}" for p in reached for m, _ in imports(p, True) if m.split(".")[0] in HEAVY]
    assert not wrong, wrong


def test_pages_never_touch_the_store_nor_each_other() -> None:
    pages = ROOT / "studio" / "pages"
    wrong = []
    for path in sources("studio/pages"):
        room = path.relative_to(pages).parts[0].removesuffix(".py")
        for module, line in imports(path):
            other = module.startswith("studio.pages.") and module.split(".")[2] != room
            if module.startswith("studio.store") or (other and room != "__init__"):
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {module}")
    assert not wrong, "\n".join(wrong)


def test_only_settings_reads_the_environment() -> None:
    allowed = {"studio/settings.py", "finetune/settings.py", "studio/hub/client.py", "finetune/hub/client.py"}
    allowed |= {"studio/web/app.py"}  # it sets gradio's own switches, which are read when gradio is first imported
    wrong = [
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in sources(room)
        if "os.environ" in path.read_text(encoding="utf-8") or "getenv(" in path.read_text(encoding="utf-8")
    ]
    assert set(wrong) <= allowed, sorted(set(wrong) - allowed)


@pytest.mark.parametrize("room", ROOMS)
def test_help_answers_without_the_heavy_libraries(room: str) -> None:
    script = (
        f"import runpy, sys; sys.argv = ['{room}', '--help']\n"
        f"try: runpy.run_module('{room}', run_name='__main__', alter_sys=True)\n"
        "except SystemExit as end: code = end.code\n"
        f"heavy = {sorted(HEAVY | {'gradio', 'pandas', 'scipy', 'sqlalchemy', 'matplotlib'})}\n"
        "assert not code, code\n"
        "assert not set(heavy) & set(sys.modules), set(heavy) & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, capture_output=True)
