"""The `tiny` base: a random Llama with a byte-level BPE, made on the spot for tests and for trying commands out."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from finetune.settings import cache_folder

VERSION = 2
CONTROLS = (
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
    "<|finetune_right_pad_id|>",
)
TEXT = (
    "あなたは経験を積んだ心理カウンセラーです。これまでの相談の流れを踏まえ、共感をもって日本語で応答してください。",
    "そうなんですね。来てくださり感謝します。",
    "いつ頃に始まったことですか？",
    "だれにも言えずに、つらい日々だったのですね。",
    "そのときのことを聞いてもよいですか。",
    "はい、そうです。毎日よく眠れなくて、仕事にも行きたくないと思っています。",
    "家族には心配をかけたくないので、まだ話していません。",
    "胸のつかえが少し取れました。この先を相談させてください。",
)
"""Japanese written for this project, from which the default tiny tokeniser is trained."""


def folder(seed: int) -> Path:
    """The tiny base of a seed in the user cache, made where it is missing; same seed, same weights."""
    path = cache_folder() / f"tiny-v{VERSION}-{seed}"
    if not (path / "config.json").is_file():
        make(path, TEXT, seed=seed)
    return path


def make(
    path: Path,
    texts: Iterable[str],
    *,
    seed: int = 0,
    words: int = 768,
    layers: int = 2,
    width: int = 64,
) -> Path:
    """Writes a random Llama and a byte-level BPE of at most `words` tokens trained on `texts`; returns the folder."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    path.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    size = _tokenizer(texts, words, part / "tokenizer.json")
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=size,
        hidden_size=width,
        intermediate_size=width * 2,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=8192,
        bos_token_id=0,
        eos_token_id=4,
        pad_token_id=5,
    )
    LlamaForCausalLM(config).save_pretrained(part)
    _settle(part, path)
    return path


def _tokenizer(texts: Iterable[str], words: int, path: Path) -> int:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=words,
        special_tokens=list(CONTROLS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.save(str(path))
    return int(tokenizer.get_vocab_size())


def _settle(part: Path, path: Path) -> None:
    """Renames a finished folder into place; another process may have been first, then its folder stands."""
    try:
        part.rename(path)
    except OSError:
        if not (path / "config.json").is_file():
            raise
        shutil.rmtree(part)
