"""WHAT THE JUDGMENTS SAY: agreement, preference, ratings, automatic measures, leaks, power, figures, report, export."""

from importlib.util import find_spec
from pathlib import Path

_found = Path((find_spec("tasks") or __spec__).origin or "tasks")
if _found.parent.parent != Path(__file__).parent.parent:
    raise SystemExit(
        f"error: tasks is {_found}, another's; use kokoro-results, not python -m results, or another folder"
    )
