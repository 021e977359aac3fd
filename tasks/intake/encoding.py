"""In which encoding a text file is written: what its bytes prove, else what its letters make likely, else a question.

The order: a byte order mark; escapes of ISO-2022-JP; strict UTF-8; UTF-8 but for a few bytes, which is refused with the
place; then five encodings of offices, scored by the share of their usual letters. Nothing is decoded with losses.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tasks.errors import InputError
from tasks.intake.content import Content
from tasks.languages.fault import Fault, at

SCORED = ("cp932", "euc_jp", "gb18030", "cp949", "cp1252")
OTHERS = ("big5", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp874", "cp1258", "mac_roman")
"""Encodings that letters cannot tell apart: offered where none of the five is likely, never chosen."""
MARKED = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "iso2022_jp")
ENCODINGS = (*MARKED, *SCORED, *OTHERS)
"""Those that a person may name."""
FEWEST = 4
"""Characters outside ASCII below which nothing is likely enough."""
MARGIN = 0.1
"""Difference of the two best scores up to which it is asked."""
LIKELY = {"cp932": 0.5, "euc_jp": 0.5, "gb18030": 0.5, "cp949": 0.5, "cp1252": 0.9}
"""Score below which an encoding is not likely at all; Czech or Turkish bytes read as cp1252 make Latin letters too."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_CHUNK, _LOOKED_AT = 2**20, 20_000
_BROKEN = re.compile("[\udc80-\udcff]+")
_CELL = re.compile(r"[^,;|\t\r\n\"]*[^\x00-\x7f,;|\t\r\n\"][^,;|\t\r\n\"]*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An encoding in which the bytes can be read: the score 0..1 of its letters, and three cells as they then read."""

    encoding: str
    score: float
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What the bytes say.

    Attributes:
        encoding: the name of Python's codec; '' where a person must say it.
        how: `mark`, `escapes`, `utf8`, `letters`, or `ask`.
        candidates: for `letters` and `ask`, the likeliest first.
    """

    encoding: str
    how: str
    candidates: tuple[Candidate, ...] = ()


def tell(content: Content) -> Told:
    """The encoding of a text file.

    Raises:
        InputError: the bytes are in the encoding of their mark, or in UTF-8, but for one place, which is named; or in
            none that is known.
    """
    start = content.read(_CHUNK)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            refuse_undecodable(content, encoding)
            return Told(encoding, "mark")
    if b"\x1b$" in start and start.isascii():
        refuse_undecodable(content, "iso2022_jp")
        return Told("iso2022_jp", "escapes")
    if _place(content, "utf-8") is None:
        return Told("utf-8", "utf8")
    sample = _sample(content)
    if _is_nearly_utf8(sample):
        refuse_undecodable(content, "utf-8")
    return _by_letters(content, sample)


def _sample(content: Content) -> bytes:
    """The first megabyte of lines that are not ASCII: no encoding here has a line end within a character."""
    found, size = list[bytes](), 0
    with content.open() as file:
        for line in file:
            if not line.isascii():
                found.append(line[: _CHUNK - size])
                size += len(line)
            if size >= _CHUNK:
                break
    return b"".join(found)


def refuse_undecodable(content: Content, encoding: str) -> None:
    """Raises InputError with the first byte that an encoding does not have, if there is one."""
    if (place := _place(content, encoding)) is not None:
        raise InputError(at(content.name, Fault("not_encoded", encoding=encoding.upper(), place=place)))


def _place(content: Content, encoding: str) -> Fault | None:
    """The first byte that cannot be decoded, in words; None where all can. A chunk of the file is held at a time."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, before = 1, 0
    with content.open() as file:
        while True:
            chunk = file.read(_CHUNK)
            held = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                byte = {"byte": str(before - held + error.start), "value": f"0x{error.object[error.start]:02x}"}
                return Fault("place_byte", line=str(line), **byte)
            if not chunk:
                return None
            line, before = line + text.count("\n"), before + len(chunk)


def _is_nearly_utf8(data: bytes) -> bool:
    """Whether most of what is not ASCII is whole UTF-8 characters: other encodings make few of them by chance."""
    text = data.decode("utf-8", "surrogateescape")
    broken = len(_BROKEN.findall(text))
    whole = len(re.findall("[^\x00-\x7f\udc80-\udcff]", text))
    return whole >= 4 * broken


def _by_letters(content: Content, sample: bytes) -> Told:
    read = {name: text for name in SCORED if (text := _decoded(content, sample, name)) is not None}
    found = sorted((_candidate(name, text) for name, text in read.items()), key=lambda one: -one.score)
    if found and found[0].score >= LIKELY[found[0].encoding]:
        count = len(_outside_ascii(read[found[0].encoding]))
        second = found[1].score if len(found) > 1 else 0.0
        if count >= FEWEST and found[0].score - second > MARGIN:
            return Told(found[0].encoding, "letters", tuple(found))
    else:
        read = {name: text for name in OTHERS if (text := _decoded(content, sample, name)) is not None}
        found += [Candidate(name, 0.0, cells(text)) for name, text in read.items()]
    if not found:
        raise InputError(at(content.name, Fault("no_encoding")))
    return Told("", "ask", tuple(found))


def _decoded(content: Content, sample: bytes, encoding: str) -> str | None:
    """The sample as it reads in an encoding; None where that lacks a byte of the file, or makes no text of them."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)  # its last character may be cut
    if re.search("[\x80-\x84\x86-\x9f\ufffd\ue000-\uf8ff]", text) or _place(content, encoding) is not None:
        return None
    return text


def _candidate(encoding: str, text: str) -> Candidate:
    return Candidate(encoding, _SCORES[encoding](text), cells(text))


def cells(text: str) -> tuple[str, ...]:
    """The first three cells that hold a character outside ASCII, shortened."""
    found = (match[0].strip() for match in _CELL.finditer(text))
    return tuple(cell[:40] for _, cell in zip(range(3), (cell for cell in found if cell), strict=False))


# --- how usual the letters are ------------------------------------------------------------------------------------

_SIGNS = frozenset("、。，．・：；？！…‥「」『』（）【】〈〉《》〔〕—–“”‘’～〜￥　ー々〇①②③④⑤○●◎△□■→←↑↓※")
_CHINESE = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多"
    "经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实您吗呢吧很让给觉感情谢"
)
_KOREAN = frozenset(
    "이다는을에의가고하지도로한은나사를기서어자아시그리니게해라과만들수있었것요안네저내너면까대으인정스"
)
"""The commonest letters: any text of some length has its share of them."""
_KANA = re.compile("[ぁ-ゖァ-ヺー]")
_HALF_KANA = re.compile("[ｦ-ﾟ]{2,}")
_WESTERN = "éèêëàâáäåãæçíîïñóôöøúüßœÉÈÀÇÖÄÜÅØÆ"
_LATIN = re.compile(f"[{_WESTERN}](?=[a-zA-Z])|(?<=[a-zA-Z])[{_WESTERN}]|(?<=[a-zA-Z])’(?=[a-zA-Z])")
_NEUTRAL = "‘’“”„–—…«»¿¡€£°·§•®©™\u00a0\u0085"


def _outside_ascii(text: str) -> list[str]:
    return re.findall("[^\x00-\x7f]", text)[:_LOOKED_AT]


def _japanese(text: str) -> float:
    text = text[: 10 * _LOOKED_AT]
    kana, half = len(_KANA.findall(text)), sum(map(len, _HALF_KANA.findall(text)))
    letters = Counter(re.findall("[^\x00-\x7f]", text))
    kanji = sum(n for letter, n in letters.items() if letter in _SIGNS - {"ー"} or 16 <= _row(letter, "euc_jp") <= 47)
    return _score(kana + half + kanji, kana, 0.2, letters.total())


def _chinese(text: str) -> float:
    letters = Counter(_outside_ascii(text))
    usual = sum(n for letter, n in letters.items() if letter in _SIGNS or 16 <= _row(letter, "gb2312") <= 55)
    return _score(usual, sum(letters[letter] for letter in _CHINESE), 0.15, letters.total())


def _korean(text: str) -> float:
    letters = Counter(_outside_ascii(text))
    usual = sum(n for letter, n in letters.items() if letter in _SIGNS or 16 <= _row(letter, "euc_kr") <= 40)
    return _score(usual, sum(letters[letter] for letter in _KOREAN), 0.15, letters.total())


def _latin(text: str) -> float:
    text = text[: 10 * _LOOKED_AT]
    usual = _LATIN.findall(text)
    count = len(re.sub(f"[\x00-\x7f{_NEUTRAL}]", "", text)) + usual.count("’")
    return len(usual) / count if count else 0.0


def _score(usual: int, common: int, expected: float, count: int) -> float:
    """The share of usual letters, less where the commonest of them are rarer than `expected`."""
    if not count:
        return 0.0
    return usual / count * min(1.0, common / count / expected)


def _row(letter: str, encoding: str) -> int:
    """The row of a letter in the table of 94 x 94 on which an encoding rests; 0 where it is not in it."""
    try:
        raw = letter.encode(encoding)
    except UnicodeEncodeError:
        return 0
    return raw[0] - 0xA0 if len(raw) == 2 else 0


_SCORES: Mapping[str, Callable[[str], float]] = {
    "cp932": _japanese, "euc_jp": _japanese, "gb18030": _chinese, "cp949": _korean, "cp1252": _latin,
}  # fmt: skip
