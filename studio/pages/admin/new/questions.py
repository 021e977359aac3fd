"""Step two: what raters are asked."""

from __future__ import annotations

from studio.pages.admin.asked import Asked, Given
from studio.pages.admin.html import text
from studio.pages.admin.new.steps import study_in
from studio.service.organiser.drafting import Draft, KeptDraft


def body(asked: Asked, kept: KeptDraft) -> str:
    """The criteria in their order."""
    words = asked.words
    rows = "".join(f"<li>{text(words.of(one.label))}</li>" for one in study_in(kept, asked).criteria)
    return f'<section class="card"><ul>{rows}</ul></section>'


def take(asked: Asked, kept: KeptDraft, given: Given) -> Draft:
    """The draft as it is."""
    return kept.draft
