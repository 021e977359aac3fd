"""The studio as a Hugging Face Space: serves the study of the private data set `STUDIO_STUDY_FROM`, every
study folder in `studies/`, the public demo where it is asked for, or an empty studio whose owner sets a study up.

Raters open their personal links at the Space's own address (https://OWNER-NAME.hf.space/e/…), not in the frame of its
page: browsers send no cookie into a frame of another site.
"""

from __future__ import annotations

import sys
from pathlib import Path

from studio.__main__ import main
from studio.settings import from_environment

STUDIES = Path(__file__).with_name("studies")


def arguments(folder: Path) -> list[str]:
    """The command that serves what `folder` holds."""
    found = sorted(path.parent for path in folder.glob("*/study.yaml"))
    settings = from_environment()
    if found or settings.study_from:
        return ["serve", *map(str, found)]
    return ["demo"] if settings.public_demo or not settings.space else ["serve", "--new"]


if __name__ == "__main__":
    sys.exit(main(arguments(STUDIES)))
