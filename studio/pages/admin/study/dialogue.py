"""One item as raters read it: what the client said last, the two responses side by side, and the whole dialogue."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from studio.pages.admin.html import Raw, Words, text
from studio.service.organiser.watching import Reply, Shown
from tasks.languages import tags
from tasks.schema import Language, Turn

SPEAKERS = {"client": "said_client", "counselor": "said_counselor"}


def dialogue(
    shown: Shown,
    language: Language,
    words: Words,
    above: Sequence[object] = (),
    under: Sequence[object] = (),
) -> Raw:
    """The texts of an item, or the sentence that they are not kept here.

    Args:
        language: in which they are written.
        above, under: what stands over and under each response, as text or HTML.
    """
    if not shown.turns and not any(shown.responses):
        return Raw(f'<p class="fine">{text(words["texts_gone"])}</p>')
    quote = f"<blockquote>{_said(shown.turns[-1], language, words)}</blockquote>" if shown.turns else ""
    pair = "".join(
        f'<div class="reply">{_over(over)}{_said(one, language, words) if one else "–"}{_over(below)}</div>'
        for one, over, below in zip_longest(shown.responses, above, under)
    )
    replies = f'<div class="replies">{pair}</div>' if pair else ""
    return Raw(f"{quote}{replies}{_whole(shown.turns, language, words)}")


def _over(what: object) -> str:
    return f'<p class="fine">{text(what)}</p>' if what else ""


def _said(one: Turn | Reply, language: Language, words: Words) -> Raw:
    """A text in its own language, and its translation for readers of another where there is one."""
    found = one.translation.languages if one.translation else ()
    tag = tags.closest(words.language, found) if found else None
    other = ""
    if one.translation and tag and tag != language:
        other = f'<small lang="{tag}" dir="{tags.direction(tag)}">{text(one.translation.text(tag))}</small>'
    return Raw(f'<p lang="{language}" dir="{tags.direction(language)}" class="told">{text(one.text)}</p>{other}')


def _whole(turns: Sequence[Turn], language: Language, words: Words) -> str:
    if len(turns) < 2:
        return ""
    lines = "".join(
        f'<div class="said {turn.role}"><small>{text(words[SPEAKERS[turn.role]])}</small>'
        f"{_said(turn, language, words)}</div>"
        for turn in turns
    )
    summary = f"<summary>{text(words['dialogue_whole'])}</summary>"
    return f'<details class="quiet">{summary}<div class="talk">{lines}</div></details>'
