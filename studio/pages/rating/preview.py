"""The rating page of a study that is being set up, to be looked at: no script, no session, no row."""

from __future__ import annotations

import re

from studio.pages.rating.files import Files
from studio.pages.rating.page import judged_in_text, render, whole
from studio.service.records import State

_WITHOUT = re.compile(r"<noscript>.*?</noscript>|<script.*?</script>", re.DOTALL)


def page(state: State, files: Files, language: str, narrow: bool) -> str:
    """The pair of a state as served, in the language if the study has it; nothing on it does anything."""
    languages = whole(state).languages
    spoken = language if language in languages else languages[0]
    styles = files.styles(in_text=judged_in_text(state))
    linked = "".join(f'<link rel="stylesheet" href="{style}">' for style in styles)
    return (
        f'<!doctype html><html lang="{spoken}"><meta charset="utf-8"><title>-</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">{linked}'
        f"<body inert>{_WITHOUT.sub('', render(state, spoken, narrow))}</body></html>"
    )
