"""The order in which a post office wants bulk mail: by delivery area, postal code, display number and name.

The accepting office's own list of areas overrides Japan Post's table.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gateway.api import Line, WrongUsage
from gateway.i18n import _
from gateway.postal import mail_area
from gateway_labels.customer_barcode import address_number

UNKNOWN = "不明"
"""Stands for the area of a code that is in no table; such mail goes to the end."""

_LAST = "~"
_COLUMNS = (("postal_code", "郵便番号"), ("area", "郵便区番号"))


@dataclass(frozen=True, slots=True)
class AreaOf:
    """Returns the delivery area of a postal code; ``list_path`` is the office's own list, or empty."""

    list_path: str = ""

    def __call__(self, postal_code: str) -> str:
        """Return an area such as ``150`` or ``90012``, or ``不明``."""
        own = _own_list(self.list_path)
        return (own.get(postal_code) if own else "") or mail_area(postal_code) or UNKNOWN


@dataclass(frozen=True, slots=True)
class SortKey:
    """Computes a line's place in the mailing: area, postal code, display number as numbers, name."""

    area_of: AreaOf

    def __call__(self, line: Line) -> str:
        """Return a text that sorts as the lines have to lie."""
        address = line.address
        if address is None:
            return _LAST
        area = self.area_of(address.postal_code)
        numbers = address_number(address.after_town).split("-")
        shown = "-".join(number.zfill(5) if number.isdecimal() else number for number in numbers)
        return f"{_LAST if area == UNKNOWN else area} {address.postal_code} {shown[:24]} {line.name}"


@lru_cache(maxsize=2)
def _own_list(path: str) -> dict[str, str]:
    """Read the office's list: CSV with postal code and area; raise ``WrongUsage`` naming the line."""
    if not path:
        return {}
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            return dict(_entries(path, csv.DictReader(file)))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or _("it is not UTF-8")
        raise WrongUsage(
            "unreadable_area_list", _("area_list {path}: {reason}").format(path=path, reason=reason)
        ) from None


def _entries(path: str, rows: csv.DictReader[str]) -> list[tuple[str, str]]:
    names = [next((name for name in pair if name in (rows.fieldnames or ())), "") for pair in _COLUMNS]
    if not all(names):
        raise WrongUsage(
            "no_known_column",
            _("area_list {path}: needs the columns postal_code and area").format(path=path),
            hint=_("郵便番号 and 郵便区番号 are understood too"),
        )
    entries = []
    for line, row in enumerate(rows, start=2):
        code, area = (str(row[name] or "").replace("-", "").strip() for name in names)
        if len(code) != 7 or not code.isdecimal() or not area.isdecimal():
            raise WrongUsage(
                "bad_area_list",
                _("area_list {path}, line {line}: needs seven digits and an area").format(
                    path=path, line=line
                ),
            )
        entries.append((code, area))
    return entries
