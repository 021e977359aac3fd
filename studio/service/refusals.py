"""Refusals: what a rater reads when something is not saved. One code, both languages, nothing about other raters."""

from __future__ import annotations

from typing import Any

from studio.service.records import Fault, Refused
from tasks.errors import InputError

MESSAGES: dict[str, tuple[str, str]] = {
    "signed_out": (
        "この端末ではリンクが確認できません。受け取ったリンクをもう一度開いてください。回答は端末に残っています。",
        "This device is not signed in. Open your personal link again; your answers are still on this device.",
    ),
    "other_rater": (
        "このブラウザは、いま {detail} の画面として使われています。ここでの回答と下書きは端末に残っています。"
        "続けるには、自分の個人リンクをもう一度開いてください。",
        "This browser is now signed in as {detail}. Your answers and drafts are still on this device; "
        "open your own personal link again to go on.",
    ),
    "not_yours": (
        "この相談は担当に含まれていません。ページを読み込み直してください。",
        "This pair is not among yours. Reload the page.",
    ),
    "invalid": ("この回答は保存できません: {detail}", "These answers cannot be saved: {detail}"),
    "incomplete": ("まだ選んでいない項目があります: {detail}", "Some answers are still missing: {detail}"),
    "too_large": (
        "送信が大きすぎます。ひとことは4,000字までです。",
        "This is too large. A comment can have up to 4,000 characters.",
    ),
    "closed": (
        "この調査は終了しました。新しい回答は保存されません。",
        "This study is closed. New answers are not saved.",
    ),
    "answers_closed": (
        "最後の質問が始まったため、これまでの回答は変更できません。",
        "The last question has begun, so earlier answers can no longer be changed.",
    ),
    "not_yet": ("この質問はまだ始まっていません。", "This question has not begun yet."),
    "submission_changed": (
        "同じ送信番号で別の回答が届きました。ページを読み込み直してください。",
        "Another form was already saved under this number. Reload the page.",
    ),
    "consent_needed": ("はじめに説明を読み、同意してください。", "Please read the information and agree first."),
    "old_consent": (
        "説明が新しくなりました。もう一度読んでください。",
        "The information has changed. Please read it again.",
    ),
    "unknown_request": ("この操作はできません: {detail}", "This cannot be done: {detail}"),
    "withdrawn": (
        "参加は取り消されています。お力添えに感謝します。",
        "You have withdrawn from this study. Thank you for your help.",
    ),
    "no_seat": (
        "いまは席がありません。研究の担当者にお知らせください。",
        "There is no free place in this study. Please tell the person who invited you.",
    ),
    "too_many": (
        "この操作はこれ以上くり返せません。必要なときは、研究の担当者にお知らせください。",
        "This cannot be done any more often. If you need it, tell the person who invited you.",
    ),
    "busy": (
        "いま保存できません。回答は端末に残っています。少し待ってもう一度お試しください。",
        "Saving is not possible right now. Your answers are still on this device; try again in a moment.",
    ),
}


class Refusal(Exception):  # noqa: N818 - not an error of the program
    """A request that changes nothing. `code` is a key of MESSAGES; `detail` names field, value and what is allowed."""

    def __init__(self, code: str, detail_ja: str = "", detail_en: str = "") -> None:
        self.code = code
        ja, en = MESSAGES[code]
        self.ja = ja.format(detail=detail_ja or detail_en)
        self.en = en.format(detail=detail_en or detail_ja)
        super().__init__(f"{code}: {self.en}")

    def as_json(self) -> dict[str, Any]:
        """What the page gets."""
        return Refused(saved=False, error=Fault(code=self.code, ja=self.ja, en=self.en)).as_json()


class StudioError(InputError):
    """An organiser's request that cannot be carried out; str() says what was found and what is allowed."""
