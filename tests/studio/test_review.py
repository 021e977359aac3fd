"""What an organiser reads before launch: what answered for the systems, where it was not the same for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from studio.documents.check import checked
from studio.pages.admin import review
from studio.pages.admin.html import Words
from tasks.schema import Study, System
from tests import studio_world as w

VLLM = {"kind": "responses", "engine": {"name": "vllm", "version": "0.20.1"}, "precision": {}}
NF4 = {"kind": "responses", "engine": {"name": "kokoro-studio", "version": "1"}, "precision": {"weights": "nf4"}}


def answered(manifests: Sequence[dict[str, Any]]) -> Study:
    """A study whose systems have these manifests."""
    return w.study(
        systems=tuple(System(system_id=s, manifest=found) for s, found in zip(w.NAMES, manifests, strict=True))
    )


def test_engines_that_differ_are_told_on_the_desk_and_at_check() -> None:
    mixed, alike = answered([VLLM, NF4]), answered([NF4, NF4])
    for language in ("ja", "en", "ar"):
        words = Words(language)
        shown = review.render(mixed, words)
        assert words["mixed_engines"] in shown
        assert all(part in shown for part in ("vllm 0.20.1", "weights nf4", words["precision_unsaid"]))
        assert words["mixed_engines"] not in review.render(alike, words)
    told = "\n".join(checked(mixed))
    assert "different engines or precisions" in told
    assert "different engines" not in "\n".join(checked(alike))
