"""Commands about raters and the course of a study: letters, payment, replacement, adjudication, opening again."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable

from studio.console import open_service, say
from studio.service import Service
from studio.settings import Settings


def letters(options: Namespace, settings: Settings) -> int:
    """Make a link, a letter and a QR code for each person of a CSV."""
    from studio.documents import invitations as made

    service = open_service(settings)
    study = service.study(options.study)
    people = made.read_people(options.people)

    def links() -> list[str]:
        return [f"{settings.base_url}/e/{token}" for token in service.invite_people(options.study, people)]

    written = made.write(study, people, options.out, links)
    say(f"{written}: {len(people)} letters, QR codes and links.csv. Send them, then delete the folder.")
    return 0


def payment(options: Namespace, settings: Settings) -> int:
    """Print or write what each rater is owed for: code, pairs done or passed over, active hours; no answers."""
    from studio.documents.payment import table as payment_table

    rows = open_service(settings).payment(options.study)
    table = payment_table(rows)
    if options.out:
        options.out.write_bytes(table)
        say(f"{options.out}: {len(rows)} raters")
    else:
        say(table.decode("utf-8-sig").rstrip())
    return 0


def replace(options: Namespace, settings: Settings) -> int:
    """End a rater's work; print the link of whoever takes over what was left."""
    token = open_service(settings).replace(options.study, options.rater)
    say(f"{options.rater}: links revoked, answers kept, what was left goes to")
    say(f"{settings.base_url}/e/{token}")
    return 0


def adjudicate(options: Namespace, settings: Settings) -> int:
    """Give chosen items, or the most disputed ones, to a further rater, as blind as the others."""
    service = open_service(settings)
    items = options.items or tuple(disputed_items(service, options.study, options.disputed))
    code, token = service.adjudicate(options.study, items)
    say(f"{code} judges {len(items)} item(s): {', '.join(items)}")
    say(f"{settings.base_url}/e/{token}")
    return 0


def disputed_items(service: Service, study_id: str, count: int) -> list[str]:
    """The items of the widest spread of preferences, widest first; none where all agree."""
    from results.study.disputed import disputed
    from results.study.judged import judged

    data = judged(service.in_memory(study_id))
    criterion = data.study.criterion(data.study.primary.criterion)
    found = disputed(data, criterion, data.pairs()) if criterion.kind == "preference" else []
    return list(dict.fromkeys(one["item_id"] for one in found))[:count]


def reopen(options: Namespace, settings: Settings) -> int:
    """Open a closed study again."""
    open_service(settings).reopen_study(options.study)
    say(f"{options.study} is open again; the report will say so")
    return 0


def coverage(options: Namespace, settings: Settings) -> int:
    """Print how often each item and pair was judged and still waits to be."""
    say("item_id\tsystems\tjudged\twaiting")
    for one in open_service(settings).coverage(options.study):
        say(f"{one.item_id}\t{' '.join(one.systems) or '-'}\t{one.judged}\t{one.waiting}")
    return 0


def registration(options: Namespace, settings: Settings) -> int:
    """Print the hash under which a study was frozen at launch, and every act since that a reader must know of."""
    service = open_service(settings)
    sha256, at = service.registration(options.study)
    say(f"{options.study}: frozen at {at}, sha256 {sha256}")
    for act in service.deviations(options.study):
        say("\t".join([act["at"], act["kind"], json.dumps(act["payload"], ensure_ascii=False)]))
    return 0


COMMANDS: dict[str, Callable[[Namespace, Settings], int]] = {
    "letters": letters,
    "payment": payment,
    "replace": replace,
    "adjudicate": adjudicate,
    "reopen": reopen,
    "coverage": coverage,
    "registration": registration,
}
