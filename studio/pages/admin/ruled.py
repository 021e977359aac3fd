"""The card of a study that may stop, on its page of results: the looks taken, and the button of the next one."""

from __future__ import annotations

from studio.pages.admin.asked import Answer, Asked, Given
from studio.pages.admin.frame import confirm
from studio.pages.admin.html import Raw, Words, heading, moment, note, table


def card(asked: Asked) -> Raw:
    """Nothing of a study that declared no looks before its end."""
    words, looks = asked.words, asked.service.looks(asked.study)
    if looks is None:
        return Raw("")
    rows = [
        (f"{one.look} / {one.of}", moment(one.at), f"{one.items} / {one.planned}", _answer(one.enough, words))
        for one in looks.taken
    ]
    header = (words["rule_look"], words["at"], words["rule_items"], words["rule_answer"])
    taken = table(header, rows, "") if rows else Raw("")
    if looks.ready is not None:
        sure = words.say("rule_sure", look=looks.ready, of=looks.of)
        below = Raw(f'<p class="takes">{confirm("look_by_rule", words["rule_do"], sure, words)}</p>')
    elif looks.following is not None:
        below = note(words.say("rule_waits", block=looks.following, of=looks.of, n=looks.missing))
    else:
        below = note(words["rule_may_close" if looks.enough else "rule_to_end"])
    return Raw(
        f'<section class="card">{heading(words["rule_looks"])}{note(words["rule_told"])}{taken}{below}</section>'
    )


def _answer(enough: bool, words: Words) -> str:
    return words["rule_enough" if enough else "rule_go_on"]


def look(asked: Asked, given: Given) -> Answer:
    """Take the look, and say its answer."""
    taken = asked.service.look(asked.study, asked.someone.actor)
    return Answer(asked.words["rule_said_enough" if taken.enough else "rule_said_go_on"])
