"""The generative mode: a model is asked for one JSON object, and what it wrote is read under constraints.

For models whose answers cannot be read as probabilities: another family without an adapter, or one behind an interface.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from finetune.score.form import SPEAKERS, Transcript
from tasks.data.feedback import DIMENSIONS, FLAGS, HIGHEST, LOWEST
from tasks.files import sha256_texts

ASKED = (
    "次の対話は、オンラインの心理相談の記録です。相談者になったつもりで、対話を20項目について0から5の整数で評価し、"
    "3つの点についてはtrueかfalseで答えてください。説明は書かず、次のキーをすべて含むJSONオブジェクトだけを出力してください。\n"
)
KEYS = tuple(d.key for d in DIMENSIONS) + tuple(f.key for f in FLAGS)
FORM = "\n".join([f'"{d.key}": 0〜5　{d.ja}' for d in DIMENSIONS] + [f'"{f.key}": trueかfalse　{f.ja}' for f in FLAGS])
DIGEST = sha256_texts("score json 1", ASKED, FORM)
_NUMBER = re.compile(r'"(\w+)"\s*:\s*("?)(\d+(?:\.0+)?|true|false)\2', re.IGNORECASE)


class Parsed(NamedTuple):
    """What was read: values and flags, None where there is none, and what was wrong, in words."""

    values: tuple[int | None, ...]
    flags: tuple[bool | None, ...]
    problems: tuple[str, ...]


def question(transcript: Transcript) -> str:
    """The whole request for one dialogue."""
    talk = "\n".join(f"{SPEAKERS[role]}：{text}" for role, text in transcript.turns)
    return f"{ASKED}{FORM}\n\n対話：\n{talk}\n"


def parse(text: str) -> Parsed:
    """Reads an answer: the first JSON object in it, or the `"key": value` pairs where the object is broken.

    A value counts only where it is allowed: a whole number 0..5, for flags true or false (or 1 and 0). Nothing is
    guessed or clipped; a key given twice with different values, an unknown key and a missing one are problems.
    """
    pairs, problems = _pairs(text)
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key not in KEYS:
            problems.append(f"unknown key {key}")
        elif key in found and found[key] != value:
            problems.append(f"{key}: given twice, as {found[key]!r} and {value!r}")
            found[key] = None
        else:
            found[key] = value
    values = tuple(_value(found, dimension.key, problems) for dimension in DIMENSIONS)
    return Parsed(values, tuple(_flag(found, flag.key, problems) for flag in FLAGS), tuple(problems))


def _pairs(text: str) -> tuple[list[tuple[str, Any]], list[str]]:
    start = text.find("{")
    if start < 0:
        return [], ["no JSON object"]
    try:
        pairs, _ = json.JSONDecoder(object_pairs_hook=list).raw_decode(text, start)
        return list(pairs), []
    except json.JSONDecodeError as error:
        loose = [(key, _loose(word)) for key, _, word in _NUMBER.findall(text[start:])]
        return loose, [f"broken JSON ({error.msg}); {len(loose)} pairs read from it"]


def _loose(word: str) -> Any:
    lowered = word.lower()
    return lowered == "true" if lowered in ("true", "false") else float(lowered)


def _value(found: dict[str, Any], key: str, problems: list[str]) -> int | None:
    value = found.get(key)
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is int and LOWEST <= value <= HIGHEST:
        return value
    problems.append(f"{key}: {'missing' if key not in found else f'found {value!r}'}; allowed: {LOWEST}..{HIGHEST}")
    return None


def _flag(found: dict[str, Any], key: str, problems: list[str]) -> bool | None:
    value = found.get(key)
    if value in (True, False):  # 1 and 0 too
        return bool(value)
    problems.append(f"{key}: {'missing' if key not in found else f'found {value!r}'}; allowed: true or false")
    return None
