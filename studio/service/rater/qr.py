"""A link as a QR code."""

from __future__ import annotations

import io


def qr_svg(link: str) -> str:
    """The link as an SVG of about 3 kB that fits any size: black on white, with its quiet zone, whatever page it is on.

    It has a viewBox and no size of its own: a size without a viewBox is cut off by a smaller frame.
    """
    import segno

    svg = io.BytesIO()
    segno.make(link, error="m").save(svg, kind="svg", border=4, light="#fff", xmldecl=False, omitsize=True)
    return svg.getvalue().decode("utf-8")
