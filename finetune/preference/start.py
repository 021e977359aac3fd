"""What a run on preferences begins from, and is held to: an adapter, or a model with a fresh one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from finetune import licences
from finetune.manifest import BaseCard
from finetune.model import bases
from finetune.model.loss import refuse_unlike
from finetune.model.systems import Asked, asked
from tasks.errors import InputError
from tasks.files import sha256_file


@dataclass(frozen=True)
class Start:
    """The system that `--from` names."""

    named: str
    system: Asked

    @property
    def name(self) -> str:
        """Of its run, or how it was called."""
        return self.system.card.name if self.system.card else self.named.rstrip("/").rsplit("/", 1)[-1]

    @property
    def digest(self) -> str:
        """sha256 of the adapter's weights, or the model's digest."""
        folder = self.system.adapter
        return sha256_file(folder / "adapter_model.safetensors") if folder else self.system.base.digest

    @property
    def base(self) -> BaseCard:
        """The base under it."""
        system = self.system
        return BaseCard(
            backend=system.recipe.backend,
            name=system.base.name,
            revision=system.recipe.model_revision,
            digest=system.base.digest,
            folder=str(system.base.folder),
        )

    @property
    def licences(self) -> tuple[str, ...]:
        """The terms it is under already."""
        if self.system.card:
            return self.system.card.licences
        return licences.of_base(self.system.recipe.backend, self.base.public_name, self.system.base.folder)

    @property
    def split(self) -> dict[str, Any]:
        """The dialogues that it knows already; {} where nothing says."""
        path = self.system.adapter / "splits.json" if self.system.adapter else None
        return json.loads(path.read_text(encoding="utf-8")) if path and path.is_file() else {}


def found(named: str) -> Start:
    """An adapter or model by folder or Hub id.

    Raises:
        InputError: neither, its base is another one than the machine has now, or it predicts scores.
    """
    try:
        (system,) = asked([f"start={named}"], None)
    except InputError as error:
        raise InputError(line.replace(f"--system start={named}", f"--from {named}") for line in error.errors) from error
    if system.recipe.task != "respond":
        raise InputError(f"--from {named}: predicts scores; an adapter or model that answers is needed")
    return Start(named, system)


def loaded(start: Start) -> Any:
    """A PeftModel whose adapter is to be trained: the start's own, or a fresh one that changes nothing yet.

    Raises:
        InputError: its output is not what losses are read from here (`loss.refuse_unlike`), or memory is short.
    """
    from peft import PeftModel, prepare_model_for_kbit_training

    system = start.system
    model = bases.load(system.base, system.recipe)
    refuse_unlike(model, system.base.name)
    if system.adapter is None:
        return bases.adapt(model, system.recipe)
    if system.recipe.load_in_4bit:
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
    return PeftModel.from_pretrained(model, str(system.adapter), is_trainable=True)
