"""Whole dialogues of KokoroChat made into a study folder: to be rated (`rating`) or labelled utterance by utterance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from tasks.data.contexts import languages_of
from tasks.data.dialogue import ORIGINAL, Dialogue, StripMeta, kept, merged_turns
from tasks.data.kokorochat import DATASET
from tasks.data.shown import sha256_of, shown
from tasks.errors import InputError
from tasks.files import jsonl, new_folder, sha256_text
from tasks.languages.fault import Fault, at, instead
from tasks.schema import Item, Role, Source, Study, Turn, Words
from tasks.study.build import write_texts
from tasks.study.guidance import WHOLE_MINUTES
from tasks.study.load import load_study
from tasks.study.study_form import Head, shared
from tasks.study.wording.templates import template, words

WholeProtocol = Literal["rating", "label"]
PROTOCOLS: dict[str, WholeProtocol] = {"rating": "rating", "label": "label"}
SALT = "kokorochat-whole-v1"


def build(
    dialogues: Sequence[Dialogue], head: Head, out: Path, strip_meta: StripMeta = "bracket", language: str = ORIGINAL
) -> Study:
    """Writes the study folder `out`, whole or not at all, and returns the study as loaded from it.

    `language`: of the texts shown; the others that a dialogue has become translations.

    Raises:
        InputError: there is no dialogue.
        InputError: `out` is there already and is not empty.
    """
    if not dialogues:
        raise InputError(at("dialogues", instead(Fault("none"), Fault("at_least", bound="1"))))
    protocol = protocol_of(head)
    items = [item_of(dialogue, protocol, strip_meta, language) for dialogue in dialogues]
    with new_folder(out) as folder:
        (folder / "items.jsonl").write_text(jsonl(items), encoding="utf-8")
        write_texts(folder, protocol, head, len(items))
        source = words("templates", "source.kokorochat", head.languages)
        (folder / "study.yaml").write_text(study_yaml(head, source), encoding="utf-8")
        load_study(folder)
    return load_study(out)


def drawn(dialogues: Sequence[Dialogue], count: int, seed: int) -> tuple[Dialogue, ...]:
    """`count` dialogues by a salted hash of their ids, in the order given; all where there are fewer."""
    ranked = sorted(dialogues, key=lambda dialogue: _hash(f"{SALT}:{seed}:{dialogue.dialogue_id}"))
    chosen = {dialogue.dialogue_id for dialogue in ranked[:count]}
    return tuple(dialogue for dialogue in dialogues if dialogue.dialogue_id in chosen)


def told_in(
    dialogues: Sequence[Dialogue], protocol: WholeProtocol, language: str, strip_meta: StripMeta = "bracket"
) -> tuple[Dialogue, ...]:
    """The dialogues every part of which, as it is shown, has words in a language.

    Raises:
        InputError: there is none.
    """
    found = tuple(
        dialogue
        for dialogue in dialogues
        if language in dialogue.languages
        and all(shown(dialogue, places, language) for _, places in _runs(dialogue, protocol, strip_meta))
    )
    if not found and dialogues:
        raise InputError(at("--shown-in", instead(repr(language), ", ".join(languages_of(dialogues)))))
    return found


def _runs(dialogue: Dialogue, protocol: WholeProtocol, strip_meta: StripMeta) -> list[tuple[Role, tuple[int, ...]]]:
    """Who says which utterances at once: merged turns to be rated, single utterances to be labelled."""
    if protocol == "rating":
        return [(turn.role, turn.utterances) for turn in merged_turns(dialogue, strip_meta=strip_meta)]
    return [(utterance.role, (index,)) for index, utterance in kept(dialogue, strip_meta)]


def item_of(
    dialogue: Dialogue, protocol: WholeProtocol, strip_meta: StripMeta = "bracket", language: str = ORIGINAL
) -> Item:
    """The item of a dialogue: merged turns to be rated, single utterances to be labelled; the id is opaque.

    The id is the same in every language.
    """
    turns = tuple(_turn(dialogue, role, places, language) for role, places in _runs(dialogue, protocol, strip_meta))
    return Item(
        item_id=f"w{_hash(f'{SALT}:item:{dialogue.dialogue_id}')[:11]}",
        turns=turns,
        topic=dialogue.topic,
        source=Source(
            dataset=DATASET,
            dialogue_id=dialogue.dialogue_id,
            utterance_index=turns[-1].utterances[-1],
            text_sha256=sha256_of(turn.text for turn in turns),
            counselor_id=dialogue.counselor_id,
            client_id=dialogue.client_id,
            score=dialogue.score,
        ),
    )


def _turn(dialogue: Dialogue, role: Role, places: tuple[int, ...], language: str) -> Turn:
    others = {tag: said for tag in dialogue.languages if tag != language and (said := shown(dialogue, places, tag))}
    translation = Words(others) if others else None
    return Turn(role=role, text=shown(dialogue, places, language), utterances=places, translation=translation)


_FORM = """\
# A study of whole dialogues. docs/study-format.md has every key; change it before the study opens.
format_version: {format_version}
study_id: {study_id}
title:
{title}
protocol: {protocol}
languages: [{languages}]   # in which every text is there, the first one first

# What raters are asked: a template, or a list of criteria of your own. About {minutes} minutes a dialogue.
criteria: {protocol}

design:
  seats: {seats}          # raters planned for; more can be added later
  # raters_per_item: 3   # rated by so many each; left out = by every Seat
  blinding: 0       # nothing is compared
  portion: 3        # a good place to stop is offered after so many
  seed: {seed}

primary:
  criterion: {first}

{told}

# Said to raters after the end, and in the report: where the dialogues come from.
provenance:
{provenance}

{last}
"""


def study_yaml(head: Head, dialogues: Words | None) -> str:
    """The commented study.yaml, its first criterion the primary one; texts are quoted as JSON, which YAML reads.

    `dialogues`: where they come from; None = not stated.
    """
    source = dialogues or words("templates", "source.unknown", head.languages)
    return _FORM.format(
        **shared(replace(head, dialogues=dialogues), source),
        protocol=head.template,
        minutes=WHOLE_MINUTES[protocol_of(head)],
        first=template(head.template)[0].criterion_id,
    )


def protocol_of(head: Head) -> WholeProtocol:
    """The protocol of a study of whole dialogues, which its template is called after. Raises ValueError for others."""
    if head.template not in PROTOCOLS:
        raise ValueError(at("template", instead(repr(head.template), ", ".join(PROTOCOLS))))
    return PROTOCOLS[head.template]


def _hash(text: str) -> str:
    return sha256_text(text)
