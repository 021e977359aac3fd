"""What a recipe needs of this machine: packages that are installed only where somebody wants them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec

from finetune.preference_recipe import PreferenceRecipe
from finetune.recipe import Recipe
from tasks.errors import InputError


def require_packages(recipe: Recipe, training: bool) -> None:
    """Before anything is read or loaded.

    Args:
        training: also what only a training run needs (optimizer, logging).

    Raises:
        InputError: every setting whose package is not installed, with what to do.
    """
    _require([*_to_load(recipe), *(_to_train(recipe) if training else ())])


def require_for_preferences(settings: PreferenceRecipe) -> None:
    """As above, for a run on preferences.

    Raises:
        InputError: every package that is not installed, with what to do.
    """
    _require([*_for_preferences(), *_to_train(settings)])


def _require(needed: Sequence[tuple[str, str, str, str]]) -> None:
    if errors := [
        f"{setting}: needs the package {module}, which is not installed: pip install {package}, or {otherwise}"
        for setting, module, package, otherwise in needed
        if find_spec(module) is None
    ]:
        raise InputError(errors)


def _to_load(recipe: Recipe) -> Iterator[tuple[str, str, str, str]]:
    if recipe.attn_implementation == "flash_attention_2":
        yield "attn_implementation flash_attention_2", "flash_attn", "flash-attn", "--set attn_implementation=sdpa"
    if recipe.load_in_4bit:
        yield "load_in_4bit", "bitsandbytes", "bitsandbytes", "--set load_in_4bit=false"


def _for_preferences() -> Iterator[tuple[str, str, str, str]]:
    for module in ("trl", "datasets"):
        yield "prefer", module, "'kokoro-studio[prefer]'", "learn from the chosen texts alone: train --data preferences"


def _to_train(recipe: Recipe | PreferenceRecipe) -> Iterator[tuple[str, str, str, str]]:
    if recipe.report_to != "none":
        yield f"report_to {recipe.report_to}", recipe.report_to, recipe.report_to, "--set report_to=none"
    if recipe.optim.endswith("8bit"):
        yield f"optim {recipe.optim}", "bitsandbytes", "bitsandbytes", "--set optim=adamw_torch"
