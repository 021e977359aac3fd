"""Each known shape told, mapped and taken; what is asked; and that no order of rows, columns or files matters."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import InputError
from tasks.intake.asking import Note, Question
from tasks.intake.shape.known import shapes
from tasks.intake.shape.mapping import Mapping as FileMapping
from tasks.intake.shape.records import Records
from tasks.intake.shape.taking import Taken, take
from tasks.intake.shape.understanding import Understood, understand
from tasks.intake.spoken import sentence, word_in
from tasks.languages import catalogue
from tasks.strict_json import Number

WORD = partial(catalogue.word, "door", "en")
Row = Mapping[str, Any]
ITEM = "I cannot sleep."
SECOND = "My sister did not call."
ANSWERS = {"x": ("Since when?", "You waited."), "y": ("That sounds hard.", "What would you have said?")}


def told(rows: Sequence[Row], name: str = "a.csv", **answers: str) -> Understood:
    return understand([records(rows, name)], answers)


def records(rows: Sequence[Row], name: str = "a.csv") -> Records:
    return Records(name, list(enumerate(rows, 2)))


def asked(found: Understood) -> list[str]:
    return [question.key for question in found.questions]


def taken(files: Sequence[Records], answers: Mapping[str, str]) -> Taken:
    found = understand(files, answers)
    assert asked(found) == []
    return take(files, found.mapping)


def texts(found: Taken) -> dict[str, list[str]]:
    """Responses by the system's name in the files, in the order of the items."""
    return {
        found.names[system]: [here[item.item_id] for item in found.items] for system, here in found.responses.items()
    }


def chats(key: str, who: str, said: str, client: str, counselor: str) -> list[Row]:
    return [
        {"id": str(number), key: [{who: client, said: prompt}, {who: counselor, said: ANSWERS["x"][number]}]}
        for number, prompt in enumerate((ITEM, SECOND))
    ]


def each(**fields: Sequence[Any]) -> list[Row]:
    return [dict(zip(fields, values, strict=True)) for values in zip(*fields.values(), strict=True)]


PROMPTS = (ITEM, SECOND)
X, Y = ANSWERS["x"], ANSWERS["y"]
WHOLE: dict[str, tuple[list[Row], dict[str, str]]] = {
    "wide": (each(番号=("1", "2"), 相談=PROMPTS, x=X, y=Y), {"answers": "x,y"}),
    "long": (
        each(item_id=("1", "1", "2", "2"), prompt=(ITEM, ITEM, SECOND, SECOND), model=("x", "y", "x", "y"),
             text=(X[0], Y[0], X[1], Y[1])),
        {},
    ),
    "pairs": (each(prompt=PROMPTS, model_A=("x", "x"), model_B=("y", "y"), answer_A=X, answer_B=Y), {}),
    "alpaca_pairs": (
        each(instruction=PROMPTS, output_1=X, generator_1=("x", "x"), output_2=Y, generator_2=("y", "y")), {},
    ),
    "pandalm": (
        each(idx=("0", "1"), cmp_key=("x_y", "x_y"), instruction=PROMPTS, input=("", ""), response1=X, response2=Y,
             annotator1=("1", "2")),
        {},
    ),
    "usr": (
        [{"context": p, "annotators": ["r"], "responses": [{"response": text, "model": name, "Natural": [Number(1)]}
          for name, text in (("x", a), ("y", b))]} for p, a, b in zip(PROMPTS, X, Y, strict=True)],
        {},
    ),
    "trl": (
        [{"prompt": [{"role": "user", "content": p}], "chosen": [{"role": "assistant", "content": a}],
          "rejected": [{"role": "assistant", "content": b}]} for p, a, b in zip(PROMPTS, X, Y, strict=True)],
        {},
    ),
    "trl_texts": (each(prompt=PROMPTS, chosen=X, rejected=Y), {}),
    "label_studio": (
        [{"id": Number(n), "data": {"prompt": p, "text1": a, "text2": b, "model_1": "x", "model_2": "y"},
          "annotations": []} for n, (p, a, b) in enumerate(zip(PROMPTS, X, Y, strict=True))],
        {},
    ),
    "label_studio_tasks": (
        [{"data": {"dialogue": p, "text1": a, "text2": b, "model_1": "x", "model_2": "y"}}
         for p, a, b in zip(PROMPTS, X, Y, strict=True)],
        {},
    ),
    "argilla": (
        [{"id": str(n), "fields": {"prompt": p, "response1": a, "response2": b}, "responses": {}}
         for n, (p, a, b) in enumerate(zip(PROMPTS, X, Y, strict=True))],
        {"system:fields.response1": "x", "system:fields.response2": "y"},
    ),
    "named": (
        each(k=("1", "2"), w=("a", "b"), u=PROMPTS, v1=X, v2=Y), {"dialogue": "u", "answers": "v1,v2", "item": "k"},
    ),
}  # fmt: skip
"""Shapes of one file that makes a study, with the answers they need."""

HALVES: dict[str, tuple[list[Row], dict[str, str]]] = {
    "messages": (chats("messages", "role", "content", "user", "assistant"), {"last": "response"}),
    "sharegpt": (chats("conversations", "from", "value", "human", "gpt"), {"last": "response"}),
    "esconv": (chats("dialog", "speaker", "content", "speaker", "listener"), {"last": "response"}),
    "kokorochat": (chats("dialogue", "origin", "content", "client", "counselor"), {"last": "response"}),
    "kokorochat_utterances": (chats("utterances", "origin", "content", "client", "counselor"), {"last": "response"}),
    "vllm": ([{"request_id": str(n), "prompt": p, "outputs": [{"text": a}]}
              for n, (p, a) in enumerate(zip(PROMPTS, X, strict=True))], {}),
    "alpaca": (each(instruction=PROMPTS, input=("", ""), output=X), {}),
    "lm_eval": ([{"doc_id": str(n), "arguments": [[p]], "resps": [[a]]}
                 for n, (p, a) in enumerate(zip(PROMPTS, X, strict=True))], {}),
}  # fmt: skip
"""Shapes of one file per model that holds the dialogues too: two such files make a study."""

ANSWERS_ALONE: dict[str, tuple[list[Row], dict[str, str]]] = {
    "openai_batch": (
        [{"custom_id": str(n), "response": {"body": {"model": "x", "choices": [{"message": {"content": a}}]}}}
         for n, a in enumerate(X)],
        {},
    ),
    "fastchat": (
        [{"question_id": Number(n), "model_id": "x", "choices": [{"turns": [a]}]} for n, a in enumerate(X)], {},
    ),
    "texts": (each(id=("0", "1"), text=X), {"holds:a.jsonl": "answers", "system:a.jsonl": "x"}),
}  # fmt: skip

DIALOGUES_ALONE: dict[str, tuple[list[Row], dict[str, str]]] = {
    "fastchat_questions": ([{"question_id": Number(n), "turns": [p]} for n, p in enumerate(PROMPTS)], {}),
    "texts": (each(id=("0", "1"), text=PROMPTS), {"holds:q.jsonl": "dialogues"}),
    "own_items": (
        [{"item_id": str(n), "turns": [{"role": "client", "text": p}]} for n, p in enumerate(PROMPTS)], {},
    ),
}  # fmt: skip

JUDGMENTS: dict[str, list[Row]] = {
    "prodigy": [{"text": "x", "_input_hash": Number(1), "accept": ["A"], "answer": "accept"}],
    "potato": [{"instance_id": "r0", "user_id": "a", "labels": {}}],
    "potato_states": [{"user_id": "a", "instance_id_to_label_to_value": {"r0": []}}],
    "one_hot": [{"id": "1", "model_a": "x", "winner_model_a": "1", "winner_model_b": "0"}],
    "votes": [{"q": "1", "model_a": "x", "model_b": "y", "winner": "model_a"}],
    "doccano": [{"text": "x", "label": ["a"]}],
}


def test_every_known_shape_has_an_example_here() -> None:
    examples = {*WHOLE, *HALVES, *ANSWERS_ALONE, *DIALOGUES_ALONE, *JUDGMENTS}
    assert {known.shape for known in shapes()} == examples - {"named"}


@pytest.mark.parametrize("shape", WHOLE)
def test_a_file_that_is_a_study(shape: str) -> None:
    rows, answers = WHOLE[shape]
    found = told(rows, **answers)
    assert found.mapping.parts[0].shape == shape
    got = taken([records(rows)], answers)
    assert sorted(item.turns[-1].text for item in got.items) == sorted(PROMPTS)
    by_prompt = {item.turns[-1].text: place for place, item in enumerate(got.items)}
    names = {"chosen": "x", "rejected": "y", "v1": "x", "v2": "y"}
    for name, here in texts(got).items():
        assert [here[by_prompt[prompt]] for prompt in PROMPTS] == list(ANSWERS[names.get(name, name)])


@pytest.mark.parametrize("shape", HALVES)
def test_one_file_per_model(shape: str) -> None:
    rows, answers = HALVES[shape]
    swapped = [_with_answers(row, dict(zip(X, Y, strict=True))) for row in rows]
    files = [records(rows, "x.jsonl"), records(swapped, "y.jsonl")]
    found = understand(files, answers)
    assert asked(found) == ["system:x.jsonl", "system:y.jsonl"]
    assert found.questions[0].proposed == "x"
    got = taken(files, {**answers, "system:x.jsonl": "x", "system:y.jsonl": "y"})
    assert {name: sorted(here) for name, here in texts(got).items()} == {"x": sorted(X), "y": sorted(Y)}
    assert sorted(item.turns[-1].text for item in got.items) == sorted(PROMPTS)


def _with_answers(value: Any, other: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _with_answers(part, other) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_answers(part, other) for part in value]
    return other.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("dialogues", DIALOGUES_ALONE)
@pytest.mark.parametrize("shape", ANSWERS_ALONE)
def test_answers_and_the_file_of_their_dialogues(shape: str, dialogues: str) -> None:
    rows, answers = ANSWERS_ALONE[shape]
    questions, more = DIALOGUES_ALONE[dialogues]
    second = each(item_id=("0", "1"), text=Y, system=("y", "y"))
    files = [records(rows, "a.jsonl"), records(questions, "q.jsonl"), records(second, "y.csv")]
    got = taken(files, answers | more)
    by_prompt = {item.turns[-1].text: place for place, item in enumerate(got.items)}
    assert {name: [here[by_prompt[prompt]] for prompt in PROMPTS] for name, here in texts(got).items()} == {
        "x": list(X),
        "y": list(Y),
    }


@pytest.mark.parametrize("shape", ANSWERS_ALONE)
def test_answers_without_dialogues_are_no_study(shape: str) -> None:
    rows, answers = ANSWERS_ALONE[shape]
    alone = {key.partition(":")[0] if key.startswith("holds") else key: value for key, value in answers.items()}
    files = [records(rows, "a.jsonl")]
    with pytest.raises(InputError, match="no dialogues: bring the file that holds them too"):
        take(files, understand(files, alone).mapping)


def test_two_runs_of_one_model_are_two_systems_once_each_file_is_named() -> None:
    runs = [
        records(each(id=("0", "1"), prompt=PROMPTS, model=("m", "m"), text=said), name)
        for name, said in (("a.csv", X), ("b.csv", Y))
    ]
    with pytest.raises(InputError, match="two runs: name the system of each file"):
        taken(runs, {})
    got = taken(runs, {"system:a.csv": "first", "system:b.csv": "second"})
    assert texts(got) == {"first": list(X), "second": list(Y)}


def test_two_texts_without_a_dialogue_are_no_study_and_no_question_about_rows() -> None:
    files = [records([{"id": "0", "fields": {"response1": "a", "response2": "b"}}])]
    answers = {"system:fields.response1": "x", "system:fields.response2": "y"}
    with pytest.raises(InputError, match="no dialogues: bring the file that holds them too"):
        take(files, understand(files, answers).mapping)


@pytest.mark.parametrize("shape", JUDGMENTS)
def test_judgments_are_told_and_make_no_study(shape: str) -> None:
    found = told(JUDGMENTS[shape])
    assert [note.key for note in found.notes] == ["found_judgments"]
    assert found.questions == ()
    assert found.mapping.parts == ()


# --- what is never guessed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "keys"),
    [
        (each(相談=("A：つらい。\nB：はい。\nA：ええ。",), x=("a",), y=("b",)), ["role:A", "role:B", "answers"]),
        (each(対話=("相談者：はい\n田中：ええ\n相談者：はい",), x=("a",), y=("b",)), ["role:田中", "answers"]),
        (
            each(対話=("相談者：はい\nTh：ええ\nCl：うん",), x=("a",), y=("b",)),
            ["role:相談者", "role:Cl", "answers"],
        ),
        (each(対話=("相談者：はい。カウンセラー：ええ。相談者：うん",), x=("a",), y=("b",)), ["inside", "answers"]),
        (each(対話=("相談者：はい", "つらい"), x=("a", "b"), y=("c", "d")), ["unmarked", "answers"]),
        (each(対話=("一行目\n二行目",), x=("a",), y=("b",)), ["form", "answers"]),
        (each(対話=("相談者：はい\nTh：ええ",), x=("a",), y=("b",)), ["last", "answers"]),
        (each(prompt=PROMPTS, response1=X, response2=Y), ["system:response1", "system:response2"]),
        (each(prompt=PROMPTS, question=PROMPTS[::-1], x=X, y=Y), ["dialogue", "answers"]),
        (each(prompt=PROMPTS, text=X, response=Y, model=("m", "n")), ["text"]),
        (each(id=("1", "2"), text=X), ["holds"]),
    ],
)
def test_what_is_asked(rows: list[Row], keys: list[str]) -> None:
    found = told(rows)
    assert set(asked(found)) <= set(keys)
    open_keys, answers = set[str](), dict[str, str]()
    for _ in range(6):
        found = told(rows, **answers)
        open_keys |= set(asked(found))
        answers |= {question.key: _some_answer(question) for question in found.questions}
    assert open_keys >= set(keys)


def _some_answer(question: Question) -> str:
    return question.options[0] if question.options else f"name {question.key}"


PANDALM, _ = WHOLE["pandalm"]


def test_responses_that_are_true_or_false_are_asked_about() -> None:
    rows = [{**PANDALM[0], "response1": True}, PANDALM[1]]
    assert asked(told(rows)) == ["bare"]
    words = taken([records(rows)], {"bare": "word"})
    assert texts(words) == {"x": ["true", X[1]], "y": list(Y)}
    left = taken([records(rows)], {"bare": "leave"})
    assert texts(left) == {"x": [X[1]], "y": [Y[1]]}
    with pytest.raises(InputError, match=r"row 2, column response1: found true or false \(true\); allowed: a text"):
        take([records(rows)], told(rows, bare="refuse").mapping)


@pytest.mark.parametrize("key", ["x", "x_y_z", "_"])
def test_a_name_that_is_not_two_is_no_system(key: str) -> None:
    rows = [{**PANDALM[0], "cmp_key": key}, PANDALM[1]]
    with pytest.raises(InputError, match=r"row 2, column cmp_key\.0: is empty; a name of the system is needed"):
        take([records(rows)], told(rows).mapping)


def test_a_saved_mapping_opens_the_next_lists_alike() -> None:
    rows, _ = WHOLE["usr"]
    found = told(rows)
    again = understand([records(rows, "b.json")], {}, found.mapping)
    assert again.questions == ()
    assert texts(take([records(rows, "b.json")], again.mapping)) == {"x": list(X), "y": list(Y)}


def test_a_mapping_of_numbered_columns_reads_no_named_ones() -> None:
    rows = each(**{"1": PROMPTS, "2": X, "3": Y})
    numbered = Records("a.csv", list(enumerate(rows, 1)), headed=False)
    found = understand([numbered], {"dialogue": "1", "answers": "2,3"})
    assert (found.questions, found.mapping.parts[0].header) == ((), False)
    again = understand([numbered], {}, found.mapping)
    assert (again.questions, again.mapping) == ((), found.mapping)
    assert set(asked(understand([records(rows)], {}, found.mapping))) == {"dialogue", "answers"}


def test_a_mark_in_one_late_cell_is_not_overlooked() -> None:
    rows = each(対話=(*(f"眠れません{n}。" for n in range(150)), "相談者：はい\nTh：ええ\n相談者：はい"),
                x=tuple(map(str, range(151))), y=("b",) * 151)  # fmt: skip
    assert "unmarked" in asked(told(rows, answers="x,y"))


def test_further_entries_of_a_list_are_said() -> None:
    rows = [{"request_id": "1", "prompt": ITEM, "outputs": [{"text": "a"}, {"text": "b"}], "model": "x"}]
    notes = [WORD(note.key, **note.values) for note in told(rows).notes if note.key == "found_more"]
    assert notes == ["1 records hold more than outputs.0.text, which alone is read"]


def test_a_third_answer_is_not_overlooked() -> None:
    rows = each(相談=PROMPTS, 応答1=X, 応答2=Y, 応答3=X)
    found = told(rows)
    assert asked(found) == ["answers"]
    assert found.questions[0].proposed == "応答1,応答2,応答3"


def test_a_column_of_whole_numbers_is_no_dialogue() -> None:
    rows = each(prompt=("1", "2"), text=PROMPTS, model_x=("a", "a"), result_x=X, model_y=("b", "b"), result_y=Y)
    found = told(rows)
    assert asked(found) == ["dialogue"]
    assert found.questions[0].options == ("text", "-")


def test_names_of_columns_with_commas_and_blanks_are_answers_too() -> None:
    rows = each(**{"相談": PROMPTS, "GPT, large ": X, "base": Y})
    proposed = told(rows).questions[0].proposed
    got = taken([records(rows)], {"answers": proposed})
    assert sorted(texts(got)) == ["GPT, large ", "base"]


def test_systems_that_always_say_the_same_are_asked_about() -> None:
    """Short equal answers look like labels; a file that is all there is is never refused for them."""
    rows = [
        {"id": f"i{n}", "dialogue": f"Client: I cannot sleep, {n}.\nCounsellor: Since when?\nClient: Since May.",
         "a": "Tell me.", "b": "I see."}
        for n in range(12)
    ]  # fmt: skip
    assert "answers" in asked(told(rows))
    found = taken([records(rows)], {"answers": "a,b"})
    assert texts(found) == {"a": ["Tell me."] * 12, "b": ["I see."] * 12}


def test_columns_beside_the_answers_are_not_proposed() -> None:
    rows = each(相談=PROMPTS, x=X, y=Y, 備考=("あ", "い"), 評価=("3", "4"), 担当=("佐藤", "佐藤"))
    assert told(rows).questions[0].proposed == "x,y"


def test_the_smallest_set_of_fields_that_names_an_item_is_proposed() -> None:
    rows = each(
        transcript_id=("1", "1", "2", "2"), utterance_id=("1", "2", "1", "2"), model=("x",) * 4, text=tuple("abcd")
    )
    found = told(rows, item="transcript_id,utterance_id")
    assert found.mapping.parts[0].item == ("transcript_id", "utterance_id")
    assert told(rows).questions[0].proposed == "transcript_id,utterance_id"


def test_rows_with_ids_of_their_own_are_joined_by_their_dialogue() -> None:
    rows = each(id=("1", "2", "3", "4"), prompt=(ITEM, ITEM, SECOND, SECOND), model=("x", "y") * 2, text=tuple("abcd"))
    got = taken([records(rows)], {})
    assert len(got.items) == 2
    assert all(item.source is None for item in got.items)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"answers": "nobody"}, "answer 'answers': found 'nobody'; allowed: 相談, x, y, -"),
        ({"anwers": "x"}, "answer 'anwers': nothing is asked under this name; allowed: answers, "),
        ({"answers": "x,y", "role:Q": "client"}, "answer 'role:Q': nothing is asked"),
    ],
)
def test_answers_that_fit_no_question_are_refused(answers: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words.replace("(", r"\(")):
        told(each(相談=PROMPTS, x=X, y=Y), **answers)


# --- what is left out, and what is refused -------------------------------------------------------------------------


def test_an_empty_response_leaves_its_item_out() -> None:
    got = taken([records(each(番号=("a", "b"), 相談=PROMPTS, x=X, y=("", Y[1])))], {"answers": "x,y"})
    assert [item.turns[0].text for item in got.items] == [SECOND]
    assert [WORD(note.key, **note.values) for note in got.notes] == [
        "1 responses of y are empty; their items are left out: a"
    ]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            each(id=("1", "1", "1"), prompt=(ITEM,) * 3, model=("x", "x", "y"), text=("a", "b", "c")),
            "a.csv, row 3, column text: found '1'; two different responses of 'x' to this item; allowed: one",
        ),
        (
            each(id=("1", "1"), prompt=(ITEM, SECOND), model=("x", "y"), text=("a", "b")),
            "a.csv, row 3, column id: found '1'; two dialogues under one name of an item",
        ),
        (
            each(id=("1", "1"), prompt=(ITEM,) * 2, model=("GPT 4", "gpt-4 ".replace("-", " ")), text=("a", "b")),
            "alone",
        ),
        (
            each(id=("1", "1"), prompt=(ITEM,) * 2, model=("x", "y"), text=("a", Number(5))),
            "a.csv, row 3, column text: found a number (5); allowed: a text",
        ),
        (each(id=("1", "1"), prompt=(ITEM,) * 2, model=("x", ""), text=("a", "b")), "a name of the system is needed"),
        (each(id=("1",), prompt=(ITEM,), model=("x",), text=("a",)), "found 1 systems"),
    ],
)
def test_what_is_refused(rows: list[Row], words: str) -> None:
    files = [records(rows)]
    mapping = understand(files, {"item": "id"}).mapping
    with pytest.raises(InputError) as refused:
        take(files, mapping)
    assert any(words in line for line in refused.value.errors), refused.value.errors


def test_a_mapping_reads_the_next_file_alike_and_asks_for_its_name_alone() -> None:
    rows, answers = HALVES["messages"]
    first = understand([records(rows, "x.jsonl")], {**answers, "system:x.jsonl": "x"}).mapping
    saved = FileMapping.model_validate_json(first.model_dump_json())
    found = understand([records(rows, "x.jsonl"), records(rows, "z.jsonl")], {}, saved)
    assert asked(found) == ["system:z.jsonl"]
    found = understand([records(rows, "x.jsonl"), records(rows, "z.jsonl")], {"system:z.jsonl": "z"}, saved)
    assert found.mapping.parts[0].names == {"x.jsonl": "x", "z.jsonl": "z"}
    assert found.mapping.parts[0].last == "response"


# --- no order matters ----------------------------------------------------------------------------------------------

SAID = st.text(st.characters(codec="utf-8", categories=["L"]), min_size=1, max_size=12)


@pytest.mark.slow
@given(
    st.lists(st.tuples(SAID, SAID, SAID), min_size=1, max_size=8, unique_by=lambda row: row[0]),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_the_order_of_rows_columns_and_files_changes_nothing(
    said: list[tuple[str, str, str]], with_ids: bool, chance: random.Random
) -> None:
    """Ids of items and systems, by which the design sets sides, are the same whatever order people's files have."""
    rows = [
        {"id": str(number), "相談内容": prompt, "gpt": first, "モデル": second} if with_ids
        else {"相談内容": prompt, "gpt": first, "モデル": second}
        for number, (prompt, first, second) in enumerate(said)
    ]  # fmt: skip
    half = len(rows) // 2
    answers = {"answers": "gpt,モデル"}
    plain = take([records(rows)], _mapping([records(rows)], answers))
    shuffled = [dict(chance.sample(list(row.items()), len(row))) for row in chance.sample(rows, len(rows))]
    files = [records(part, name) for part, name in ((shuffled[:half], "b.csv"), (shuffled[half:], "a.csv")) if part]
    other = take(files, _mapping(files, answers))
    assert other.items == plain.items
    assert other.responses == plain.responses
    assert other.names == plain.names


def _mapping(files: Sequence[Records], answers: Mapping[str, str]) -> FileMapping:
    found = understand(files, answers)
    assert found.questions == ()
    return found.mapping


@given(st.integers(1, 5), st.integers(0, 3), st.randoms(use_true_random=False))
def test_a_sample_is_the_same_for_one_seed_and_is_said(count: int, seed: int, chance: random.Random) -> None:
    rows = each(相談=tuple(f"p{n}" for n in range(6)), x=tuple("abcdef"), y=tuple("ghijkl"))
    drawn = []
    for order in (rows, chance.sample(rows, len(rows))):
        files = [records(order)]
        mapping = _mapping(files, {"answers": "x,y"}).model_copy(update={"sample": count, "seed": seed})
        got = take(files, mapping)
        drawn.append([item.turns for item in got.items])
        assert [note.values for note in got.notes] == [{"n": count, "of": 6}]
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == count


@pytest.mark.parametrize("language", [tag for tag in catalogue.languages("door") if tag != "ja"])
def test_shapes_are_named_in_the_reader_s_language_or_in_english(language: str) -> None:
    for known in shapes():
        note = Note("found_shape", {"file": "a.csv", "rows": 3, "shape": known.seen})
        assert known.seen.text(language, "en") in sentence(note, word_in(language)), known.shape
