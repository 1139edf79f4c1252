"""Cells of typed files as text, the way a person would have typed them into a CSV file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time


def cell_text(value: object) -> str:
    """Write one cell as text: no ``.0`` on whole numbers, ISO dates, an empty string for nothing."""
    match value:
        case None:
            text = ""
        case bool():
            text = "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            text = str(int(value))
        case datetime() if value.time() == time() and value.tzinfo is None:
            text = value.date().isoformat()
        case datetime():
            text = value.isoformat(sep=" ")
        case date() | time():
            text = value.isoformat()
        case _:
            text = str(value)
    return text


def fit_row(cells: Sequence[str], width: int) -> list[str]:
    """Bring a row to the header's width; empty cells beyond it are the spreadsheet's, not the user's."""
    row = list(cells)
    while len(row) > width and not row[-1]:
        row.pop()
    return row + [""] * (width - len(row))
