"""The automatic table: equal to sacrebleu and rouge_score, undefined where it must be, clear about bad files."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from results.__main__ import main
from results.responses import automatic
from results.responses.asking import ASKING, MINIMAL
from results.responses.automatic import REFERENCE
from results.responses.losses import LossFile, LossLine, loss_rows
from results.responses.self_bleu import self_bleu
from results.responses.text_measures import bleu, bleu_statistics, distinct, rouge_l, tokenize
from results.responses.texts import Corpus, SystemTexts, read_corpus
from results.statistics.estimates import draw, estimate, group_sums, to_figure
from results.statistics.figure import Sizes
from results.statistics.reasons import Reason
from results.statistics.resample import Resampling
from tasks.errors import InputError
from tasks.schema import Item, Source, Turn

REFERENCES = (
    "それはおつらいですね。いつごろから眠れないのですか。",
    "会議のことが朝まで残っているのですね。",
    "打ち明けるのは勇気の要ることでしたね。ご家族はご存じですか。",
    "そうでしたか。だれにも言わずにきたのですね。",
    "少し休めると感じるのは、どんなときでしょうか。",
)
TUNED = (
    "おつらいですね。いつから眠れないのでしょうか。",
    "会議のことがずっと残っているのですね。",
    "打ち明けるのは勇気の要ることでしたね。",
    "そうでしたか。だれにも言わずにきたのですね。",
    "休めるのはどんなときでしょうか。",
)
BASE = ("病院に行ってください。", "頑張りましょう！", "何時に寝ますか？食欲は？", "それは大変です。", "")
HOW = Resampling(resamples=500, seed=3)

WORDS = ("雨", "が", "降る", "ます", "。", "か", "ね", "朝", "眠れ", "ない")
texts = st.lists(st.sampled_from(WORDS), max_size=9).map("".join)
corpora = st.lists(st.tuples(texts, texts), min_size=2, max_size=7)


def items(references: Sequence[str | None] = REFERENCES, dialogues: int | None = None) -> tuple[Item, ...]:
    return tuple(
        Item(
            item_id=f"item-{number}",
            turns=(Turn(role="client", text="眠れません。"),),
            source=Source(dataset="written", dialogue_id=f"dialogue-{number % (dialogues or len(references))}"),
            reference=reference,
        )
        for number, reference in enumerate(references)
    )


def corpus(*systems: Sequence[str], references: Sequence[str | None] = REFERENCES) -> Corpus:
    named = tuple(SystemTexts(f"system-{number}", tuple(texts)) for number, texts in enumerate(systems))
    return Corpus(items(references), named)


def summed(responses: Sequence[str], references: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    rows = [bleu_statistics(tokenize(a), tokenize(b)) for a, b in zip(responses, references, strict=True)]
    total: np.ndarray[Any, np.dtype[np.float64]] = np.array(rows, dtype=np.float64).sum(axis=0)
    return total


# --- equality with the named libraries --------------------------------------------------------------------------


@pytest.mark.parametrize("orders", [1, 4])
@pytest.mark.parametrize("responses", [TUNED, BASE, REFERENCES], ids=["tuned", "base", "reference"])
def test_bleu_is_sacrebleus(responses: Sequence[str], orders: int) -> None:
    from sacrebleu.metrics import BLEU

    expected = BLEU(tokenize="ja-mecab", max_ngram_order=orders).corpus_score(list(responses), [list(REFERENCES)])
    assert float(bleu(summed(responses, REFERENCES), orders)) == pytest.approx(expected.score, abs=1e-9)


@given(corpora)
@settings(deadline=None, max_examples=40)
def test_bleu_is_sacrebleus_on_short_empty_and_unmatched_texts(pairs: list[tuple[str, str]]) -> None:
    from sacrebleu.metrics import BLEU

    responses, references = [a for a, _ in pairs], [b for _, b in pairs]
    expected = BLEU(tokenize="ja-mecab").corpus_score(responses, [references]).score
    assert float(bleu(summed(responses, references), 4)) == pytest.approx(expected, abs=1e-9)


def test_signature_is_sacrebleus() -> None:
    from sacrebleu.metrics import BLEU

    metric = BLEU(tokenize="ja-mecab")
    metric.corpus_score(list(TUNED), [list(REFERENCES)])
    assert automatic.automatic(corpus(TUNED), HOW).bleu_signature == str(metric.get_signature())


@given(st.lists(texts, min_size=2, max_size=6))
@settings(deadline=None, max_examples=40)
def test_self_bleu_is_the_mean_of_sacrebleus_sentence_scores(responses: list[str]) -> None:
    assert self_bleu([tokenize(text) for text in responses], range(len(responses)))[0] == pytest.approx(
        _self_bleu_by_sacrebleu(responses), abs=1e-9
    )


def _self_bleu_by_sacrebleu(responses: Sequence[str]) -> float:
    from sacrebleu.metrics import BLEU

    metric = BLEU(tokenize="ja-mecab", effective_order=True)
    others = [[*responses[:i], *responses[i + 1 :]] for i in range(len(responses))]
    return float(np.mean([metric.sentence_score(r, o).score for r, o in zip(responses, others, strict=True)]))


@given(st.lists(st.tuples(texts, st.integers(0, 3)), min_size=4, max_size=8))
@settings(deadline=None, max_examples=40)
def test_left_out_values_are_those_of_the_texts_that_remain(drawn: list[tuple[str, int]]) -> None:
    places = {group: place for place, group in enumerate(dict.fromkeys(group for _, group in drawn))}
    responses, groups = [text for text, _ in drawn], [places[group] for _, group in drawn]
    words = [tokenize(text) for text in responses]
    alike, kinds = self_bleu(words, groups)[1], distinct(words, groups, 2)[1]
    for left_out in range(len(places)):
        kept = [text for text, group in zip(responses, groups, strict=True) if group != left_out]
        expected = _self_bleu_by_sacrebleu(kept) if len(kept) > 1 else math.nan
        assert alike[left_out] == pytest.approx(expected, abs=1e-9, nan_ok=True)
        if kept:
            again = distinct([tokenize(text) for text in kept], range(len(kept)), 2)[0]
            assert kinds[left_out] == pytest.approx(again, nan_ok=True)


def test_rouge_l_by_hand() -> None:
    # 会議 の こと が 残る (5 words) and 会議 が 残る (3): longest common subsequence 会議 が 残る = 3,
    # precision 3/3, recall 3/5, F1 = 2 * 1 * 0.6 / 1.6 = 0.75
    assert tokenize("会議のことが残る") == ("会議", "の", "こと", "が", "残る")
    assert rouge_l("会議が残る", "会議のことが残る") == pytest.approx(0.75)
    assert rouge_l("", "会議が残る") == 0


def test_distinct_by_hand() -> None:
    # 朝 が 来る | 朝 が 来る | 朝: 7 words of 3 kinds, 4 pairs of 2 kinds; without the first text 4 and 2, without
    # the last 6 and 4
    words = [tokenize("朝が来る"), tokenize("朝が来る"), tokenize("朝")]
    assert distinct(words, [0, 1, 2], 1)[0] == pytest.approx(3 / 7)
    assert distinct(words, [0, 1, 2], 1)[1] == pytest.approx([3 / 4, 3 / 4, 3 / 6])
    assert distinct(words, [0, 1, 2], 2)[0] == pytest.approx(2 / 4)


# --- the table --------------------------------------------------------------------------------------------------


def test_table_measures_what_the_texts_say() -> None:
    found = automatic.automatic(corpus(TUNED, BASE), HOW).figures
    base = {key: figure.value for key, figure in found["system-1"].items()}
    # 11 + 8 + 12 + 8 + 0 characters; one response asks, twice: 何時に寝ますか？ 食欲は？
    assert base["characters"] == pytest.approx(39 / 5)
    assert base["question_rate"] == pytest.approx(1 / 5)
    assert base["questions"] == pytest.approx(2 / 5)
    assert base["questions_per_100_characters"] == pytest.approx(100 * 2 / 39)
    assert found["system-0"]["rouge_l"].value == pytest.approx(
        np.mean([rouge_l(a, b) for a, b in zip(TUNED, REFERENCES, strict=True)])
    )


def test_the_human_turns_are_a_row_that_is_not_compared_with_itself() -> None:
    found = automatic.automatic(corpus(TUNED), HOW).figures[REFERENCE]
    assert found["bleu_4"].value is None
    assert found["bleu_4"].reason == "is_reference"
    assert found["characters"].value == pytest.approx(np.mean([len(text) for text in REFERENCES]))


def test_an_item_without_human_turn_leaves_comparisons_undefined_with_the_reason() -> None:
    table = automatic.automatic(corpus(TUNED, BASE, references=(*REFERENCES[:4], None)), HOW)
    assert REFERENCE not in table.figures
    figure = table.figures["system-0"]["rouge_l"]
    assert figure.value is None
    assert figure.reason == "no_human_turn"
    assert table.without_human_turn == ("item-4",)
    assert table.differences["system-1"]["rouge_l"].reason == figure.reason
    assert table.figures["system-0"]["characters"].value is not None


def test_intervals_hold_their_value_and_differences_are_paired() -> None:
    more = ("そうだったのですね。", "よく話してくださいましたね。")
    references = (*REFERENCES, "そうでしたか。", "話せましたね。")
    systems = [(*texts, *more) for texts in (TUNED, TUNED, BASE)]
    table = automatic.automatic(corpus(*systems, references=references), HOW)
    for found in table.figures["system-0"].values():
        assert found.value is not None
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.value <= found.high
    for key, found in table.differences["system-1"].items():
        if key in (ASKING, MINIMAL):  # the difference of two shares has bounds where nothing differs, too
            assert (found.value, found.reason) == (0, None)
            assert (found.low or 0) < 0 < (found.high or 0)
        else:
            assert (found.value, found.low, found.reason) == (0, None, "no_variation"), key
    for key, found in table.differences["system-2"].items():
        assert found.value == pytest.approx(
            table.figures["system-2"][key].value - table.figures["system-0"][key].value  # type: ignore[operator]
        )


def test_percentile_interval_is_that_of_sacrebleu_called_again_on_each_resample() -> None:
    from sacrebleu.metrics import BLEU

    resampling = Resampling(resamples=40, seed=1)
    rows = np.array([bleu_statistics(tokenize(a), tokenize(b)) for a, b in zip(TUNED, REFERENCES, strict=True)])
    draws = draw({"x": rows, "which": np.eye(5)}, resampling)
    metric = BLEU(tokenize="ja-mecab")
    again = []
    for weights in draws["which"].resampled.astype(int):
        chosen = np.repeat(np.arange(5), weights)
        again.append(metric.corpus_score([TUNED[i] for i in chosen], [[REFERENCES[i] for i in chosen]]).score)
    bleu_4 = estimate(draws["x"], lambda sums: bleu(sums, 4), Reason.NO_RATING)
    assert bleu_4.replicates == pytest.approx(again, abs=1e-9)


def test_one_dialogue_has_values_without_intervals() -> None:
    whole = Corpus(items(dialogues=1), (SystemTexts("a", TUNED),))
    found = automatic.automatic(whole, HOW).figures["a"]
    assert found["characters"].value is not None
    assert found["characters"].low is None
    assert found["characters"].reason == "few_dialogues"
    assert found["dist_1"].low is None


def test_silent_system_is_undefined_where_nothing_can_be_divided() -> None:
    found = automatic.automatic(corpus(("",) * 5), HOW).figures["system-0"]
    assert found["dist_1"].value is None
    assert found["dist_1"].reason == "no_word"
    assert found["questions_per_100_characters"].value is None
    assert found["bleu_4"].value == 0
    assert found["characters"].value == 0


def test_dialogues_with_several_items_are_resampled_whole() -> None:
    sums = group_sums(np.array([[1.0], [2.0], [4.0]]), ["a", "b", "a"])
    assert sums.tolist() == [[5.0], [2.0]]
    total = estimate(draw({"x": sums}, HOW)["x"], lambda s: s[..., 0], Reason.NO_RATING)
    assert set(total.replicates.tolist()) == {4.0, 7.0, 10.0}  # the second twice, both, the first twice
    assert to_figure(total, HOW, Sizes(items=2)).reason == "few_dialogues"


# --- losses -----------------------------------------------------------------------------------------------------


def loss_file(name: str, *lines: tuple[str, str, int, float]) -> LossFile:
    parts = (LossLine(dialogue_id=d, split="test", band=b, targets=n, loss_sum=s) for d, b, n, s in lines)
    return LossFile(name, tuple(parts))


def test_loss_weighs_tokens_and_perplexity_is_its_exponential() -> None:
    base = loss_file("base", ("a", "high", 10, 30.0), ("b", "high", 30, 60.0), ("c", "low", 20, 50.0))
    tuned = loss_file("tuned", ("c", "low", 20, 40.0), ("a", "high", 10, 20.0), ("b", "high", 30, 30.0))
    rows = {(row.name, row.band): row for row in loss_rows([base, tuned], HOW)}
    assert rows["base", "all"].loss.value == pytest.approx(140 / 60)
    assert rows["base", "all"].perplexity.value == pytest.approx(math.exp(140 / 60))
    assert rows["base", "all"].difference is None
    assert rows["tuned", "high"].difference is not None
    assert rows["tuned", "high"].difference.value == pytest.approx(50 / 40 - 90 / 40)
    # one dialogue in the band: a value, and no interval
    assert rows["tuned", "low"].loss.low is None
    # two dialogues: too few for an interval
    assert rows["tuned", "high"].difference.reason == "few_dialogues"
    assert rows["base", "high"].loss.low is None


def test_losses_that_differ_by_the_same_everywhere_have_no_interval_of_no_width() -> None:
    lines = [(f"d{n}", "high", 10, 20.0 + n) for n in range(6)]
    base, tuned = loss_file("base", *lines), loss_file("tuned", *((d, b, t, s - 5) for d, b, t, s in lines))
    rows = {row.name: row for row in loss_rows([base, tuned], HOW) if row.band == "all"}
    assert rows["tuned"].difference is not None
    assert rows["tuned"].difference.value == pytest.approx(-0.5)
    assert rows["tuned"].difference.reason == "no_variation"
    assert (rows["base"].loss.low or 0) < 2.25 < (rows["base"].loss.high or 0)


def test_losses_of_other_dialogues_or_tokens_are_not_subtracted() -> None:
    base = loss_file("base", ("a", "high", 10, 30.0), ("b", "high", 30, 60.0))
    other = loss_file("other", ("a", "high", 10, 30.0), ("z", "high", 30, 60.0))
    cut = loss_file("cut", ("a", "high", 10, 30.0), ("b", "high", 29, 60.0))
    reasons = {row.name: row.difference.reason for row in loss_rows([base, other, cut], HOW) if row.difference}
    assert reasons["other"] == "other_dialogues"
    assert reasons["cut"] == "other_targets"


# --- files and command line -------------------------------------------------------------------------------------


def write_lines(path: Path, rows: Sequence[Any]) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_system(folder: Path, name: str, answers: Sequence[str]) -> Path:
    rows = [{"item_id": f"item-{number}", "text": text} for number, text in enumerate(answers)]
    return write_lines(folder / f"{name}.jsonl", rows)


@pytest.fixture
def items_file(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "items.jsonl", [item.model_dump_json() for item in items()])


def command(*arguments: object) -> int:
    return main(["automatic", *map(str, arguments)])


def test_command_prints_one_json_object(items_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tuned, base = write_system(tmp_path, "tuned", TUNED), write_system(tmp_path, "base", BASE)
    losses = write_lines(
        tmp_path / "tuned-losses.jsonl",
        [{"dialogue_id": str(n), "split": "test", "band": "high", "targets": 9, "loss_sum": 20.0} for n in range(3)],
    )
    assert command(items_file, tuned, base, "--losses", losses, "--resamples", 200, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found["systems"]) == ["tuned", "base"]
    assert found["n_items"] == found["n_dialogues"] == 5
    assert set(found["systems"]["tuned"]["bleu_4"]) == {"value", "low", "high", "method", "reason"}
    assert set(found["differences"]) == {"base", REFERENCE}
    assert found["losses"][0]["loss"]["value"] == pytest.approx(20 / 9)
    assert found["tokenizer"].startswith("ja-mecab")


def test_command_prints_a_table_that_names_every_system_and_reason(
    items_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(items_file, write_system(tmp_path, "tuned", TUNED), "--resamples", 200) == 0
    out = capsys.readouterr().out
    assert "ROUGE-L %" in out
    assert "the reference is what the others are compared with" in out
    assert max(map(len, out.splitlines())) <= 120


def test_every_mistake_of_every_file_is_named_at_once(
    items_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"item_id": "item-0", "text": "はい。"},
        {"item_id": "item-0", "text": "はい。"},
        {"item_id": "item-9", "text": "はい。"},
        {"item_id": "item-1", "txt": "はい。"},
        "{not json",
    ]
    wrong = write_lines(tmp_path / "wrong.jsonl", rows)
    short = write_system(tmp_path, "short", TUNED[:4])
    assert command(items_file, wrong, short, tmp_path / "absent.jsonl") == 2
    err = capsys.readouterr().err
    for part in (
        "wrong.jsonl, line 2: item_id: found 'item-0' a second time",
        "wrong.jsonl, line 3: item_id: found 'item-9'; allowed: the 5 ids",
        "wrong.jsonl, line 4: text: missing",
        "wrong.jsonl, line 4: txt: unknown key; allowed: item_id, text",
        "wrong.jsonl, line 5: not JSON",
        "short.jsonl: item_id: 'item-4' has no response",
        "absent.jsonl: cannot be read",
    ):
        assert part in err
    assert "Traceback" not in err


def test_negative_loss_and_two_files_of_one_name_are_mistakes(
    items_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tuned = write_system(tmp_path, "tuned", TUNED)
    row = {"dialogue_id": "a", "split": "test", "band": "high", "targets": 9, "loss_sum": -1.0}
    losses = write_lines(tmp_path / "losses.jsonl", [row])
    assert command(items_file, tuned, "--losses", losses) == 2
    err = capsys.readouterr().err
    assert "losses.jsonl, line 1: loss_sum" in err
    assert "'-1.0'" in err
    with pytest.raises(InputError, match="2 files of this name"):
        read_corpus(items_file, [tuned, tuned])


def test_texts_are_kept_whole_when_they_hold_unusual_line_ends(items_file: Path, tmp_path: Path) -> None:
    odd = ("一行目\u2028二行目", "あ\u0085い", "う\r\nえ", " 空白 ", "お")
    found = read_corpus(items_file, [write_system(tmp_path, "odd", odd)])
    assert found.systems[0].texts == odd


def test_a_language_that_no_script_tells_is_asked_for(
    items_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """English texts are never counted by the Japanese rules because nobody said otherwise."""
    written = write_system(
        tmp_path, "english", [f"How long has that been so? {number}" for number in range(len(items()))]
    )
    assert command(items_file, written, "--resamples", 100) == 2
    assert "--language: the responses are written in Latn" in capsys.readouterr().err
    assert command(items_file, written, "--resamples", 100, "--language", "en", "--json") == 0
    assert json.loads(capsys.readouterr().out)["language"] == "en"
