"""Dialogues in cells: who speaks, by the marks that people put there (「相談者：」, `Th:`, 【カウンセラー】).

A known mark is read. Letters such as A and B, names, and marks in the middle of a line are never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tasks.intake.shape.mapping import Speaks
from tasks.schema import Role, Turn

_CLIENT = (
    "相談者 相 クライアント クライエント 来談者 ユーザー ユーザ client cl user human seeker helpseeker"
    " cliente consultante klient klientin 내담자 来访者 來訪者 求助者 咨客"
)
_COUNSELOR = (
    "カウンセラー カ セラピスト 相談員 支援者 アシスタント counselor counsellor therapist th co assistant gpt supporter"
    " consejero consejera terapeuta conseiller conseillère thérapeute berater beraterin therapeut therapeutin"
    " 상담자 상담사 咨询师 心理咨询师 咨询员 治疗师 諮商師 心理諮商師 諮詢師 治療師"
)
KNOWN: Mapping[str, Speaks] = {
    **dict.fromkeys(_CLIENT.split(), "client"),
    **dict.fromkeys(_COUNSELOR.split(), "counselor"),
}
"""Labels whose role is sure, after `folded_label`."""
_OPEN, _CLOSE = "【\\[「『(（<＜", "】\\]」』)）>＞"
_NAME = r"[^\s\d:：。、，,.!?！？「」『』【】\[\]()（）<>＜＞・･/]{1,16}\.?(?: ?\d{1,2})?"
_BULLET = "[・･●○■□◆◇▪*–—-]"
_BOXED = rf"[{_OPEN}]\s*(?P<boxed>{_NAME})\s*[{_CLOSE}]\s*[:：]?"
_LINE = re.compile(rf"\s*{_BULLET}?\s*(?:{_BOXED}|(?P<colon>{_NAME})\s*[:：](?!//))[ \t\u3000]*")
_BULLETED = re.compile(rf"\s*{_BULLET}\s*(?P<listed>{_NAME})[ \t\u3000]+")
_INSIDE = re.compile(rf"(?<=\W)[{_OPEN}]?\s*(?P<name>{_NAME})\s*[{_CLOSE}]?\s*[:：]")


def folded_label(label: str) -> str:
    """A label as labels are compared: NFKC, casefold, without blanks, points and a number at its end."""
    text = unicodedata.normalize("NFKC", label).casefold()
    return re.sub(r"[\s.．]+|\d+$", "", text)


def role_of(label: str, roles: Mapping[str, Speaks]) -> Speaks | None:
    """The role of a label, by the answers first; None where it is not known."""
    return roles.get(label) or KNOWN.get(folded_label(label))


class Line(NamedTuple):
    """A line of a cell: its label, '' where it has none, the words after it, and the line as it stands."""

    label: str
    words: str
    whole: str


def split(cell: str) -> list[Line]:
    """The lines of a cell with the labels that stand at their beginning."""
    return [_line(line) for line in cell.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def _line(line: str) -> Line:
    if (listed := _BULLETED.match(line)) and folded_label(listed["listed"]) in KNOWN:
        return Line(listed["listed"], line[listed.end() :], line)
    if (mark := _LINE.match(line)) and (mark["colon"] or _boxed_label(mark)):
        return Line((mark["boxed"] or mark["colon"]).strip(), line[mark.end() :], line)
    return Line("", line, line)


def _boxed_label(mark: re.Match[str]) -> bool:
    """Whether a word in brackets is a label: a known one, or one with a colon; 「はい」 at a line's start is none."""
    return folded_label(mark["boxed"]) in KNOWN or mark.group(0).rstrip()[-1] in ":："


def labels(cells: Sequence[str]) -> dict[str, int]:
    """How often each label begins a line of these cells."""
    found: dict[str, int] = {}
    for cell in cells:
        for line in split(cell):
            if line.label:
                found[line.label] = found.get(line.label, 0) + 1
    return found


def inside(cells: Sequence[str], roles: Mapping[str, Speaks]) -> list[str]:
    """Lines in the middle of which a label of a known role stands with its colon."""
    return [
        line.words
        for cell in cells
        for line in split(cell)
        if any(role_of(mark["name"], roles) in ("client", "counselor") for mark in _INSIDE.finditer(line.words))
    ]


def has_mark(cell: str, roles: Mapping[str, Speaks]) -> bool:
    """Whether some line of a cell begins with the label of a role."""
    spoken = (role_of(line.label, roles) for line in split(cell) if line.label)
    return any(role in ("client", "counselor") for role in spoken)


def broken(cell: str, roles: Mapping[str, Speaks]) -> str:
    """The cell with a line begun before each label of a known role in the middle of a line."""

    def begin(mark: re.Match[str]) -> str:
        return f"\n{mark[0]}" if role_of(mark["name"], roles) in ("client", "counselor") else mark[0]

    return _INSIDE.sub(begin, cell)


def is_marked(cells: Sequence[str]) -> bool:
    """Whether half or more of the filled cells have a line with a known label, or most have two lines with labels."""
    filled = [cell for cell in cells if cell.strip()]
    known = sum(any(folded_label(line.label) in KNOWN for line in split(cell) if line.label) for cell in filled)
    several = sum(sum(bool(line.label) for line in split(cell)) >= 2 for cell in filled)
    return bool(filled) and (2 * known >= len(filled) or 2 * several > len(filled))


def turns(cell: str, roles: Mapping[str, Speaks]) -> tuple[Turn, ...] | None:
    """The turns of a cell, lines of one role after another joined; None where its first words have no label.

    A cell without any label is None too: whether its words are the client's is for a person to say.
    """
    said: list[tuple[Role, list[str]]] = []
    for line in split(cell):
        speaks = role_of(line.label, roles) if line.label else None
        role: Role | None = "client" if speaks == "client" else "counselor" if speaks == "counselor" else None
        if role and not (said and said[-1][0] == role):
            said.append((role, [line.words]))
        elif said:
            said[-1][1].append(line.words if role else line.whole)
        elif line.whole.strip():
            return None
    made = tuple(Turn(role=role, text="\n".join(lines).strip()) for role, lines in said)
    return tuple(turn for turn in made if turn.text) or None
