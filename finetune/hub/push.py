"""`push`: an adapter with its cards to the Hub, private unless told."""

from __future__ import annotations

import json
from pathlib import Path

from finetune import manifest
from finetune.chat_template import CARRIED
from finetune.hub import client as hub
from finetune.hub.card import model_card
from finetune.manifest import Manifest
from tasks.errors import InputError

NEEDED = ("adapter_model.safetensors", "adapter_config.json", "splits.json")
SENT = ("adapter_model.safetensors", "splits.json", "held_out.jsonl", "log.jsonl", "loss.svg", *CARRIED)


def push(folder: Path, repo_id: str, *, private: bool = True, endpoint: str = "") -> str:
    """Sends the adapter in one commit; returns its address. The same adapter sent again changes nothing.

    No path of this machine is sent: neither in the run card nor in the adapter's configuration.

    Raises:
        InputError: the folder holds no finished run, the name is malformed, or the Hub refuses.
    """
    if not hub.HUB_ID.match(repo_id) or "@" in repo_id:
        raise InputError(f"{repo_id}: found no OWNER/NAME; the Hub needs both")
    return hub.upload(hub.connect(endpoint), repo_id, files(folder, repo_id), "Adapter with its run card", private)


def files(folder: Path, repo_id: str) -> dict[str, bytes | Path]:
    """Everything that is sent, by its name there."""
    card = manifest.read(folder)
    sent: dict[str, bytes | Path] = {name: folder / name for name in SENT if (folder / name).is_file()}
    if lacking := [name for name in NEEDED if not (folder / name).is_file()]:
        raise InputError(f"{folder}: {', '.join(lacking)} missing; it holds no whole adapter")
    public = without_machine(card, _trained_on(folder))
    sent[manifest.NAME] = _json(manifest.dumped(public))
    sent["adapter_config.json"] = _configuration(folder, card)
    sent["README.md"] = model_card(public, repo_id).encode("utf-8")
    return sent


def without_machine(card: Manifest, trained_on: str) -> Manifest:
    """The card without what names this machine's folders and files: base, recipe and data by their public names."""
    base = card.base
    recipe = card.recipe
    if base.local:
        recipe = recipe.model_copy(update={"model_name_or_path": base.public_name})
    return card.model_copy(
        update={
            "base": base.model_copy(update={"name": base.public_name, "folder": ""}),
            "recipe": recipe,
            "data": card.data.model_copy(update={"source": trained_on}),
        }
    )


def _trained_on(folder: Path) -> str:
    """What was trained on, without the name of a file: as the split's record says."""
    record = json.loads((folder / "splits.json").read_text(encoding="utf-8"))
    names = {"preferences": "preferences of raters", "conversations": "dialogues of a file"}
    return names.get(record.get("source", ""), "KokoroChat")


def _configuration(folder: Path, card: Manifest) -> bytes:
    """peft's configuration, its base named as on the Hub instead of by a folder here."""
    values = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    return _json({**values, "base_model_name_or_path": card.base.hub_id, "revision": card.base.revision})


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
