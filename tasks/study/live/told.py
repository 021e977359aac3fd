"""What raters of live sessions are told before they agree, by the rules of the study: who reads, what is erased."""

from __future__ import annotations

from tasks.schema import Language, Study
from tasks.study.wording.templates import word


def told(study: Study, language: Language) -> str:
    """The rules as Markdown that stands under the consent text; "" for a study without sessions."""
    rules = study.sessions
    if rules is None:
        return ""
    watched = rules.supervision == "on_duty"
    lines = [
        word("live.minutes", language, least=rules.least_minutes, most=rules.most_minutes),
        word("live.on_duty" if watched else "live.nobody", language),
        word("live.looked", language),
        *([word(f"live.{rules.after_step_in}", language)] if watched else []),
        word(f"live.withdrawn.{rules.partner_form}", language),
    ]
    return "\n".join([word("live.title", language), "", *(f"- {line}" for line in lines)])
