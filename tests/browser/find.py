"""Finds Chromium for the browser tests, or installs it. `path()` is what the tests launch."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def path() -> str | None:
    """The browser's executable: $CHROMIUM, else one on PATH, else Playwright's own; None if there is none."""
    found = [os.environ.get("CHROMIUM"), *(shutil.which(name) for name in NAMES)]
    here = next((name for name in found if name and Path(name).exists()), None)
    return here or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        name = playwright.chromium.executable_path
    return name if Path(name).exists() else None


def _japanese_font() -> bool:
    listing = shutil.which("fc-list")
    return bool(listing and subprocess.run([listing, ":lang=ja"], capture_output=True, check=False).stdout.strip())


def _install() -> None:
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False, stdout=subprocess.DEVNULL)
        packages = ["chromium", "fonts-noto-cjk"]
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=False, stdout=subprocess.DEVNULL)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    """Exit status 0 when a browser is there, 1 with one line that says what to do."""
    if path() is None or not _japanese_font():
        _install()
    if path() is None:
        print("The browser tests need Chromium: install it, or set CHROMIUM to its executable.", file=sys.stderr)
        return 1
    if not _japanese_font():
        print("note: no Japanese font found; the pages' pictures will lack text (Debian: fonts-noto-cjk)")
    print(f"browser: {path()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
