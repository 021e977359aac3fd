"""`python -m results schema --out docs`: reference pages and JSON Schemas of report.json and of tables' figures."""

from __future__ import annotations

import argparse
from pathlib import Path

from tasks.console import Commands

TITLE = "report.json"
TEXT = """Every figure of a report, as `python -m results report EXPORT --out DIR` writes it. This page and
[schemas/report-json.schema.json](schemas/report-json.schema.json) are made from the records that the code itself uses,
by `python -m results schema --out docs`; a test fails where they are not current.

- A figure has `value`, `low`, `high`, `method`, `reason`. What is undefined is null with a reason code, never 0.
- Every signed figure is positive towards the first of its `systems`; every share is that of the first. A pair is turned
  as the study names it (its primary pair, else the order of its systems), and alike in pages, tables, CSV and LaTeX.
- Keys keep their order; numbers have 12 significant digits; the same export, seed and pinned versions give the same
  bytes.
- Below six dialogues there is neither interval nor verdict (`few_dialogues`)."""

OF_TABLES = """What `python -m results {command} FILE … --json` prints ([tables.md](tables.md)); with `--by COL` one
object `{{"by": [COL], "blocks": {{VALUE: …}}}}` whose blocks have these keys. This page and
[schemas/{command}-json.schema.json](schemas/{command}-json.schema.json) are made from the records that the code itself
uses, by `python -m results schema --out docs`; a test fails where they are not current."""


OF_JUDGES = """What `python -m results judge EXPORT [PREDICTIONS …] --json` prints ([judges.md](judges.md)). This page
and [schemas/judge-json.schema.json](schemas/judge-json.schema.json) are made from the records that the code itself
uses, by `python -m results schema --out docs`; a test fails where they are not current."""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "schema",
        help="reference pages and JSON Schemas of report.json, agreement, preference and judge",
        description="Writes report-json.md, agreement-json.md, preference-json.md, judge-json.md and schemas/*.json"
        " into a folder.",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write into (docs)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the files; prints where they are."""
    from results.record.judges import JudgesRecord
    from results.record.report import ReportRecord
    from results.record.tables import AgreementTable, PreferenceTable
    from tasks import reference_page

    print(*reference_page.write(ReportRecord, options.out, "report-json", TITLE, TEXT, reasons()), sep="\n")
    for command, record in (("agreement", AgreementTable), ("preference", PreferenceTable)):
        title, text = f"{command} --json", OF_TABLES.format(command=command)
        print(*reference_page.write(record, options.out, f"{command}-json", title, text), sep="\n")
    judge = reference_page.write(JudgesRecord, options.out, "judge-json", "judge --json", OF_JUDGES)
    print(*judge, sep="\n")
    return 0


def reasons() -> str:
    """The reason codes with their words, as a section of the page."""
    from tasks.languages.catalogue import words

    english, japanese = words("reasons", "en"), words("reasons", "ja")
    rows = [f"| `{code}` | {english[code]} | {japanese[code]} |" for code in english]
    return "\n".join(["## Reason codes", "", "| code | English | 日本語 |", "|---|---|---|", *rows])
