"""`merge`: an adapter's weights added into a fresh, unquantised base; a full model any tool can load."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from finetune import manifest
from finetune.hub import client as hub
from finetune.manifest import Manifest
from finetune.model import bases, travelling
from finetune.model.bases import CUT, Base
from tasks.errors import InputError
from tasks.files import require_writable, write_json

KEPT = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "generation_config.json",
    CUT,
    "terms.json",
)
PROBE = 48
"""Tokens on which the merged model is compared with base and adapter."""


@dataclass(frozen=True)
class Merged:
    """The merged model.

    `divergence`: how far its next-token probabilities are from those of base and adapter kept apart, the mean
    Kullback-Leibler divergence over a probe, in nats; 0 = the same.
    """

    folder: Path
    divergence: float


def merge(name: str, out: Path, dtype: str = "bfloat16") -> Merged:
    """Merges the adapter `name` (folder or Hub id) into its base, loaded anew in `dtype`, never into 4-bit weights.

    The merged weights are rounded to `dtype`, so losses differ a little from those with the adapter apart: evaluate
    the merged model before it is used.

    Raises:
        InputError: `out` is in use, the name is no adapter made here, or its base is another one than is here.
    """
    if out.exists() and any(out.iterdir()):
        raise InputError(f"{out}: is not empty; give another --out")
    require_writable(out.parent)
    found = hub.resolve(name)
    if found.kind != "adapter":
        raise InputError(f"{name}: is a full model already; an adapter is needed")
    card = manifest.read(found.folder)
    base = bases.find(card.recipe)
    if base.digest != card.base.digest:
        raise InputError(f"{name}: was trained on another base ({card.base.name}) than the one here ({base.name})")
    whole = card.recipe.model_copy(update={"load_in_4bit": False, "dtype": dtype})
    model = bases.load(base, whole)
    merged, divergence = _merged(model, found.folder)
    _write(merged, base, out, card, divergence)
    return Merged(out, divergence)


def _merged(model: Any, adapter: Path) -> tuple[Any, float]:
    from peft import PeftModel

    apart = PeftModel.from_pretrained(model, str(adapter)).eval()
    before = _probe(apart)
    merged = apart.merge_and_unload(safe_merge=True)
    return merged, float((before.exp() * (before - _probe(merged))).sum(dim=-1).mean())


def _probe(model: Any) -> torch.Tensor:
    """Log-probabilities [1, PROBE, words] on random tokens, the same each time."""
    words = int(model.get_input_embeddings().weight.shape[0])
    ids = torch.randint(0, words, (1, PROBE), generator=torch.Generator().manual_seed(0)).to(model.device)
    with torch.no_grad():
        return torch.log_softmax(model(input_ids=ids, use_cache=False).logits.float(), dim=-1)


def _write(model: Any, base: Base, out: Path, card: Manifest, divergence: float) -> None:
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    model.save_pretrained(str(part))
    for name in KEPT:
        if (base.folder / name).is_file():
            shutil.copyfile(base.folder / name, part / name)
    travelling.carry(part, base, card.recipe)
    write_json(part / manifest.NAME, manifest.dumped(card))
    write_json(part / "merged.json", {"made_at": manifest.now(), "divergence": divergence})
    if out.is_dir():
        out.rmdir()
    part.rename(out)
