"""Recipes: every shipped one parses; unknown keys, wrong values and contradictions are errors, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from finetune import recipe
from finetune.recipe import Recipe
from tasks.errors import InputError


@pytest.mark.parametrize("name", recipe.names())
def test_every_shipped_recipe_parses_with_each_of_its_cards(name: str) -> None:
    text = (recipe.FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    cards = yaml.safe_load(text).get("cards", {None: {}})
    assert text.startswith(f"# python -m finetune train {name} "), "a recipe opens with its launch command"
    for card in cards:
        assert recipe.load(name, card).name == name


@pytest.mark.parametrize("subset", ["low", "high", "full"])
def test_the_papers_recipes_have_the_values_that_were_published(subset: str) -> None:
    for card in ("80gb", "24gb"):
        made = recipe.load(f"paper-{subset}", card)
        assert (made.subset, made.split_by, made.examples) == (subset, "paper", "per_turn")
        assert (made.lora_r, made.lora_alpha, made.lora_dropout) == (8, 16, 0.05)
        assert (made.lora_target_modules, made.load_in_4bit) == ("all-linear", True)
        assert (made.learning_rate, made.max_length, made.num_train_epochs) == (1e-3, 4096, 1)
        assert (made.sequences_per_batch or 0) * made.gradient_accumulation_steps == 16


def test_a_setting_that_came_later_leaves_older_digests_alone() -> None:
    plain = recipe.load("tiny").digest
    assert recipe.load("tiny", None, ("loss_on=every", "sequences_per_batch=null")).digest == plain
    assert recipe.load("tiny", None, ("sequences_per_batch=2",)).digest != plain
    with pytest.raises(InputError, match="sequences_per_batch"):
        recipe.load("tiny", None, ("sequences_per_batch=2", "packing=true"))


def test_unknown_keys_and_wrong_values_are_all_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("backend: tiny\nrendering: llama3\nlearning_rat: 1\nlora_r: 0\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        recipe.load(str(path))
    unknown, wrong = sorted(error.value.errors, key=lambda line: "unknown key" not in line)
    assert "unknown key learning_rat" in unknown
    assert "learning_rate" in unknown
    assert "lora_r: found 0" in wrong
    assert "greater than or equal to 1" in wrong


def test_set_overrides_and_is_read_as_yaml() -> None:
    chosen = recipe.load("tiny", None, ("learning_rate=3e-4", "max_steps=null", "packing=true", "seed=7"))
    assert (chosen.learning_rate, chosen.max_steps, chosen.packing, chosen.seed) == (3e-4, None, True, 7)


@pytest.mark.parametrize("text", ["lora_r", "lora_rr=3", "rendering=jinja", "load_in_4bit=perhaps"])
def test_a_wrong_set_is_an_error(text: str) -> None:
    with pytest.raises(InputError):
        recipe.load("tiny", None, (text,))


def test_contradictions_are_refused() -> None:
    with pytest.raises(InputError, match="early_stopping_patience needs eval_steps"):
        recipe.load("tiny", None, ("early_stopping_patience=2",))
    with pytest.raises(InputError, match="model_name_or_path is needed"):
        recipe.load("tiny", None, ("backend=transformers",))


def test_a_system_prompt_of_ones_own_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "listen.txt"
    with pytest.raises(InputError, match=r"listen\.txt: cannot be read"):
        recipe.load("tiny", None, (f"system_prompt={file}",))
    file.write_text("\n", encoding="utf-8")
    with pytest.raises(InputError, match="is empty"):
        recipe.load("tiny", None, (f"system_prompt={file}",))
    file.write_text("Listen: {gently}.\n", encoding="utf-8")
    made = recipe.load("tiny", None, (f"system_prompt={file}",))
    assert (made.system_prompt, made.prompt) == ("listen.txt", "Listen: {gently}.")
    again = Recipe.model_validate_json(made.model_dump_json())  # as a run card holds it, the file being gone
    assert (again.prompt, again.digest) == (made.prompt, made.digest)
    file.write_text("Listen.", encoding="utf-8")
    assert recipe.load("tiny", None, (f"system_prompt={file}",)).digest != made.digest


def test_an_unknown_recipe_and_card_name_what_there_is() -> None:
    with pytest.raises(InputError, match=r"shipped: .*tiny"):
        recipe.load("kokoro-middle")
    with pytest.raises(InputError, match="no section for --card 24gb"):
        recipe.load("tiny", "24gb")


def test_the_digest_follows_what_decides_weights_and_nothing_else() -> None:
    plain = recipe.load("tiny")
    assert recipe.load("tiny", None, ("logging_steps=1", "max_minutes=3")).digest == plain.digest
    assert recipe.load("tiny", None, ("lora_r=8",)).digest != plain.digest


def test_every_setting_says_what_it_means_or_is_trls_own() -> None:
    known = {"name", "model_revision", "split_salt", "lora_r", "lora_alpha", "lora_dropout", "lora_target_modules",
             "use_rslora", "weight_decay", "max_grad_norm", "optim", "num_train_epochs", "gradient_checkpointing",
             "seed", "logging_steps", "report_to", "attn_implementation"}  # fmt: skip
    source = Path(recipe.__file__).read_text(encoding="utf-8")
    for field in Recipe.model_fields:
        after = source.split(f"\n    {field}:", 1)[1].split("\n", 1)[1].lstrip()
        assert field in known or after.startswith('"""'), f"{field} has no docstring with its unit"
