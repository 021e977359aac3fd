"""Pieces of HTML that the organiser's tabs share; every text is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from tasks.languages import catalogue

FOLDER = Path(__file__).parent
SECTION = "organiser"
WORDS: dict[str, dict[str, str]] = {
    tag: {"language": tag} | {key: catalogue.form(text, tag, {}) for key, text in catalogue.words(SECTION, tag).items()}
    for tag in catalogue.languages(SECTION)
}
"""Every word of the page, by language and key; `language` is the language itself."""

Words = Mapping[str, str]


class Raw(str):
    """HTML that is escaped already."""

    __slots__ = ()


def text(value: object) -> Raw:
    """A value as HTML; what is `Raw` stays as it is."""
    return value if isinstance(value, Raw) else Raw(escape(str(value)))


def table(head: Sequence[str], rows: Iterable[Sequence[object]], none: str) -> Raw:
    """A table that scrolls sideways where it must; the sentence `none` where it has no rows."""
    body = "".join(f"<tr>{''.join(f'<td>{text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    if not body:
        return Raw(f'<p class="fine">{text(none)}</p>')
    top = "".join(f"<th scope='col'>{text(word)}</th>" for word in head)
    return Raw(
        f'<div class="scroll" tabindex="0"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def tiles(values: Iterable[tuple[str, str]]) -> Raw:
    """Figures with a word under each."""
    cells = "".join(f'<div class="tile"><b>{text(value)}</b><span>{text(word)}</span></div>' for word, value in values)
    return Raw(f'<div class="tiles">{cells}</div>')


def heading(words: str) -> Raw:
    """A heading inside a tab."""
    return Raw(f"<h2>{text(words)}</h2>")


def note(words: str, kind: str = "fine") -> Raw:
    """A sentence; `kind` is `fine` or `warn`."""
    return Raw(f'<p class="{kind}">{text(words)}</p>')


def link(address: str, words: str, download: bool = False, kind: str = "take") -> Raw:
    """A link of this studio, in a new tab or as a download."""
    attributes = "download" if download else 'target="_blank" rel="noopener"'
    return Raw(f'<a class="{kind}" href="{escape(address)}" {attributes}>{text(words)}</a>')


def share(value: float | None) -> str:
    """A proportion as a percentage; a dash where it is undefined."""
    return "–" if value is None else f"{value:.0%}"


def figure(value: float | None) -> str:
    """A coefficient with two decimals; a dash where it is undefined."""
    return "–" if value is None else f"{value:.2f}"


def words_in(language: str) -> Words:
    """The page's words in `en`, or in Japanese for anything else."""
    return WORDS["en" if language == "en" else "ja"]


def page(body: str, words: Words) -> str:
    """A plain page without script around `body`, dressed as the rest, in the language of `words`."""
    style = (FOLDER / "admin.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html><html lang="{words["language"]}"><meta charset="utf-8"><title>Studio</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{style}</style>'
        f'<body><main class="desk setup">{body}</main>'
    )
