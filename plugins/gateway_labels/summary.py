"""The summary sheet of a sorted mailing (内訳表), for the post office: what lies on the pallet, and what it may earn.

The same figures go to a CSV file, from which the slip of posting (差出票) is filled in.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.api import Batch
from gateway.pdf.grid import MILLIMETRE, number
from gateway.pdf.text_font import TextFont
from gateway.pdf.writer import PdfWriter
from gateway_labels.areas import UNKNOWN
from gateway_labels.discounts import Estimate, discounts
from gateway_labels.job import Job
from gateway_labels.options import LabelOptions
from gateway_labels.tally import Tally

PDF, CSV = "summary.pdf", "summary.csv"
_WIDTH, _HEIGHT = 595.28, 841.89
_LEFT, _TOP, _BOTTOM = 20 * MILLIMETRE, _HEIGHT - 20 * MILLIMETRE, 18 * MILLIMETRE
_SIZE, _TITLE = 9.0, 15.0
_LEADING = 1.45
_COLUMNS = 3
_COLUMN = 58 * MILLIMETRE
_CELLS = (36 * MILLIMETRE, 52 * MILLIMETRE)
"""Where the figures of a column end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Area:
    name: str
    pieces: int
    barcoded: int


def write_summary(batch: Batch[LabelOptions], job: Job, tally: Tally) -> None:
    """Write ``summary.pdf`` and ``summary.csv``; they hold counts only, no personal data."""
    areas = [
        _Area(name=name, pieces=tally.areas[name], barcoded=tally.barcoded[name])
        for name in sorted(tally.areas, key=lambda name: (name == UNKNOWN, name))
    ]
    facts = list(_facts(batch, job, tally))
    with batch.open(CSV, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("区分", "通数", "うちバーコード付", "バーコードなし"))
        writer.writerows((a.name, a.pieces, a.barcoded, a.pieces - a.barcoded) for a in areas)
        writer.writerow(())
        writer.writerows((name, value) for name, value in facts)
    with batch.open_binary(PDF) as file:
        pdf = PdfWriter(file, width=_WIDTH, height=_HEIGHT)
        font = TextFont(job.typeface)
        reference = pdf.allocate()
        for content in _pages(areas, facts, font):
            pdf.add_page(content.encode("ascii"))
        font.embed(pdf, reference)
        pdf.close(fonts={"T": reference}, title=f"Summary, delivery {batch.order.delivery}")


def _facts(batch: Batch[LabelOptions], job: Job, tally: Tally) -> Iterator[tuple[str, str]]:
    """Yield what the slip of posting asks for and the job's figures."""
    barcoded = tally.barcoded.total()
    yield "納品番号", batch.order.delivery
    yield "差出通数", f"{tally.pieces:,}"
    yield "うちバーコード付", f"{barcoded:,}"
    yield "バーコードなし", f"{tally.pieces - barcoded:,}"
    yield "区分数", f"{len(tally.areas):,}"
    yield "区分不明", f"{tally.areas[UNKNOWN]:,}"
    yield "束数", f"{tally.slips:,}"
    yield "用紙", f"{job.sheet.name}（{job.sheet.labels}面）"
    yield "枚数", f"{tally.sheets:,}"
    yield "未使用面", f"{tally.blanks:,}"
    if batch.options.postage != "none":
        yield "料金の支払い", batch.options.postage
    known = discounts()
    yield "割引率の目安", f"{known.as_of:%Y年%m月%d日}現在の公表率による見積り。請求額ではありません。"
    for estimate in (
        known.barcoded.estimate(barcoded),
        known.sorted_by_area.estimate(tally.pieces),
        known.sorted_for_office.estimate(tally.pieces),
    ):
        yield estimate.scheme, _told(estimate)
    yield "出典", known.source


def _told(estimate: Estimate) -> str:
    told = f"{estimate.rate:g}%（{estimate.pieces:,}通）"
    if estimate.missing:
        told += f"。あと{estimate.missing:,}通で{estimate.next_rate:g}%"
    return told


def _pages(areas: Sequence[_Area], facts: Sequence[tuple[str, str]], font: TextFont) -> Iterator[str]:
    """Yield the pages' content: facts on the first, then the areas in three columns."""
    sheet = _Sheet(font)
    y = _TOP - _TITLE
    sheet.text(_LEFT, y, "区分内訳表", _TITLE)
    y -= 10
    for name, value in facts:
        y -= _SIZE * _LEADING
        sheet.text(_LEFT, y, name, _SIZE)
        sheet.text(_LEFT + 62 * MILLIMETRE, y, value, _SIZE, room=108 * MILLIMETRE)
    top = y - 2 * _SIZE * _LEADING
    remaining = list(areas)
    while True:
        rows = int((top - _BOTTOM) / (_SIZE * _LEADING)) - 1
        for column in range(_COLUMNS):
            part, remaining = remaining[:rows], remaining[rows:]
            if part:
                _column(sheet, _LEFT + column * _COLUMN, top, part)
        yield sheet.content()
        if not remaining:
            return
        sheet, top = _Sheet(font), _TOP - _SIZE


def _column(sheet: _Sheet, x: float, top: float, areas: Sequence[_Area]) -> None:
    headings = ("区分", "通数", "ﾊﾞｰｺｰﾄﾞ")
    rows = [headings, *((a.name, f"{a.pieces:,}", f"{a.barcoded:,}") for a in areas)]
    for place, row in enumerate(rows):
        y = top - place * _SIZE * _LEADING
        sheet.text(x, y, row[0], _SIZE)
        for cell, text in zip(_CELLS, row[1:], strict=True):
            sheet.text(x + cell, y, text, _SIZE, right=True)


class _Sheet:
    """One page under construction."""

    def __init__(self, font: TextFont) -> None:
        self._font = font
        self._shown: list[str] = []

    def text(
        self, x: float, y: float, text: str, size: float, *, room: float = 0.0, right: bool = False
    ) -> None:
        """Show a text; ``right`` ends it at ``x``, ``room`` condenses it to a width."""
        width = self._font.width(text) * size / 1000
        scale = int(100 * room / width) if room and width > room else 100
        left = x - width if right else x
        self._shown.append(
            f"/T {number(size)} Tf 1 0 0 1 {number(left)} {number(y)} Tm {scale} Tz<{self._font.encode(text)}>Tj\n"
        )

    def content(self) -> str:
        """Return the page's operators."""
        return f"BT\n{''.join(self._shown)}ET"
