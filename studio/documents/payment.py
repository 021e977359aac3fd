"""The payment table: what each rater is owed for, and no answer."""

from __future__ import annotations

from collections.abc import Iterable

from results.export.csv_cells import render
from studio.service.organiser.conduct import Payment

COLUMNS = ("rater", "done", "active_hours", "withdrawn")


def table(rows: Iterable[Payment]) -> bytes:
    """CSV for a spreadsheet (UTF-8 with its mark): code, pairs judged or passed over, active hours, true or false.

    Args:
        rows: what `Service.payment` gives.
    """
    cells = [[row.rater, str(row.done), f"{row.active_hours:.2f}", str(row.withdrawn).lower()] for row in rows]
    return render(list(COLUMNS), cells)
