"""Base models: opened, guarded, hashed, adapted. The only file that decides dtype, device and quantisation."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from finetune.data.vocabulary import CutVocabulary, Vocabulary, WholeVocabulary
from finetune.model import tiny
from finetune.model.embedded import embedded_base
from finetune.model.requirements import require_packages
from finetune.model.shape import refuse_dropout_on_experts, refuse_unknown_modules
from finetune.recipe import Recipe
from tasks.errors import InputError
from tasks.files import sha256_file, sha256_texts

SIZES = {"tokyotech-llm/Llama-3.1-Swallow-8B-Instruct-v0.3": 16}
"""GB of weights to fetch, of the bases that shipped recipes name."""
CPU_LIMIT = 5.0
"""GB of weights above which a CPU is no place for a model: a pass over KokoroChat would take months."""
CUT = "kept_ids.json"
"""A base folder that holds this file has an embedding for these ids of its tokenizer.json alone."""


@dataclass(frozen=True)
class Base:
    """A base model's folder and what identifies it."""

    folder: Path
    name: str
    digest: str
    demonstration: bool

    def vocabulary(self) -> Vocabulary:
        """The tokeniser beside the weights."""
        rows = None if _is_cut(self.folder) else _embedding_rows(self.folder)
        whole = WholeVocabulary(self.folder / "tokenizer.json", rows)
        if not _is_cut(self.folder):
            return whole
        return CutVocabulary(whole, json.loads((self.folder / CUT).read_text(encoding="utf-8")))


def _embedding_rows(folder: Path) -> int:
    """`vocab_size` of a model's configuration; that of its text part where the model also sees or hears."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    rows = config.get("vocab_size") or config.get("text_config", {}).get("vocab_size")
    if not isinstance(rows, int):
        raise InputError(f"{folder / 'config.json'}: vocab_size is missing; a configuration of transformers is needed")
    return rows


def _is_cut(folder: Path) -> bool:
    return (folder / CUT).is_file()


def find(recipe: Recipe) -> Base:
    """The base of a recipe, made or fetched if need be.

    Raises:
        InputError: the weights are missing; the message says what to get, how large, under which terms.
    """
    if recipe.backend == "tiny":
        folder = tiny.folder(recipe.seed)
        return Base(folder, "tiny", digest(folder), demonstration=True)
    if recipe.backend == "embedded":
        folder = embedded_base()
        return Base(folder, "Gemma 3 270M (cut vocabulary)", digest(folder), demonstration=True)
    folder = local_or_hub(recipe.model_name_or_path, recipe.model_revision)
    return Base(folder, recipe.model_name_or_path, digest(folder), demonstration=False)


def find_without_weights(recipe: Recipe) -> Base:
    """As `find`, but weights are neither fetched nor needed, and the digest is ''."""
    if recipe.backend != "transformers":
        return find(recipe)
    folder = local_or_hub(recipe.model_name_or_path, recipe.model_revision, weights=False)
    return Base(folder, recipe.model_name_or_path, "", demonstration=False)


def pinned(recipe: Recipe, base: Base) -> Recipe:
    """The recipe with the commit of a base from the Hub, so that whoever uses the adapter later gets the same one."""
    if recipe.backend != "transformers" or base.folder.parent.name != "snapshots" or base.folder == Path(base.name):
        return recipe
    return recipe.model_copy(update={"model_revision": base.folder.name})


def local_or_hub(name: str, revision: str | None, weights: bool = True) -> Path:
    """A local model folder as it is, or a Hub snapshot.

    Raises:
        InputError: it cannot be fetched; the message adds size and terms.
    """
    if (Path(name) / "config.json").is_file():
        return Path(name)
    from finetune.hub import client as hub

    try:
        return hub.snapshot(name, revision, wanted=hub.WANTED if weights else hub.WITHOUT_WEIGHTS)
    except InputError as error:
        raise InputError([*error.errors, _advice(name)]) from error


def _advice(name: str) -> str:
    from finetune import licences

    size = f", about {SIZES[name]} GB" if name in SIZES else ""
    terms = "; ".join(licences.BASES.get(name, ())) or "those on its page"
    return (
        f"needed: the weights of {name}{size}; terms: {terms}. On a machine with a connection: hf download {name}"
        f" --local-dir FOLDER, then --set model_name_or_path=FOLDER. Without a GPU: the recipes embedded-*"
    )


def digest(folder: Path) -> str:
    """Hash of weights, configuration and tokeniser: equal exactly where adapters fit and mean the same.

    Large weights are hashed once; the hash is kept in the user cache under path, size and time of change.
    """
    from finetune.hashes import cached_sha256

    names = sorted(p for p in folder.iterdir() if p.suffix == ".safetensors" or p.name in {"config.json", CUT})
    tokenizer = folder / "tokenizer.json"
    if not any(p.suffix == ".safetensors" for p in names):
        raise InputError(f"{folder}: no .safetensors weights; a transformers model folder is needed")
    parts = [f"{p.name}:{cached_sha256(p)}" for p in names]
    return sha256_texts(*parts, sha256_file(tokenizer) if tokenizer.is_file() else "")


def compute_dtype(recipe: Recipe, device: str) -> torch.dtype:
    """The recipe's dtype; `auto` is bf16 on a GPU and on a CPU with bf16 instructions, else float32.

    Without such instructions bf16 on a CPU is emulated: 20 times slower here than float32.
    """
    if recipe.dtype != "auto":
        return {"bfloat16": torch.bfloat16, "float32": torch.float32}[recipe.dtype]
    if device == "cuda":
        return torch.bfloat16
    able = torch.cpu.get_capabilities()
    return torch.bfloat16 if able.get("avx512_bf16") or able.get("amx_bf16") else torch.float32


def device_of() -> str:
    """`cuda` where there is a GPU, else `cpu`."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def load(base: Base, recipe: Recipe, parts: int = 1) -> Any:
    """The causal model in eval mode, quantised if the recipe says so, on the device, with its weights frozen.

    Args:
        parts: devices over which `sharding` will share it out; more than one: loaded into main memory.
    """
    from transformers import AutoModelForCausalLM

    device = device_of()
    dtype = compute_dtype(recipe, device)
    _refuse_too_large(gigabytes(base.folder) * (0.35 if recipe.load_in_4bit else 1) / parts, base, device)
    require_packages(recipe, training=False)
    quiet()
    try:
        model = AutoModelForCausalLM.from_pretrained(
            str(base.folder),
            dtype=dtype,
            attn_implementation=recipe.attn_implementation,
            quantization_config=_nf4(dtype) if recipe.load_in_4bit else None,
            device_map={"": _device_index(device) if parts == 1 else "cpu"},
        )
    except (OSError, ValueError, KeyError, ImportError, SafetensorError) as error:
        raise InputError(f"{base.name}: cannot be loaded from {base.folder} ({first_line(error)})") from error
    guard_4bit(model)
    model.requires_grad_(False)
    return model.eval()


def first_line(error: Exception) -> str:
    """What a library says is wrong, in one line."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)[:300]


def gigabytes(folder: Path) -> float:
    """Size of a model's weights as they lie in the folder."""
    return sum(path.stat().st_size for path in folder.glob("*.safetensors")) / 1e9


def free_gigabytes(device: str) -> float:
    """Memory free on the GPU, or, on a CPU, what the machine can still give; infinite where it does not say."""
    if device == "cuda":
        return float(torch.cuda.mem_get_info()[0]) / 1e9
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return float("inf")
    return next((int(line.split()[1]) * 1024 / 1e9 for line in lines if line.startswith("MemAvailable")), float("inf"))


def _refuse_too_large(needed: float, base: Base, device: str) -> None:
    """Before the weights load, where it costs nothing to hear it."""
    whole, free = gigabytes(base.folder), free_gigabytes(device)
    if device == "cpu" and whole > CPU_LIMIT:
        raise InputError(
            f"no GPU was found, and {base.name} has {whole:.1f} GB of weights: a CPU would need months. With a GPU,"
            " check that torch is its CUDA build (python -c 'import torch; print(torch.version.cuda)'); without one,"
            " use the recipes embedded-*"
        )
    if needed > free:
        advice = "close what else uses the GPU, or --set load_in_4bit=true" if device == "cuda" else "close programs"
        raise InputError(
            f"too little memory: {base.name} needs {needed:.1f} GB for its weights alone, {free:.1f} GB are free on"
            f" the {device}; {advice}, or take a smaller model"
        )


def _device_index(device: str) -> str | int:
    from finetune.settings import local_rank

    return local_rank() if device == "cuda" else "cpu"


def _nf4(dtype: torch.dtype) -> Any:
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )


def guard_4bit(model: Any) -> int:
    """Keeps bitsandbytes from repacking weights for inference; returns how many layers were guarded.

    On a CPU with avx512_bf16 one forward in eval mode repacks every 4-bit layer into a form without gradients, and
    training goes on silently wrong after the first evaluation. Must run before the first forward.
    """
    try:
        from bitsandbytes.nn import Linear4bit
    except ImportError:
        return 0
    layers = [module for module in model.modules() if isinstance(module, Linear4bit)]
    for layer in layers:
        layer.support_avx512bf16_for_cpu = False
    return len(layers)


def adapt(model: Any, recipe: Recipe) -> Any:
    """The model with a fresh LoRA adapter; only its weights are trainable, in float32.

    Raises:
        InputError: lora_target_modules names layers the model has not, or experts would be adapted with dropout.
    """
    from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training

    refuse_unknown_modules(model, recipe.lora_target_modules)
    refuse_dropout_on_experts(model, recipe)
    if recipe.load_in_4bit:
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
    config = LoraConfig(
        task_type="CAUSAL_LM",
        r=recipe.lora_r,
        lora_alpha=recipe.lora_alpha,
        lora_dropout=recipe.lora_dropout,
        target_modules=recipe.lora_target_modules,
        use_rslora=recipe.use_rslora,
    )
    torch.manual_seed(recipe.seed)
    with warnings.catch_warnings():
        # peft asks transformers by a name that transformers is about to drop; theirs to mend.
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
        # of experts it writes patterns itself, which its own check then does not find
        warnings.filterwarnings("ignore", "The following (rank|alpha)_pattern keys", RuntimeWarning)
        return get_peft_model(model, config)


def causal_of(model: Any) -> Any:
    """The transformers causal model under an adapter and under data parallel."""
    inner = getattr(model, "module", model)
    return inner.get_base_model() if hasattr(inner, "get_base_model") else inner


def quiet() -> None:
    """Silences the libraries' own progress bars and notes; ours say what matters."""
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
