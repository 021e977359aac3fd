"""Commands about raters: links, letters, progress, payment, replacement, adjudication."""

from __future__ import annotations

import argparse
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from studio.commands.options import open_service, port_option, rater_argument, study_command
from studio.settings import Settings
from tasks.console import Commands, say
from tasks.intake.options import add_file_options, file_answers

if TYPE_CHECKING:
    from studio.service import Service


def add(commands: Commands) -> None:
    """Add the eight commands."""
    _add_links(commands)
    study_command(commands, "progress", "how far each rater is", progress)
    words = "give the work of raters who stopped to new raters; what they judged stays"
    reclaimed = study_command(commands, "reclaim", words, reclaim)
    reclaimed.add_argument("--idle-hours", type=float, default=72.0, metavar="H", help="hours without a save (72)")
    words = "what each rater is owed for: code, pairs done or passed over, active hours"
    paid = study_command(commands, "payment", words, payment)
    paid.add_argument("--out", type=Path, metavar="CSV", help="write it here")
    words = "end a rater's work; somebody else takes over what was left"
    replaced = study_command(commands, "replace", words, replace)
    rater_argument(replaced)
    port_option(replaced)
    words = "give disputed items to a further rater, as blind as the others"
    adjudicated = study_command(commands, "adjudicate", words, adjudicate)
    adjudicated.add_argument("--items", nargs="+", default=(), metavar="ITEM", help="these items")
    adjudicated.add_argument("--disputed", type=int, default=5, metavar="N", help="else the N most disputed (5)")
    port_option(adjudicated)


def _add_links(commands: Commands) -> None:
    invited = study_command(commands, "invite", "make personal links for raters; each is shown once", invite)
    invited.add_argument("--n", type=int, default=1, metavar="N", help="how many links (1)")
    invited.add_argument(
        "--for", dest="rater", metavar="RATER", help="one new link for a rater who lost theirs, e.g. R003"
    )
    invited.add_argument(
        "--again", action="store_true", help="a new link for every rater without one (after a copy came back)"
    )
    invited.add_argument("--host", help=argparse.SUPPRESS)
    port_option(invited)
    words = "a link, a mail text (ja, en) and a QR code for each person of a table"
    written = study_command(commands, "letters", words, letters)
    written.add_argument("people", type=Path, metavar="FILE", help="a table with columns name, mail or both")
    written.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    add_file_options(written)
    port_option(written)
    rater_argument(study_command(commands, "revoke", "revoke a rater's links; the judgments stay", revoke))


def invite(options: Namespace, settings: Settings) -> int:
    """Print personal links, one a line; with --again each behind its rater's code."""
    service = open_service(settings)
    _warn_if_local(settings)
    if options.again:
        for rater, token in service.reissue_lost(options.study).items():
            say(f"{rater}\t{settings.base_url}/e/{token}")
        return 0
    if options.rater:
        tokens = [service.reissue(options.study, options.rater)]
    else:
        tokens = service.invite(options.study, options.n)
    for token in tokens:
        say(f"{settings.base_url}/e/{token}")
    return 0


def _warn_if_local(settings: Settings) -> None:
    """Say on stderr, beside the links, that they do not open everywhere."""
    from studio.documents.addresses import note

    if words := note(settings.base_url, "en"):
        print(f"warning: {words} (STUDIO_PUBLIC_URL: docs/scaling.md)", file=sys.stderr)


def letters(options: Namespace, settings: Settings) -> int:
    """Make a link, a letter and a QR code for each person of a table."""
    from studio.documents import invitations
    from studio.intake.people import read_people

    service = open_service(settings)
    study = service.study(options.study)
    people, notes = read_people(options.people, file_answers(options))
    for note in notes:
        say(note)

    def links() -> list[str]:
        return [f"{settings.base_url}/e/{token}" for token in service.invite_people(options.study, people)]

    written = invitations.write(study, people, options.out, links)
    _warn_if_local(settings)
    say(f"{written}: {len(people)} letters, QR codes and links.csv. Send them, then delete the folder.")
    return 0


def revoke(options: Namespace, settings: Settings) -> int:
    """Revoke a rater's links."""
    count = open_service(settings).revoke(options.study, options.rater)
    say(f"{options.rater}: {count} link(s) revoked")
    return 0


def progress(options: Namespace, settings: Settings) -> int:
    """One line per rater."""
    say("rater\tdone\ttotal\tactive_minutes\tlast_at\tfinished\twithdrawn")
    for row in open_service(settings).progress(options.study):
        minutes = f"{row.active_seconds / 60:.1f}"
        ends = ("yes" if row.finished_at else "no", "yes" if row.withdrawn else "no")
        say("\t".join([row.rater, str(row.done), str(row.total), minutes, row.last_at, *ends]))
    return 0


def reclaim(options: Namespace, settings: Settings) -> int:
    """Give abandoned work to new raters."""
    codes = open_service(settings).reclaim(options.study, options.idle_hours)
    say(f"{len(codes)} rater(s) idle for {options.idle_hours:g} h: {', '.join(codes) or '-'}")
    if codes:
        say(f"invite as many: python -m studio invite {options.study} --n {len(codes)}")
    return 0


def payment(options: Namespace, settings: Settings) -> int:
    """Print or write what each rater is owed for: code, pairs done or passed over, active hours; no answers."""
    from studio.documents.payment import table as payment_table
    from tasks.files import write_bytes

    rows = open_service(settings).payment(options.study)
    table = payment_table(rows)
    if options.out:
        write_bytes(options.out, table)
        say(f"{options.out}: {len(rows)} raters")
    else:
        say(table.decode("utf-8-sig").rstrip())
    return 0


def replace(options: Namespace, settings: Settings) -> int:
    """End a rater's work; print the link of whoever takes over what was left."""
    token = open_service(settings).replace(options.study, options.rater)
    _warn_if_local(settings)
    say(f"{options.rater}: links revoked, answers kept, what was left goes to")
    say(f"{settings.base_url}/e/{token}")
    return 0


def adjudicate(options: Namespace, settings: Settings) -> int:
    """Give chosen items, or the most disputed ones, to a further rater, as blind as the others."""
    service = open_service(settings)
    items = options.items or tuple(disputed_items(service, options.study, options.disputed))
    code, token = service.adjudicate(options.study, items)
    _warn_if_local(settings)
    say(f"{code} judges {len(items)} item(s): {', '.join(items)}")
    say(f"{settings.base_url}/e/{token}")
    return 0


def disputed_items(service: Service, study_id: str, count: int) -> list[str]:
    """The items of the widest spread of preferences, widest first; none where all agree."""
    from results.study.disputed import disputed
    from results.study.judged import judged

    data = judged(service.in_memory(study_id))
    criterion = data.study.criterion(data.study.primary.criterion)
    items = disputed(data, criterion, data.pairs()) if criterion.kind == "preference" else ()
    return list(dict.fromkeys(item.item_id for item in items))[:count]
