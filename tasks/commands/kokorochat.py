"""`contexts`, `describe` and `split`: what is drawn from a copy of KokoroChat and said of it."""

from __future__ import annotations

import argparse
from pathlib import Path

from tasks.commands import data_argument, part_options
from tasks.console import Commands, command, positive, say


def add(commands: Commands) -> None:
    """Add the three commands."""
    contexts = command(commands, "contexts", "draw stratified evaluation contexts from KokoroChat", _contexts)
    data_argument(contexts)
    contexts.add_argument(
        "--out", type=Path, required=True, help="new folder for items.jsonl and contexts.manifest.json"
    )
    contexts.add_argument("--n", type=positive, default=100, help="contexts (default 100)")
    part_options(contexts, ("counselor", "client", "paper"))
    contexts.add_argument("--cap", type=positive, default=4, help="contexts per counsellor and per client, at most")
    contexts.add_argument("--strip-meta", choices=("bracket", "keep"), default="bracket",
                          help="leave out bracketed talk outside the role play (default), or keep it")  # fmt: skip
    contexts.add_argument("--minimal", action="store_true",
                          help="only where the counsellor answered minimally and the client went on")  # fmt: skip
    contexts.add_argument("--salt", default="kokorochat-ctx-v1", help="names the draw; another salt, other contexts")
    contexts.add_argument("--language", default="ja", metavar="TAG",
                          help="of the texts: ja (default), or en, zh of Multilingual KokoroChat")  # fmt: skip
    data_argument(command(commands, "describe", "print the figures of a copy of KokoroChat", _describe))
    split = command(commands, "split", "write the dialogue ids of a split, to be published", _split)
    data_argument(split)
    split.add_argument("--by", choices=("counselor", "client", "paper"), default="counselor")
    split.add_argument("--holdout-persons", action="store_true", help="no test counsellor in train in any role")
    split.add_argument("--out", type=Path, required=True, help="JSON file")


def _contexts(options: argparse.Namespace) -> None:
    from tasks.data import context_files
    from tasks.data.contexts import Choice
    from tasks.data.kokorochat import load

    choice = Choice(
        n=options.n,
        cap=options.cap,
        strip_meta=options.strip_meta,
        salt=options.salt,
        minimal=options.minimal,
        language=options.language,
    )
    manifest = context_files.make(load(options.data), options.out, part=options.split, by=options.by, choice=choice)
    drawn = manifest["found"]
    say(f"{options.out}: {options.n} contexts of the {options.split} split by {options.by}")
    say("topics: " + ", ".join(f"{name} {count}" for name, count in drawn["topics"].items()))
    say("strata: " + ", ".join(f"{name} {count}" for name, count in drawn["strata"].items()))
    say(
        f"{drawn['counselors']} counsellors, {drawn['clients']} clients; client known from train: "
        f"{drawn['clients_seen_in_train']} items"
    )
    say(f"turns {drawn['turns']}, characters {drawn['characters']}")


def _describe(options: argparse.Namespace) -> None:
    from tasks.data.describe import describe
    from tasks.data.kokorochat import load

    for line in describe(load(options.data)):
        say(line)


def _split(options: argparse.Namespace) -> None:
    """Writes the ids of a split, which may be published."""
    from tasks.data import splits
    from tasks.data.kokorochat import load
    from tasks.files import write_json

    parts = splits.split(load(options.data), options.by)
    if options.holdout_persons:
        parts = splits.holdout_persons(parts)
    ids = {name: [dialogue.dialogue_id for dialogue in parts[name]] for name in splits.SPLITS}
    counts = {name: len(ids[name]) for name in splits.SPLITS}
    head = {"by": options.by, "salt": splits.SALT, "holdout_persons": options.holdout_persons, "counts": counts}
    write_json(options.out, {**head, "dialogue_ids": ids})
    say(f"{options.out}: {counts}")
