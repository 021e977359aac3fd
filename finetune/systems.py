"""The systems a reader asks for: `NAME=base|ADAPTER|MODEL`, and what each needs to run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from finetune import manifest, models, recipe
from finetune.errors import FinetuneError
from finetune.manifest import Manifest
from finetune.recipe import Recipe

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")


@dataclass(frozen=True)
class Asked:
    """One system: its id in the study, its base, and its adapter's folder and card (None = the base alone)."""

    system_id: str
    base: models.Base
    recipe: Recipe
    adapter: Path | None
    card: Manifest | None


def asked(texts: Sequence[str], base_recipe: str | None) -> list[Asked]:
    """Reads `--system` options.

    Args:
        base_recipe: recipe that names the base where no adapter does; it also says how a full model reads dialogues.

    Raises:
        FinetuneError: an id twice or malformed, a folder that is neither adapter nor model, or an adapter whose base
            is another one than the machine has now; all at once.
    """
    pairs = _pairs(texts)
    cards = {name: manifest.read(adapter_folder(what)) for name, what in pairs if _is_adapter(what)}
    default = _default(cards, base_recipe)
    found: list[Asked] = []
    errors: list[str] = []
    for name, what in pairs:
        try:
            found.append(_asked(name, what, cards.get(name), default))
        except FinetuneError as error:
            errors += error.errors
    if errors:
        raise FinetuneError(errors)
    return found


def _pairs(texts: Sequence[str]) -> list[tuple[str, str]]:
    pairs = [(name, what) for name, _, what in (text.partition("=") for text in texts)]
    names = [name for name, _ in pairs]
    errors = [f"--system {n}={w}: found id {n!r}; write NAME=base, NAME=ADAPTER or NAME=MODEL, NAME of letters, digits,"
              " '_', '.', '-'" for n, w in pairs if not w or not IDENTIFIER.fullmatch(n)]  # fmt: skip
    errors += [f"--system {name}: named twice" for name in sorted({n for n in names if names.count(n) > 1})]
    if errors:
        raise FinetuneError(errors)
    return pairs


def _is_adapter(what: str) -> bool:
    return what != "base" and (Path(what) / "adapter_config.json").is_file()


def adapter_folder(what: str) -> Path:
    """The folder of an adapter."""
    return Path(what)


def _default(cards: dict[str, Manifest], base_recipe: str | None) -> Recipe | None:
    if base_recipe is not None:
        return recipe.load(base_recipe)
    recipes = {card.base.digest: card.recipe for card in cards.values()}
    return next(iter(recipes.values())) if len(recipes) == 1 else None


def _asked(name: str, what: str, card: Manifest | None, default: Recipe | None) -> Asked:
    if card is not None:
        base = models.find(card.recipe)
        if base.digest != card.base.digest:
            raise FinetuneError(
                f"--system {name}={what}: the adapter was trained on another base ({card.base.name},"
                f" {card.base.digest[:12]}) than the one here ({base.name}, {base.digest[:12]})"
            )
        return Asked(name, base, card.recipe, Path(what), card)
    if default is None:
        raise FinetuneError(
            f"--system {name}={what}: which base, or how the model reads dialogues, is not known: no adapter (or"
            " adapters of several bases) says it; name a recipe with --recipe"
        )
    if what == "base":
        return Asked(name, models.find(default), default, None, None)
    whole = default.model_copy(update={"backend": "transformers", "model_name_or_path": what, "model_revision": None})
    return Asked(name, models.find(whole), whole, None, None)
