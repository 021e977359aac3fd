"""What a person reads where a page cannot be given: one text a status, both languages, as page, text or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import NamedTuple

RETRY_SECONDS = 10
"""A page that failed for a while is asked for again by itself."""


class Apology(NamedTuple):
    """Words for one status; `code` is what a page's script reads."""

    code: str
    ja: str
    en: str


APOLOGIES = {
    400: Apology("invalid", "この要求は読み取れませんでした。", "This request could not be read."),
    401: Apology(
        "signed_out",
        "ログインが必要です。受け取ったリンクをもう一度開いてください。",
        "You are not signed in. Open the link you received once more.",
    ),
    403: Apology(
        "other_site",
        "ほかのサイトからの送信は受け付けません。",
        "Requests from other sites are refused.",
    ),
    404: Apology(
        "not_found",
        "ページが見つかりません。受け取ったリンクをもう一度開いてください。",
        "Not found. Open the link you received once more.",
    ),
    405: Apology("not_found", "このページではこの操作はできません。", "This cannot be done here."),
    408: Apology(
        "too_slow",
        "送信に時間がかかりすぎました。もう一度お試しください。",
        "The request did not arrive in time. Please try again.",
    ),
    413: Apology(
        "too_large",
        "送信が大きすぎます。コメントは4,000字までです。",
        "This is too large. A comment can have up to 4,000 characters.",
    ),
    422: Apology("invalid", "この要求は受け付けられません。", "This request cannot be accepted."),
    429: Apology(
        "too_many",
        "誤ったリンクまたはパスワードが続いたため、しばらく待ってください。",
        "Too many wrong links or passwords; please wait.",
    ),
    500: Apology(
        "busy",
        "うまくいきませんでした。回答は端末に残っています。少し待ってもう一度お試しください。",
        "Something went wrong. Your answers are still on this device; try again in a moment.",
    ),
    503: Apology(
        "busy",
        "いま混み合っています。リンクはそのまま使えます。少し待ってもう一度お試しください。",
        "The studio is busy. Your link still works, and your answers are still on this device; try again in a moment.",
    ),
}


def apology(status: int) -> Apology:
    """The words for an HTTP status; those of 500 for a server's fault without words of its own, else those of 400."""
    return APOLOGIES.get(status) or APOLOGIES[500 if status >= 500 else 400]


def written(status: int, headers: Mapping[str, str], for_script: bool) -> tuple[str, bytes]:
    """(content type, body) of an answer that says no.

    Args:
        headers: the request's, by lower-case name; whoever accepts HTML gets a page.
        for_script: the path is asked by scripts alone, which read JSON.
    """
    words = apology(status)
    if for_script:
        error = {"code": words.code, "ja": words.ja, "en": words.en}
        return "application/json", json.dumps({"saved": False, "error": error}, ensure_ascii=False).encode()
    if "text/html" in headers.get("accept", ""):
        return "text/html; charset=utf-8", page(status).encode()
    return "text/plain; charset=utf-8", f"{words.ja}\n{words.en}\n".encode()


def page(status: int) -> str:
    """A plain page; where waiting helps, it asks again by itself."""
    words = apology(status)
    again = f'<meta http-equiv="refresh" content="{RETRY_SECONDS}">' if status == 503 else ""
    return (
        f'<!doctype html><html lang="ja"><meta charset="utf-8">{again}<title>{status}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<body style="font:1rem/1.9 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem">'
        f'<main><p>{escape(words.ja)}</p><p lang="en">{escape(words.en)}</p></main>'
    )
