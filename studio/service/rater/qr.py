"""A link as a QR code."""

from __future__ import annotations

import io


def qr_svg(link: str) -> str:
    """The link as an SVG of about 3 kB that prints at any size."""
    import segno

    made = io.BytesIO()
    segno.make(link, error="m").save(made, kind="svg", scale=6, border=4, xmldecl=False)
    return made.getvalue().decode("utf-8")
