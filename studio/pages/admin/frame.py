"""The frame around every page of the desk: the way to every other page, languages, both themes, who is signed in."""

from __future__ import annotations

from collections.abc import Sequence

from studio.pages.admin.asked import Asked
from studio.pages.admin.html import LANGUAGES, Raw, Words, draft_note, text
from studio.pages.admin.icons import BRAND, icon
from tasks.languages import tags

TABS = ("overview", "people", "quality", "results", "records")
"""A study's pages, in the order in which they are needed."""
THEMES = ("light", "dark")


def frame(asked: Asked, title: str, body: str) -> str:
    """The whole desk as HTML: side, head, body, and the places where sentences and dialogs appear."""
    words = asked.words
    return (
        f'<div id="desk-root" class="desk" lang="{words.language}" dir="{words.direction}" data-page="{asked.page}">'
        f'<a class="skip" href="#page">{text(words["skip_to_page"])}</a>'
        f'<header class="bar"><button type="button" class="row-icon" data-side aria-expanded="false" '
        f'aria-controls="side">{icon("menu")}<span class="sr">{text(words["menu"])}</span></button>'
        f"{_brand(asked)}</header>"
        f'<nav id="side" aria-label="{text(words["menu"])}">{_side(asked)}</nav>'
        f'<main id="page" tabindex="-1" data-title="{text(title)}">{body}{draft_note(words)}</main>'
        f'<div id="told" role="status" aria-live="polite"></div>'
        f'<div id="failed" role="alert" hidden>{text(words["unreachable"])}</div></div>'
    )


def _brand(asked: Asked) -> str:
    return (
        f'<a class="brand-link" href="{asked.address("home")}" data-go>{BRAND}<b>{text(asked.words["studio"])}</b></a>'
    )


def _side(asked: Asked) -> str:
    words = asked.words
    ways = [("home", asked.address("home"), words["home"], asked.page == "home")]
    if asked.acts:
        ways.append(
            ("plus", asked.address("new"), words["new_study"], asked.page == "new" or asked.draft_id is not None)
        )
        ways.append(("people", asked.address("colleagues"), words["colleagues"], asked.page == "colleagues"))
        ways.append(("records", asked.address("server"), words["doctor"], asked.page == "server"))
    parts = [f'<div class="side-brand">{_brand(asked)}</div>', _ways(ways)]
    if asked.study_id:
        tabs = [(tab, asked.address(tab, asked.study_id), words[f"tab_{tab}"], asked.page == tab) for tab in TABS]
        parts += [f'<p class="side-study">{text(asked.called)}</p>', _ways(tabs)]
    return "".join([*parts, '<div class="side-foot">', _languages(asked), _themes(words), _who(asked), "</div>"])


def _ways(ways: Sequence[tuple[str, str, str, bool]]) -> str:
    shown = (
        f'<li><a href="{text(address)}" data-go{" aria-current=page" if here else ""}>{icon(name)}{text(word)}</a></li>'
        for name, address, word, here in ways
    )
    return f"<ul>{''.join(shown)}</ul>"


def _languages(asked: Asked) -> str:
    options = "".join(
        f'<option value="{tag}" lang="{tag}"{" selected" if tag == asked.words.language else ""}>'
        f"{text(tags.name_of(tag))}</option>"
        for tag in LANGUAGES
    )
    return (
        f'<label class="side-label">{icon("globe")}<span class="sr">{text(asked.words["language"])}</span>'
        f"<select data-language>{options}</select></label>"
    )


def _themes(words: Words) -> str:
    buttons = "".join(
        f'<button type="button" data-theme-to="{one}" aria-pressed="false">{text(words[f"theme_{one}"])}</button>'
        for one in THEMES
    )
    return f'<div class="switch" role="group" aria-label="{text(words["theme"])}">{buttons}</div>'


def _who(asked: Asked) -> str:
    words = asked.words
    name, role = asked.someone.name or words["unnamed"], words[f"role_{asked.role}"] if asked.role else ""
    out = ""
    if asked.service.anonymous is None:
        out = (
            f'<form method="post" action="/admin/out"><button class="row-icon" title="{text(words["sign_out"])}">'
            f'{icon("out")}<span class="sr">{text(words["sign_out"])}</span></button></form>'
        )
    return f'<div class="who">{icon("person")}<span>{text(name)}<small>{text(role)}</small></span>{out}</div>'


def head(title: str, note_: str = "", *actions: Raw, mark: str = "") -> Raw:
    """A page's head: its title, a sentence under it, and what can be done here at the end of the line."""
    under = f'<p class="soft">{text(note_)}</p>' if note_ else ""
    return Raw(
        f'<div class="page-head"><div><h1>{text(title)}{mark}</h1>{under}</div>'
        f'<div class="page-acts">{"".join(actions)}</div></div>'
    )


def button_link(address: str, words: str, picture: str, kind: str = "") -> Raw:
    """A link to a page of the desk, dressed as a button."""
    return Raw(f'<a class="button {kind}" href="{text(address)}" data-go>{icon(picture)}{text(words)}</a>')


def confirm(act: str, button: str, sentence: str, words: Words, kind: str = "", body: str = "", **fields: str) -> Raw:
    """A button that opens a dialog, which says what is going to be done before its own button does it.

    Args:
        body: fields that the dialog asks for, as HTML.
        fields: what the act is about, by the name of the field it is sent in.
    """
    name = text("-".join(("sure", act, *fields.values())))
    hidden = "".join(f'<input type="hidden" name="{key}" value="{text(value)}">' for key, value in fields.items())
    return Raw(
        f'<button type="button" class="button {kind}" data-open="{name}">{text(button)}</button>'
        f'<dialog id="{name}" aria-labelledby="{name}-title"><form data-do="{act}">{hidden}'
        f'<h2 id="{name}-title">{text(button)}</h2><p>{text(sentence)}</p>{body}<p class="form-acts">'
        f'<button type="button" class="button" data-close>{text(words["cancel"])}</button>'
        f'<button class="button primary {kind}">{text(button)}</button></p></form></dialog>'
    )
