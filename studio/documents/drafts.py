"""A draft as its organiser reads it before accepting it."""

from __future__ import annotations

from studio.documents import ethics
from tasks.design.planning import plan
from tasks.schema import Study
from tasks.study.wording.drafts import texts_of


def shown(study: Study, name: str) -> str:
    """The words of a draft such as `de.scales`. ValueError for a name that has no language and part."""
    language, part = name.split(".")
    if part == "ethics":
        return ethics.whole(study, plan(study), language)
    return "\n".join(texts_of(study, language, part))
