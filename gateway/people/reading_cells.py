"""Cells of typed files as text, the way a person would have typed them into a CSV file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time


def cell_text(value: object) -> str:
    """Write one cell as text: no ``.0`` on whole numbers, ISO dates, an empty string for nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        plain = value.time() == time() and value.tzinfo is None
        return value.date().isoformat() if plain else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def fit_row(cells: Sequence[str], width: int) -> list[str]:
    """Bring a row to the header's width; empty cells beyond it are the spreadsheet's, not the user's."""
    row = list(cells)
    while len(row) > width and not row[-1]:
        row.pop()
    return row + [""] * (width - len(row))
