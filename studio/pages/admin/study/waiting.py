"""What a page says while its figures are being computed; the page comes by itself when they are there."""

from __future__ import annotations

from studio.pages.admin.html import Raw, Words, text


def waiting(words: Words) -> Raw:
    """A card that stands in for the figures; the script looks for them every two seconds."""
    return Raw(
        f'<section class="card waiting" data-waits role="status"><h2>{text(words["computing"])}</h2>'
        f"<p>{text(words['computing_told'])}</p></section>"
    )
