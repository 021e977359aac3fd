"""Checkpoints of an interrupted run: which one can be trusted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from safetensors import SafetensorError, safe_open

from finetune import manifest
from finetune.training.heldout import DialogueLoss
from tasks.errors import InputError
from tasks.files import write_json, write_text

FOLDER = "checkpoints"
"""In a run's folder, until the run is whole."""
NEEDED = ("adapter_model.safetensors", "adapter_config.json", "optimizer.pt", "scheduler.pt", "trainer_state.json")


def latest(folder: Path) -> tuple[Path | None, list[str]]:
    """The newest whole checkpoint, and a line about each newer one that was only half written.

    `trainer_state.json` is written last, so a checkpoint with a readable one and readable weights is whole.
    """
    notes: list[str] = []
    for path in sorted(folder.glob("checkpoint-*"), key=_step, reverse=True):
        problem = _problem(path)
        if problem is None:
            return path, notes
        notes.append(f"{path}: half written ({problem}); an earlier one is used. It can be deleted")
    return None, notes


def _step(path: Path) -> int:
    end = path.name.removeprefix("checkpoint-")
    return int(end) if end.isdigit() else -1


def _problem(path: Path) -> str | None:
    missing = [name for name in NEEDED if not (path / name).is_file()]
    if missing:
        return f"{', '.join(missing)} missing"
    try:
        json.loads((path / "trainer_state.json").read_text(encoding="utf-8"))
        with safe_open(path / "adapter_model.safetensors", framework="np") as weights:
            list(weights.keys())
    except (json.JSONDecodeError, SafetensorError, OSError) as error:
        return str(error)
    return None


def of_run(folder: Path, identity: str) -> tuple[Path | None, list[str]]:
    """As `latest`, of the run that `note_recipe` recorded as `identity`; the last line says where it goes on.

    Raises:
        InputError: the folder is another run's.
    """
    checkpoint, notes = latest(folder)
    if checkpoint and recipe_digest(folder) != identity:
        raise InputError(
            f"{folder}: was begun with another recipe, data, base or number of batches a step (processes times"
            " gradient_accumulation_steps); resume with the same ones, or give another --out"
        )
    going = f"resuming from {checkpoint}" if checkpoint else "no whole checkpoint: beginning anew"
    return checkpoint, [*notes, going]


def refuse_used(out: Path, *, resume: bool) -> None:
    """Raises InputError where a run's folder holds a finished run, or an unfinished one that is not to be resumed."""
    if (out / manifest.NAME).is_file():
        raise InputError(f"{out}: holds a finished run; give another --out")
    if not resume and (out / FOLDER).is_dir():
        raise InputError(f"{out}: holds an unfinished run; go on with it with --resume, or give another --out")


def seconds_spent(checkpoint: Path | None) -> float:
    """Training seconds before the checkpoint; 0 where there is none."""
    if checkpoint is None:
        return 0.0
    state = json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
    return float(state["stateful_callbacks"]["Clock"]["args"]["spent_seconds"])


def note_recipe(folder: Path, identity: str) -> None:
    """Records what the run in `folder` is of, so that only the same run resumes it."""
    write_text(folder / "identity", identity)


def recipe_digest(folder: Path) -> str | None:
    """What `note_recipe` recorded; None where nothing was."""
    path = folder / "identity"
    return path.read_text(encoding="utf-8") if path.is_file() else None


def note_losses(folder: Path, losses: Sequence[DialogueLoss]) -> None:
    """Keeps the losses before training for a resumed run."""
    write_json(folder / "before.json", [list(one) for one in losses])


def losses_before(folder: Path) -> tuple[DialogueLoss, ...] | None:
    """What `note_losses` kept; None where nothing was."""
    path = folder / "before.json"
    if not path.is_file():
        return None
    return tuple(DialogueLoss(*row) for row in json.loads(path.read_text(encoding="utf-8")))
