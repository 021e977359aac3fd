"""Pieces of HTML that the organiser's tabs share; every text is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from results.document.words import study_text
from tasks.languages import catalogue, tags
from tasks.languages.tag import Language
from tasks.schema import Words as StudyText

FOLDER = Path(__file__).parent
STYLES = (FOLDER.parent / "tokens.css", FOLDER / "static" / "desk.css")
SECTION = "organiser"
LANGUAGES = catalogue.languages(SECTION)
"""The languages that the page speaks."""


@dataclass(frozen=True)
class Words:
    """The page's words in one language."""

    language: Language

    def __getitem__(self, key: str) -> str:
        return self.say(key)

    def say(self, key: str, **values: object) -> str:
        """The text of a key with its values filled in. Raises KeyError for a key that has none."""
        text = catalogue.form(catalogue.words(SECTION, self.language)[key], self.language, values)
        return catalogue.fill(text, {name: tags.isolated(str(value), self.language) for name, value in values.items()})

    def get(self, key: str, default: str) -> str:
        """The text of a key, or `default` where it has none."""
        return self.say(key) if key in catalogue.words(SECTION, self.language) else default

    def of(self, text: StudyText) -> str:
        """A text of a study."""
        return study_text(text, self.language)

    def name_of(self, tag: Language) -> str:
        """What a language is called."""
        return tags.name_of(tag, self.language)

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`."""
        return tags.direction(self.language)


WORDS = {tag: Words(tag) for tag in LANGUAGES}


class Raw(str):
    """HTML that is escaped already."""

    __slots__ = ()


def text(value: object) -> Raw:
    """A value as HTML; what is `Raw` stays as it is."""
    return value if isinstance(value, Raw) else Raw(escape(str(value)))


def table(head: Sequence[str], rows: Iterable[Sequence[object]], none: str) -> Raw:
    """A table that scrolls sideways where it must; the sentence `none` where it has no rows."""
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    if not body:
        return Raw(f'<p class="fine">{text(none)}</p>')
    top = "".join(f"<th scope='col'>{text(word)}</th>" for word in head)
    return Raw(
        f'<div class="scroll" tabindex="0"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _cell(value: object) -> str:
    """A cell that runs as its own first letter does: numbers from left to right beside Arabic words, too."""
    return f'<td dir="auto">{text(value)}</td>'


def listed(name: str, title: str, search: str, heads: Sequence[str], rows: Iterable[str], foot: str = "") -> Raw:
    """A card with a table of lines that can be searched; on a phone each line is a stack.

    Args:
        search: what the search field is called.
        heads: head cells as HTML; a column of buttons alone has `what_to_do` words for ears only.
        rows: `<tr>` elements.
    """
    called = text(search)
    return Raw(
        f'<section class="card flush"><div class="card-head"><h2>{text(title)}</h2>'
        f'<input type="search" data-search="{name}" placeholder="{called}" aria-label="{called}"></div>'
        f'<div class="scroll" tabindex="0"><table class="lines" id="{name}"><thead><tr>{"".join(heads)}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>{foot}</section>"
    )


def column(words: str, shown: bool = True) -> Raw:
    """A head cell; its words are for ears alone where the column shows buttons only."""
    return Raw(f'<th scope="col">{text(words) if shown else f"""<span class="sr">{text(words)}</span>"""}</th>')


def tiles(values: Iterable[tuple[str, str]]) -> Raw:
    """Figures with a word under each."""
    cells = "".join(
        f'<div class="tile"><b><bdi>{text(value)}</bdi></b><span>{text(word)}</span></div>' for word, value in values
    )
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


def ltr(value: object) -> Raw:
    """Numbers and signs that run from left to right beside any letters."""
    return Raw(f'<bdi dir="ltr">{text(value)}</bdi>')


def tag(words: str, kind: str = "") -> Raw:
    """A word about a state, in a coloured field; the word alone says it, the colour only repeats it."""
    return Raw(f'<span class="tag {kind}">{text(words)}</span>')


def bar(done: int, total: int, called: str) -> Raw:
    """How much of something is done, as figures and as a bar."""
    label = text(f"{called}: {done} / {total}")
    return Raw(
        f'<span class="amount" dir="ltr"><b>{done}</b> / {total}</span>'
        f'<progress value="{done}" max="{max(total, 1)}" aria-label="{label}"></progress>'
    )


def moment(at: str | None, kind: str = "") -> Raw:
    """A time in the reader's time zone; `kind` is `date`, or '' for date and time. A dash where there is none."""
    if not at:
        return Raw("–")
    shown = at[:10] if kind == "date" else at[:16].replace("T", " ")
    return Raw(f'<time datetime="{text(at)}" data-kind="{kind}">{text(shown)}</time>')


def form(act: str, body: str, button: str, kind: str = "primary") -> Raw:
    """A form whose button does something on this page; what comes of it is shown under it."""
    return Raw(
        f'<form data-do="{act}" class="card form">{body}<p class="form-acts">'
        f'<button class="button {kind}">{text(button)}</button></p><div class="outcome" tabindex="-1"></div></form>'
    )


def field(called: str, name: str, info: str = "", kind: str = "text", value: str = "") -> str:
    """A labelled field of one line."""
    return _labelled(called, f'<input type="{kind}" name="{name}" value="{text(value)}">', info)


def area(called: str, name: str, info: str = "", value: str = "", rows: int = 3) -> str:
    """A labelled field of several lines."""
    return _labelled(called, f'<textarea name="{name}" rows="{rows}">\n{text(value)}</textarea>', info)


def choice(called: str, name: str, options: Iterable[tuple[str, str]], value: str = "") -> str:
    """A labelled choice of one among (value, word)."""
    shown = "".join(
        f'<option value="{text(one)}"{" selected" if one == value else ""}>{text(word)}</option>'
        for one, word in options
    )
    return _labelled(called, f'<select name="{name}">{shown}</select>', "")


def tick(called: str, name: str, ticked: bool = False) -> str:
    """A box to tick."""
    return (
        f'<p><label class="tick"><input type="checkbox" name="{name}" value="yes"{" checked" if ticked else ""}>'
        f"<span>{text(called)}</span></label></p>"
    )


def choice_of(name: str, value: str, called: str, chosen: bool, several: bool = False, then: bool = False) -> str:
    """One of the choices of a question: a box to tick where several may be, else a button of which one is pressed.

    `then`: the field that goes with this choice is shown while it is chosen.
    """
    kind = "checkbox" if several else "radio"
    return (
        f'<label class="tick"><input type="{kind}" name="{text(name)}" value="{text(value)}"'
        f"{' checked' if chosen else ''}{' data-then' if then else ''}><span>{text(called)}</span></label>"
    )


def choices(called: str, name: str, options: Iterable[tuple[str, str]], value: str = "", info: str = "") -> str:
    """A question with all of its choices in sight, one of them pressed."""
    shown = "".join(choice_of(name, one, word, one == value) for one, word in options)
    under = f'<small class="soft">{text(info)}</small>' if info else ""
    return f"<fieldset><legend>{text(called)}</legend>{shown}{under}</fieldset>"


def _labelled(called: str, control: str, info: str) -> str:
    under = f'<small class="soft">{text(info)}</small>' if info else ""
    return f"<p><label><span>{text(called)}</span>{control}{under}</label></p>"


def share(value: float | None) -> str:
    """A proportion as a percentage; a dash where it is undefined."""
    return "–" if value is None else f"{value:.0%}"


def figure(value: float | None) -> str:
    """A coefficient with two decimals; a dash where it is undefined."""
    return "–" if value is None else f"{value:.2f}"


def draft_note(words: Words) -> str:
    """What is said under a page in a language that no speaker has read yet; '' in others."""
    if not catalogue.is_draft(words.language):
        return ""
    return note(words.say("draft", language=words.name_of(words.language)))


def words_in(language: str) -> Words:
    """The page's words in a language or in the nearest to it; in the first for anything else."""
    return WORDS[tags.closest(language, LANGUAGES) or LANGUAGES[0]]


def page(body: str, words: Words) -> str:
    """A plain page without script around `body`, dressed as the desk, in the language of `words`."""
    style = "".join(path.read_text(encoding="utf-8") for path in STYLES)
    return (
        f'<!doctype html><html lang="{words.language}" dir="{words.direction}"><meta charset="utf-8">'
        "<title>Studio</title>"
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{style}</style>'
        f'<body><div class="desk plain"><main id="page">{body}{draft_note(words)}</main></div>'
    )
