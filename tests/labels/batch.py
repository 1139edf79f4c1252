"""Synthetic lines for tests of labels, and a batch in memory that has the usual options."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.api import Address, Line, LineCode
from gateway.testing import batch
from gateway_labels.options import LabelOptions

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(kw_only=True)
class MemoryBatch(batch.MemoryBatch[LabelOptions]):
    """Lines in, files and what was reported out."""

    options: LabelOptions = field(default_factory=LabelOptions)


def code_of(number: int) -> LineCode:
    """Make a line code's shape from a number; the check character is not computed."""
    digits = "".join(_CROCKFORD[(number * 2_654_435_761 >> shift) % 32] for shift in range(0, 50, 5))
    return LineCode(f"G{digits}{_CROCKFORD[number % 32]}")


def address(
    after_town: str = "1丁目2番3号",
    *,
    postal_code: str = "1500002",
    head: tuple[str, str, str] = ("東京都", "渋谷区", "渋谷"),
    building: str = "",
) -> Address:
    """Make an address of a real town and invented numbers."""
    prefecture, city, town = head
    return Address(
        postal_code=postal_code,
        postal_kind="representative" if postal_code.endswith("00") else "town",
        text=f"{prefecture}{city}{town}{after_town}",
        prefecture=prefecture,
        city=city,
        town=town,
        after_town=after_town,
        building=building,
    )


def line(number: int = 0, *, name: str = "見本 太郎", **fields: object) -> Line:
    """Make a synthetic line; its address is ``address()`` unless given."""
    fields.setdefault("address", address())
    return Line(code=code_of(number), name=name, **fields)  # type: ignore[arg-type]
