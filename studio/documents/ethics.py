"""The papers an ethics board asks for, made of the study: information, consent, data map, risks and stopping.

They are drafts that say what the tool does. Whoever runs the study completes the lines in [brackets] and answers for
the whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.service.view import consent_text
from studio.store import datamap
from tasks.schema import Language, PlannedAssignment, Statement, Study
from tasks.study.consent import statement
from tasks.study.workload import workload

BLANK = "[ ]"
"""A line to be completed: the organiser has said nothing of it."""

PAPERS = ("information", "consent", "data", "risks")
"""Names of the papers, in the order in which a board reads them."""


def papers(study: Study, planned: Sequence[PlannedAssignment], language: Language) -> dict[str, str]:
    """Every paper as Markdown in one language, by name.

    Args:
        study: as loaded; its consent text is taken word for word, with what stands under it on the page.
        planned: the plan whose work is stated; one assignment or more.
    """
    work = workload(study, planned)
    hours = f"{work.hours:.1f}"
    makers = {"information": _information, "consent": _consent, "risks": _risks}
    made = {name: make(study, work.per_seat[1], hours, language) for name, make in makers.items()}
    made["data"] = _data(study, language)
    return {name: made[name] for name in PAPERS}


def whole(study: Study, planned: Sequence[PlannedAssignment], language: Language) -> str:
    """All papers in one text."""
    return "\n\n".join(papers(study, planned, language).values())


def _title(study: Study, language: Language) -> str:
    return study.title.text(language, *study.languages)


def _contact(study: Study) -> str:
    return study.support.contact if study.support and study.support.contact else BLANK


def _days(study: Study) -> str:
    return str(study.retention_days) if study.retention_days else BLANK


def _stated(study: Study, name: Statement, language: Language) -> str:
    """What the organiser states, or a blank to be filled in."""
    return statement(study, name, language) or BLANK


def _information(study: Study, most: int, hours: str, language: Language) -> str:
    if language == "ja":
        return f"""# 説明書：{_title(study, "ja")}

- 研究責任者・所属：[ ]　倫理審査の承認番号：[ ]
- 問い合わせ先：{_contact(study)}
- お願いすること：相談の対話を読み、評価します。\
一人あたり最大{most}件、合わせて約{hours}時間です。何回に分けてもかまいません。
- 評価するもの：{"、".join(c.label.text("ja", *study.languages) for c in study.criteria)}
- 対話の出どころ：{_stated(study, "dialogues", "ja")}
- どの応答がどこから来たかは、評価が終わるまで伏せます。それを知らずに評価していただくためです。\
ここでの選択が相談者に送られることはありません。
- 参加は自由です。いつでもやめられ、どの相談も飛ばせ、参加を取り消せます。\
やめたとき、飛ばしたときの扱い：{_stated(study, "stopping", "ja")}
- 謝金：{_stated(study, "payment", "ja")}
- 回答の保管：{_stated(study, "storage", "ja")}
- 消去：{_stated(study, "erasure", "ja")}
- 結果の公表：[ ]
"""
    return f"""# Information sheet: {_title(study, "en")}

- Responsible researcher and institution: [ ]. Approval number of the ethics board: [ ]
- Contact: {_contact(study)}
- What we ask: read counselling dialogues and judge them. At most {most} for each person, about {hours} hours \
together, in as many sittings as you like.
- What is judged: {", ".join(c.label.text("en", *study.languages) for c in study.criteria)}
- Where the dialogues come from: {_stated(study, "dialogues", "en")}
- Which response came from where is kept from you until the work is over, so that it cannot sway you. Nothing you \
choose is sent to a client.
- Taking part is voluntary. You can stop at any time, pass over any dialogue, and withdraw. What that means for you: \
{_stated(study, "stopping", "en")}
- Payment: {_stated(study, "payment", "en")}
- Where and how long answers are stored: {_stated(study, "storage", "en")}
- What is erased: {_stated(study, "erasure", "en")}
- Publication: [ ]
"""


def _consent(study: Study, most: int, hours: str, language: Language) -> str:
    text = consent_text(study)
    body = text.text(language, *study.languages) if text else ""
    if language == "ja":
        return f"""# 同意書

次の文は、評価の前に画面に示され、同意したときの版とともに記録されます。

{_quoted(body or "（consent.ja.md がありません。同意の画面は出ません）")}

紙で同意を得る場合：　氏名 ____________________　日付 ____________________
"""
    return f"""# Consent form

This text is shown before the work; agreement is recorded with the version that was read.

{_quoted(body or "(there is no consent.en.md: no consent is asked for on the page)")}

Where consent is given on paper:  name ____________________  date ____________________
"""


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def _data(study: Study, language: Language) -> str:
    rows = datamap.table(study.retention_days, payment=study.information is None)
    if language == "ja":
        head = "# 記録するもの\n\n| もの | なぜ | いつまで |\n|---|---|---|"
        lines = [f"| {row['ja']} | {row['why_ja']} | {row['kept_ja']} |" for row in rows]
        foot = (
            f"調査を閉じてから{_days(study)}日で、連絡先・最初の質問への答え・コメント・端末の情報・リンクは消去されます。"
            "回答は番号とともに研究データとして残ります。IPアドレスは記録しません。"
            "取り消しがあると、その人の回答は以後の書き出しと報告から除かれ、連絡先・最初の質問への答え・コメント・端末の情報はその場で消去されます。"
        )
    else:
        head = "# What is kept\n\n| what | why | how long |\n|---|---|---|"
        lines = [f"| {row['en']} | {row['why_en']} | {row['kept_en']} |" for row in rows]
        foot = (
            f"Contact, answers at the start, comments, facts of the device and links are erased {_days(study)} days "
            "after the study is closed; judgments stay with the research data, under a code. No IP address is stored. "
            "After a withdrawal a person's judgments are in no later export or report; contact, answers at the start, "
            "comments and facts of the device are erased at once."
        )
    return "\n".join([head, *lines, "", foot, ""])


def _risks(study: Study, most: int, hours: str, language: Language) -> str:
    help_ = study.support.help if study.support else None
    if language == "ja":
        return f"""# 負担と、やめ方

- 考えられる負担：つらい話題を続けて読むこと、長い時間画面を見ること。そのほか：{BLANK}
- 減らすためにしていること：{study.design.portion}件ごとに区切りを示す。\
「この相談は飛ばす」をいつでも押せる。助けを求める先を、どの画面からも一度押すだけで開ける。
- 相談先：{help_.text("ja", *study.languages) if help_ else BLANK}
- 研究の側でやめる基準：{BLANK}（例：評価者が強い苦痛を申し出たとき、相談者を傷つけるおそれが多く指摘されたとき）
- 評価者がやめる方法：画面を閉じるだけでよい。取り消しは、画面のメニューか、{_contact(study)} への連絡による。
"""
    return f"""# Burden, and how to stop

- Burden to be expected: reading distressing topics one after another; long hours before a screen. Others: {BLANK}
- What lessens it: a place to rest after every {study.design.portion}; "not this one" at any time; where to find help \
is one press away on every screen.
- Help: {help_.text("en", *study.languages) if help_ else BLANK}
- When the study stops on its own side: {BLANK} (for instance on a rater's word of strong distress, or when many \
responses are flagged as harmful)
- How a rater stops: by closing the page. Withdrawal is in the page's menu, or by word to {_contact(study)}.
"""
