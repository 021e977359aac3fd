"""The organiser's desk at `/admin`: its pages, downloads and forms. It holds no logic."""

from pathlib import Path

from studio.pages.admin.routes import mount

STATIC = Path(__file__).with_name("static")
"""The desk's stylesheet and script."""

__all__ = ["STATIC", "mount"]
