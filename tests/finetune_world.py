"""What the tests of finetune share: a cache of their own, synthetic data, a tiny base, recipes over it."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from finetune import recipe
from finetune.manifest import Manifest
from finetune.recipe import Recipe
from tasks.schema import Item, Turn
from tests import synthetic


@contextmanager
def own_cache(path: Path) -> Iterator[None]:
    """XDG_CACHE_HOME in `path`, so that no test meets the reader's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(path / "cache"))
        yield


def fall(card: Manifest) -> float:
    """By how much the held-out loss of a run went down, in nats per token; both losses are there."""
    before, after = card.metrics.held_out_loss_before, card.metrics.held_out_loss_after
    assert before is not None
    assert after is not None
    return before - after


def tiny(*overrides: str) -> Recipe:
    """The tiny recipe, unstopped by `max_steps`, on float32."""
    return recipe.load(
        "tiny", None, ("max_steps=null", "dtype=float32", "eval_dialogues=4", "sample_answers=0", *overrides)
    )


def data(path: Path, count: int = 60) -> Path:
    """`count` synthetic dialogues in the published shape."""
    return synthetic.folder(path / "data", count)


def items(path: Path, count: int = 6) -> Path:
    """An items.jsonl of short Japanese histories."""
    texts = ("眠れない日が続いています", "家族に話すのがこわいです", "仕事を休みたいのですが、言い出せません")
    listed = [
        Item(
            item_id=f"item-{i}",
            turns=tuple(turn(k, texts[(i + k) % 3]) for k in range(2 * (i % 3) + 1)),
        )
        for i in range(count)
    ]
    written = path / "items.jsonl"
    written.write_text("".join(item.model_dump_json() + "\n" for item in listed), encoding="utf-8")
    return written


def turn(number: int, text: str) -> Turn:
    return Turn(role="counselor" if number % 2 else "client", text=text)


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Trained(NamedTuple):
    """A world with a trained adapter: the folder whose cache it lives in, the data, the run."""

    folder: Path
    data: Path
    adapter: Path


@functools.cache
def trained() -> Trained:
    """One adapter for all tests that only need one, trained once for a test run (use it under `own_cache`)."""
    from finetune.training.train import train

    folder = Path(tempfile.mkdtemp(prefix="finetune-world-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with own_cache(folder):
        found = data(folder, 40)
        settings = ("max_length=384", "on_long=split", "tokens_per_batch=384", "max_steps=6", "learning_rate=0.05")
        train(tiny(*settings), found, folder / "adapter")
    return Trained(folder, found, folder / "adapter")
