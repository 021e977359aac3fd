"""Whole dialogues of KokoroChat made into a study folder: to be rated (`rating`) or labelled utterance by utterance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tasks.data.dialogue import Dialogue, StripMeta, kept, merged_turns
from tasks.data.kokorochat import DATASET
from tasks.data.shown import sha256_of, shown
from tasks.errors import InputError
from tasks.files import jsonl, new_folder, sha256_text
from tasks.schema import Item, Source, Study, Turn, Words
from tasks.study.build import KOKOROCHAT, write_texts
from tasks.study.consent import consent
from tasks.study.guidance import WHOLE_MINUTES
from tasks.study.load import load_study, template
from tasks.study.study_form import RETENTION_DAYS, information_yaml

WholeProtocol = Literal["rating", "label"]
SALT = "kokorochat-whole-v1"
OPENING: dict[WholeProtocol, Words] = {
    "rating": Words(
        ja="# 評価の手引き\n\n対話をはじめから終わりまで読み、**相談者になったつもりで**20項目を0から5で評価します。"
        "0はまったくそう思わない、5はとてもそう思うです。前半の10項目は受けた印象、後半の10項目はカウンセラーの技能です。"
        "ほかの対話とくらべず、この対話だけで決めてください。三つの欄は、あてはまるときだけ押します。\n\n"
        "途中でやめても、答えはこの端末に残ります。長い対話では、上の欄で言葉を探し、場所を選んで移れます。\n",
        en="# Guidelines\n\nRead the dialogue from its beginning to its end, and rate 20 items from 0 to 5 **as if you"
        " had been the client**. 0 is not at all, 5 is very much. The first ten are impressions, the last ten the"
        " counsellor's skills. Judge this dialogue alone, not against others. Press one of the three boxes only where"
        " it applies.\n\nYou can stop at any time; answers stay on this device. In a long dialogue, search for words or"
        " jump to a part.\n",
    ),
    "label": Words(
        ja="# 分類の手引き\n\nカウンセラーの発話を順に読み、それぞれに、あてはまる働きをすべて選びます。"
        "前後の流れの中で、その発話がしていることで決めてください。迷うときは、いちばん近いものを一つ選びます。\n",
        en="# Guidelines\n\nRead the counsellor's utterances in order and choose for each all strategies that apply."
        " Judge by what the utterance does where it stands. In doubt, choose the one that is nearest.\n",
    ),
}


@dataclass(frozen=True, slots=True)
class WholeHead:
    """What an organiser says about a study of whole dialogues; seats 1 or more."""

    study_id: str
    title: Words
    protocol: WholeProtocol = "rating"
    seats: int = 3
    seed: int = 1
    contact: str = ""
    simulated: bool = False


def build(dialogues: Sequence[Dialogue], head: WholeHead, out: Path, strip_meta: StripMeta = "bracket") -> Study:
    """Writes the study folder `out`, whole or not at all, and returns the study as loaded from it.

    Raises:
        InputError: there is no dialogue.
        InputError: `out` is there already and is not empty.
    """
    if not dialogues:
        raise InputError(("dialogues: found none; allowed: 1 or more",))
    items = [item_of(dialogue, head.protocol, strip_meta) for dialogue in dialogues]
    criteria = template(head.protocol)
    with new_folder(out) as folder:
        (folder / "items.jsonl").write_text(jsonl(items), encoding="utf-8")
        write_texts(folder, OPENING[head.protocol], consent(head.protocol, criteria, len(items)))
        text = study_yaml(head, criteria[0].criterion_id, KOKOROCHAT)
        (folder / "study.yaml").write_text(text, encoding="utf-8")
        load_study(folder)
    return load_study(out)


def drawn(dialogues: Sequence[Dialogue], count: int, seed: int) -> tuple[Dialogue, ...]:
    """`count` dialogues by a salted hash of their ids, in the order given; all where there are fewer."""
    ranked = sorted(dialogues, key=lambda dialogue: _hash(f"{SALT}:{seed}:{dialogue.dialogue_id}"))
    chosen = {dialogue.dialogue_id for dialogue in ranked[:count]}
    return tuple(dialogue for dialogue in dialogues if dialogue.dialogue_id in chosen)


def item_of(dialogue: Dialogue, protocol: WholeProtocol, strip_meta: StripMeta = "bracket") -> Item:
    """The item of a dialogue: merged turns to be rated, single utterances to be labelled; the id is opaque."""
    if protocol == "rating":
        runs = [(turn.role, turn.utterances) for turn in merged_turns(dialogue, strip_meta=strip_meta)]
    else:
        runs = [(utterance.role, (index,)) for index, utterance in kept(dialogue, strip_meta)]
    turns = tuple(Turn(role=role, text=shown(dialogue, places), utterances=places) for role, places in runs)
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


_FORM = """\
# A study of whole dialogues. docs/study-format.md has every key; change it before the study opens.
format_version: 1
study_id: {study_id}
title:
  ja: {title_ja}
  en: {title_en}
protocol: {protocol}
languages: [ja, en]

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

# Shown on every page. Check the numbers, and say whom raters can ask.
support:
  help:
    ja: >-
      つらくなったら、いつでもやめられます。
      よりそいホットライン 0120-279-338（24時間・無料）、いのちの電話 0120-783-556。
    en: >-
      You can stop at any time.
      In Japan: Yorisoi Hotline 0120-279-338 (24 hours, free), Inochi no Denwa 0120-783-556.
  contact: {contact}

# What raters are told before they agree, under the consent text. What is left empty is said there to be not stated.
{information}

# Said to raters after the end, and in the report: where the dialogues come from.
provenance:
  ja: {provenance_ja}
  en: {provenance_en}

simulated: {simulated}   # true: judgments are made by scripts, and every page of the organiser and every report says so
retention_days: {retention_days}
"""


_UNKNOWN = Words(ja="対話の出どころは示されていません。", en="Where the dialogues come from is not stated.")


def study_yaml(head: WholeHead, first: str, dialogues: Words | None) -> str:
    """The commented study.yaml, with `first` as primary criterion; texts are quoted as JSON, which YAML reads.

    `dialogues`: where they come from; None = not stated.
    """
    provenance = dialogues or _UNKNOWN
    return _FORM.format(
        study_id=json.dumps(head.study_id),
        title_ja=json.dumps(head.title.text("ja"), ensure_ascii=False),
        title_en=json.dumps(head.title.text("en"), ensure_ascii=False),
        protocol=head.protocol,
        minutes=WHOLE_MINUTES[head.protocol],
        information=information_yaml(dialogues),
        seats=head.seats,
        seed=head.seed,
        first=first,
        contact=json.dumps(head.contact, ensure_ascii=False),
        provenance_ja=json.dumps(provenance.text("ja"), ensure_ascii=False),
        provenance_en=json.dumps(provenance.text("en"), ensure_ascii=False),
        simulated=str(head.simulated).lower(),
        retention_days=RETENTION_DAYS,
    )


def _hash(text: str) -> str:
    return sha256_text(text)
