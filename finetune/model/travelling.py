"""What lets other tools use an adapter or a merged model from its folder alone: tokeniser and chat template."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from finetune.chat_template import FILE, chat_template
from finetune.model.bases import CUT, Base
from finetune.recipe import Recipe
from finetune.rendering import RENDERINGS, Control, Rendering
from tasks.files import write_json


def carry(folder: Path, base: Base, recipe: Recipe) -> None:
    """Writes the base's tokeniser and this project's template of the recipe into a folder of weights.

    Of a base with a cut vocabulary nothing is written: no other tool can read one.
    """
    if (base.folder / CUT).is_file():
        return
    rendering = RENDERINGS[recipe.rendering]
    shutil.copyfile(base.folder / "tokenizer.json", folder / "tokenizer.json")
    write_json(folder / "tokenizer_config.json", _configuration(base.folder, rendering))
    (folder / FILE).write_text(chat_template(rendering, recipe.prompt), encoding="utf-8")


def _configuration(base: Path, rendering: Rendering) -> dict[str, object]:
    """The base's, but that a turn ends where training ended it, and that no template but ours stands in it."""
    path = base / "tokenizer_config.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    known.pop("chat_template", None)
    end = {"eos_token": str(rendering.end)} if isinstance(rendering.end, Control) else {}
    return {"tokenizer_class": "PreTrainedTokenizerFast", **known, **end}
