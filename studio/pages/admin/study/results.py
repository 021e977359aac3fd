"""The page on results: sealed until the study is closed and somebody opens them; then all that the report rests on."""

from __future__ import annotations

from collections.abc import Mapping

from results.document.words import LANGUAGES
from results.report.sections.reader import Reader
from studio.pages.admin import ruled
from studio.pages.admin.asked import Act, Answer, Asked, Given, one
from studio.pages.admin.frame import confirm, head
from studio.pages.admin.html import Raw, field, form, moment, note, tag
from studio.pages.admin.study import answered, downloads, examples, ranked
from studio.pages.admin.study.waiting import waiting
from tasks.study.wording.texts import written_in

LEAST_REASON = 10
"""Characters of a reason for looking early."""


def title(asked: Asked) -> str:
    """The page's title."""
    return asked.words["results"]


def render(asked: Asked) -> Raw:
    """What the judgments say, or why that is not shown and how it is opened."""
    facts = asked.service.summary(asked.study)
    early = facts.closed_at is None and asked.service.may_see(asked.study, asked.someone.actor)
    if early or (facts.closed_at is not None and (facts.looked or asked.service.anonymous is not None)):
        return Raw(_open(asked) + (_close(asked) if early and asked.acts else ""))
    return _sealed(asked, closed=facts.closed_at is not None)


# --- sealed --------------------------------------------------------------------------------------------------------


def _sealed(asked: Asked, *, closed: bool) -> Raw:
    """Why nothing is shown; to an organiser, what opens the results and what comes of that."""
    words = asked.words
    top = head(words["results"], mark=tag(words["closed"] if closed else words["sealed"], "closed" if closed else ""))
    told = note(words["unopened"] if closed else words["blinded"], "told")
    if not asked.acts:
        return Raw(f'{top}<section class="card">{told}</section>')
    if closed:
        unseal = confirm("unseal", words["unseal"], words.say("unseal_sure", study=asked.called), words, "primary")
        again = confirm("reopen", words["reopen"], words.say("reopen_sure", study=asked.called), words)
        return Raw(f'{top}<section class="card">{told}<p class="takes">{unseal}{again}</p></section>')
    look = form("look", field(words["look"], "why", words["look_info"]), words["look_do"], "")
    acts = f'<p class="takes">{_close(asked)}</p>'
    return Raw(f'{top}<section class="card">{told}{acts}</section>{ruled.card(asked)}{look}')


def _close(asked: Asked) -> Raw:
    words = asked.words
    return confirm("close", words["close"], words.say("close_sure", study=asked.called), words, "primary")


# --- open ----------------------------------------------------------------------------------------------------------


def _open(asked: Asked) -> str:
    service, study, words = asked.service, asked.service.study(asked.study), asked.words
    found = service.results(asked.study)
    closed = service.summary(asked.study).closed_at
    mark = Raw(f"{tag(words['closed'], 'closed')}<small>{moment(closed, 'date')}</small>") if closed else Raw("")
    if found is None:
        return head(words["results"], mark=mark) + waiting(words)
    language = words.language if words.language in LANGUAGES else LANGUAGES[0]
    reader = Reader(found.record, language)
    parts = [
        head(words["results"], reader.counts(), downloads.report_button(asked, words), mark=mark),
        note(words["simulated"], "warn") if study.simulated else "",
        note(words["still_open"], "warn") if closed is None else "",
        answered.answer(reader),
        ranked.ranking(reader, words),
        answered.evidence(reader, words),
        examples.examples(found, reader, written_in(study), words),
        downloads.downloads(asked, study),
    ]
    return "".join(parts)


# --- acts ----------------------------------------------------------------------------------------------------------


def look(asked: Asked, given: Given) -> Answer:
    """Note why somebody looks at results of an open study, then show them."""
    why = one(given, "why")
    if len(why) < LEAST_REASON:
        return Answer(asked.words["say_why"], "warn", stay=True)
    asked.service.looked(asked.study, asked.someone.actor, f"preference: {why}")
    return Answer()


def close(asked: Asked, given: Given) -> Answer:
    """Close the study."""
    asked.service.close_study(asked.study, asked.someone.actor)
    return Answer(asked.words["close_done"])


def unseal(asked: Asked, given: Given) -> Answer:
    """Note that the results of a closed study are opened, then show them."""
    asked.service.open_results(asked.study, asked.someone.actor)
    return Answer()


def reopen(asked: Asked, given: Given) -> Answer:
    """Open a study again whose results nobody has seen, which the report says."""
    if asked.service.results_opened(asked.study):
        return Answer(asked.words["reopen_never"], "warn", stay=True)
    asked.service.reopen_study(asked.study, asked.someone.actor)
    return Answer(asked.words["reopen_done"])


ACTS: Mapping[str, Act] = {"look": look, "look_by_rule": ruled.look, "close": close, "unseal": unseal, "reopen": reopen}
