"""What can be taken from a study whose results are open, by what it is for; each says what is in it."""

from __future__ import annotations

from collections.abc import Iterable

from results.document.words import LANGUAGES
from results.study.preference_pairs import not_for_training
from studio.pages.admin.asked import Asked
from studio.pages.admin.html import Raw, Words, text
from studio.pages.admin.icons import icon
from tasks.schema import Study

Offer = tuple[str, str, str]
"""Address ("" = cannot be taken), name, what is in it or why it cannot be."""


def downloads(asked: Asked, judged: Study) -> Raw:
    """All of them in four groups; what compares no two systems has no preference pairs."""
    words, study = asked.words, asked.study
    refused = not_for_training(judged)
    told = refused.text(words.language) if refused else words["pairs_told"]
    preferences = ("" if refused else f"/admin/pairs/{study}.jsonl", words["pairs_file"], told)
    groups = {
        "for_reading": [
            (f"/admin/report/{study}.{tag}.html", words.say("report_in", language=words.name_of(tag)), "")
            for tag in LANGUAGES
        ]
        + [(f"{_report(asked)}?texts=true", words["report_examples"], words["report_examples_told"])],
        "for_analysis": [
            (f"/admin/votes/{study}.xlsx", words["votes_xlsx"], words["votes_told"]),
            (f"/admin/votes/{study}.csv", words["votes_csv"], words["votes_same"]),
            (f"/admin/export/{study}.zip", words["export"], words["export_told"]),
        ],
        "for_papers": [(f"/admin/report/{study}.zip", words["report_zip"], words["report_told"])],
        "for_training": [
            *([preferences] if judged.protocol == "pairwise" else []),
            *(
                [(f"/admin/publish/{study}?lang={words.language}", words["publish"], words["publish_told"])]
                if asked.acts
                else []
            ),
        ],
    }
    shown = "".join(_group(words[key], offers) for key, offers in groups.items() if offers)
    return Raw(
        f'<section class="card taking"><h2>{text(words["downloads"])}</h2><div class="groups">{shown}</div>'
        f'<p class="fine">{text(words["note"])}</p></section>'
    )


def _group(title: str, offers: Iterable[Offer]) -> str:
    return f"<div><h3>{text(title)}</h3><ul>{''.join(map(_offer, offers))}</ul></div>"


def _offer(offer: Offer) -> str:
    address, name, told = offer
    opens = address.endswith(".html") or "?" in address
    how = 'target="_blank" rel="noopener"' if opens else "download"
    under = f"<small>{text(told)}</small>" if told else ""
    if not address:
        return f"<li>{text(name)}{under}</li>"
    return f'<li><a href="{text(address)}" {how}>{icon("file" if opens else "download")}{text(name)}</a>{under}</li>'


def report_button(asked: Asked, words: Words) -> Raw:
    """The way to the report."""
    return Raw(
        f'<a class="button primary" href="{text(_report(asked))}" target="_blank" rel="noopener">{icon("file")}'
        f"{text(words['read_report'])}</a>"
    )


def _report(asked: Asked) -> str:
    """The address of the report in the page's language, or the first in which there is one."""
    language = asked.words.language if asked.words.language in LANGUAGES else LANGUAGES[0]
    return f"/admin/report/{asked.study}.{language}.html"
