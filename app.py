"""The studio as a Hugging Face Space: serves the study of the private data set `STUDIO_STUDY_FROM`, every
study folder in `studies/`, or the demo study where there is neither.

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
    return ["serve", *map(str, found)] if found or from_environment().study_from else ["demo"]


if __name__ == "__main__":
    sys.exit(main(arguments(STUDIES)))
