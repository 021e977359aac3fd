"""Adapters and merged models in other tools' hands: tokeniser, chat template, and the code of the card."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from transformers import AutoTokenizer, PreTrainedTokenizerFast

from finetune import manifest
from finetune.chat_template import CARRIED, FILE, chat_template
from finetune.hub import push
from finetune.model import bases, merge, tiny, travelling
from finetune.model.bases import Base
from finetune.rendering import RENDERINGS, SYSTEM_PROMPTS, Control, Rendering
from finetune.training.prepare import encoder
from tasks.schema import Turn
from tests import finetune_world as world

pytestmark = pytest.mark.slow
ROLES = {"client": "user", "counselor": "assistant"}
LINE = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=12) | st.sampled_from(
    [" ", "", "\u3000", "{{ 1 }}"]
)
TEXT = st.lists(LINE, min_size=1, max_size=5).map("\n".join)


@pytest.fixture(autouse=True)
def adapter() -> Iterator[Path]:
    torch.set_num_threads(1)
    with world.own_cache(world.trained().folder):
        yield world.trained().adapter


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    with world.own_cache(world.trained().folder):
        return PreTrainedTokenizerFast(tokenizer_file=str(tiny.folder(0) / "tokenizer.json"))


def plainly(rendering: Rendering, prompt: str, turns: list[Turn], more: bool) -> str:
    """The text of a dialogue, part by part as `Encoder` joins them."""
    said = [(rendering.frame(turn.role), rendering.written(turn.text)) for turn in turns]
    joint = rendering.joined and bool(prompt) and bool(turns) and turns[0].role == "client"
    if joint:
        said[0] = (said[0][0], f"{prompt}\n\n{said[0][1]}")
    frames = [*([(rendering.system, prompt)] if prompt and not joint else []), *said]
    parts = [*rendering.begin, *(part for frame, text in frames for part in (*frame.before, text, *frame.after))]
    return "".join([*parts, *(rendering.counselor.before if more else ())])


def messages(turns: list[Turn]) -> list[dict[str, str]]:
    return [{"role": ROLES[turn.role], "content": turn.text} for turn in turns]


@pytest.mark.parametrize("name", RENDERINGS)
@given(
    texts=st.lists(TEXT, min_size=1, max_size=4), prompt=TEXT | st.just(""), more=st.booleans(), first=st.integers(0, 1)
)
def test_the_template_gives_our_text_to_the_byte(
    tokenizer: PreTrainedTokenizerFast, name: str, texts: list[str], prompt: str, more: bool, first: int
) -> None:
    """Whoever speaks first."""
    rendering, roles = RENDERINGS[name], ("client", "counselor")
    turns = [Turn(role=roles[(place + first) % 2], text=f"a{text}") for place, text in enumerate(texts)]
    made = tokenizer.apply_chat_template(
        messages(turns), chat_template=chat_template(rendering, prompt), tokenize=False, add_generation_prompt=more
    )
    assert made == plainly(rendering, prompt, turns, more)


@pytest.mark.parametrize("name", RENDERINGS)
def test_a_system_message_stands_in_the_prompts_place(tokenizer: PreTrainedTokenizerFast, name: str) -> None:
    said = [{"role": "system", "content": "S"}, {"role": "user", "content": "c"}]
    made = tokenizer.apply_chat_template(said, chat_template=chat_template(RENDERINGS[name], "P"), tokenize=False)
    assert made == plainly(RENDERINGS[name], "S", [Turn(role="client", text="c")], False)


def test_an_adapter_in_plain_peft_answers_the_same(adapter: Path) -> None:
    """Ids by its own tokeniser and template are ours, and so are the next token's chances."""
    from peft import AutoPeftModelForCausalLM, PeftModel

    card = manifest.read(adapter)
    base = bases.find(card.recipe)
    turns = [
        Turn(role="client", text="眠れません。"),
        Turn(role="counselor", text="いつからですか？"),
        Turn(role="client", text="先週。"),
    ]
    own = encoder(base.vocabulary(), card.recipe).prompt(turns)
    theirs: Any = AutoTokenizer.from_pretrained(str(adapter))
    asked = theirs.apply_chat_template(
        messages(turns), add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    assert asked["input_ids"][0].tolist() == own
    assert theirs.eos_token == str(RENDERINGS[card.recipe.rendering].end)
    ours = PeftModel.from_pretrained(bases.load(base, card.recipe), str(adapter)).eval()
    plain = AutoPeftModelForCausalLM.from_pretrained(str(adapter), dtype=torch.float32).eval()
    with torch.no_grad():
        torch.testing.assert_close(plain(**asked).logits, ours(**asked).logits)


def test_a_merged_model_is_whole_in_its_folder(adapter: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    merged = merge.merge(str(adapter), tmp_path / "merged", "float32").folder
    loaded: Any = AutoTokenizer.from_pretrained(str(merged))
    assert loaded.chat_template == (adapter / FILE).read_text(encoding="utf-8")
    assert AutoModelForCausalLM.from_pretrained(str(merged)).config.vocab_size == len(loaded)


def test_the_code_of_the_card_runs_as_it_stands(adapter: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sent = push.files(adapter, "OWNER/NAME")
    assert set(CARRIED) <= set(sent)
    page = sent["README.md"]
    assert isinstance(page, bytes)
    text = page.decode("utf-8")
    assert "base_model_relation: adapter" in text
    assert SYSTEM_PROMPTS[manifest.read(adapter).prompt.system_prompt] in text
    code = text.split("```python\n")[1].split("```")[0]
    exec(compile(code.replace("OWNER/NAME", str(adapter)), "card", "exec"), {})  # the folder stands for the Hub's copy
    assert capsys.readouterr().out.strip()


def test_the_tokenisers_own_template_and_end_give_way(tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    (base / "tokenizer.json").write_bytes((tiny.folder(0) / "tokenizer.json").read_bytes())
    stock = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|end_of_text|>", "chat_template": "stock"}
    (base / "tokenizer_config.json").write_text(json.dumps(stock), encoding="utf-8")
    travelling.carry(tmp_path, Base(base, "base", "", False), world.tiny())
    loaded: Any = AutoTokenizer.from_pretrained(str(tmp_path))
    assert "stock" not in loaded.chat_template
    end = RENDERINGS[world.tiny().rendering].end
    assert isinstance(end, Control)
    assert loaded.eos_token == end
