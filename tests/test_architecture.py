"""The import rule of docs/architecture.md, read from the source: any other edge between rooms fails here."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {"tasks": set(), "results": {"tasks"}, "studio": {"tasks", "results"}, "finetune": {"tasks"}}
THIRD_PARTY = {
    "tasks": {
        "pydantic", "pydantic_core", "yaml", "numpy", "pyarrow", "babel", "langcodes", "python_calamine", "xlsxwriter",
        "httpx",
    },
    "results": {
        "pydantic", "yaml", "numpy", "scipy", "pandas", "pyarrow", "krippendorff", "evalica",
        "sacrebleu", "rouge_score", "MeCab", "ipadic", "jinja2", "xlsxwriter", "inspect_ai",
    },
    "studio": {
        "pydantic", "gradio", "fastapi", "starlette", "anyio", "h11", "uvicorn", "sqlalchemy", "alembic",
        "huggingface_hub", "psycopg", "segno", "jinja2", "markupsafe", "markdown_it", "yaml", "pandas",
    },
    "finetune": {
        "pydantic", "yaml", "numpy", "torch", "transformers", "peft", "bitsandbytes", "accelerate", "safetensors",
        "tokenizers", "huggingface_hub", "tqdm", "matplotlib", "trl", "datasets", "fastapi", "uvicorn", "jinja2",
    },
}  # fmt: skip
ONLY_IN = {
    "gradio": ("studio/web/app.py", "studio/web/share/", "studio/pages/"),
    "sqlalchemy": ("studio/store/",),
    "alembic": ("studio/store/",),
    "huggingface_hub": ("studio/hub/client.py", "finetune/hub/client.py"),
    "torch": ("finetune/",),
    "transformers": ("finetune/",),
    "peft": ("finetune/",),
    "bitsandbytes": ("finetune/",),
    "trl": ("finetune/preference/trainer.py",),
    "datasets": ("finetune/preference/trainer.py",),
    "babel": ("tasks/languages/",),
    "langcodes": ("tasks/languages/",),
    "python_calamine": ("tasks/intake/",),
    # One module writes workbooks of results; inspect_ai is no dependency: who has it gets metrics for it.
    "xlsxwriter": ("tasks/intake/", "results/export/workbook.py"),
    "inspect_ai": ("results/convert/inspect_metrics.py",),
    "pyarrow": ("tasks/intake/", "results/"),
    "httpx": ("tasks/engine/",),
}
MOST_MODULES = 15
HEAVY = {"torch", "transformers", "peft", "bitsandbytes", "accelerate"}


def sources(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, top_level: bool = False) -> Iterator[tuple[str, int]]:
    """Absolute module names a file imports, with their lines; only those run at import time if `top_level`."""
    tree = parsed(path)
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


FLOORS = {
    "tasks": (
        ("languages/", "words are looked up by tag and key, whoever reads them"),
        (
            "schema/ errors.py console.py files.py strict_json.py hub.py reference_page.py",
            "the vocabulary, and what every folder needs to read and write",
        ),
        ("engine/", "a server of models is asked by whoever has a conversation to be answered"),
        ("intake/", "files are read before anybody knows what they are about"),
        ("asking/", "questions are found in a text, whatever dialogue it stands in"),
        ("data/", "dialogues know nothing of studies"),
        ("design/", "a design deals assignments, whatever folder the study came from"),
        ("study/", "study folders are made of dialogues and designs"),
        ("judges/", "a judge's verdicts are about the items and systems of a study"),
        ("commands/ __main__.py", "the command line calls everything and is called by nothing"),
    ),
    "results": (
        ("statistics/", "statistics knows no Study"),
        ("record/", "the report's records know figures, not how they are computed or shown"),
        ("export/", "the export is rows and files, not figures"),
        ("study/", "what a study's judgments say rests on its export and on statistics"),
        ("convert/", "other tools' files are made of votes and figures, before anybody reads a report"),
        ("responses/", "responses are measured without judgments"),
        ("planning/", "planning comes before any judgment"),
        ("tables/", "tables of other people become ratings and votes; figures of them are the commands'"),
        ("judges/", "machine judges are read beside what a study's raters said, from tables of any form"),
        ("document/", "documents know sections, not what a report or a score is"),
        ("importing/", "judgments of other tools become an export, and what is known of them is put in words"),
        ("report/sections/", "a section reads figures and is laid out by a document"),
        ("report/", "the report puts figures and sections together"),
        ("scores/", "scores use documents and ratings"),
        ("commands/ __main__.py", "the command line calls everything and is called by nothing"),
    ),
    "studio": (
        ("passwords.py settings.py", "settings know nothing of what they set"),
        ("store/", "the store knows tables and events alone"),
        ("hub/mirror/ hub/", "the Hub copies files and logs, and knows no service"),
        ("service/", "what raters and organisers ask rests on these: links, seats, forms, the study as shown"),
        ("service/room/", "a room rests on links and forms; raters' and organisers' requests look into it"),
        ("service/rater/ service/organiser/", "raters' requests and organisers' know nothing of one another"),
        ("service/core.py service/__init__.py", "the service is one table of both; it knows no page and no command"),
        ("documents/", "papers are made of a study by the service's own figures"),
        ("health/", "what is looked at before raters come: address, way, disk, store"),
        ("intake/", "what is brought in becomes a study folder"),
        ("judges/", "a judge's verdicts go through the service, as everything that is stored"),
        ("demo/", "the demo uses the service as a page would"),
        ("pages/markdown.py", "what raters read is rendered in one way, wherever it is shown"),
        ("pages/rating/", "pages hold no logic and never import each other"),
        ("pages/room/", "pages hold no logic and never import each other"),
        ("pages/admin/", "pages hold no logic and never import each other"),
        ("web/", "the application mounts pages"),
        ("commands/ __main__.py", "the command line calls everything and is called by nothing"),
    ),
    "finetune": (
        (
            "settings.py licences.py hashes.py partial.py rendering.py chat_template.py recipe.py preference_recipe.py"
            " manifest.py",
            "what a run is",
        ),
        ("data/", "dialogues become tokens without a model"),
        ("hub/", "the Hub moves files"),
        ("model/", "models know vocabularies, not training"),
        ("score/", "the score form and its loss are used by training and by prediction"),
        ("training/", "training knows data, model and score form"),
        ("preference/", "preferences are learned by training's means, from data, models and starts"),
        ("generation/", "generation may use what training prepared, never the other way"),
        ("serving/", "a server generates; generation asks a server by its address alone"),
        ("commands/ __main__.py", "the command line calls everything and is called by nothing"),
    ),
}
"""Each room's folders from the ground up, with the reason: a folder imports its own floor and those below it."""


def floor_of(room: str, module_path: str) -> tuple[int, str]:
    """The number of the floor that a file of `room` stands on, and why it stands there; the longest path has it."""
    places = [
        (len(place), number, why)
        for number, (listed, why) in enumerate(FLOORS[room])
        for place in listed.split()
        if module_path == place or (place.endswith("/") and module_path.startswith(place))
    ]
    assert places, f"{room}/{module_path} stands on no floor: name its folder in FLOORS"
    _, number, why = max(places)
    return number, why


def own_modules(room: str) -> dict[str, str]:
    """Paths inside the room by module name."""
    paths = (path.relative_to(ROOT / room).as_posix() for path in sources(room) if path.parent != ROOT / room
             or path.name != "__init__.py")  # fmt: skip
    return {f"{room}.{path.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}": path for path in paths}


@pytest.mark.parametrize("room", ROOMS)
def test_folders_import_one_way(room: str) -> None:
    """Lazy imports included: an import inside a function ties two folders as much as one at the top."""
    modules = own_modules(room)
    wrong = []
    for path in sorted(modules.values()):
        floor, why = floor_of(room, path)
        for module, line in imported_modules(ROOT / room / path, modules):
            other, _ = floor_of(room, modules[module])
            if other > floor:
                wrong.append(f"{room}/{path}:{line} imports {module}, which stands above it: {why}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", ROOMS)
def test_no_module_imports_itself_by_way_of_others(room: str) -> None:
    modules = own_modules(room)
    edges = {
        name: {other for other, _ in imported_modules(ROOT / room / path, modules) if other != name}
        for name, path in modules.items()
    }
    try:
        tuple(TopologicalSorter(edges).static_order())
    except CycleError as error:
        pytest.fail("a circle of imports: " + " -> ".join(reversed(error.args[1])))


@pytest.mark.parametrize("room", ROOMS)
def test_no_folder_is_crowded_and_no_prefix_stands_for_a_folder(room: str) -> None:
    folders: dict[Path, list[str]] = {}
    for path in sources(room):
        if path.name not in ("__init__.py", "__main__.py"):
            folders.setdefault(path.parent.relative_to(ROOT), []).append(path.stem)
    crowded = {str(folder): len(names) for folder, names in folders.items() if len(names) > MOST_MODULES}
    assert not crowded, crowded
    prefixed = {
        f"{folder}/{prefix}_*"
        for folder, names in folders.items()
        for prefix, count in Counter(name.split("_")[0] for name in names).items()
        if count >= 4
    }
    assert not prefixed, prefixed


def imported_modules(path: Path, modules: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Modules of `modules` that a file imports, wherever in it, with their lines; `from a import b` may mean a.b."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found = {name if name in modules else node.module or "" for name in names}
        elif isinstance(node, ast.Import):
            found = {alias.name for alias in node.names}
        else:
            continue
        yield from ((name, node.lineno) for name in sorted(found) if name in modules)


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
