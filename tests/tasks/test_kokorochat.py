"""KokoroChat read and checked: every published shape, every trap, every kind of damage."""

from __future__ import annotations

import io
import json
import tarfile
import time
import zipfile
from collections import Counter
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.asking.minimal import minimal_rule
from tasks.data import splits
from tasks.data.contexts import Choice, choose
from tasks.data.describe import asking
from tasks.data.dialogue import Dialogue, Utterance, is_meta, merged_turns, meta_count
from tasks.data.feedback import DIMENSIONS, FLAGS, Flags, band, score_of
from tasks.data.kokorochat import load, split, split_of
from tasks.errors import InputError
from tests import synthetic

N = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic.folder(tmp_path_factory.mktemp("kokorochat") / "dialogues", N)


@pytest.fixture(scope="module")
def dialogues(folder: Path) -> tuple[Dialogue, ...]:
    return load(folder)


# --- shapes -----------------------------------------------------------------------------------------------------


def test_files_are_in_numeric_order(dialogues: tuple[Dialogue, ...]) -> None:
    ids = [int(dialogue.dialogue_id) for dialogue in dialogues]
    assert len(ids) == N
    assert ids == sorted(ids)
    assert sorted(map(str, ids)) != list(map(str, ids))  # text order would differ


def test_every_container_gives_the_same(folder: Path, dialogues: tuple[Dialogue, ...], tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.xz", "w:xz") as archive:
        archive.add(folder, "kokorochat_dialogues")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        zipped.writestr("KokoroChat-main/package.json", "{}")
        for file in folder.iterdir():
            zipped.write(file, f"KokoroChat-main/kokorochat_dialogues/{file.name}")
    for name in ("a.tar.xz", "a.zip"):
        assert load(tmp_path / name) == dialogues


def columns(published: dict[str, Any]) -> dict[str, Any]:
    """The Hub's older shape: `dialogue` as an object of lists."""
    listed = published["dialogue"]
    return {**published, "dialogue": {key: [u[key] for u in listed] for key in ("role", "time", "utterance")}}


@pytest.mark.parametrize("shape", [dict, columns])
@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".parquet"])
def test_hub_shapes(shape: Any, suffix: str, dialogues: tuple[Dialogue, ...], tmp_path: Path) -> None:
    rows = [shape(synthetic.dialogue(seed)) for seed in range(N)]
    path = tmp_path / f"train{suffix}"
    if suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", encoding="utf-8")
    else:
        path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    assert load(path) == dialogues
    assert load(tmp_path) == dialogues if suffix != ".json" else True


def test_parquet_with_timestamps(dialogues: tuple[Dialogue, ...], tmp_path: Path) -> None:
    from datetime import datetime

    rows = [synthetic.dialogue(seed) for seed in range(3)]
    for row in rows:
        for utterance in row["dialogue"]:
            utterance["time"] = datetime.fromisoformat(utterance["time"])
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "train.parquet")
    assert load(tmp_path / "train.parquet") == dialogues[:3]


def test_one_json_file(folder: Path, dialogues: tuple[Dialogue, ...]) -> None:
    assert load(folder / "4.json") == dialogues[:1]


# --- values -----------------------------------------------------------------------------------------------------


def test_values_of_one_dialogue(dialogues: tuple[Dialogue, ...]) -> None:
    published = synthetic.dialogue(7)  # 7 % 23 == 7: the client left
    review = published["review_by_client_en"]
    dialogue = dialogues[7]
    assert dialogue.flags == Flags(unwilling_to_continue=True)
    assert dialogue.flagged
    assert dialogue.raw_sum == sum(review[d.published_key] for d in DIMENSIONS)
    assert dialogue.score == review["score"] == dialogue.raw_sum // 2
    assert dialogue.topic == published["topic"]["main_en"]
    assert dialogue.utterances[0] == Utterance(*published["dialogue"][0].values())


def test_dropped_characters_are_counted(dialogues: tuple[Dialogue, ...]) -> None:
    published = [u["utterance"] for seed in range(N) for u in synthetic.dialogue(seed)["dialogue"]]
    dropped = sum(text.count("\b") + text.count("\u2060") for text in published)
    assert dropped > 0
    assert sum(dialogue.stripped for dialogue in dialogues) == dropped
    texts = [utterance.text for dialogue in dialogues for utterance in dialogue.utterances]
    assert texts == [text.replace("\b", "").replace("\u2060", "") for text in published]


def test_text_is_not_normalised(dialogues: tuple[Dialogue, ...]) -> None:
    texts = "".join(utterance.text for dialogue in dialogues for utterance in dialogue.utterances)
    assert "？" in texts
    assert "?" in texts
    assert "\u3000" in texts


@pytest.mark.parametrize(
    ("raw_sum", "flags", "score"),
    [
        (63, Flags(), 63),
        (63, Flags(unwilling_to_continue=True), 31),  # 63 // 2
        (63, Flags(harmful=True), 0),
        (63, Flags(other_unethical=True, unwilling_to_continue=True), 0),
        (0, Flags(), 0),
        (100, Flags(), 100),
    ],
)
def test_score_rule(raw_sum: int, flags: Flags, score: int) -> None:
    assert score_of(raw_sum, flags) == score


def test_bands() -> None:
    assert [band(score) for score in (0, 69, 70, 98, 99, 100)] == ["low", "low", "high", "high", "test", "test"]


def test_published_names_of_the_feedback() -> None:
    assert len(DIMENSIONS) == 20
    assert [d.ja for d in DIMENSIONS] == [ja for ja, _ in synthetic.DIMENSIONS]
    assert [d.published_key for d in DIMENSIONS] == [en for _, en in synthetic.DIMENSIONS]
    assert [(f.ja, f.published_key) for f in FLAGS] == list(synthetic.FLAGS)
    typo = [d for d in DIMENSIONS if d.key != d.published_key]
    assert [(d.key, d.published_key) for d in typo] == [("clarified_issues_clearly", "clarified_issues_cleraly")]


# --- damage -----------------------------------------------------------------------------------------------------


def _set(path: str, value: Any) -> Any:
    def change(published: dict[str, Any]) -> None:
        *parents, last = path.split("/")
        target: Any = published
        for part in parents:
            target = target[int(part) if part.isdigit() else part]
        target[last] = value

    return change


def _both(key: str, value: Any) -> Any:
    """Changes a review key in both languages."""
    index = list(synthetic.dialogue(0)["review_by_client_en"]).index(key)
    japanese = list(synthetic.dialogue(0)["review_by_client_jp"])[index]

    def change(published: dict[str, Any]) -> None:
        published["review_by_client_en"][key] = value
        published["review_by_client_jp"][japanese] = value

    return change


DAMAGE = [
    (_set("extra", 1), "unknown keys ['extra']"),
    (lambda p: p.pop("topic"), "missing keys ['topic']"),
    (_set("topic/main_en", ""), "topic.main_en: found ''"),
    (_set("topic", "work"), "topic: found 'work'"),
    (_set("dialogue", "text"), "dialogue: found str"),
    (_set("dialogue", []), "dialogue: found no utterance"),
    (_set("dialogue", {"role": ["client"], "time": []}), "dialogue: found columns"),
    (_set("dialogue/3/role", "doctor"), "dialogue[3].role: found 'doctor'; allowed: counselor, client"),
    (_set("dialogue/3/role", ["client"]), "dialogue[3].role: found ['client']"),
    (_set("dialogue/3/note", "x"), "dialogue[3]: found ['role', 'time', 'utterance', 'note']"),
    (_set("dialogue/3/time", "2021-04-01 19:00:00"), "dialogue[3].time: found '2021-04-01 19:00:00'"),
    (_set("dialogue/3/time", "2021-02-30T19:00:00"), "dialogue[3].time: found '2021-02-30T19:00:00'"),
    (_set("dialogue/3/time", "1999-01-01T00:00:00"), "allowed: not before"),
    (_set("dialogue/3/utterance", "　\b"), "dialogue[3].utterance: found"),
    (_set("dialogue/3/utterance", 5), "dialogue[3].utterance: found 5"),
    (_set("dialogue/3/utterance", "こわれた\ufffd字"), "broken character '\ufffd' at 4"),
    (_set("dialogue/3/utterance", "半分\ud83d"), "broken character"),
    (_set("review_by_client_en", None), "review_by_client_en: found None"),
    (_set("review_by_client_en/felt_respected", 9), "allowed: 9, the value of review_by_client_en.felt_respected"),
    (_both("felt_respected", 6), "review_by_client_en.felt_respected: found 6; allowed: 0..5"),
    (_both("felt_respected", True), "review_by_client_en.felt_respected: found True"),
    (_both("harmful_due_to_ignorance", True), "harmful_due_to_ignorance: found True; allowed: null or"),
    (_both("client_id", "18"), "review_by_client_en.client_id: found '18'"),
    (_both("evaluation_created_at", "yesterday"), "evaluation_created_at: found 'yesterday'"),
    (_both("score", 101), "the 20 dimensions add up to"),
    (_both("score", None), "review_by_client_en.score: found None"),
    (_both("unwilling_to_continue", "チェックあり"), "flags: unwilling_to_continue"),
    (_both("evaluation_id", 5), "allowed: 4, the file's name"),
]


@pytest.mark.parametrize(("change", "message"), DAMAGE)
def test_damage_is_named_with_file_and_path(change: Any, message: str, tmp_path: Path) -> None:
    published = deepcopy(synthetic.dialogue(0))
    change(published)
    (tmp_path / "4.json").write_text(json.dumps(published), encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        load(tmp_path)
    assert all(line.startswith("4.json: ") for line in refusal.value.errors)
    assert any(message in line for line in refusal.value.errors), refusal.value.errors


def test_all_mistakes_of_all_files_at_once(tmp_path: Path) -> None:
    synthetic.folder(tmp_path, 3)
    for name in ("4.json", "5.json"):
        published = json.loads((tmp_path / name).read_text(encoding="utf-8"))
        published["dialogue"][0]["role"] = "x"
        published["dialogue"][2]["role"] = "y"
        (tmp_path / name).write_text(json.dumps(published), encoding="utf-8")
    (tmp_path / "6.json").write_bytes(b"{\xff")
    with pytest.raises(InputError) as refusal:
        load(tmp_path)
    assert Counter(line.split(":")[0] for line in refusal.value.errors) == {"4.json": 2, "5.json": 2, "6.json": 1}


def test_the_same_dialogue_twice(tmp_path: Path) -> None:
    line = json.dumps(synthetic.dialogue(0))
    (tmp_path / "a.jsonl").write_text(f"{line}\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match="evaluation_id 4 occurs 2 times"):
        load(tmp_path / "a.jsonl")


def test_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "4.json").write_text("\ufeff" + json.dumps(synthetic.dialogue(0)), encoding="utf-8")
    assert len(load(tmp_path)) == 1


def test_broken_containers(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not found"):
        load(tmp_path / "none.tar.xz")
    with pytest.raises(InputError, match="holds no dialogue"):
        load(tmp_path)
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(InputError, match="cannot tell what it is"):
        load(tmp_path / "a.txt")
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:xz") as archive:
        archive.add(folder, "d")
    for name, raw in (("cut.tar.xz", whole.getvalue()[:-5000]), ("no.tar.xz", b"x" * 99), ("no.zip", b"x" * 99)):
        (tmp_path / name).write_bytes(raw)
        with pytest.raises(InputError, match="incomplete"):
            load(tmp_path / name)
    (tmp_path / "no.parquet").write_bytes(b"x" * 99)
    with pytest.raises(InputError, match="is no Parquet file"):
        load(tmp_path / "no.parquet")


# --- turns ------------------------------------------------------------------------------------------------------


def made(*lines: tuple[str, str]) -> Dialogue:
    utterances = tuple(Utterance(role, "2021-04-01T19:00:00", text) for role, text in lines)  # type: ignore[arg-type]
    return Dialogue("1", "t", "t", "t", 0, Flags(), (0,) * 20, "1", "2", "2021-04-01T20:00:00", utterances)


def test_runs_merge_and_keep_their_indices() -> None:
    dialogue = made(("client", "ア"), ("client", "イ"), ("counselor", "ウ"), ("client", "エ"))
    assert merged_turns(dialogue) == (("client", "ア\nイ", (0, 1)), ("counselor", "ウ", (2,)), ("client", "エ", (3,)))
    assert merged_turns(dialogue, separator="")[0].text == "アイ"


def test_a_double_send_is_shown_once_with_both_indices() -> None:
    dialogue = made(("client", "ア"), ("client", "ア"), ("client", "イ"), ("client", "ア"))
    assert merged_turns(dialogue) == (("client", "ア\nイ\nア", (0, 1, 2, 3)),)


def test_bracketed_talk_is_removed_before_merging_and_counted() -> None:
    dialogue = made(("counselor", "（合図）"), ("client", "ア"), ("counselor", "(お待ちを)"), ("client", "イ（笑）"))
    assert meta_count(dialogue) == 2
    assert merged_turns(dialogue) == (("client", "ア\nイ（笑）", (1, 3)),)
    assert len(merged_turns(dialogue, strip_meta="keep")) == 4
    assert not is_meta("ア（イ）")


def test_nothing_left() -> None:
    assert merged_turns(made(("client", "（ア）"))) == ()


@given(st.integers(0, 200), st.sampled_from(["bracket", "keep"]))
def test_turns_alternate_and_lose_no_utterance(seed: int, strip: Any) -> None:
    published = synthetic.dialogue(seed)["dialogue"]
    dialogue = made(*((u["role"], u["utterance"]) for u in published))
    turns = merged_turns(dialogue, strip_meta=strip)
    assert all(one.role != other.role for one, other in pairwise(turns))
    indices = [index for turn in turns for index in turn.utterances]
    kept = [i for i, u in enumerate(published) if strip == "keep" or not is_meta(u["utterance"])]
    assert indices == kept


# --- splits -----------------------------------------------------------------------------------------------------


def test_no_counsellor_is_in_two_parts(dialogues: tuple[Dialogue, ...]) -> None:
    parts = split(dialogues)
    people = {name: {d.counselor_id for d in part} for name, part in parts.items()}
    assert sorted(d.dialogue_id for part in parts.values() for d in part) == sorted(d.dialogue_id for d in dialogues)
    assert not people["train"] & people["test"]
    assert not people["train"] & people["valid"]
    assert not people["valid"] & people["test"]
    assert splits.seen(parts).counselors == 0


def test_split_by_client_shares_no_client(dialogues: tuple[Dialogue, ...]) -> None:
    assert splits.seen(split(dialogues, "client")).clients == 0


def test_the_hash_rule() -> None:
    # sha256("kokorochat-split-v199:36") begins with bytes whose value modulo 1000 decides; derived here independently.
    # The last four stand on both sides of the bounds: found by trying person-0, person-1, …
    import hashlib

    draws = {"person-1000": 799, "person-1236": 800, "person-1037": 899, "person-53": 900}
    for person in ("36", "18", "402", *draws):
        draw = int(hashlib.sha256(f"kokorochat-split-v199:{person}".encode()).hexdigest()[:16], 16) % 1000
        assert draws.get(person, draw) == draw
        expected = "train" if draw < 800 else "valid" if draw < 900 else "test"
        assert splits.part_of(person) == expected


def test_held_out_persons_occur_nowhere_in_train(dialogues: tuple[Dialogue, ...]) -> None:
    parts = split(dialogues)
    held = splits.holdout_persons(parts)
    tested = {d.counselor_id for d in held["test"]} | {d.counselor_id for d in held["valid"]}
    in_train = {person for d in held["train"] for person in (d.counselor_id, d.client_id)}
    assert tested
    assert not tested & in_train
    assert held["test"] == parts["test"]
    assert len(held["train"]) < len(parts["train"])


def test_subsets(dialogues: tuple[Dialogue, ...]) -> None:
    low, high, full, everything = (splits.subset(dialogues, name) for name in splits.SUBSETS)
    assert {d.band for d in low} == {"low"}
    assert {d.band for d in high} == {"high"}
    assert len(full) == len(low) + len(high)
    assert everything == dialogues
    assert split(dialogues, "paper")["test"] == tuple(d for d in dialogues if d.score >= 99)


def test_a_complete_copy_with_other_counts_is_refused(dialogues: tuple[Dialogue, ...]) -> None:
    with pytest.raises(InputError, match="split by counselor: found"):
        split([dialogues[0]] * splits.PUBLISHED)


# --- the real data ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(kokorochat_path: Path) -> tuple[Dialogue, ...]:
    return load(kokorochat_path)


@pytest.mark.real_data
def test_real_data_is_whole_and_loads_quickly(kokorochat_path: Path) -> None:
    started = time.process_time()  # the machine may be busy with other things
    dialogues = load(kokorochat_path)
    assert time.process_time() - started < 10
    assert len(dialogues) == splits.PUBLISHED
    roles = Counter(utterance.role for dialogue in dialogues for utterance in dialogue.utterances)
    assert roles == {"counselor": 306_495, "client": 294_444}


@pytest.mark.real_data
def test_real_counts(real: tuple[Dialogue, ...]) -> None:
    assert Counter(d.band for d in real) == {"low": 3870, "high": 2601, "test": 118}
    assert sum(d.flagged for d in real) == sum(d.score != d.raw_sum for d in real) == 215
    assert sum(map(meta_count, real)) == 22_533
    assert sum(d.stripped for d in real) == 14  # 7 x U+0008, 7 x U+2060
    assert sum(len(merged_turns(d, strip_meta="keep")) for d in real) == 471_940


@pytest.mark.real_data
def test_real_splits(real: tuple[Dialogue, ...]) -> None:
    for by, counts in splits.COUNTS.items():
        assert {name: len(part) for name, part in split(real, by).items()} == counts
    held = splits.holdout_persons(split(real))
    assert {name: len(part) for name, part in held.items()} == splits.HELD_OUT_COUNTS
    assert all(split_of(d) == "test" for d in held["test"])


@pytest.mark.real_data
def test_real_question_shares(real: tuple[Dialogue, ...]) -> None:
    shares = {name: asking([d for d in real if d.band == name]) for name in ("low", "high", "test")}
    everything = asking(real)
    assert everything.turns == 237_735
    assert everything.share == pytest.approx(0.485, abs=0.015)
    assert shares["low"].share == pytest.approx(0.516, abs=0.015)
    assert shares["high"].share == pytest.approx(0.446, abs=0.015)
    assert shares["test"].share == pytest.approx(0.415, abs=0.015)
    assert shares["low"].share > shares["high"].share > shares["test"].share


@pytest.mark.real_data
def test_real_minimal_responses(real: tuple[Dialogue, ...]) -> None:
    rule = minimal_rule("ja")
    assert rule is not None
    said = [pair for d in real for pair in pairwise(merged_turns(d, strip_meta="keep")) if pair[0].role == "counselor"]
    assert sum(rule.leaves_floor(turn.text, after.text) for turn, after in said) == 11_424  # docs/asking.md
    test = split(real)["test"]
    items = choose(test, Choice(n=100, minimal=True))
    assert all(item.reference and rule.fits(item.reference) for item in items)
    with pytest.raises(InputError, match="found 114"):
        choose(test, Choice(n=300, minimal=True))
