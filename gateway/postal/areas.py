"""Delivery areas (郵便区番号), by which bulk mail is sorted; Japan Post's table decides, not the code's digits.

The area is the code's former three or five digits. In 4,939 codes it is no prefix of the seven, and no rule of digits
tells its length.
"""

from __future__ import annotations

from functools import cache

from gateway.postal.cache import derived_cache
from gateway.postal.source import read_mail_areas

_TABLE_VERSION = 1


def mail_area(postal_code: str) -> str:
    """Return the area of seven digits, such as ``150`` or ``90012``; empty for a code that is in no table.

    A collective code (boxes) is in no table either; the accepting office says where it belongs.
    """
    return _areas().get(postal_code, "")


@cache
def _areas() -> dict[str, str]:
    codes, areas = derived_cache("areas", _TABLE_VERSION, _pack)
    return dict(zip(codes.split("\n"), areas.split("\n"), strict=True))


def _pack() -> tuple[str, str]:
    """Join codes and areas to two strings, which load fastest."""
    areas = read_mail_areas()
    return "\n".join(areas), "\n".join(areas.values())
