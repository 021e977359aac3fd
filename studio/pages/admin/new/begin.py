"""The beginning of a new study: a file, a data set on the Hub, or the demo's dialogues to try it out."""

from __future__ import annotations

from collections.abc import Mapping

from studio.intake.drafted import demo_study
from studio.pages.admin.asked import Act, Answer, Asked, Given
from studio.pages.admin.frame import head
from studio.pages.admin.html import Raw, note, text
from studio.pages.admin.icons import icon
from studio.pages.admin.new.bringing import pick, too_large
from studio.pages.admin.new.facts import begun, first_head
from studio.pages.admin.new.steps import address
from studio.service.organiser.drafting import STEPS, Draft, Step
from tasks.intake.spoken import word_in


def title(asked: Asked) -> str:
    """The page's title."""
    return asked.words["new_study"]


def render(asked: Asked) -> Raw:
    """Where files are dropped, and the other ways to begin."""
    words, word = asked.words, word_in(asked.words.language)
    if not asked.acts:
        return Raw(head(words["new_study"]) + note(words["viewer"]))
    steps = (f"<b>{number}</b><span>{text(words[f'new_{step}'])}</span>" for number, step in enumerate(STEPS, start=1))
    first, *others = steps
    marks = f'<li aria-current="step">{first}</li>' + "".join(f"<li>{other}</li>" for other in others)
    tables = " ".join(
        f'<a download href="/admin/template.{kind}?lang={words.language}">{kind}</a>' for kind in ("xlsx", "csv")
    )
    return Raw(
        f'{head(words["new_study"], word("page_begin_note"))}<ol class="steps">{marks}</ol>'
        f'<form data-upload="/admin/new" data-too-large="{text(too_large(words))}" class="card form drop" id="bring">'
        f"{icon('file')}<p><b>{text(words['drop_here'])}</b></p>{pick('bring', words['choose_files'], 'primary')}"
        f'<p class="soft">{text(word("page_template"))} {tables}</p><p class="form-acts"></p></form>'
        f'<form data-upload="/admin/new" class="card form"><details class="plain"><summary>{text(words["new_hub"])}'
        f'</summary><p><input type="text" name="hub" aria-label="{text(words["new_hub"])}" dir="ltr"></p>'
        f'<p class="form-acts"><button class="button">{text(words["new_read"])}</button></p></details></form>'
        f'<form data-do="demo" class="card form line"><h2>{icon("eye")}{text(words["new_by_template"])}</h2>'
        f'<p class="form-acts"><button class="button">{text(words["new_try"])}</button></p></form>'
    )


def demo(asked: Asked, given: Given) -> Answer:
    """A draft on the demo's dialogues."""
    study = demo_study(first_head(asked, "quick"))
    step: Step = "questions"
    kept = begun(asked.service, asked.someone.actor, asked.words, Draft(step=step, study=study))
    return Answer(go=address(asked, kept.draft_id, step))


ACTS: Mapping[str, Act] = {"demo": demo}
