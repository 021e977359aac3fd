"""From a copy of KokoroChat to tokenised examples, remembered in the user cache."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune import data, tokens
from finetune.encoding import Encoder
from finetune.errors import FinetuneError
from finetune.files import sha256_file, sha256_text, write_json
from finetune.hashes import cached_sha256
from finetune.recipe import Recipe
from finetune.rendering import RENDERINGS, SYSTEM_PROMPTS
from finetune.settings import cache_folder
from finetune.tokens import Examples
from finetune.vocabulary import Vocabulary
from tasks.published import KokoroChatError

HELD_OUT_LENGTH = 8192
VERSION = 2
"""Raised whenever the same data and settings would give other tokens."""


@dataclass(frozen=True)
class Prepared:
    """What a run reads: training and held-out examples, the split's record, the data's hash."""

    train: Examples
    held_out: Examples
    record: dict[str, Any]
    digest: str


def encoder(vocabulary: Vocabulary, recipe: Recipe) -> Encoder:
    """The recipe's rendering and system prompt over a vocabulary."""
    prompt = SYSTEM_PROMPTS[recipe.system_prompt] if recipe.system_prompt else ""
    return Encoder(vocabulary, RENDERINGS[recipe.rendering], prompt)


def prepare(recipe: Recipe, path: Path, vocabulary: Vocabulary, tokenizer: Path) -> Prepared:
    """Loads, splits, tokenises; or takes all of it from the cache, keyed by data, tokeniser, rendering and settings.

    Args:
        tokenizer: the file whose bytes identify the vocabulary.

    Raises:
        FinetuneError: the data cannot be read, or nothing is left to train on.
    """
    folder = cache_folder() / "tokens" / _key(recipe, path, tokenizer)
    record = folder / "record.json"
    if record.is_file():  # written last: all of it is there
        facts = json.loads(record.read_text(encoding="utf-8"))
        prepared = Prepared(
            tokens.read(folder / "train.npz"), tokens.read(folder / "held_out.npz"), facts["record"], facts["digest"]
        )
    else:
        prepared = _prepared(recipe, path, encoder(vocabulary, recipe))
        tokens.save(folder / "train.npz", prepared.train)
        tokens.save(folder / "held_out.npz", prepared.held_out)
        write_json(record, {"record": prepared.record, "digest": prepared.digest})
    _refuse(prepared, recipe)
    return prepared


def _prepared(recipe: Recipe, path: Path, encoder: Encoder) -> Prepared:
    from tasks import kokorochat

    try:
        dialogues = kokorochat.load(path)
        chosen = data.select(dialogues, recipe)
    except KokoroChatError as error:
        raise FinetuneError(error.errors) from error
    except OSError as error:
        raise FinetuneError(f"{path}: cannot be read ({error}); KokoroChat's folder or archive is needed") from error
    # Held out are whole dialogues, however the training ones are cut: losses of runs then compare.
    whole = recipe.model_copy(update={"examples": "per_dialogue", "on_long": "truncate", "max_length": HELD_OUT_LENGTH})
    return Prepared(
        encoded(list(data.examples(chosen.train, recipe)), encoder, recipe),
        encoded(list(data.examples(chosen.held_out, whole)), encoder, whole),
        chosen.record,
        chosen.digest,
    )


def encoded(named: Sequence[data.Named], encoder: Encoder, recipe: Recipe) -> Examples:
    """Tokenised and cut to the recipe's length."""
    return tokens.fitted(encoder.examples(named), recipe.max_length, recipe.on_long, encoder.begin_length)


def _refuse(prepared: Prepared, recipe: Recipe) -> None:
    if not prepared.train.target_count:
        raise FinetuneError("data: no counsellor turn to learn is left; look at one example with: inspect")
    if recipe.on_long == "error":
        long = [
            n
            for n, length in zip(prepared.train.names, prepared.train.lengths, strict=True)
            if length > recipe.max_length
        ]
        if long:
            raise FinetuneError(
                f"data: {len(long)} dialogues are longer than max_length {recipe.max_length} (the first: {long[0]});"
                " raise max_length, or say --set on_long=truncate or drop"
            )


def _key(recipe: Recipe, path: Path, tokenizer: Path) -> str:
    settings = recipe.model_dump(
        include={
            "subset", "match_subset", "split_by", "split_salt", "holdout_persons", "strip_meta", "examples",
            "eval_dialogues", "max_length", "on_long", "seed",
        }
    )  # fmt: skip
    kept = tokenizer.with_name("kept_ids.json")
    return sha256_text(
        str(VERSION),
        json.dumps(settings, sort_keys=True),
        RENDERINGS[recipe.rendering].digest,
        recipe.system_prompt,
        cached_sha256(tokenizer),
        sha256_file(kept) if kept.is_file() else "",
        _source(path),
    )[:24]


def _source(path: Path) -> str:
    """What identifies the data without reading all of it: an archive's hash, or a folder's names, sizes and times."""
    if path.is_file():
        return cached_sha256(path)
    if not path.is_dir():
        raise FinetuneError(f"{path}: not found; give --data the folder or archive of your copy of KokoroChat")
    facts = sorted((p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in path.rglob("*.json*"))
    return sha256_text(str(path.resolve()), repr(facts))
