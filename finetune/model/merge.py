"""`merge`: an adapter's weights added into a fresh, unquantised base; a full model any tool can load."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.util import find_spec
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
    Kullback-Leibler divergence over a probe, in nats; 0 = the same. `from_quantised`: as far from the base in 4 bits
    with the adapter, which is what was trained; None where training was not in 4 bits, or bitsandbytes is not here.
    """

    folder: Path
    divergence: float
    from_quantised: float | None


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
    trained = _trained(base, card, found.folder)
    whole = card.recipe.model_copy(update={"load_in_4bit": False, "dtype": dtype})
    apart = _adapted(bases.load(base, whole), found.folder)
    before = _probe(apart)
    merged = apart.merge_and_unload(safe_merge=True)
    after = _probe(merged)
    done = Merged(out, _divergence(before, after), None if trained is None else _divergence(trained, after))
    _write(merged, base, card, done)
    return done


def _trained(base: Base, card: Manifest, adapter: Path) -> torch.Tensor | None:
    """What a model trained in 4 bits says of the probe; None of others, and where bitsandbytes is not installed."""
    if not card.recipe.load_in_4bit or find_spec("bitsandbytes") is None:
        return None
    return _probe(_adapted(bases.load(base, card.recipe), adapter)).cpu()


def _adapted(model: Any, adapter: Path) -> Any:
    from peft import PeftModel

    return PeftModel.from_pretrained(model, str(adapter)).eval()


def _divergence(one: torch.Tensor, other: torch.Tensor) -> float:
    """The mean Kullback-Leibler divergence of `other` from `one`, in nats."""
    one = one.to(other.device)
    return float((one.exp() * (one - other)).sum(dim=-1).mean())


def _probe(model: Any) -> torch.Tensor:
    """Log-probabilities [1, PROBE, words] on random tokens, the same each time."""
    words = int(model.get_input_embeddings().weight.shape[0])
    ids = torch.randint(0, words, (1, PROBE), generator=torch.Generator().manual_seed(0)).to(model.device)
    with torch.no_grad():
        return torch.log_softmax(model(input_ids=ids, use_cache=False).logits.float(), dim=-1)


def _write(model: Any, base: Base, card: Manifest, done: Merged) -> None:
    out = done.folder
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    model.save_pretrained(str(part))
    for name in KEPT:
        if (base.folder / name).is_file():
            shutil.copyfile(base.folder / name, part / name)
    travelling.carry(part, base, card.recipe)
    write_json(part / manifest.NAME, manifest.dumped(card))
    facts = {"made_at": manifest.now(), "divergence": done.divergence, "from_quantised": done.from_quantised}
    write_json(part / "merged.json", facts)
    if out.is_dir():
        out.rmdir()
    part.rename(out)
