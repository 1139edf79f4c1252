"""The rows of text of many labels, one behind the other: address, firm, addressee."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from gateway.api import Address, Line
from gateway.pdf.text_font import Texts
from gateway_labels.wording import FIRST_WIDE, HALF_WIDTH, firm_rows, name_row

_NARROWED = np.array(HALF_WIDTH, dtype=np.uint32)


@dataclass(slots=True)
class Rows:
    """Lines with an address and an addressee, and their texts: ``address_rows`` of address, ``rows`` in all."""

    lines: list[Line] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    address_rows: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    starts: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    """Where each line's texts begin, and where the last line's end."""


def rows_of(lines: Sequence[Line], honorific: str, refuse: Callable[[Line, str], None]) -> Rows:
    """Return the rows of all lines but those that lack an address or an addressee."""
    found = Rows()
    texts, address_rows, rows = found.texts, found.address_rows, found.rows
    for line in lines:
        address = line.address
        if address is None or not address.text:
            refuse(line, "no_address")
            continue
        if not (line.name or line.company or line.department):
            refuse(line, "no_name")
            continue
        before = len(texts)
        texts.append(address.text)
        if address.building:
            texts.append(address.building)
        address_rows.append(len(texts) - before)
        if line.company or line.department or line.title:
            texts += firm_rows(line)
        texts.append(name_row(line, honorific))
        rows.append(len(texts) - before)
        found.lines.append(line)
        found.addresses.append(address)
    found.starts = np.cumsum([0, *found.rows])
    return found


def with_half_width_addresses(texts: Texts, rows: Rows) -> Texts:
    """Return the texts with half-width digits, letters and hyphen in addresses."""
    wide = texts.points - FIRST_WIDE < len(_NARROWED)
    if not wide.any():
        return texts
    of_address = np.zeros(len(texts), dtype=np.bool_)
    starts, counts = rows.starts[:-1], np.array(rows.address_rows)
    of_address[starts] = True
    of_address[starts[counts > 1] + 1] = True
    wide &= np.repeat(of_address, np.diff(texts.bounds))
    points = texts.points.copy()
    points[wide] = _NARROWED[points[wide] - FIRST_WIDE]
    return Texts(points, texts.bounds)
