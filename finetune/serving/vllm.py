"""The command line that lets vLLM, in an environment of its own, serve what was trained here."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from finetune.chat_template import chat_template
from finetune.model.bases import CUT
from finetune.model.systems import Asked
from finetune.rendering import RENDERINGS
from finetune.serving.server import Address, one_base
from tasks.errors import InputError

RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""What vLLM takes as --max-lora-rank."""


def program(path: Path) -> Path:
    """vLLM's program: the file itself, or the one in an environment's folder.

    Raises:
        InputError: there is none.
    """
    found = path / "bin" / "vllm" if path.is_dir() else path
    if not found.is_file():
        raise InputError(f"--vllm {path}: no vLLM there; allowed: the program vllm, or the environment it is in")
    return found


def command(vllm: Path, systems: Sequence[Asked], address: Address, template: Path) -> list[str]:
    """Program and arguments; the token goes by the environment (VLLM_API_KEY), where no list of processes shows it.

    Raises:
        InputError: vLLM cannot serve one of the systems; the message says why.
    """
    first = one_base(systems)[0]
    if (first.base.folder / CUT).is_file():
        raise InputError(f"{first.base.name}: its vocabulary is cut, which vLLM cannot read; serve it without --vllm")
    if len({(system.recipe.rendering, system.recipe.prompt) for system in systems}) > 1:
        raise InputError("--vllm: the systems read dialogues in different ways, and vLLM has one template for all")
    adapters = [system for system in systems if system.adapter is not None]
    plain = [system.system_id for system in systems if system.adapter is None] or [first.base.folder.name]
    arguments = [
        *("serve", str(first.base.folder), "--served-model-name", *plain),
        *("--host", address.host, "--port", str(address.port)),
        *("--dtype", first.recipe.dtype, "--chat-template", str(template)),
    ]
    if first.recipe.load_in_4bit:
        arguments += ["--quantization", "bitsandbytes"]
    return [str(vllm), *arguments, *_adapters(adapters)]


def _adapters(systems: Sequence[Asked]) -> list[str]:
    if not systems:
        return []
    ranks = [_rank(system) for system in systems]
    return [
        *("--enable-lora", "--max-loras", str(len(systems))),
        *("--max-lora-rank", str(next(rank for rank in RANKS if rank >= max(ranks)))),
        *("--lora-modules", *(f"{system.system_id}={system.adapter}" for system in systems)),
    ]


def _rank(system: Asked) -> int:
    """The rank of its adapter, if vLLM knows that kind."""
    path = Path(str(system.adapter)) / "adapter_config.json"
    config: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for key in ("use_dora", "modules_to_save"):
        if config.get(key):
            raise InputError(f"{path}: {key}: found {config[key]!r}; vLLM takes adapters without it alone")
    rank = int(config["r"])
    if rank > RANKS[-1]:
        raise InputError(f"{path}: r: found {rank}; vLLM takes up to {RANKS[-1]}")
    return rank


def template(system: Asked) -> str:
    """Jinja that writes a conversation as training did, and stops where the counsellor's next text begins."""
    return chat_template(RENDERINGS[system.recipe.rendering], system.recipe.prompt)


def run(vllm: Path, systems: Sequence[Asked], address: Address, environment: Mapping[str, str]) -> None:
    """Starts vLLM and waits for its end; Ctrl-C ends it too.

    Raises:
        InputError: vLLM cannot serve the systems, or ended by itself.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.jinja"
        path.write_text(template(systems[0]), encoding="utf-8")
        words = command(vllm, systems, address, path)
        print(" ".join(words), flush=True)
        with subprocess.Popen(words, env=dict(environment)) as process:
            try:
                code = process.wait()
            finally:
                process.terminate()
    if code:
        raise InputError(f"vLLM ended with code {code}; what it said stands above")
