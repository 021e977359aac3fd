"""What raters are told before they agree: the consent text a new study begins with, and the organiser's own statements.

The text says what the studio does. Where dialogues come from, what is paid, what is stored where: only the organiser
knows, and says so in `study.yaml` (`information`); what is left out there is said to be not stated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from tasks.schema import Criterion, Language, Protocol, Statement, Study, Words
from tasks.study.guidance import minutes_per_unit

STATEMENTS: tuple[Statement, ...] = get_args(Statement)
HEADINGS: dict[Statement, Words] = {
    "dialogues": Words(ja="対話の出どころ", en="Where the dialogues come from"),
    "payment": Words(ja="謝金", en="Payment"),
    "stopping": Words(ja="やめたとき、飛ばしたとき", en="If you stop or pass over"),
    "storage": Words(ja="回答の保管", en="Where and how long answers are stored"),
    "erasure": Words(ja="消去", en="What is erased"),
}
NOT_STATED = Words(ja="担当者からの説明はありません。", en="Not stated by the organiser.")
TASKS: dict[Protocol, Words] = {
    "pairwise": Words(
        ja="相談の対話を読み、二つの応答のうち、この場面で相談者に返すものとしてどちらがよいかを選んでいただきます。"
        "最大{units}組あり、1組は{minutes}分ほどです。",
        en="You will read counselling dialogues and choose which of two responses is better as the next reply to this "
        "client. There are at most {units} pairs, about {minutes} minutes each.",
    ),
    "rating": Words(
        ja="相談の対話をはじめから終わりまで読み、評価していただきます。最大{units}件あり、1件は{minutes}分ほどです。",
        en="You will read whole counselling dialogues and rate each. There are at most {units}, about {minutes} "
        "minutes each.",
    ),
    "label": Words(
        ja="相談の対話を読み、カウンセラーの発話を分類していただきます。最大{units}件あり、1件は{minutes}分ほどです。",
        en="You will read counselling dialogues and label the counsellor's utterances. There are at most {units} "
        "dialogues, about {minutes} minutes each.",
    ),
}


def consent(protocol: Protocol, criteria: Sequence[Criterion], units: int) -> Words:
    """The consent text of a new study: the work and what the studio does, nothing that only the organiser knows.

    `units`: pairs or dialogues at most for one rater. What is stored stands below it on the page.
    """
    minutes = minutes_per_unit(protocol, criteria)
    task = {language: TASKS[protocol].text(language).format(units=units, minutes=minutes) for language in ("ja", "en")}
    return Words(
        ja=f"""# この評価について

{task["ja"]}

- **ここでの選択が、相談者に送られることはありません。**
- **内容について。** 読むのがつらい話題が出てくることがあります。
- **いつでもやめられます。** どの相談も飛ばせます。飛ばした理由はうかがいません。
- **対話の文章は、ほかの人に見せたり、写したりしないでください。**
""",
        en=f"""# About this study

{task["en"]}

- **Nothing you choose here is sent to a client.**
- **Content.** Topics that are painful to read may come up.
- **You can stop at any time**, and pass over any dialogue. No reason is asked for passing over.
- **Please do not show or copy the dialogues to anybody.**
""",
    )


def statements(study: Study) -> Words | None:
    """The organiser's statements as Markdown that stands under the consent text; None where a study has none at all.

    A statement that one language alone has is shown in all: its words are not translated here.
    """
    if study.information is None:
        return None
    return Words(ja=_statements(study, "ja"), en=_statements(study, "en"))


def statement(study: Study, name: Statement, language: Language) -> str:
    """One statement in a language, else in the first that has it; "" where the organiser has made none."""
    words: Words | None = getattr(study.information, name) if study.information else None
    texts = [words.text(tag).strip() for tag in (language, *words.languages)] if words else []
    return next((text for text in texts if text), "")


def _statements(study: Study, language: Language) -> str:
    head = "# 担当者からの説明" if language == "ja" else "# What the organiser says"
    stop = "。" if language == "ja" else "."
    lines = [
        f"- **{HEADINGS[name].text(language)}{stop}** {statement(study, name, language) or NOT_STATED.text(language)}"
        for name in STATEMENTS
    ]
    return "\n".join([head, "", *lines])
