"""Step two: what the study is called, in which languages it is, and what raters are asked."""

from __future__ import annotations

from studio.pages.admin.asked import Asked, Given, one
from studio.pages.admin.html import choice_of, text
from studio.pages.admin.new import instrument
from studio.pages.admin.new.steps import study_in, typed, with_
from studio.service import StudioError
from studio.service.organiser.drafting import Draft, KeptDraft
from tasks.languages import tags
from tasks.schema import Language, Study
from tasks.schema import Words as Text
from tasks.study.changing.remaking import OF_PAIRS, in_languages, template_of, with_criteria, with_template
from tasks.study.guidance import minutes_per_pair
from tasks.study.wording.templates import newest, spoken_languages, template


def body(asked: Asked, kept: KeptDraft) -> str:
    """The name, the languages, the templates, and the questions beside how raters see them."""
    study, words = study_in(kept, asked), asked.words
    names = "".join(
        f"<p><label><span>{text(words['new_title'])} ({text(tags.name_of(tag, words.language))})</span>"
        f'<input type="text" name="title.{tag}" lang="{tag}" dir="{tags.direction(tag)}" '
        f'value="{text(typed(kept, f"title.{tag}", study.title.root.get(tag, "")))}"></label></p>'
        for tag in study.languages
    )
    spoken = "".join(
        choice_of("languages", tag, tags.name_of(tag), tag in study.languages, several=True)
        for tag in spoken_languages()
    )
    return (
        f'<section class="card form"><h2>{text(words["new_name"])}</h2><div class="cards">{names}</div>'
        f'<fieldset><legend>{text(words["new_spoken"])}</legend><div class="choices">{spoken}</div></fieldset>'
        "</section>"
        f'<div class="cards">{_templates(asked, study)}</div>'
        f'<div class="halves"><section class="card flush questions">{instrument.rows(study, words, kept)}</section>'
        f"{instrument.seen(study, words)}</div>"
    )


def _templates(asked: Asked, study: Study) -> str:
    """Each template as a button, with the minutes of a pair; the study's own one is pressed."""
    now, words, made = template_of(study), asked.words, []
    for name in OF_PAIRS:
        minutes = words.say("new_minutes", n=minutes_per_pair(template(newest(name))))
        made.append(
            f'<button class="card template" name="template" value="{name}" aria-pressed="{str(name == now).lower()}">'
            f"<b>{text(words[f'template_{name}'])}</b><small>{text(minutes)}</small></button>"
        )
    if not now:
        minutes = words.say("new_minutes", n=minutes_per_pair(study.criteria))
        made.append(
            f'<p class="card template" aria-current="true"><b>{text(words["template_own"])}</b>'
            f"<small>{text(minutes)}</small></p>"
        )
    return "".join(made)


def take(asked: Asked, kept: KeptDraft, given: Given) -> Draft:
    """The draft with name, languages and questions of the form.

    Raises:
        InputError: every field that cannot be used.
    """
    study = _named(study_in(kept, asked), given)
    study = _spoken(study, given)
    if name := one(given, "template"):
        if name not in OF_PAIRS:
            raise StudioError(f"template: found {name!r}; allowed: {', '.join(OF_PAIRS)}")
        return with_(kept.draft, study=with_template(study, name))
    criteria = instrument.edited(study, given, asked.words)
    return with_(kept.draft, study=study if criteria == study.criteria else with_criteria(study, criteria))


def _named(study: Study, given: Given) -> Study:
    said = {tag: one(given, f"title.{tag}", study.title.root.get(tag, "")) for tag in study.languages}
    if lacking := [tag for tag, value in said.items() if not value]:
        raise StudioError("\n".join(f"title ({tag}): is empty; a text is needed" for tag in lacking))
    return study.model_copy(update={"title": Text(study.title.root | said)})


def _spoken(study: Study, given: Given) -> Study:
    """The study in the languages that are ticked, those it had first; as it is where the form had none."""
    if "languages" not in given:
        return study
    ticked = given["languages"]
    if strange := [tag for tag in ticked if tag not in spoken_languages()]:
        raise StudioError(f"languages: found {', '.join(strange)}; allowed: {', '.join(spoken_languages())}")
    order: list[Language] = [tag for tag in study.languages if tag in ticked]
    order += [tag for tag in dict.fromkeys(ticked) if tag not in order]
    return study if tuple(order) == study.languages else in_languages(study, order)
