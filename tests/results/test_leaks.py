"""Leaks: what gives a system away is found, ordinary counselling talk is not, effect sizes have the right sign."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.__main__ import main
from results.commands.leaks import render
from results.export.rows import ItemRow, ResponseRow
from results.responses import leaks as module
from results.responses.engines import Drawn, differing
from results.responses.fingerprints import FORMATS, names_pattern, normalized, self_identification, template_marks
from results.responses.leaks import Leak, gaps, leaks
from results.statistics.effects import Effects
from results.statistics.resample import Resampling
from tasks.languages import catalogue
from tasks.schema import Item, Response, System, Turn

HOW = Resampling(resamples=400, seed=1)


def items(count: int, client: str = "朝、玄関で足が止まってしまって。") -> tuple[Item, ...]:
    return tuple(Item(item_id=f"item-{n}", turns=(Turn(role="client", text=client),)) for n in range(count))


def responses(system: str, texts: Sequence[str]) -> tuple[Response, ...]:
    return tuple(Response(item_id=f"item-{n}", system_id=system, text=text) for n, text in enumerate(texts))


def of_kind(found: Sequence[Leak], kind: str) -> list[Leak]:
    return [leak for leak in found if leak.kind == kind]


# --- certain leaks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "私はAIなので、お気持ちを本当に感じることはできません。",
        "ＡＩとしてお答えしますね。",
        "わたしは言語モデルです。",
        "人間ではありませんが、お話をうかがえます。",
        "As an AI language model, I cannot feel.",
    ],
)
def test_a_text_that_calls_itself_a_machine_is_found(text: str) -> None:
    assert self_identification(text)


@pytest.mark.parametrize(
    "text",
    [
        "ひとりの人間として、そう感じるのは自然なことです。",
        "会いたい気持ちがあるのですね。",
        "上司として、支えようとなさっているのですね。",
        "そのプログラムに参加されてみて、いかがでしたか。",
        "私はここで、あなたのお話をうかがっています。",
    ],
)
def test_ordinary_counselling_talk_is_no_self_identification(text: str) -> None:
    assert not self_identification(text)


def test_names_are_whole_words_and_hold_the_studys_own() -> None:
    names = names_pattern((System(system_id="yamabiko-7b", model="lab/yamabiko-instruct"),))
    assert names.findall(normalized("ＣｈａｔＧＰＴに聞くと")) == ["chatgpt"]
    assert names.findall(normalized("yamabiko-instruct です")) == ["yamabiko-instruct"]
    assert names.findall(normalized("Llama3が")) == ["llama"]
    assert not names.findall(normalized("a swallowed word, geminis"))


@pytest.mark.parametrize(
    "text",
    [
        "はい。<|eot_id|>",
        "<end_of_turn>",
        "[INST] はい",
        "カウンセラー：はい。",
        "Assistant: はい",
        "お\ufffdい",
        "### 応答\nはい",
    ],
)
def test_template_marks_are_found(text: str) -> None:
    assert template_marks(text)


def test_certain_leaks_name_system_items_and_what_was_matched() -> None:
    texts = ["おつらいですね。", "私はAIです。ChatGPTではありません。", "おつらいですね。"]
    found = leaks(items(3), responses("base", texts), resampling=HOW)
    identity = of_kind(found, "self_identification")[0]
    assert (identity.system_id, identity.item_ids, identity.count, identity.responses) == ("base", ("item-1",), 1, 3)
    assert of_kind(found, "model_name")[0].found == ("chatgpt",)
    assert identity.clear


def test_a_name_that_the_client_said_first_is_no_leak() -> None:
    answer = responses("base", ["ChatGPTに相談なさったのですね。"])
    assert of_kind(leaks(items(1), answer, resampling=HOW), "model_name")
    assert not of_kind(leaks(items(1, "ChatGPTに相談しました。"), answer, resampling=HOW), "model_name")


def test_a_leak_in_the_translation_counts() -> None:
    answer = (Response(item_id="item-0", system_id="base", text="はい。", translation="As an AI, I see."),)
    assert of_kind(leaks(items(1), answer, resampling=HOW), "self_identification")


# --- formats ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("markdown", "**大切**です。"),
        ("bullets", "次の二つです。\n・休む\n・話す"),
        ("numbered list", "1. 休む\n2. 話す"),
        ("emoji", "おつらいですね😢"),
        ("laughter", "そうですか（笑）"),
        ("line breaks", "はい。\nそうですね。"),
        ("carriage returns", "はい。\r\nそうですね。"),
        ("space around", "はい。 "),
        ("full-width space", "はい。　そうですね。"),
        ("half-width ? or !", "そうですか?"),
        ("exclamation", "がんばりましたね！"),
        ("full-width comma or stop", "はい，そうです．"),
        ("dots", "そうですか…"),
        ("quotation marks", "「足が止まる」のですね。"),
        ("brackets", "そうですか（朝は）。"),
        ("Latin words", "stressですね。"),
        ("other script", "괜찮아요。"),
        ("unfinished", "それはおつらいです"),
        ("empty", " \n"),
        ("a sentence three times", "つらいですね。つらいですね。つらいですね。"),
    ],
)
def test_each_format_mark_is_found_where_it_stands_and_not_in_plain_talk(name: str, text: str) -> None:
    assert FORMATS[name](text)
    assert not FORMATS[name]("そうですか。朝がつらいのですね。いつごろからでしょうか。")


def test_every_format_has_an_example() -> None:
    marks = test_each_format_mark_is_found_where_it_stands_and_not_in_plain_talk.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {name for name, _ in marks} == set(FORMATS)


def test_a_format_that_one_system_alone_shows_is_told_from_that_system() -> None:
    plain, marked = ["おつらいですね。"] * 12, ["おつらいですね。 "] * 12
    found = of_kind(leaks(items(12), responses("a", plain) + responses("b", marked), resampling=HOW), "format")
    assert [(leak.name, leak.system_id, leak.other, leak.count) for leak in found] == [("space around", "b", "a", 12)]
    # 12 of 12 against 0 of 12: delta 1 without any variation, so no interval, and the worst leak there is
    delta = found[0].effects["cliffs_delta"]
    assert (delta.value, delta.low) == (1.0, None)
    assert found[0].effects["cohens_d"].value is None
    assert found[0].clear


def test_formats_that_both_show_alike_are_not_told() -> None:
    mixed = ["はい。", "はい…"] * 6
    found = leaks(items(12), responses("a", mixed) + responses("b", mixed[::-1]), resampling=HOW)
    assert not of_kind(found, "format")


# --- gaps -------------------------------------------------------------------------------------------------------


def test_gaps_by_hand() -> None:
    # lengths a 2 4 6 8, b 1 2 3 4: means 5 and 2.5, variances 20/3 and 5/3, d = 2.5 / sqrt((20/3 + 5/3) / 2)
    # pairs x > y: 2>1; 4>1,2,3; 6 and 8 over all four -> 1 + 3 + 4 + 4 = 12; x < y: 2<3, 2<4 -> 2; delta = 10 / 16
    lengths = {"a": (2, 4, 6, 8), "b": (1, 2, 3, 4)}
    answers = [r for system, sizes in lengths.items() for r in responses(system, ["あ" * size for size in sizes])]
    gap = next(leak for leak in leaks(items(4), answers, resampling=HOW) if leak.name == "characters")
    assert (gap.system_id, gap.other) == ("a", "b")
    assert gap.effects["cohens_d"].value == pytest.approx(2.5 / np.sqrt((20 / 3 + 5 / 3) / 2))
    assert gap.effects["cliffs_delta"].value == pytest.approx(10 / 16)
    assert gap.effects["dominance"].value == 1.0


def test_gaps_from_an_exports_rows_are_those_of_the_texts() -> None:
    texts = {
        "a": ["眠れないのですか。", "はい。", "朝はどうですか。"],
        "b": ["そうですね。", "おつらいですね。", "はい。"],
    }
    answers = [response for system, own in texts.items() for response in responses(system, own)]
    counts = {"a": (1, 0, 1), "b": (0, 0, 0)}
    minimal = {"a": (False, True, False), "b": (True, True, True)}
    rows = [
        ResponseRow(
            item_id=f"item-{n}",
            system_id=system,
            characters=len(text),
            questions=counts[system][n],
            minimal=minimal[system][n],
        )
        for system, own in texts.items()
        for n, text in enumerate(own)
    ]
    from_rows = gaps([ItemRow(item_id=f"item-{n}", dialogue=f"item-{n}") for n in range(3)], rows, [("a", "b")], HOW)
    from_texts = of_kind(leaks(items(3), answers, resampling=HOW), "gap")
    assert [(gap.name, gap.system_id, gap.other) for gap in from_rows] == [
        ("characters", "a", "b"),
        ("questions", "a", "b"),
        ("minimal", "a", "b"),
    ]
    for row, text in zip(from_rows, from_texts, strict=True):
        turned = row.system_id != text.system_id
        for name in ("cohens_d", "cliffs_delta"):
            value = text.effects[name].value
            assert value is not None
            assert row.effects[name].value == pytest.approx(-value if turned else value)


values = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=12)


@given(values)
def test_exchanging_the_systems_turns_every_sign(pairs: list[tuple[int, int]]) -> None:
    one, two = [float(x) for x, _ in pairs], [float(y) for _, y in pairs]
    effects = Effects([str(n) for n in range(len(pairs))], Resampling(resamples=20, seed=0))
    there, back = effects.between(one, two), effects.between(two, one)
    for key, middle in (("cohens_d", 0.0), ("cliffs_delta", 0.0), ("dominance", 0.5)):
        a, b = there[key].value, back[key].value
        assert (a is None) == (b is None)
        if a is not None and b is not None:
            assert a - middle == pytest.approx(middle - b)


def test_items_of_one_dialogue_are_drawn_together() -> None:
    effects = Effects(["a", "b", "a"], HOW)
    assert np.array_equal(effects.weights[:, 0], effects.weights[:, 2])
    assert set(effects.weights[:, 0] + effects.weights[:, 1]) == {2.0}


# --- real counsellors -------------------------------------------------------------------------------------------


@pytest.mark.real_data
def test_no_human_counsellor_is_taken_for_a_machine(kokorochat_path: Path) -> None:
    from tasks.data.kokorochat import load, merged_turns

    names = names_pattern()
    turns = [t.text for d in load(kokorochat_path) for t in merged_turns(d) if t.role == "counselor"]
    assert len(turns) > 200_000
    hits = [
        place
        for place, text in enumerate(turns)
        if self_identification(text) or template_marks(text) or names.search(normalized(text))
    ]
    assert len(hits) <= 2, f"{len(hits)} of {len(turns)} human turns"


# --- command line -----------------------------------------------------------------------------------------------


def test_render_names_items_of_certain_leaks_and_marks_clear_gaps() -> None:
    short, long = ["はい。"] * 8, ["おつらいですね。私はAIです。" + "あ" * n for n in range(8)]
    text = render(leaks(items(8), responses("a", short) + responses("b", long), resampling=HOW))
    assert "Certain leaks" in text
    assert "item-7" in text
    assert "characters *" in text


def test_systems_of_different_engines_or_precisions_are_named() -> None:
    versions = {"python": "3.11.9", "torch": "2.13.0", "transformers": "5.23.0"}
    nf4 = {"weights": "nf4", "compute": "bfloat16"}
    here = {"kind": "responses", "versions": versions, "precision": nf4}
    engine = {"name": "kokoro-studio", "version": "transformers 5.23.0, torch 2.13.0", "model": "m"}
    served = {"kind": "responses", "engine": engine, "precision": nf4, "versions": {}}
    other = {"kind": "responses", "engine": {"name": "vllm", "version": "0.20.1"}, "precision": {}}

    def of(*manifests: Any) -> list[Drawn]:
        return differing([System(system_id=f"s{i}", manifest=found) for i, found in enumerate(manifests)])

    assert of(here, here, {}) == []
    assert of(here, served) == [], "a server of ours is the same engine"
    assert len(of(here, {**here, "precision": {**nf4, "weights": "bfloat16"}})) == 2
    text = render([], engines=of(here, other))
    assert "– s0: kokoro-studio transformers 5.23.0, torch 2.13.0; weights nf4, compute bfloat16" in text
    assert "– s1: vllm 0.20.1; precision not said" in text
    assert "different engines" not in render([])


def test_command_names_what_is_wrong_with_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(tmp_path / "nothing") == 2
    assert "nothing" in capsys.readouterr().err


def test_command_prints_one_json_object_for_the_demo_study(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(Path(__file__).parents[2] / "tasks" / "demo", "--resamples", 100, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert {leak["name"] for leak in found["leaks"]} >= {"characters", "questions"}
    assert not [leak for leak in found["leaks"] if leak["kind"] in module.CERTAIN], "the demo study gives itself away"


def command(*arguments: object) -> int:
    return main(["leaks", *map(str, arguments)])


def test_gaps_stand_only_where_the_language_has_a_rule() -> None:
    answers = [*responses("a", ["Warum?"] * 3), *responses("b", ["Ja."] * 3)]

    def told(language: str) -> list[str]:
        return [gap.name for gap in of_kind(leaks(items(3), answers, resampling=HOW, language=language), "gap")]

    assert told("en") == ["characters", "questions", "minimal"]
    assert told("de") == ["characters", "questions"]
    assert told("th") == ["characters"]


def test_the_limit_of_marks_is_said_beside_the_gaps() -> None:
    assert "marks alone (German)" in render([], "de")
    assert "cannot be counted in Thai" in render([], "th")
    assert "rules for Japanese" in render([])
    assert all("Figures of two languages" in " ".join(render([], tag).split()) for tag in ("ja", "de", "th"))


def test_every_difference_has_a_name_at_the_desk() -> None:
    named = {f"gap {name}" for name in ("characters", "questions", "minimal", *FORMATS)}
    assert named <= set(catalogue.words("organiser", "en"))
