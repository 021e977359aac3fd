"""Marks in a text that can give its writer away. Texts are matched as they are, names after NFKC and case folding.

Identity marks tell a rater outright that a machine wrote, or which; format marks only help to guess where one system
shows them and the other does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from tasks.schema import System

_EMOJI = "[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\u203c\u2049]"

_MACHINE = "ai|人工知能|言語モデル|アシスタント|チャットボット|ボット|プログラム"
SELF_IDENTIFICATION = re.compile(
    rf"(?:私|わたし|僕|ぼく|こちら)は[、 ]?(?:ただの|単なる)?(?:{_MACHINE}|機械)"
    rf"|(?:{_MACHINE})(?:である|なので|ですので|ですから|として|という立場)"
    r"|(?:大規模)?言語モデル|aiアシスタント|aiカウンセラー|チャットボット|人間ではあり?ません|人間ではない(?:ので|ため)"
    r"|(?:私|わたし)の?学習データ|(?:訓練|学習|開発|トレーニング)され(?:た|ています|ました)(?:ai|モデル|アシスタント)"
    r"|\b(?:as an|i am an|i'm an|i am just an) (?:ai|artificial intelligence|assistant|language model)\b"
    r"|\blanguage model\b|\bchatbot\b|\bmy training data\b|\bi (?:was|am) trained\b"
)
"""Phrases by which a model speaks of itself; matched in NFKC, case-folded text."""

MODEL_NAMES = (
    "chatgpt", "gpt-3", "gpt-4", "gpt-5", "gpt4", "gpt4o", "openai", "claude", "anthropic", "gemini", "gemma", "llama",
    "swallow", "qwen", "通義千問", "mistral", "mixtral", "deepseek", "elyza", "rinna", "plamo", "sarashina", "karakuri",
    "llm-jp", "copilot", "kokorochat", "kokoro-high", "kokoro-low", "kokoro-full", "tinyllama", "grok",
)  # fmt: skip

TEMPLATE = re.compile(
    r"<\|[^|<>\n]{1,40}\|>|</?(?:s|bos|eos|pad|unk|think|start_of_turn|end_of_turn)>|\[/?INST\]"
    r"|^\s*#{2,}\s*(?:応答|回答|指示|入力|Response|Instruction|Input)"
    r"|^\s*(?:カウンセラー|相談者|クライエント|Counsell?or|Client|Assistant|User|System|model)\s*[:：]"
    r"|\ufffd",
    re.MULTILINE,
)
"""Marks of a chat template, a speaker's label, or broken bytes: no person types them."""


def normalized(text: str) -> str:
    """NFKC and case-folded, for matching only."""
    return unicodedata.normalize("NFKC", text).casefold()


def self_identification(text: str) -> tuple[str, ...]:
    """The phrases by which the text's writer calls itself a machine, as matched."""
    return tuple(match.group() for match in SELF_IDENTIFICATION.finditer(normalized(text)))


def template_marks(text: str) -> tuple[str, ...]:
    """Template marks, speaker labels and replacement characters, as they stand."""
    return tuple(match.group().strip() for match in TEMPLATE.finditer(text))


def names_pattern(systems: Sequence[System] = ()) -> re.Pattern[str]:
    """Matches names of known models and of the study's own systems in normalised text; Latin names as whole words."""
    own = {part for system in systems for part in _own_names(system)}
    names = sorted({*MODEL_NAMES, *own}, key=lambda name: (-len(name), name))
    return re.compile("|".join(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z])" for name in names))


def _own_names(system: System) -> set[str]:
    """Names that a rater could connect with a system: 4 or more characters, path parts apart."""
    given = (system.system_id, system.name, system.model or "", system.adapter or "")
    parts = {normalized(part) for name in given for part in (name, *name.split("/"))}
    return {part for part in parts if len(part) >= 4}


# --- format ---------------------------------------------------------------------------------------------------


def _has(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.MULTILINE)
    return lambda text: compiled.search(text) is not None


def _repeats(text: str) -> bool:
    sentences = [part.strip() for part in re.split(r"[。！？!?\n]", text) if len(part.strip()) >= 4]
    return any(sentences.count(sentence) >= 3 for sentence in set(sentences))


def _unfinished(text: str) -> bool:
    bare = re.sub(rf"(?:{_EMOJI}|[\s\ufe0f\u200d」』）)】♪〜～w笑^_;])+$", "", text)
    return bool(bare) and bare[-1] not in "。．.！!？?…"


FORMATS: dict[str, Callable[[str], bool]] = {
    "markdown": _has(r"\*\*[^*\n]+\*\*|^#{1,6}\s|^```|`[^`\n]+`|^\s*>\s"),
    "bullets": _has(r"^\s*(?:[-*+]\s|[•・◦▪‣●○■□◆◇※])\s*\S"),
    "numbered list": _has(r"^\s*(?:[0-9０-９]{1,2}[.)．）]\s*\D|[①-⑳])"),
    "emoji": _has(_EMOJI),
    "laughter": _has(r"[（(](?:笑|苦笑|泣|涙|汗)[)）]|[wｗ]{2,}|\^_?\^"),
    "line breaks": _has(r"\n"),
    "carriage returns": _has(r"\r"),
    "space around": lambda text: text != text.strip(),
    "full-width space": _has(r"\u3000"),
    "half-width ? or !": _has(r"[?!]"),
    "exclamation": _has(r"[!！]"),
    "full-width comma or stop": _has(r"[，．]"),
    "dots": _has(r"…|・・+|\.\.+|。。+|‥"),
    "quotation marks": _has(r"[「『\"“]"),
    "brackets": _has(r"[（(]"),
    "Latin words": _has(r"[A-Za-zＡ-Ｚａ-ｚ]{3,}"),
    "other script": _has(r"[\u0400-\u04ff\u0600-\u06ff\u0e00-\u0e7f\u1100-\u11ff\uac00-\ud7af]"),
    "unfinished": _unfinished,
    "empty": lambda text: not text.strip(),
    "a sentence three times": _repeats,
}
"""Format marks by name; each says whether a text shows it."""
