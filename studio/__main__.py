"""`python -m studio`: serve studies, invite raters, look after what they judged."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 = done, 1 = `verify` found differences, 2 = bad input, told on stderr."""
    options = _parser().parse_args(arguments)
    from studio.commands import dispatch as commands

    return commands.run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m studio", description="Blind rating of responses: the studio.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serve = _command(commands, "serve", "serve study folders (and the studies the database already holds)")
    serve.add_argument(
        "folders", nargs="*", type=Path, metavar="STUDY_DIR", help="a study folder; see docs/study-format.md"
    )
    serve.add_argument("--new", action="store_true", help="begin without a study; set one up on the organiser's page")
    _serving(serve)
    _copying(serve)

    demo = _command(commands, "demo", "serve the demo study on SQLite under runs/demo, with a link for a rater")
    demo.add_argument(
        "--public",
        action="store_true",
        help="for whoever comes, as on a public Space: three pairs, then which was which; nothing is kept",
    )
    _serving(demo)

    invite = _command(commands, "invite", "make personal links for raters; each is shown once")
    invite.add_argument("study", metavar="STUDY", help="the study's id")
    invite.add_argument("--n", type=int, default=1, metavar="N", help="how many links (1)")
    invite.add_argument(
        "--for", dest="rater", metavar="RATER", help="one new link for a rater who lost theirs, e.g. R003"
    )
    invite.add_argument(
        "--again",
        action="store_true",
        help="a new link for every rater without one (after a copy came back)",
    )
    invite.add_argument("--host", help=argparse.SUPPRESS)
    invite.add_argument("--port", type=int, help="the port the studio is served at, for the links")

    export = _command(commands, "export", "write the export folder that `python -m results report` reads")
    export.add_argument("study", metavar="STUDY", help="the study's id")
    export.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new or an earlier export folder")

    for name, words in (
        ("progress", "how far each rater is"),
        ("audit", "what organisers did: links made, exports taken, unblinded results looked at, by whom, when"),
        ("close", "close a study: nothing is saved or revised afterwards"),
    ):
        _command(commands, name, words).add_argument("study", metavar="STUDY", help="the study's id")

    reclaim = _command(commands, "reclaim", "give the work of raters who stopped to new raters; what they judged stays")
    reclaim.add_argument("study", metavar="STUDY", help="the study's id")
    reclaim.add_argument("--idle-hours", type=float, default=72.0, metavar="H", help="hours without a save (72)")

    for name, words in (
        ("withdraw", "take a rater's data out of every later export, and erase the person"),
        ("revoke", "make a rater's links worthless; the judgments stay"),
    ):
        one = _command(commands, name, words)
        one.add_argument("study", metavar="STUDY", help="the study's id")
        one.add_argument("rater", metavar="RATER", help="the code, e.g. R003")

    _command(commands, "verify", "rebuild every table from the event log and say any difference")
    _command(commands, "password-hash", "hash a password, for STUDIO_PASSWORD_HASH or STUDIO_VIEWER_PASSWORD_HASH")
    sign_in = _command(commands, "sign-in", "make a new one-time link for the organiser")
    sign_in.add_argument("--port", type=int, help="the port the studio is served at, for the link")
    sign_in.add_argument(
        "--role", choices=("organiser", "viewer"), default="organiser", help="a viewer changes nothing"
    )
    backup = _command(commands, "backup", "copy a SQLite database while the studio runs")
    backup.add_argument("--out", type=Path, required=True, metavar="FILE", help="a new file")
    restore = _command(commands, "restore", "put a backup, or a Hub copy, in place of a database that is not there")
    restore.add_argument("backup", nargs="?", type=Path, metavar="FILE", help="a file that `backup` wrote")
    _copying(restore)
    purge = _command(commands, "purge", "erase the people of studies whose retention date has come; judgments stay")
    purge.add_argument("study", nargs="?", metavar="STUDY", help="a closed study, to be purged now")
    data_map = _command(commands, "data-map", "print what is stored about raters, why, and for how long")
    data_map.add_argument("study", nargs="?", metavar="STUDY", help="the study whose retention date is meant")
    data_map.add_argument("--json", action="store_true", help="in both languages, as JSON")
    _elsewhere(commands)
    return parser


def _elsewhere(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Commands whose options stand in modules of their own."""
    from studio.commands import parsers
    from studio.hub import publish

    parsers.before(partial(_command, commands))
    parsers.during(partial(_command, commands))
    publish.add_command(commands)


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, words: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
    parser.add_argument(
        "--db", metavar="URL", help="database: a file, sqlite:///… or postgresql://… (STUDIO_DATABASE_URL)"
    )
    return parser


def _serving(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (STUDIO_HOST; 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on, 0 = a free one (STUDIO_PORT; 7860)")


def _copying(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--copy-to", metavar="OWNER/NAME", help="keep a copy in this private Hub data set (STUDIO_COPY_TO, HF_TOKEN)"
    )
    parser.add_argument("--hub-endpoint", metavar="URL", help="another Hub than huggingface.co, which is sent HF_TOKEN")


if __name__ == "__main__":
    sys.exit(main())
