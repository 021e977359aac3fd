"""What the automatic measures give to responses that read nothing: a floor to hold a model's numbers against.

    python benchmarks/automatic_floor.py ITEMS [--resamples 10000]

`other-turn` answers each item with the human turn of the next item; `one-sentence` answers all with the same words.
ITEMS is an items.jsonl whose items have a `reference` (`python -m tasks contexts`).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from results.commands.automatic import render
from results.responses.automatic import automatic
from results.responses.texts import Corpus, SystemTexts, read_items
from results.statistics.resample import Resampling
from tasks.errors import InputError

SENTENCE = "それは苦しい毎日ですね。この頃のようすを教えていただけますか？"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("items", type=Path)
    parser.add_argument("--resamples", type=int, default=10_000)
    args = parser.parse_args()
    errors: list[str] = []
    items = tuple(read_items(args.items, errors).values())
    if errors:
        raise SystemExit(str(InputError(errors)))
    turns = [item.reference or "" for item in items]
    systems = (
        SystemTexts("other-turn", (*turns[1:], turns[0])),
        SystemTexts("one-sentence", (SENTENCE,) * len(items)),
    )
    print(render(automatic(Corpus(items, systems), Resampling(args.resamples))), end="")


if __name__ == "__main__":
    main()
