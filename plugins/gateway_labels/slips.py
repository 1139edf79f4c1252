"""The slip before a bundle (割符): delivery area and count, large enough to be read on the heap."""

from __future__ import annotations

from gateway.pdf.grid import MILLIMETRE, number
from gateway.pdf.text_font import TextFont
from gateway_labels.bundles import MIXED, REGION_DIGITS, Bundle
from gateway_labels.fit import condensed
from gateway_labels.sheets import Sheet

_MARGIN = 3.0
_LARGEST, _SMALL = 34.0, 0.32


def slip(bundle: Bundle, sheet: Sheet, font: TextFont) -> str:
    """Return the operators of a slip that takes a label's place: area, number of pieces, which bundle of how many."""
    margin = _MARGIN * MILLIMETRE
    height = sheet.height * MILLIMETRE - 2 * margin
    room = sheet.width * MILLIMETRE - 2 * margin
    large = min(_LARGEST, height * 0.55)
    small = max(6.0, large * _SMALL)
    y = margin + height
    rows = (
        (_kind(bundle.name), small),
        (bundle.name, large),
        (f"{len(bundle.labels)}通　　束 {bundle.number}／{bundle.of}", small * 1.2),
    )
    shown: list[str] = []
    at = 0.0
    for text, size in rows:
        row = condensed(font, text, size, room, 10)
        scale = row.scale if row else 100
        y -= size * 1.15
        stretched = "" if scale == 100 else f" {scale} Tz"
        left = "0" if shown else number(margin)
        shown.append(
            f"/T {number(size)} Tf {left} {number(y - at)} Td{stretched}<{font.encode(text)}>Tj 100 Tz\n"
        )
        at = y
    return "".join(shown)


def _kind(name: str) -> str:
    if name == MIXED:
        return "区分外"
    return "地域" if len(name) == REGION_DIGITS else "郵便区番号"
