"""The guidelines a new study begins with, made of its criteria, in both languages.

They are a start. Whoever runs the study reads them and changes them before it opens.
"""

from __future__ import annotations

from collections.abc import Sequence

from tasks.schema import Criterion, Language, Protocol, Words

READING_MINUTES, MINUTES_PER_ANSWER = 2.2, 0.16
"""Planning figures: about 3 minutes a pair for `quick` (5 answers), 4 for `full` (11), until practice is timed."""

WHOLE_MINUTES: dict[Protocol, int] = {"rating": 12, "label": 20}
"""Planning figures for one whole dialogue, until practice is timed."""

_CLIENT = Words(
    ja="先週の会議で失敗してから、朝、玄関で足が止まってしまって。",
    en="Since I failed in last week's meeting, my feet stop at the front door in the morning.",
)


def guidelines(criteria: Sequence[Criterion]) -> Words:
    """What raters read before the first pair: one section per criterion, with its points and their examples."""
    return Words(ja=_guidelines(criteria, "ja"), en=_guidelines(criteria, "en"))


def _guidelines(criteria: Sequence[Criterion], language: Language) -> str:
    asked = [criterion for criterion in criteria if criterion.kind != "text"]
    sections = [_section(criterion, language) for criterion in asked]
    return "\n\n".join((_opening(language), *sections, _doubt(language))) + "\n"


def _opening(language: Language) -> str:
    if language == "ja":
        return (
            "# 評価の手引き\n\n二つの応答を読み、**この場面で、この相談者に返すものとして**どちらがよいかを選びます。"
            "長さや丁寧さ、言葉づかいの好みではなく、相談者にとってどうかで判断してください。\n\n"
            f"例はすべて、次の言葉への応答です。相談者「{_CLIENT.text(language)}」"
        )
    return (
        "# Guidelines\n\nRead the two responses and choose which is better **as the next reply to this client, at this "
        "moment**. Judge by what it would be for the client, not by length, politeness or taste.\n\n"
        f'All examples answer these words of a client: "{_CLIENT.text(language)}"'
    )


def _section(criterion: Criterion, language: Language) -> str:
    hint = criterion.hint.text(language) if criterion.hint else ""
    lines = [f"## {criterion.label.text(language)}", hint]
    for index, point in enumerate(criterion.points):
        example = criterion.anchors[index].text(language) if index < len(criterion.anchors) else ""
        quoted = (f" 例:「{example}」" if language == "ja" else f' "{example}"') if example else ""
        lines.append(f"- **{point.words.text(language)}**{quoted}")
    if criterion.reasons:
        lines.append("- " + " / ".join(reason.words.text(language) for reason in criterion.reasons))
    return "\n".join(line for line in lines if line)


def _doubt(language: Language) -> str:
    if language == "ja":
        return (
            "## 迷ったとき\n- 差がないときは「同じくらい」を選びます。\n"
            "- どちらも返すべきでないと思うときは「どちらも不適切」を押し、それでもまだよいほうを選びます。\n"
            "- 話の流れがわからないときなどは「判断できない」を、読むのがつらいときは「この相談は飛ばす」を使います。"
        )
    return (
        "## When in doubt\n- No difference: About the same.\n"
        "- If neither should be given, press Neither is acceptable, and still choose the one that is less bad.\n"
        "- If you cannot follow the dialogue, use Cannot judge; if it is too distressing to read, Not this one."
    )


def minutes_per_pair(criteria: Sequence[Criterion]) -> int:
    """Planned minutes a pair, rounded, from the answers it asks for; a criterion of a response is asked twice."""
    answers = sum(2 if criterion.of == "response" else 1 for criterion in criteria if criterion.required)
    return round(READING_MINUTES + MINUTES_PER_ANSWER * answers)


def minutes_per_unit(protocol: Protocol, criteria: Sequence[Criterion]) -> int:
    """Planned minutes for one pair or one whole dialogue."""
    return WHOLE_MINUTES.get(protocol) or minutes_per_pair(criteria)
