"""Options of the commands of `setting_up` and `people`; nothing heavy is imported, so that --help answers at once."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

Add = Callable[[str, str], ArgumentParser]
"""`add(name, words)` gives the parser of a new command, which has --db."""


def before(add: Add) -> None:
    """Commands before a study opens."""
    one = add("new", "write a commented study folder that runs as it is, on the demo dialogues")
    one.add_argument("folder", type=Path, metavar="DIR", help="a new folder")
    one.add_argument(
        "--template", choices=("quick", "full", "rating", "label"), default="quick", help="criteria (quick)"
    )
    one.add_argument("--study-id", default="", metavar="ID", help="letters, digits, '_', '.', '-' (the folder's name)")
    one.add_argument("--seats", type=int, default=5, metavar="N", help="raters planned for (5)")
    one.add_argument("--contact", default="the organiser who sent you the link", help="whom raters can ask")
    two = add("responses", "bring responses of any system (CSV, JSONL, Parquet, Hub data set) into a study's form")
    two.add_argument("source", metavar="SOURCE", help="a file, or hub:OWNER/NAME/PATH of a data set")
    two.add_argument("--items", type=Path, required=True, help="items.jsonl, or the folder that holds it")
    two.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder of <system_id>.jsonl")
    two.add_argument("--item", default="item_id", metavar="COLUMN", help="column of item ids (item_id)")
    two.add_argument("--text", default="text", metavar="COLUMN", help="column of responses (text)")
    two.add_argument("--system", default="", metavar="ID", help="the system all rows are of")
    two.add_argument("--system-column", default="", metavar="COLUMN", help="or the column of system ids")
    two.add_argument("--model", default="", help="what made them, for the report")
    two.add_argument("--note", default="", help="anything else readers of the report need")
    two.add_argument("--hub-endpoint", default="", metavar="URL", help="another Hub; it gets your token")
    three = add("pilot", "write a small study of its own for a trial; its data never enter the study's")
    three.add_argument("folder", type=Path, metavar="STUDY_DIR")
    three.add_argument("--items", type=int, default=4, metavar="N", help="items (4)")
    three.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    for name, words in (
        ("check", "all mistakes of a study folder, and what to look at: personal data, distress, leaks"),
        ("plan", "how much work a study is, how well balanced, and what it can show"),
        ("ethics", "information sheet, consent form, data map, burden and stopping, in ja and en"),
        ("preregister", "what is frozen before the first judgment, under one hash"),
    ):
        parser = add(name, words)
        parser.add_argument("folder", type=Path, metavar="STUDY_DIR")
        if name == "plan":
            parser.add_argument("--timed", metavar="STUDY", help="minutes as timed in this (pilot) study")
        elif name != "check":
            parser.add_argument(
                "--out", type=Path, metavar="PATH", help="write a folder of papers, or the registration, here"
            )


def during(add: Add) -> None:
    """Commands about raters and the course of a study."""
    for name, words in (
        ("coverage", "how often each item and pair was judged, and still waits to be"),
        ("registration", "the hash a study was frozen under at launch, and every deviation since"),
        ("reopen", "open a closed study again; the report says so"),
    ):
        _study(add(name, words))
    one = _study(add("letters", "a link, a mail text (ja, en) and a QR code for each person of a CSV"))
    one.add_argument("people", type=Path, metavar="CSV", help="columns name, mail or both")
    one.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    one.add_argument("--port", type=int, help="the port the studio is served at, for the links")
    two = _study(add("payment", "what each rater is owed for: code, pairs done or passed over, active hours"))
    two.add_argument("--out", type=Path, metavar="CSV", help="write it here")
    three = _study(add("replace", "end a rater's work; somebody else takes over what was left"))
    three.add_argument("rater", metavar="RATER", help="the code, e.g. R003")
    three.add_argument("--port", type=int, help="the port the studio is served at, for the link")
    four = _study(add("adjudicate", "give disputed items to a further rater, as blind as the others"))
    four.add_argument("--items", nargs="+", default=(), metavar="ITEM", help="these items")
    four.add_argument("--disputed", type=int, default=5, metavar="N", help="else the N most disputed (5)")
    four.add_argument("--port", type=int, help="the port the studio is served at, for the link")
    five = add("deploy", "a study to a Hugging Face Space, or a report to a static one; private unless told")
    five.add_argument(
        "folder", type=Path, metavar="DIR", help="a study folder, a report folder, or tasks/demo for the public demo"
    )
    five.add_argument("--space", required=True, metavar="OWNER/NAME", help="the Space; made where it is not there")
    five.add_argument(
        "--storage",
        required=True,
        choices=("postgres", "copy", "volume", "report", "demo"),
        help="where judgments are kept: STUDIO_DATABASE_URL, a private Hub data set, a disk at /data; a report, and the"
        " demo study for whoever comes (demo), keep none",
    )
    five.add_argument("--organisers", default="", metavar="NAMES", help="accounts that may organise (the owner)")
    five.add_argument("--public", action="store_true", help="everybody may open the Space, as raters must")
    five.add_argument("--dry-run", action="store_true", help="show every file and setting and send nothing")
    five.add_argument("--yes", action="store_true", help="send without asking")
    five.add_argument("--hub-endpoint", default="", metavar="URL", help="another Hub; it gets your token")


def _study(parser: ArgumentParser) -> ArgumentParser:
    parser.add_argument("study", metavar="STUDY", help="the study's id")
    return parser
