"""The data map: every column of every table, what it is about a person, why it is kept, and for how long.

Read from the schema, so that a column added without a line here fails the test that the map is complete.
"""

from __future__ import annotations

from dataclasses import dataclass

from studio.store.tables import metadata

Kept = str
"""`study`: with the database. `retention`: until the retention date, or withdrawal. `payment`: as `study`, also after
withdrawal. `never`: nothing about a person."""


@dataclass(frozen=True)
class Kind:
    """One kind of data in words a rater reads; `fields` are `table.column`, or `log.kind.key` of a payload."""

    name: str
    ja: str
    en: str
    why_ja: str
    why_en: str
    kept: Kept
    fields: tuple[str, ...]


def _columns(table: str, names: str) -> tuple[str, ...]:
    return tuple(f"{table}.{name}" for name in names.split())


PERSONAL = (
    Kind(
        "code",
        "番号（例: R003）、参加・同意・終了・取り消しの日時",
        "your code (e.g. R003) and when you joined, agreed, finished or withdrew",
        "割り当てと、謝金の計算のため",
        "to hand out the work and for payment",
        "payment",
        _columns("raters", "study_id rater seat joined_at last_at consent_version consented_at profile_at")
        + _columns("raters", "blinding_at finished_at withdrawn_at done total")
        + _columns("seats", "rater")
        + _columns("events", "actor at"),
    ),
    Kind(
        "time",
        "回答に使った時間（秒）",
        "the seconds you spent on each pair",
        "謝金の計算と、回答の質の確認のため",
        "for payment and to check the quality of the data",
        "payment",
        _columns("raters", "active_seconds")
        + _columns("assignments", "submitted_at active_seconds")
        + _columns("submissions", "submitted_at active_seconds"),
    ),
    Kind(
        "answers",
        "あなたの回答と、飛ばした理由。番号とだけ結びつけます",
        "your answers and why you skipped a pair, linked to your code alone",
        "研究の結果そのもの。番号の付いた形で集計します",
        "they are the result of the study, analysed under your code",
        "study",
        _columns("judgments", "seq criterion target study_id assignment_id value chosen_system reason")
        + _columns("submissions", "study_id submission_id assignment_id rater seq supersedes digest left left_reasons")
        + _columns("assignments", "status seq submission_id revision left left_reasons")
        + _columns("events", "payload"),
    ),
    Kind(
        "comments",
        "自由に書いた文章（ひとこと、感想）",
        "what you write freely (remarks, feedback)",
        "回答の理由を知るため。公開する前に人が読み、個人がわかるものは出しません",
        "to understand the answers; read by a person before anything of it is published",
        "retention",
        _columns("notes", "seq uuid study at actor kind payload"),
    ),
    Kind(
        "device",
        "画面の大きさ、表示の言語、読んだ範囲、選び直した回数",
        "the size and language of the page, which parts were in view, how often you changed an answer",
        "画面の違いが回答に影響したかを調べるため",
        "to see whether the display influenced answers",
        "retention",
        ("notes.client.facts",),
    ),
    Kind(
        "profile",
        "最初に答えた質問（経験年数など）。答えなくてもかまいません",
        "your answers to the questions at the start (such as years of experience); you may leave them out",
        "評価者の背景をまとめて報告するため",
        "to describe the group of raters",
        "retention",
        _columns("identities", "profile"),
    ),
    Kind(
        "contact",
        "氏名とメールアドレス（担当者が入れた場合だけ）",
        "name and mail address (only if the organiser enters them)",
        "連絡のため",
        "to reach you",
        "retention",
        _columns("identities", "name mail"),
    ),
    Kind(
        "link",
        "個人用リンクを確かめるための符号（リンクそのものは保存しません）",
        "a fingerprint of your personal link (never the link itself)",
        "本人だけが回答できるようにするため",
        "so that only you can answer",
        "retention",
        _columns("identities", "identity_id study role rater link_hash session_hash single_use created_at revoked_at"),
    ),
)
UNPAID = {
    "code": (
        "番号（例: R003）、参加・同意・終了・取り消しの日時",
        "your code (e.g. R003) and when you joined, agreed, finished or withdrew",
        "割り当てと、作業量の記録のため",
        "to hand out the work and to record how much was done",
    ),
    "time": (
        "回答に使った時間（秒）",
        "the seconds you spent on each pair",
        "作業量の記録と、回答の質の確認のため",
        "to record the work and to check the quality of the data",
    ),
    "answers": (
        "あなたの回答と、「判断できない」に付けた理由。番号とだけ結びつけます",
        "your answers and the reasons you gave for Cannot judge, linked to your code alone",
        "研究の結果そのもの。番号の付いた形で集計します",
        "they are the result of the study, analysed under your code",
    ),
}
"""Words (ja, en, why_ja, why_en) that say nothing of payment: of studies in which the organiser speaks of it."""
IMPERSONAL = (
    _columns("studies", "study_id definition created_at closed_at")
    + _columns("seats", "study_id seat total")
    + _columns("assignments", "study_id assignment_id seat position number kind item_id first_system second_system")
    + _columns("assignments", "stratum repeats")
    + _columns("events", "seq uuid study kind")
)
"""Columns that say nothing about a person: the study, its plan, the numbering of the log."""

NOT_STORED = (
    "IPアドレス、端末を見分ける情報、位置情報は保存しません。",
    "No IP address, no identifier of your device and no location is stored.",
)
AFTER_WITHDRAWAL = (
    "参加の取り消しはいつでもできます。回答は以後の集計から外れ、自由記述・端末の情報・最初の質問への答え・連絡先は消去されます。"
    "謝金のため、番号・件数・時間は残ります。すでに書き出された結果からは取り戻せないことがあります。",
    "You can withdraw at any time: your answers leave every later export, and remarks, device facts, your answers at "
    "the start and contact details are erased. Code, number of pairs and time stay, for payment. Results exported "
    "before cannot always be recalled.",
)


AFTER_WITHDRAWAL_UNPAID = (
    "参加の取り消しはいつでもできます。回答は以後の集計から外れ、自由記述・端末の情報・最初の質問への答え・連絡先は消去されます。"
    "番号・件数・時間は、作業の記録として残ります。すでに書き出された結果からは取り戻せないことがあります。",
    "You can withdraw at any time: your answers leave every later export, and remarks, device facts, your answers at "
    "the start and contact details are erased. Code, number of pairs and time stay, as a record of the work. Results "
    "exported before cannot always be recalled.",
)


def columns() -> tuple[str, ...]:
    """Every `table.column` of the schema."""
    return tuple(f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns)


def unmapped() -> set[str]:
    """Columns the map does not name, and names in the map that are no column (payload keys aside); {} is well."""
    named = {field for kind in PERSONAL for field in kind.fields} | set(IMPERSONAL)
    return {field for field in named if field.count(".") == 1} ^ set(columns())


def how_long(kind: Kind, retention_days: int | None) -> tuple[str, str]:
    """(ja, en): for how long data of this kind is kept."""
    if kind.kept == "retention" and retention_days is not None:
        return (
            f"調査の終了から{retention_days}日後に、または参加の取り消しで消去",
            f"erased {retention_days} days after the study is closed, or when you withdraw",
        )
    if kind.kept == "retention":
        return "研究の担当者が消去するまで、または参加の取り消しまで", "until the organiser erases it or you withdraw"
    return "研究データとともに保管", "kept with the research data"


def table(retention_days: int | None, payment: bool = True) -> list[dict[str, str]]:
    """The map as rows, for pages and the command line: name, ja, en, why_ja, why_en, kept_ja, kept_en, fields.

    `payment`: payment is named as a reason. False where the organiser says what is paid, or that it is not stated.
    """
    rows = []
    for kind in PERSONAL:
        kept_ja, kept_en = how_long(kind, retention_days)
        words = (kind.ja, kind.en, kind.why_ja, kind.why_en)
        ja, en, why_ja, why_en = words if payment else UNPAID.get(kind.name, words)
        row = {"name": kind.name, "ja": ja, "en": en, "why_ja": why_ja, "why_en": why_en}
        rows.append(row | {"kept_ja": kept_ja, "kept_en": kept_en, "fields": ", ".join(kind.fields)})
    return rows


def for_raters(retention_days: int | None, profile: bool, payment: bool = True) -> tuple[str, str]:
    """(ja, en): the map as Markdown that stands under a consent text; `profile`: the study asks for one."""
    rows = [row for row in table(retention_days, payment) if profile or row["name"] != "profile"]
    after = AFTER_WITHDRAWAL if payment else AFTER_WITHDRAWAL_UNPAID
    ja = [f"- **{row['ja']}** {row['why_ja']}。{row['kept_ja']}。" for row in rows]
    en = [f"- **{row['en'][0].upper()}{row['en'][1:]}** – {row['why_en']}; {row['kept_en']}." for row in rows]
    return (
        "\n\n# 保存する情報\n\n" + "\n".join([*ja, "", NOT_STORED[0], "", after[0]]),
        "\n\n# What is stored\n\n" + "\n".join([*en, "", NOT_STORED[1], "", after[1]]),
    )
