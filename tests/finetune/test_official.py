"""Our renderings beside what the families' own templates write: short goldens, and trl's copies of the templates."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("transformers", reason="the finetune extra is not installed")

from finetune.chat_template import chat_template
from finetune.data.encoding import Encoder
from finetune.data.vocabulary import WholeVocabulary
from finetune.model import stock_template
from finetune.model.systems import rendering_of
from finetune.rendering import RENDERINGS, Message
from tasks.schema import Turn

THREE = [("client", "a"), ("counselor", "b"), ("client", "c")]
GOLDENS = {
    "llama3": (
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\na<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
        "b<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nc<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    ),
    "gemma3": (
        "<bos><start_of_turn>user\nS\n\na<end_of_turn>\n<start_of_turn>model\nb<end_of_turn>\n"
        "<start_of_turn>user\nc<end_of_turn>\n<start_of_turn>model\n"
    ),
    "chatml": (
        "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n"
        "<|im_start|>user\nc<|im_end|>\n<|im_start|>assistant\n"
    ),
}
"""What the official templates write of TALK up to the next answer, without Llama 3.1's date."""
EMPTY_THOUGHT = "<think>\n\n</think>\n\n"
OFFICIAL = {"llama3": "llama3", "gemma3": "gemma3", "chatml": "qwen3_instruct_2507"}
"""Files of trl's copies of the families' templates."""


def vocabulary(folder: Path, name: str) -> WholeVocabulary:
    """A tokeniser of single letters with the control tokens of a rendering, written into a folder."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    rendering = RENDERINGS[name]
    frames = (rendering.begin, *rendering.system, *rendering.client, *rendering.counselor)
    controls = list(dict.fromkeys(str(part) for parts in frames for part in parts if part[:1] == "<"))
    letters = [chr(code) for code in range(32, 127)] + ["\n", "<unk>"]
    made = Tokenizer(models.WordLevel({one: i for i, one in enumerate([*letters, *controls])}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    made.add_special_tokens(controls)
    made.save(str(folder / "tokenizer.json"))
    return WholeVocabulary(folder / "tokenizer.json")


@pytest.mark.parametrize("name", [*GOLDENS, "qwen3"])
def test_ids_spell_the_official_text(tmp_path: Path, name: str) -> None:
    """Prompts as ids, and what is trained behind them; Qwen 3's empty thought stands in earlier answers too."""
    encoder = Encoder(vocabulary(tmp_path, name), RENDERINGS[name], "S")
    golden = GOLDENS.get(name, "") or GOLDENS["chatml"].replace("assistant\n", f"assistant\n{EMPTY_THOUGHT}")
    turns = [Turn(role=role, text=text) for role, text in THREE]
    ids = encoder.prompt(turns)
    assert "".join(encoder.vocabulary.pieces(ids)) == golden
    talk = [Message(turn.role, turn.text, turn.role == "counselor") for turn in turns]
    (example,) = encoder.examples([("one", [*talk, Message("counselor", "d", True)])])
    assert example.ids[: len(ids)].tolist() == ids
    told = encoder.vocabulary.pieces(example.ids[example.targets].tolist())
    end = str(RENDERINGS[name].end)
    assert told == ["b", end, "d", end]


def test_gemma_before_a_counsellor_who_speaks_first_has_a_turn_of_its_own_for_the_prompt(tmp_path: Path) -> None:
    encoder = Encoder(vocabulary(tmp_path, "gemma3"), RENDERINGS["gemma3"], "S")
    first = "<bos><start_of_turn>user\nS<end_of_turn>\n<start_of_turn>model\n"
    assert "".join(encoder.vocabulary.pieces(encoder.prompt([]))) == first
    spoken = encoder.prompt([Turn(role="counselor", text="b"), Turn(role="client", text="c")])
    assert "".join(encoder.vocabulary.pieces(spoken)) == (
        f"{first}b<end_of_turn>\n<start_of_turn>user\nc<end_of_turn>\n<start_of_turn>model\n"
    )
    assert "".join(encoder.vocabulary.pieces(encoder.head)) == "<bos><start_of_turn>user\nS<end_of_turn>\n"


@pytest.mark.parametrize("name", OFFICIAL)
def test_the_families_own_templates_write_the_goldens(tmp_path: Path, name: str) -> None:
    trl = pytest.importorskip("trl", reason="the prefer extra is not installed")
    own = Path(trl.__file__).parent / "chat_templates" / f"{OFFICIAL[name]}.jinja"
    special = {"bos_token": str(RENDERINGS[name].begin[0]) if RENDERINGS[name].begin else ""}
    assert stock_template.written(own.read_text(encoding="utf-8"), special) == GOLDENS[name]
    assert stock_template.written(chat_template(RENDERINGS[name], ""), {}) == GOLDENS[name]
    (tmp_path / "chat_template.jinja").write_bytes(own.read_bytes())
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(special), encoding="utf-8")
    assert not stock_template.difference(tmp_path, RENDERINGS[name])
    other = "chatml" if name != "chatml" else "llama3"
    assert "where the rendering has" in stock_template.difference(tmp_path, RENDERINGS[other])


def test_qwen_3_is_asked_not_to_think_as_its_own_template_asks(tmp_path: Path) -> None:
    """The next answer is asked for in the same words; earlier ones have the empty thought here alone, which is told."""
    trl = pytest.importorskip("trl", reason="the prefer extra is not installed")
    vocabulary(tmp_path, "qwen3")
    assert rendering_of(tmp_path) == "chatml"  # those that never think have the tokens, too
    own = Path(trl.__file__).parent / "chat_templates" / "qwen3.jinja"
    (tmp_path / "chat_template.jinja").write_bytes(own.read_bytes())
    assert rendering_of(tmp_path) == "qwen3"
    official = stock_template.written(own.read_text(encoding="utf-8"), {})
    assert official == GOLDENS["chatml"] + EMPTY_THOUGHT
    ours = stock_template.written(chat_template(RENDERINGS["qwen3"], ""), {})
    assert ours == GOLDENS["chatml"].replace("assistant\n", f"assistant\n{EMPTY_THOUGHT}")
    assert "<think>" in stock_template.difference(tmp_path, RENDERINGS["qwen3"])


def test_a_base_without_a_template_is_passed_over(tmp_path: Path) -> None:
    assert not stock_template.difference(tmp_path, RENDERINGS["llama3"])
    (tmp_path / "chat_template.jinja").write_text("{{ raise_exception('no system') }}", encoding="utf-8")
    assert "no system" in stock_template.difference(tmp_path, RENDERINGS["llama3"])
