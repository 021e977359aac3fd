"""From a copy of KokoroChat, or anybody's dialogues, to tokenised examples, remembered in the user cache."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.data import preferences, tokens
from finetune.data.dialogues import Named, named_messages, select
from finetune.data.encoding import Encoder
from finetune.data.own import dialogues_of, rated
from finetune.data.preferences import Preferences
from finetune.data.tokens import Examples
from finetune.data.vocabulary import Vocabulary
from finetune.hashes import cached_sha256
from finetune.recipe import Recipe
from finetune.rendering import RENDERINGS
from finetune.score import form
from finetune.score.data import prepare_forms
from finetune.settings import cache_folder
from tasks.errors import InputError
from tasks.files import sha256_file, sha256_texts, write_json

HELD_OUT_LENGTH = 8192
VERSION = 3
"""Raised whenever the same data and settings would give other tokens."""
LOST = 0.01
"""Share of the target tokens that may be cut without a word said for it: KokoroChat at 4,096 tokens loses far less."""

Source = Path | Preferences
"""A copy of KokoroChat or a file of dialogues, or a file of preferences or completions."""


@dataclass(frozen=True)
class Prepared:
    """What a run reads: training and held-out examples, the split's record, the data's hash, what examples are of."""

    train: Examples
    held_out: Examples
    record: dict[str, Any]
    digest: str
    noun: str = "dialogues"

    @property
    def described(self) -> str:
        """What is trained on, counted: `2,051 dialogues in 5,859 pieces`, `40 chosen responses of 12 dialogues`."""
        return self.counted(self.train)

    def counted(self, examples: Examples) -> str:
        """Examples of either part in the same words."""
        if self.noun == "dialogues":
            return examples.described()
        return f"{len(examples):,} {self.noun} of {examples.dialogues:,} dialogues"


def encoder(vocabulary: Vocabulary, recipe: Recipe) -> Encoder:
    """The recipe's rendering and system prompt over a vocabulary."""
    return Encoder(vocabulary, RENDERINGS[recipe.rendering], recipe.prompt)


def prepare(recipe: Recipe, source: Source, vocabulary: Vocabulary, tokenizer: Path) -> Prepared:
    """Loads, splits, tokenises; or takes all of it from the cache, keyed by data, tokeniser, rendering and settings.

    Args:
        tokenizer: the file whose bytes identify the vocabulary.

    Raises:
        InputError: the data cannot be read, nothing is left to train on, or more than `LOST` would be cut.
    """
    folder = cache_folder() / "tokens" / _key(recipe, source, tokenizer)
    record = folder / "record.json"
    if record.is_file():  # written last: all of it is there
        facts = json.loads(record.read_text(encoding="utf-8"))
        prepared = Prepared(
            tokens.read(folder / "train.npz"),
            tokens.read(folder / "held_out.npz"),
            facts["record"],
            facts["digest"],
            _noun(source, facts["record"]),
        )
    else:
        prepared = _prepared(recipe, source, vocabulary)
        tokens.save(folder / "train.npz", prepared.train)
        tokens.save(folder / "held_out.npz", prepared.held_out)
        write_json(record, {"record": prepared.record, "digest": prepared.digest})
    _refuse(prepared, recipe)
    return prepared


def _noun(source: Source, record: dict[str, Any]) -> str:
    """What examples are of; responses that nobody compared with others are not chosen ones."""
    if not isinstance(source, Preferences):
        return "dialogues"
    return "chosen responses" if record["source"] == "preferences" else "responses"


def _prepared(recipe: Recipe, source: Source, vocabulary: Vocabulary) -> Prepared:
    # Held out are whole dialogues, however the training ones are cut: losses of runs then compare.
    whole = recipe.model_copy(update={"examples": "per_dialogue", "on_long": "truncate", "max_length": HELD_OUT_LENGTH})
    if isinstance(source, Preferences):
        rows, writer = preferences.select(source, recipe), encoder(vocabulary, recipe)
        train, held_out = encoded(rows.train, writer, recipe), encoded(rows.held_out, writer, whole)
        return Prepared(train, held_out, rows.record, rows.digest, _noun(source, rows.record))
    if recipe.task == "score":
        return Prepared(*prepare_forms(rated(source, recipe), recipe, vocabulary))
    chosen, writer = select(dialogues_of(source, recipe), recipe), encoder(vocabulary, recipe)
    return Prepared(
        encoded(list(named_messages(chosen.train, recipe)), writer, recipe),
        encoded(list(named_messages(chosen.held_out, whole)), writer, whole),
        chosen.record,
        chosen.digest,
    )


def encoded(named: Sequence[Named], encoder: Encoder, recipe: Recipe) -> Examples:
    """Tokenised and cut to the recipe's length."""
    examples, begin = encoder.examples(named), encoder.begin_length
    return tokens.fitted(examples, recipe.max_length, recipe.on_long, begin, encoder.head)


def _refuse(prepared: Prepared, recipe: Recipe) -> None:
    train = prepared.train
    if not train.target_count:
        raise InputError("data: no counsellor turn to train on is left; look at one example with: inspect")
    lost = train.lost / (train.target_count + train.lost)
    if recipe.on_long == "truncate" and lost > LOST:
        raise InputError(
            f"data: max_length {recipe.max_length} would cut {train.truncated:,} examples and lose {lost:.1%} of the"
            " counsellor tokens; raise max_length, or say --set on_long=split (keeps all) or drop"
        )
    if recipe.on_long == "error":
        _refuse_long(train, recipe.max_length)


def _refuse_long(train: Examples, limit: int) -> None:
    long = [name for name, length in zip(train.names, train.lengths, strict=True) if length > limit]
    if long:
        raise InputError(
            f"data: {len(long)} examples are longer than max_length {limit} (the first: {long[0]});"
            " raise max_length, or say --set on_long=split, truncate or drop"
        )


def _key(recipe: Recipe, source: Source, tokenizer: Path) -> str:
    settings = recipe.model_dump(
        include={
            "subset", "match_subset", "split_by", "split_salt", "holdout_persons", "strip_meta", "examples", "loss_on",
            "language", "person_field", "dialogue_field", "speaker_field", "text_field", "speaker_roles",
            "eval_dialogues", "max_length", "on_long", "seed",
        }
    )  # fmt: skip
    task = (recipe.task, form.DIGEST) if recipe.task == "score" else ()
    kept = tokenizer.with_name("kept_ids.json")
    return sha256_texts(
        str(VERSION),
        json.dumps(settings, sort_keys=True),
        RENDERINGS[recipe.rendering].digest,
        recipe.system_prompt + recipe.system_prompt_text,
        cached_sha256(tokenizer),
        sha256_file(kept) if kept.is_file() else "",
        *task,
        f"preferences 3 {source.simulated}" if isinstance(source, Preferences) else "",
        _identity(source.file if isinstance(source, Preferences) else source),
    )[:24]


def _identity(path: Path) -> str:
    """What identifies the data without reading all of it: an archive's hash, or a folder's names, sizes and times."""
    if path.is_file():
        return cached_sha256(path)
    if not path.is_dir():
        raise InputError(f"{path}: not found; give --data your copy of KokoroChat, or a file of dialogues")
    facts = sorted((p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in path.rglob("*.json*"))
    return sha256_texts(str(path.resolve()), repr(facts))
