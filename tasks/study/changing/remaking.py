"""A study that is being set up, with other criteria or languages: what nobody edited is written anew."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.schema import FIRST_LANGUAGES, Criterion, Information, Language, Practice, Study, System, Words
from tasks.schema.analysis import Hypothesis
from tasks.study.build import practice_lines
from tasks.study.consent import consent
from tasks.study.guidance import guidelines
from tasks.study.starting import spoken_in
from tasks.study.study_form import Head, declared, helps, provenance
from tasks.study.wording import drafts
from tasks.study.wording.templates import newest, spoken_languages, template, title, words

OF_PAIRS = ("quick", "full", "floor")
"""Templates of studies of pairs, the shortest first."""
SOURCES = ("roleplay", "published", "anonymised", "model", "kokorochat", "unknown")
"""Where dialogues may come from in words of ours."""


def template_of(study: Study) -> str:
    """The template whose newest version the study's criteria are, word for word; '' for an instrument of its own."""
    for name in OF_PAIRS:
        if template(newest(name), shipped_in(study.languages)) == study.criteria:
            return name
    return ""


def with_template(study: Study, name: str) -> Study:
    """The study with the criteria of a template, and the tests that it declares; declared ones of the organiser's stay.

    Raises:
        InputError: no template has the name.
    """
    pair = study.primary.systems or (study.systems[0].system_id, study.systems[1].system_id)
    ours = study.hypotheses in ((), declared(template_of(study), *pair))
    changed = with_criteria(study, template(newest(name), shipped_in(study.languages)))
    return changed.model_copy(update={"hypotheses": declared(name, *pair)}) if ours else changed


def source_of(study: Study) -> str:
    """Where the dialogues come from, as the study says it in words of ours; '' for other words, or none."""
    said = study.information.dialogues if study.information else None
    return next((key for key in SOURCES if said and _says(said, key)), "")


def with_source(study: Study, key: str) -> Study:
    """The study saying in words of ours where its dialogues come from; KeyError for a key that is none of `SOURCES`."""
    said = (study.information or Information()).model_copy(
        update={"dialogues": words("templates", f"source.{key}", shipped_in(study.languages))}
    )
    return _rewritten(study, study.model_copy(update={"information": said}))


def with_criteria(study: Study, criteria: Sequence[Criterion]) -> Study:
    """The study with these criteria; what raters are told of the old ones is written anew where nobody edited it."""
    return _rewritten(study, study.model_copy(update={"criteria": tuple(criteria)}))


def in_languages(study: Study, languages: Sequence[Language]) -> Study:
    """The study in these languages, the first one first; what only other languages said is no longer in it.

    A text of the organiser's own stays as it is, and is lacking in a language that comes new.
    """
    spoken = tuple(languages)
    name = template_of(study)
    criteria = template(newest(name), shipped_in(spoken)) if name else tuple(_in(one, spoken) for one in study.criteria)
    version = 1 if set(spoken) <= set(FIRST_LANGUAGES) else max(study.format_version, 2)
    systems = tuple(_described(system, spoken) for system in study.systems)
    changed = study.model_copy(
        update={"languages": spoken, "criteria": criteria, "format_version": version, "systems": systems}
    )
    return _rewritten(study, spoken_in(changed))


def _described(system: System, languages: Sequence[Language]) -> System:
    """A system with its description in the languages; without one where a language lacks it."""
    said = system.description.root if system.description else {}
    one = set(said.values())
    there = (
        dict.fromkeys(languages, one.pop()) if len(one) == 1 else {tag: said[tag] for tag in languages if tag in said}
    )
    return system.model_copy(update={"description": Words(there) if len(there) == len(languages) else None})


def carried(before: Study, fresh: Study) -> Study:
    """A study made of other files, with everything that was said of the one before: texts, criteria, plan."""
    kept = {name: getattr(before, name) for name in
            ("study_id", "criteria", "support", "profile", "retention_days", "exclusions", "simulated")}  # fmt: skip
    same = [one.system_id for one in before.systems] == [one.system_id for one in fresh.systems]
    design = before.design if same else before.design.model_copy(update={"pairs": ()})
    study = in_languages(fresh, before.languages).model_copy(update=kept | {"design": design})
    if same:
        study = study.model_copy(update={"primary": before.primary, "hypotheses": before.hypotheses})
    study = study.model_copy(update={"title": before.title, "guidelines": before.guidelines,
                                     "consent": before.consent, "practice": before.practice})  # fmt: skip
    if before.information is not None:
        said = before.information.model_copy(update={"dialogues": None})
        if fresh.information is not None and _is_ours(before.information.dialogues, before.languages):
            said = said.model_copy(update={"dialogues": study.information and study.information.dialogues})
        else:
            said = before.information
        study = study.model_copy(update={"information": said})
    return _rewritten(before.model_copy(update={"items": fresh.items}), study)


def _rewritten(before: Study, after: Study) -> Study:
    """`after`, in which every text that was as shipped in `before` is as shipped for `after`."""
    old, new = _texts(before), _texts(after)
    changed: dict[str, object] = {
        name: _merged(getattr(before, name), old[name], new[name], after.languages)
        for name in ("title", "guidelines", "consent", "provenance")
    }
    if before.support is not None:
        said = _merged(before.support.help, old["help"], new["help"], after.languages)
        changed["support"] = before.support.model_copy(update={"help": said})
    changed["information"] = _information(before, after)
    changed["practice"] = _practice(before, after)
    changed["hypotheses"] = _hypotheses(after)
    study = after.model_copy(update=changed)
    return study.model_copy(update={"accepted": tuple(name for name in study.accepted if name in drafts.names(study))})


def _texts(study: Study) -> dict[str, Words]:
    """The texts that a study of these criteria, systems and languages begins with."""
    spoken = shipped_in(study.languages)
    head = Head(study.study_id, study.title, languages=spoken, dialogues=_source(study, spoken))
    return {
        "title": title("quick", spoken),
        "guidelines": guidelines(study.protocol, [_in(one, spoken) for one in study.criteria], spoken),
        "consent": consent(study.protocol, study.criteria, len(study.items), spoken),
        "provenance": provenance(head, study.systems),
        "help": helps(spoken),
    }


def shipped_in(languages: Sequence[Language]) -> tuple[Language, ...]:
    """Those of the languages that we have words in; Japanese and English where there is none."""
    return tuple(tag for tag in languages if tag in spoken_languages()) or FIRST_LANGUAGES


def _merged(said: Words | None, old: Words, new: Words, languages: Sequence[Language]) -> Words | None:
    """A text in the languages: as edited where somebody edited it, else as shipped. None stays None."""
    if said is None:
        return None
    kept: dict[Language, str] = {}
    for tag in languages:
        before = said.root.get(tag)
        edited = before is not None and before.strip() != old.root.get(tag, "").strip()
        if edited or tag not in new.root:
            kept |= {} if before is None else {tag: before}
        else:
            kept[tag] = new.root[tag]
    return Words(kept) if kept else said


def _source(study: Study, languages: Sequence[Language]) -> Words | None:
    known = source_of(study)
    return words("templates", f"source.{known}", languages) if known else None


def _is_ours(said: Words | None, languages: Sequence[Language]) -> bool:
    return said is None or any(_says(said, key) for key in SOURCES)


def _says(said: Words, key: str) -> bool:
    return any(said.root[tag] == words("templates", f"source.{key}", (tag,)).text(tag)
               for tag in said.root if tag in spoken_languages())  # fmt: skip


def _information(before: Study, after: Study) -> Information | None:
    """The statements; where the dialogues come from is said in each language, if in words of ours."""
    if after.information is None:
        return None
    blank = Words(dict.fromkeys(after.languages, ""))
    made = {name: value if any(text.strip() for text in value.root.values()) else blank
            for name, value in after.information if isinstance(value, Words)}  # fmt: skip
    if (source := _source(after, shipped_in(after.languages))) is not None:
        made["dialogues"] = source
    return after.information.model_copy(update=made)


def _practice(before: Study, after: Study) -> tuple[Practice, ...]:
    """The practice pairs; the shipped ones in the languages of the study, with what was edited of their feedback."""
    old = {line.item.item_id: line for line in practice_lines(shipped_in(before.languages))}
    new = {line.item.item_id: line for line in practice_lines(shipped_in(after.languages))}
    made = []
    for one in before.practice:
        if (line := new.get(one.item.item_id)) is None:
            made.append(one)
            continue
        texts = tuple(
            response.model_copy(update={"text": shown.text, "translation": shown.translation})
            for response, shown in zip(one.responses, line.responses, strict=True)
        )
        said = _merged(one.feedback, old[one.item.item_id].feedback, line.feedback, after.languages)
        made.append(one.model_copy(update={"item": line.item, "responses": texts, "feedback": said}))
    return tuple(made)


def _hypotheses(study: Study) -> tuple[Hypothesis, ...]:
    """Those of criteria that the study still asks."""
    asked = {one.criterion_id for one in study.criteria}
    return tuple(one for one in study.hypotheses if one.criterion in asked)


def _in(criterion: Criterion, languages: Sequence[Language]) -> Criterion:
    """A criterion in the languages: its own words, and the shipped ones of its id where it has none in a language."""
    known = {one.criterion_id: one for name in OF_PAIRS for one in template(newest(name), shipped_in(languages))}
    shipped = known.get(criterion.criterion_id)

    def said(own: Words, ours: Words | None) -> Words:
        return Words({**({t: ours.root[t] for t in languages if t in ours.root} if ours else {}), **own.root})

    points = {point.value: point.words for point in shipped.points} if shipped else {}
    reasons = {one.reason_id: one.words for one in shipped.reasons} if shipped else {}
    return criterion.model_copy(update={
        "label": said(criterion.label, shipped.label if shipped else None),
        "hint": criterion.hint and said(criterion.hint, shipped.hint if shipped else None),
        "points": tuple(p.model_copy(update={"words": said(p.words, points.get(p.value))}) for p in criterion.points),
        "reasons": tuple(
            r.model_copy(update={"words": said(r.words, reasons.get(r.reason_id))}) for r in criterion.reasons
        ),
        "anchors": criterion.anchors if not shipped or len(shipped.anchors) != len(criterion.anchors) else tuple(
            said(own, ours) for own, ours in zip(criterion.anchors, shipped.anchors, strict=True)
        ),
    })  # fmt: skip
