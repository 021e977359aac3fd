"""What is known of an import, and what cannot be, in sentences of a language."""

from __future__ import annotations

from collections.abc import Iterator

from results.document.words import word
from tasks.languages.tag import Language
from tasks.schema import Imported


def sentences(imported: Imported, language: Language, *, simulated: bool = False) -> tuple[str, ...]:
    """Whose files were read, what was left out, who judged, and what no file says: plan, order, times.

    `simulated`: whether the files say that a program made their judgments up.
    """
    return tuple(_said(imported, language, simulated=simulated))


def _said(imported: Imported, language: Language, *, simulated: bool) -> Iterator[str]:
    def say(key: str, **values: object) -> str:
        return word(f"imported_{key}", language, **values)

    between = word("between", language)
    seen = between.join(dict.fromkeys(words.text(language, "en") for words in imported.seen))
    yield say("files", seen=seen, n=len(imported.files), names=between.join(file.name for file in imported.files[:5]))
    yield say("simulated" if simulated else "not_simulated")
    yield say(f"raters_{imported.raters}")
    if imported.machines:
        yield say(
            "machines", names=between.join(f"{code} = {name}" for code, name in sorted(imported.machines.items()))
        )
    if imported.left_out:
        left = [f"{say(f'left_{why}')}: {n}" for why, n in imported.left_out.items()]
        yield say("left", left=between.join(left))
    if imported.missing:
        yield say("missing", codes=between.join(imported.missing))
    if imported.unjudged:
        yield say("unjudged", n=imported.unjudged)
    if imported.behind:
        yield say("behind", n=imported.behind, most=imported.most)
    for criterion, factor in imported.factors.items():
        yield say("factor" if factor else "rounded", criterion=criterion, factor=factor)
    yield say("plan")
    if imported.order != "none":
        yield say(f"order_{imported.order}")
    if not imported.times:
        yield say("times")
