"""The same judgments in the form of each tool: three raters who agree, whatever side a system stood on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from results.export.folder import Export
from results.importing.export import rows_of
from results.importing.pseudonyms import pseudonyms
from results.importing.study import ids_of, study_of
from tasks.intake.judgments.understanding import Understood, understand, words_of
from tasks.intake.shape.records import Records
from tasks.intake.spoken import word_in
from tasks.strict_json import loads_as_written

Rows = Sequence[Mapping[str, Any]]
Files = Mapping[str, Rows]
RATERS = ("ann@example.org", "ben@example.org", "cam@example.org")
WORD = word_in("en")


class Case:
    """One item: the systems in the order shown, and which of them all raters choose (0 first, 1 second, 2 neither)."""

    def __init__(self, number: int, flipped: bool, winner: str) -> None:
        self.number = number
        self.order = ("Blue", "Red") if flipped else ("Red", "Blue")
        self.winner = winner

    def say(self, first: Any, second: Any, tie: Any) -> Any:
        """The choice, in the words of a tool."""
        return tie if self.winner == "tie" else first if self.winner == self.order[0] else second


def records(files: Files) -> list[Records]:
    """Rows as they come from files: numbers as they are written."""
    return [
        Records(name, list(enumerate(loads_as_written(json.dumps(rows)), 1)), headed=not rows or "1" not in rows[0])
        for name, rows in files.items()
    ]


def understood(files: Files, answers: Mapping[str, str] | None = None) -> Understood:
    return understand(records(files), answers or {})


def exported(files: Files, answers: Mapping[str, str] | None = None) -> Export:
    """The export of some files, of which nothing is left to be asked."""
    found = understood(files, answers)
    assert [question.key for question in found.questions] == []
    assert found.outcome is not None
    judgments = found.outcome.judgments
    codes = pseudonyms({one.said.rater for one in judgments}, "", {})
    machines = {codes[name]: name for name in found.outcome.machines}
    ids = ids_of(judgments)
    study = study_of(found, ids, "imported", [], machines, None)
    words = words_of([one.said for one in judgments])
    return rows_of(study, ids, found.criteria, judgments, codes, words, "en", "2030-01-01T00:00:00Z").export


def label_studio(cases: Sequence[Case]) -> Files:
    return {"project.json": [
        {"id": 100 + c.number, "data": {"text1": "a", "text2": "b", "model_1": c.order[0], "model_2": c.order[1]},
         "drafts": [], "predictions": [],
         "annotations": [
             {"id": 10 * c.number + place, "completed_by": {"id": place, "email": rater}, "was_cancelled": False,
              "updated_at": f"2024-05-0{place}T10:00:00.000Z", "lead_time": 12.5,
              "result": [{"from_name": "pw", "to_name": "text1,text2", "type": "pairwise",
                          "value": {"selected": c.say("left", "right", "tie")}}]}
             for place, rater in enumerate(RATERS, 1)]}
        for c in cases]}  # fmt: skip


def potato(cases: Sequence[Case]) -> Files:
    states: dict[str, Rows] = {
        f"{rater}.json": [{"user_id": rater, "instance_id_to_label_to_value": {
            f"i{c.number}": [[{"schema": "better", "name": "selection"}, c.say("A", "B", "tie")]] for c in cases}}]
        for rater in RATERS
    }  # fmt: skip
    items = [{"id": f"i{c.number}", "model_a": c.order[0], "model_b": c.order[1]} for c in cases]
    return {**states, "items.jsonl": items}


def potato_lines_of_pairs(cases: Sequence[Case]) -> Files:
    rows = [{"instance_id": f"i{c.number}", "user_id": rater, "spans": {},
             "labels": {"better": {c.say("A", "B", "tie"): "true"}}}
            for c in cases for rater in RATERS]  # fmt: skip
    return {"annotations.jsonl": rows, "items.jsonl": potato(cases)["items.jsonl"]}


def potato_table_of_pairs(cases: Sequence[Case]) -> Files:
    rows = [{"instance_id": f"i{c.number}", "user_id": rater,
             **{f"better.{word}": "true" if c.say("A", "B", "tie") == word else "" for word in ("A", "B", "tie")}}
            for c in cases for rater in RATERS]  # fmt: skip
    return {"annotations.csv": rows, "items.jsonl": potato(cases)["items.jsonl"]}


def doccano_of_pairs(cases: Sequence[Case]) -> Files:
    files: dict[str, Rows] = {
        f"{name}.jsonl": [{"id": f"i{c.number}", "text": "a | b", "label": [c.say("A", "B", "tie")]} for c in cases]
        for name in ("ann", "ben", "cam")
    }
    return {**files, "items.jsonl": potato(cases)["items.jsonl"]}


def argilla(cases: Sequence[Case]) -> Files:
    return {"records.jsonl": [
        {"id": str(c.number), "fields": {"response1": "a", "response2": "b"},
         "metadata": {"model_1": c.order[0], "model_2": c.order[1]},
         "responses": {"better": [{"value": c.say("response1", "response2", "tie"), "user_id": rater,
                                   "status": "submitted"} for rater in RATERS]}}
        for c in cases]}  # fmt: skip


def argilla_v1(cases: Sequence[Case]) -> Files:
    return {"records.json": [
        {"id": str(c.number), "fields": {"response1": "a", "response2": "b"},
         "metadata": {"model_1": c.order[0], "model_2": c.order[1]},
         "responses": [{"user_id": rater, "status": "submitted",
                        "values": {"better": {"value": c.say("response1", "response2", "tie")}}} for rater in RATERS]}
        for c in cases]}  # fmt: skip


def prodigy(cases: Sequence[Case]) -> Files:
    return {"db.jsonl": [
        {"text": f"prompt {c.number}", "_input_hash": -c.number, "_task_hash": c.number, "answer": "accept",
         "options": [{"id": "one", "text": "a", "model": c.order[0]}, {"id": "two", "text": "b", "model": c.order[1]}],
         "accept": [c.say("one", "two", "tie")], "_annotator_id": rater, "_timestamp": 1700000000 + c.number}
        for c in cases for rater in RATERS]}  # fmt: skip


def mt_bench(cases: Sequence[Case]) -> Files:
    return {"votes.jsonl": [
        {"question_id": c.number, "model_a": c.order[0], "model_b": c.order[1], "judge": rater, "turn": 1,
         "winner": c.say("model_a", "model_b", "tie (bothbad)"), "tstamp": 1700000000.5,
         "conversation_a": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}],
         "conversation_b": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "b"}]}
        for c in cases for rater in RATERS]}  # fmt: skip


def mt_bench_games(cases: Sequence[Case]) -> Files:
    return {"judgment.jsonl": [
        {"question_id": c.number, "model_1": c.order[0], "model_2": c.order[1], "turn": 1, "tstamp": 1700000000.5,
         "g1_winner": c.say("model_1", "model_2", "tie"), "g2_winner": c.say("model_1", "model_2", "tie"),
         "judge": [judge, "pair-v2"]}
        for c in cases for judge in ("gpt-4", "gpt-3.5", "claude")]}  # fmt: skip


def comparia(cases: Sequence[Case]) -> Files:
    return {"votes.jsonl": [
        {"conversation_pair_id": f"c{c.number}", "model_a_name": c.order[0], "model_b_name": c.order[1],
         "chosen_model_name": c.say(*c.order, c.order[0]), "both_equal": c.winner == "tie", "visitor_id": rater,
         "timestamp": "2025-01-01 10:00:00", "opening_msg": "Bonjour"}
        for c in cases for rater in RATERS]}  # fmt: skip


def pandalm(cases: Sequence[Case]) -> Files:
    return {"testset.json": [
        {"idx": c.number, "cmp_key": "_".join(c.order), "instruction": f"say {c.number}", "input": "",
         "response1": "a", "response2": "b",
         **{f"annotator{place}": c.say(1, 2, 0) for place in (1, 2, 3)}}
        for c in cases]}  # fmt: skip


def alpaca_eval(cases: Sequence[Case]) -> Files:
    return {"annotations.json": [
        {"instruction": f"say {c.number}", "output_1": "a", "output_2": "b", "generator_1": c.order[0],
         "generator_2": c.order[1], "annotator": annotator, "preference": c.say(1.0, 2.0, 1.5)}
        for c in cases for annotator in ("gpt4_a", "gpt4_b", "gpt4_c")]}  # fmt: skip


def one_hot(cases: Sequence[Case]) -> Files:
    hot = ("winner_model_a", "winner_model_b", "winner_tie")
    return {"train.csv": [
        {"id": c.number, "model_a": c.order[0], "model_b": c.order[1], "judge": rater,
         **{column: int(c.say(*hot) == column) for column in hot}}
        for c in cases for rater in RATERS]}  # fmt: skip


def votes(cases: Sequence[Case]) -> Files:
    return {"votes.csv": [
        {"item": c.number, "rater": rater, "left": c.order[0], "right": c.order[1],
         "winner": c.say(c.order[0], c.order[1], "同じ")}
        for c in cases for rater in RATERS]}  # fmt: skip


def votes_wide(cases: Sequence[Case]) -> Files:
    return {"wide.csv": [
        {"item": c.number, "system_1": c.order[0], "system_2": c.order[1],
         **{f"annotator {place}": c.say("first", "second", "tie") for place in (1, 2, 3)}}
        for c in cases]}  # fmt: skip


def min_json(cases: Sequence[Case]) -> Files:
    """Label Studio's JSON_MIN: one row an annotation, the choice under the name of its control."""
    return {"min.json": [
        {"id": c.number, "model_1": c.order[0], "model_2": c.order[1], "annotator": rater, "annotation_id": place,
         "pw": c.say("left", "right", "tie"), "created_at": "2024-05-01T10:00:00Z", "lead_time": 3.5}
        for c in cases for place, rater in enumerate(RATERS)]}  # fmt: skip


PAIRWISE: Mapping[str, tuple[Callable[[Sequence[Case]], Files], Mapping[str, str]]] = {
    "label_studio": (label_studio, {}),
    "label_studio_min": (min_json, {"criteria": "pw"}),
    "potato_states": (potato, {}),
    "potato_lines of pairs": (potato_lines_of_pairs, {}),
    "potato_table of pairs": (potato_table_of_pairs, {}),
    "doccano of pairs": (doccano_of_pairs, {f"rater:{name}.jsonl": name for name in ("ann", "ben", "cam")}),
    "argilla": (argilla, {}),
    "argilla_v1": (argilla_v1, {}),
    "prodigy": (prodigy, {}),
    "mt_bench_votes": (mt_bench, {}),
    "mt_bench_games": (mt_bench_games, {}),
    "comparia": (comparia, {}),
    "pandalm": (pandalm, {}),
    "alpaca_eval": (alpaca_eval, {}),
    "one_hot": (one_hot, {}),
    "votes": (votes, {}),
    "votes_wide": (votes_wide, {}),
}
"""By form: files of some cases, and the answers that a person gives."""


def pearmut(scores: Sequence[Mapping[str, Mapping[str, int]]]) -> Files:
    """A log of Pearmut: by item, by rater, by system."""
    return {"log.jsonl": [
        {"user_id": rater, "item_i": place, "item": [{"item_id": f"doc{place}", "src": "s", "tgt": {"Red": "a"}}],
         "annotation": [{system: {"score": score, "error_spans": [], "textfield": None}
                         for system, score in of.items()}],
         "actions": [{"time": 1771311126.5 + place, "action": "submit"}]}
        for place, item in enumerate(scores) for rater, of in item.items()]}  # fmt: skip


def appraise(values: Sequence[int]) -> Files:
    names = ("engdeu0101", "engdeu0102", "engdeu0103")
    rows = [[user, system, str(1000 + place), "TGT", "eng", "deu", str(value)]
            for place, value in enumerate(values) for system in ("UEDIN.1", "MS.2") for user in names]  # fmt: skip
    return {"scores.csv": [dict(zip("1234567", row, strict=True)) for row in rows]}


def fed(values: Sequence[int]) -> Files:
    return {"fed.json": [
        {"context": f"User: {place}", "response": "System: x", "system": "Meena",
         "annotations": {"Overall": [value] * 3, "Fluent": [value] * 3}}
        for place, value in enumerate(values)]}  # fmt: skip


def usr(values: Sequence[int]) -> Files:
    return {"usr.json": [
        {"context": f"hi {place}", "annotators": ["shi", "max", "mck"],
         "responses": [{"response": "x", "model": "Seq", "Natural": [value] * 3},
                       {"response": "y", "model": "KV", "Natural": [value] * 3}]}
        for place, value in enumerate(values)]}  # fmt: skip


def lewidi(values: Sequence[int]) -> Files:
    return {"brexit.json": [{
        str(place): {"text": "t", "annotation task": "hate", "annotations": ",".join([str(value)] * 3),
                     "annotators": "Ann1,Ann2,Ann3"}
        for place, value in enumerate(values)}]}  # fmt: skip


def doccano(values: Sequence[int]) -> Files:
    return {f"{name}.jsonl": [{"id": place, "text": f"t{place}", "label": [f"L{value}"]}
                              for place, value in enumerate(values)]
            for name in ("ann", "ben", "cam")}  # fmt: skip


def prodigy_binary(values: Sequence[int]) -> Files:
    return {"db.jsonl": [
        {"text": "t", "_input_hash": place, "_task_hash": place, "answer": ("reject", "accept")[value % 2],
         "_session_id": rater}
        for place, value in enumerate(values) for rater in RATERS]}  # fmt: skip


def potato_lines(values: Sequence[int]) -> Files:
    return {"annotations.jsonl": [
        {"instance_id": str(place), "user_id": rater, "labels": {"mood": {f"L{value}": "true"}}, "spans": {}}
        for place, value in enumerate(values) for rater in RATERS]}  # fmt: skip


def potato_table(values: Sequence[int]) -> Files:
    found = sorted(set(values))
    return {"annotations.csv": [
        {"instance_id": str(place), "user_id": rater, **{f"mood.L{v}": "true" if v == value else "" for v in found}}
        for place, value in enumerate(values) for rater in RATERS]}  # fmt: skip


def wide(values: Sequence[int]) -> Files:
    return {"wide.csv": [{"item": place, **{f"rater{n}": value for n in (1, 2, 3)}}
                         for place, value in enumerate(values)]}  # fmt: skip


def long(values: Sequence[int]) -> Files:
    return {"long.csv": [{"item": place, "評価者": rater, "rating": value, "note": "n"}
                         for place, value in enumerate(values) for rater in RATERS]}  # fmt: skip


LEVEL = {"level": "ordinal"}
RATED: Mapping[str, tuple[Callable[[Sequence[int]], Files], Mapping[str, str]]] = {
    "appraise": (appraise, LEVEL),
    "fed": (fed, LEVEL),
    "usr": (usr, LEVEL),
    "lewidi": (lewidi, LEVEL),
    "doccano": (doccano, {f"rater:{name}.jsonl": name for name in ("ann", "ben", "cam")}),
    "prodigy_binary": (prodigy_binary, {}),
    "potato_lines": (potato_lines, {}),
    "potato_table": (potato_table, {}),
    "ratings_wide": (wide, LEVEL),
    "ratings_long": (long, LEVEL | {"criteria": "rating"}),
}
"""By form: files of one value an item, and the answers that a person gives."""
