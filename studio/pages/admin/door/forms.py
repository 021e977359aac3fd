"""Pieces of the forms by which a study is set up; what was typed before stands in them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.pages.admin.html import Raw, Words, text
from tasks.schema import FIRST_LANGUAGES
from tasks.study.wording.templates import spoken_languages


def form(words: Words, body: str, button: str, action: str = "/admin/new", hidden: str = "") -> Raw:
    """A form around `body`, in the language of the words."""
    return Raw(
        f'<form method="post" action="{action}" enctype="multipart/form-data">'
        f'<input type="hidden" name="lang" value="{words.language}">{hidden}{body}'
        f"<p><button>{text(words[button])}</button></p></form>"
    )


def field(words: Words, name: str, kind: str = "text", value: str = "") -> str:
    """A labelled field; files cannot be put back into theirs."""
    more = f'value="{text(value)}"' if kind != "file" else ""
    return f'<p><label>{text(words[f"new_{name}"])}<br><input type="{kind}" name="{name}" {more}></label></p>'


def facts(words: Words, given: Mapping[str, str]) -> str:
    """What every new study is asked for, with what was typed before."""
    offered = ", ".join(spoken_languages())
    label = text(words.say("new_languages", languages=offered))
    languages = text(given.get("languages") or ", ".join(FIRST_LANGUAGES))
    return (
        field(words, "study_id", value=given.get("study_id", ""))
        + field(words, "contact", value=given.get("contact", ""))
        + field(words, "seats", "number", given.get("seats", "5"))
        + f'<p><label>{label}<br><input type="text" name="languages" value="{languages}"></label></p>'
    )


def faults(lines: Sequence[str], words: Words) -> str:
    """Everything that is wrong, as a list; nothing where nothing is."""
    listed = "".join(f"<li>{text(line)}</li>" for line in lines)
    return f'<div class="warn" role="alert"><p>{text(words["new_faults"])}</p><ul>{listed}</ul></div>' if lines else ""


def templates(words: Words, offered: Sequence[str], given: Mapping[str, str]) -> str:
    """Which criteria are asked."""
    chosen = given.get("template", "")
    options = "".join(f"<option{' selected' if name == chosen else ''}>{name}</option>" for name in offered)
    return f'<p><label>{text(words["new_template"])}<br><select name="template">{options}</select></label></p>'
