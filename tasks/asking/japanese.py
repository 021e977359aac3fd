"""Finds the questions a Japanese counsellor asks, sentence by sentence, with or without a question mark.

Rules, in this order, on each sentence with quotations, emoji, trailing brackets, dots and commas set aside:

1. `back`: "is that so", said to show listening. Not a question, with or without a mark.
2. `mark`: ends in a question mark of any form.
3. `hedge`: "isn't it that ...", a statement. Not a question.
4. `nomark`: ends in an interrogative form (desu/masu/mashita/masen/mashou/deshou/darou + ka, kashira, kke, kana), or
   has a question word shortly before a final deshou or kane.
5. `request`: "please tell me ...". Asks, but is counted apart.

Measured on all 237,735 counsellor turns of KokoroChat by `python -m tasks describe` (docs/kokorochat.md). A counter of
question marks alone misses one question in six.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.asking.question import MARKS, Question, QuestionKind

_STOPS = "。．｡!！‼" + MARKS
_SENTENCE = re.compile(rf"[^{_STOPS}\u3000\s][^{_STOPS}\u3000\n]*[{_STOPS}\ufe0f]*|^[{_STOPS}]+$")
_LINE = re.compile(r"[^\n]+")
_QUOTES = re.compile("「[^「」]*」|『[^『』]*』|“[^“”]*”")
_MASK = "\ue000"  # private use: stands for a quoted character, so that offsets stay true

_EMOJI = "\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\ufe0f\u200d♪"
_TAIL = re.compile(
    rf"(?:[（(](?:笑|苦笑|泣|涙|汗|[^（()）ぁ-んァ-ヶ一-龥]*)[)）]|[)）\]］】〉》」』{_EMOJI}\s.・…‥,，、､~〜～ー―w^＾_＿;；])+$"
)
_HEAD = re.compile(rf"^[(（\[［【〈《「『{_EMOJI}\s.・…‥,，、､]+")

_INTERJECTION = (
    r"(?:(?:あ[あぁっ]*|え[えぇっ]*|へ[えぇー]+|おお?|まあ|はい|うん|ええ|なるほど|それは|ほう)[、，,…・\s！!ー〜]*)*"
)
_BACK = re.compile(
    rf"{_INTERJECTION}(?:そう|左様|さよう|そのよう)"
    r"(?:な(?:の|ん)|だった(?:の|ん))?(?:で(?:す|した|ございますか?|ございました))?(?:か|の)(?:ね|ぁ|あ|なるほど)?"
)
_HEDGE = re.compile(
    r".*(?:の|ん)(?:では|じゃ|で)(?:は)?(?:ない|ありません)(?:です|でしょう|だろう|のでしょう)?か(?:な|ね|なぁ|なあ|しら)?"
)
_ENDING = re.compile(
    r".*(?:(?:です|ます|でした|ました|ません|ませんでした|ましょう|でしょう|だろう|たでしょう)か(?:ね[えぇ]?|あ|ぁ)?"
    r"|かしら|っけ|かな[あぁ]?)"
)
_WH = (
    r"(?:何|なに|なん(?!です|だ|で(?!し))|どう|どの|どこ|どちら|どんな|どれ|どなた"
    r"|誰|だれ|いつ|なぜ|何故|いくつ|いくら|いかが)"
)
_WH_ENDING = re.compile(rf".*{_WH}.{{0,20}}(?:でしょう|かね[えぇ]?)")
_REQUEST = re.compile(
    r".*(?:教えて|おしえて|お教え|聞かせて|きかせて|お聞かせ|おきかせ|お話し?|話して|仰って|おっしゃって|お伝え|伝えて)"
    r"(?:(?:くだ|下)さい(?:ませ|ますか|ます[とね])?|(?:ほし|欲し)いです?|くれますか?"
    r"|(?:(?:いただけ|頂け|もらえ)(?:れば|ます?と|たら|る|ない)|(?:いただき|頂き|もらい)たい).{0,12})(?:ね[えぇ]?|な)?"
)


def questions(text: str) -> tuple[Question, ...]:
    """The sentences of `text` that ask, or look as if they did, in order; () if there are none.

    A line break, a full-width space and the marks of a sentence's end separate sentences. What is quoted does not
    count, unless a whole line is the quotation.
    """
    return tuple(_questions(text))


def _questions(text: str) -> Iterator[Question]:
    for start, sentence in sentences(text):
        kind = kind_of(sentence)
        if kind is not None:
            yield Question(kind, start, start + len(sentence.rstrip()))


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Each sentence with its offset; quoted characters are replaced one for one by a private-use character."""
    for line in _LINE.finditer(text):
        masked = _masked(line[0])
        for sentence in _SENTENCE.finditer(masked):
            yield line.start() + sentence.start(), sentence[0]


def _masked(line: str) -> str:
    """The line with quotations masked, unless the line is one quotation."""
    bare = line.strip().rstrip(_STOPS)
    if _QUOTES.fullmatch(bare):
        return line
    return _QUOTES.sub(lambda quote: _MASK * len(quote[0]), line)


def kind_of(sentence: str) -> QuestionKind | None:
    """What kind of question one sentence is, by the rules above; None if it asks nothing."""
    core = _core(sentence)
    if not core:
        return "mark" if _asks(sentence) else None
    if _BACK.fullmatch(core):
        return "back"
    if _asks(sentence):
        return "mark"
    if _HEDGE.fullmatch(core):
        return "hedge"
    if _ENDING.fullmatch(core) or _WH_ENDING.fullmatch(core):
        return "nomark"
    return "request" if _REQUEST.fullmatch(core) else None


def _core(sentence: str) -> str:
    """The words of a sentence without its stops, brackets, emoji and trailing dots."""
    return _HEAD.sub("", _TAIL.sub("", sentence.rstrip(_STOPS + "\ufe0f")))


def _asks(sentence: str) -> bool:
    """True where the sentence's closing marks hold a question mark."""
    body = sentence.rstrip(_STOPS + "\ufe0f")
    return any(mark in MARKS for mark in sentence[len(body) :])
