"""Whether a study's model systems were drawn by one engine in one precision: else a difference may be theirs.

The manifests beside the responses say so; a system whose manifest does not is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tasks.schema import System

DECISIVE = ("kokoro-studio", "transformers", "torch")
"""Packages that make up the project's own engine, in the order its servers name them."""


class Drawn(NamedTuple):
    """How one system's responses were drawn: `vllm 0.20.1`, `weights nf4, compute bfloat16, attention sdpa`."""

    system_id: str
    engine: str
    precision: str


def drawn(systems: Sequence[System]) -> list[Drawn]:
    """Of the systems whose manifest says it; "" = the engine does not say its precision."""
    return [
        Drawn(system.system_id, _engine(system.manifest), _precision(system.manifest))
        for system in systems
        if system.kind == "model" and system.manifest.get("kind") == "responses"
    ]


def differing(systems: Sequence[System]) -> list[Drawn]:
    """All of `drawn` where they are not all alike; [] where they are."""
    found = drawn(systems)
    return found if len({one[1:] for one in found}) > 1 else []


def _engine(manifest: Mapping[str, Any]) -> str:
    engine = manifest.get("engine")
    if isinstance(engine, Mapping):
        return f"{engine.get('name') or 'unknown'} {engine.get('version') or ''}".strip()
    versions = manifest.get("versions") or {}
    own = ", ".join(f"{name} {versions[name]}" for name in DECISIVE if name in versions)
    return f"kokoro-studio {own}".strip()


def _precision(manifest: Mapping[str, Any]) -> str:
    found = manifest.get("precision")
    return ", ".join(f"{key} {value}" for key, value in found.items()) if isinstance(found, Mapping) else ""
