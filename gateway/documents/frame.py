"""What every page carries at its top and bottom: the number, its barcode, the page; and how a desk is printed.

The number stands twice on a page, so that a sheet that was cut or half received by fax still names its delivery.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from barcode import Code128

from gateway.config import Desk
from gateway.documents.sheet import BODY, PAGE_WIDTH, RULE, Sheet, lines_of, width_of

MARGIN = 15.0
WIDTH = PAGE_WIDTH - 2 * MARGIN
TOP = 22.5
BOTTOM = 275.0
"""Between these the page belongs to its content."""

MODULE = 4 * 25.4 / 203
"""Narrow bar of 0.5005 mm: four whole dots of a standard fax (203 dots an inch)."""
_BAR_HEIGHT = 9.5
_TOP_BARS = 9.0
_BOTTOM_BARS = 279.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a page is known by: the kind of number (納品番号) and the number with its check character."""

    label: str
    number: str


def code128_modules(number: str) -> str:
    """Return the bars (1) and spaces (0) of Code 128 without quiet zones."""
    modules: list[str] = Code128(number).build()
    return modules[0]


def frame_sheets(sheets: Sequence[Sheet], identity: Identity, *, document: str) -> None:
    """Add number, barcode and page number to the top and bottom of each sheet."""
    modules = code128_modules(identity.number)
    left = PAGE_WIDTH - MARGIN - len(modules) * MODULE
    for page, sheet in enumerate(sheets, start=1):
        for bars_y, text_y in ((_TOP_BARS, _TOP_BARS + 4.2), (_BOTTOM_BARS, _BOTTOM_BARS + 4.2)):
            sheet.text(MARGIN, text_y, f"{identity.label}　{identity.number}", 13, bold=True)
            sheet.text(MARGIN, text_y + 5.2, f"{document}　{page} / {len(sheets)} ページ", 10)
            sheet.bars(left, bars_y, _BAR_HEIGHT, modules, MODULE)
        sheet.rule(MARGIN, _TOP_BARS + 12, PAGE_WIDTH - MARGIN, _TOP_BARS + 12, RULE)
        sheet.rule(MARGIN, _BOTTOM_BARS - 2, PAGE_WIDTH - MARGIN, _BOTTOM_BARS - 2, RULE)


def desk_lines(provider_name: str, desk: Desk, width: float) -> Iterator[str]:
    """Say how the desk is reached, exactly as filed, in lines of at most ``width`` millimetres at body size."""
    yield from lines_of("　".join(part for part in (provider_name, desk.name) if part), width, BODY)
    if desk.address:
        postal_code = f"〒{desk.postal_code}　" if desk.postal_code else ""
        yield from lines_of(postal_code + desk.address, width, BODY)
    ways = (("電話", desk.phone), ("FAX", desk.fax), ("メール", desk.email), ("受付時間", desk.hours))
    filed = [f"{label}　{value}" for label, value in ways if value]
    while filed:
        pair = "　　".join(filed[:2])
        alone = width_of(pair, BODY) > width
        yield from lines_of(filed[0] if alone else pair, width, BODY)
        del filed[: 1 if alone else 2]
