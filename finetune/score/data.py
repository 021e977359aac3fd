"""Score forms of a copy of KokoroChat as training and held-out examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finetune.data import tokens
from finetune.data.dialogues import select
from finetune.data.tokens import Examples
from finetune.data.vocabulary import Vocabulary
from finetune.recipe import Recipe
from finetune.rendering import RENDERINGS
from finetune.score.form import DIGEST, FormEncoder, answers_of, of_dialogue
from tasks.data.dialogue import Dialogue
from tasks.files import sha256_texts


def form_encoder(vocabulary: Vocabulary, recipe: Recipe) -> FormEncoder:
    """The recipe's rendering and system prompt over a vocabulary."""
    return FormEncoder(vocabulary, RENDERINGS[recipe.rendering], recipe.prompt)


def prepare_forms(
    dialogues: Sequence[Dialogue], recipe: Recipe, vocabulary: Vocabulary
) -> tuple[Examples, Examples, dict[str, Any], str]:
    """Training examples, held-out examples, the split's record, the hash of everything that reaches the model."""
    chosen, encoder = select(dialogues, recipe), form_encoder(vocabulary, recipe)
    answers = [f"{d.dialogue_id}:{answers_of(d)}" for d in (*chosen.train, *chosen.held_out)]
    return (
        forms(chosen.train, recipe, encoder),
        forms(chosen.held_out, recipe, encoder),
        chosen.record,
        sha256_texts(chosen.digest, DIGEST, *answers),
    )


def forms(dialogues: Sequence[Dialogue], recipe: Recipe, encoder: FormEncoder) -> Examples:
    """One filled form for each dialogue; `truncated` counts those whose beginning was cut."""
    fitted = [
        encoder.example(of_dialogue(dialogue, recipe.strip_meta), answers_of(dialogue), recipe.max_length)
        for dialogue in dialogues
    ]
    return tokens.joined([one.example for one in fitted], truncated=sum(one.cut_turns > 0 for one in fitted))
