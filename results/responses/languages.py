"""Responses in another language than their dialogue, where another system's are not: a rater sees which is which.

Languages are told by their script alone: a German answer to an English dialogue is not found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tasks.languages.scripts import shares
from tasks.schema import Item, Response

FEWEST_LETTERS = 10
"""Of a response: shorter ones, such as a name or `OK`, say nothing of a language."""


def foreign(items: Sequence[Item], responses: Sequence[Response]) -> Mapping[str, Mapping[str, str]]:
    """System -> item_id -> script (ISO 15924) in which its response is mostly written, though the dialogue is not.

    Items to which every system answers so are left out, since they tell nobody apart; {} where there is none.
    """
    dialogues = {item.item_id: _main(turn.text for turn in item.turns) for item in items}
    scripts = {(r.system_id, r.item_id): _main([r.text]) for r in responses if _letters(r.text) >= FEWEST_LETTERS}
    odd = {key: script for key, script in scripts.items() if script != dialogues.get(key[1], script)}
    telling = {item_id for system, item_id in scripts if (system, item_id) not in odd}
    found: dict[str, dict[str, str]] = {}
    for (system, item_id), script in sorted(odd.items()):
        if item_id in telling:
            found.setdefault(system, {})[item_id] = script
    return found


def _main(texts: Iterable[str]) -> str:
    return next(iter(shares(texts)), "")


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))
