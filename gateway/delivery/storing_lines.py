"""Storing a page's cleared lines as they will be delivered, with codes, match keys, and who was left out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat

import numpy as np
from sqlalchemy import Engine, insert

from gateway.db.bulk import bulk_insert
from gateway.db.engine import writing
from gateway.db.tables import left_out, line
from gateway.delivery.staying_out import SortedPage
from gateway.log.line_code import LineCodes
from gateway.log.lines import leaf
from gateway.people.normalise import NORMALISER_VERSION
from gateway.suppression.key_pages import Int64s, KeyPage, append_line_pages

_COLUMNS = (
    "delivery",
    "number",
    "list_id",
    "record_number",
    "record_id",
    "acquisition_id",
    "fingerprint",
    "person",
    "leaf",
)


def store_page(
    engine: Engine, serial: int, page: SortedPage, *, first: int, codes: LineCodes, salt: bytes
) -> None:
    """Write one page's lines, numbered from ``first``, their keys and who was left out, in a short transaction."""
    numbers = np.arange(first, first + len(page.kept), dtype=np.int64)
    lines = list(_lines(serial, page, numbers, codes, salt))
    kept = page.rows.numbers[page.kept]
    own = page.judged.page
    own = own.without(np.setdiff1d(own.numbers, kept).tolist())
    with writing(engine) as connection:
        bulk_insert(connection, line, _COLUMNS, lines)
        append_line_pages(
            connection, serial, NORMALISER_VERSION, [KeyPage(numbers=numbers, lens=own.lens, keys=own.keys)]
        )
        if page.out:
            connection.execute(insert(left_out), list(_left_out(serial, page)))


def _lines(
    serial: int, page: SortedPage, numbers: Int64s, codes: LineCodes, salt: bytes
) -> Iterator[tuple[object, ...]]:
    rows, kept = page.rows, page.kept
    places = kept.tolist()
    people = [rows.people[place] for place in places]
    return zip(
        repeat(serial),
        numbers.tolist(),
        repeat(page.judged.list_id),
        rows.numbers[kept].tolist(),
        [rows.record_ids[place] for place in places],
        rows.acquisition_ids[kept].tolist(),
        rows.fingerprints[kept].tolist(),
        people,
        map(leaf, repeat(salt), codes.encode(serial, numbers), people),
        strict=False,  # what is the same for all is repeated for ever
    )


def _left_out(serial: int, page: SortedPage) -> Iterator[dict[str, object]]:
    for each in page.out:
        yield {
            "delivery": serial,
            "list_id": page.judged.list_id,
            "record_number": each.number,
            "record_id": each.record_id,
            "outcome": each.outcome,
            "opt_out_id": each.opt_out_id,
            "rule": each.rule,
        }
