"""Small pictures beside words, drawn in lines of the text's colour; they never stand alone for a meaning."""

from __future__ import annotations

from studio.pages.admin.html import Raw

LINES = {
    "home": "M4 11.5 12 4.5l8 7M6 10v9.5h4.5V14h3v5.5H18V10",
    "plus": "M12 5v14M5 12h14",
    "overview": "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
    "people": "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6"
    "M16 4.5a3.5 3.5 0 0 1 0 6.5M17.5 14.4c2.5.7 4 2.8 4 5.6",
    "quality": "M12 4v16M7 20h10M5 7l7-2 7 2M5 7l-3 7a3.2 3.2 0 0 0 6 0zM19 7l-3 7a3.2 3.2 0 0 0 6 0z",
    "results": "M4 20h16M7 17v-5M12 17V5M17 17V9",
    "records": "M12 3.5 5 6v5.5c0 4.3 2.9 7.6 7 9 4.1-1.4 7-4.7 7-9V6zM9 12l2.2 2.2L15.2 10",
    "bell": "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4",
    "pencil": "M5 19l.8-3.8L16 5l3 3L8.8 18.2zM14 7l3 3",
    "file": "M6 3.5h8l4 4v13H6zM14 3.5v4h4",
    "globe": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c2.6 2.3 3.7 5.2 3.7 8.5s-1.1 6.2-3.7 8.5"
    "C9.4 18.2 8.3 15.3 8.3 12s1.1-6.2 3.7-8.5z",
    "eye": "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
    "archive": "M3.5 4.5h17v4h-17zM5 8.5v11h14v-11M10 12.5h4",
    "more": "M5.5 11.5v1M5 12h1M12.5 11.5v1M12 12h1M19.5 11.5v1M19 12h1",
    "copy": "M9 9h11v11H9zM5 15H4V4h11v1",
    "download": "M12 4v11M7 10.5l5 5 5-5M4.5 20h15",
    "mail": "M3.5 5.5h17v13h-17zM4 6l8 6.5L20 6",
    "key": "M14.5 13.5a5 5 0 1 0-4-4L4 16v4h4v-2.5h2.5V15z",
    "swap": "M4 8h14l-3-3M20 16H6l3 3",
    "trash": "M4.5 6.5h15M9 6.5v-2h6v2M6.5 6.5l1 13.5h9l1-13.5M10 10.5v6M14 10.5v6",
    "check": "M5 12.5l4.5 4.5L19 7.5",
    "warn": "M12 4 2.8 20h18.4zM12 10v4.5M12 17.3h.01",
    "info": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5.5M12 7.7h.01",
    "cross": "M6 6l12 12M18 6 6 18",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "person": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c0-4 3.3-6.5 7.5-6.5s7.5 2.5 7.5 6.5",
    "out": "M14 4.5h5v15h-5M4.5 12H15M11 8l4 4-4 4",
    "open": "M9 5.5l6.5 6.5L9 18.5",
}


def icon(name: str) -> Raw:
    """An icon, hidden from screen readers: the word beside it is what is read."""
    return Raw(
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="{LINES[name]}"/></svg>'
    )


BRAND = Raw(
    '<svg class="brand" viewBox="0 0 40 24" fill="none" stroke-width="2.4" aria-hidden="true">'
    '<circle class="one" cx="14" cy="12" r="9"/><circle class="two" cx="26" cy="12" r="9"/></svg>'
)
"""Two circles that overlap: two answers, one dialogue."""
