"""The studio as a Hugging Face Space: serves every study folder in `studies/`, or the demo study where there is none.

Raters open their personal links at the Space's own address (https://OWNER-NAME.hf.space/e/…), not in the frame of its
page: browsers send no cookie into a frame of another site.
"""

from __future__ import annotations

import sys
from pathlib import Path

from studio.__main__ import main

STUDIES = Path(__file__).with_name("studies")


def arguments(folder: Path) -> list[str]:
    """The command that serves what `folder` holds."""
    found = sorted(path.parent for path in folder.glob("*/study.yaml"))
    return ["serve", *map(str, found)] if found else ["demo"]


if __name__ == "__main__":
    sys.exit(main(arguments(STUDIES)))
