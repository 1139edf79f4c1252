"""The sheets of a delivery: labels in, volumes out; pages are written one by one and forgotten."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack
from typing import BinaryIO

from gateway.api import Batch
from gateway.pdf.bar_font import BarFont
from gateway.pdf.grid import STEP, number, steps
from gateway.pdf.text_font import TextFont
from gateway.pdf.writer import PdfWriter
from gateway_labels.bundles import Label
from gateway_labels.job import Job
from gateway_labels.options import LabelOptions

_HAIR = 0.0001
"""Points off the page's sides: renderers round the page up to whole pixels and would stretch it by one."""

_STRINGS = re.compile(r"<([0-9a-f]+)>Tj")


class Book:
    """Puts labels on sheets, from place ``start`` (0 for the first), and sheets into volumes."""

    def __init__(self, job: Job, batch: Batch[LabelOptions], start: int, *, may_exceed: bool) -> None:
        """``may_exceed`` tells that more than one volume may be needed, so that files get numbers."""
        self._job = job
        self._batch = batch
        self._start = start
        self._page: list[str] = []
        self._slips: set[int] = set()
        self._numbered = may_exceed and job.options.sheets_per_file > 0
        self._stack = ExitStack()
        self._volume: _Volume | None = None
        self.used: list[bytes] = []
        self.sheets = self.volumes = self.near_edge = 0
        self.next_place = start
        self.blanks = start

    def add(self, label: Label) -> None:
        """Put the next label, or a slip, on its place."""
        operators = label.operators
        place = self._start + len(self._page)
        if self._job.vertical:
            operators = self._job.at(place, operators)
        if label.slip:
            self._slips.add(place)
        self._page.append(operators)
        if self._start + len(self._page) == self._job.sheet.labels:
            self._end_page()

    def extend(self, labels: Sequence[str]) -> None:
        """Put the operators of labels, and of no slips, on the next places."""
        if self._job.vertical:
            for operators in labels:
                self.add(Label(operators, "", barcoded=False))
            return
        at, capacity = 0, self._job.sheet.labels
        while at < len(labels):
            free = capacity - self._start - len(self._page)
            self._page += labels[at : at + free]
            at += free
            if self._start + len(self._page) == capacity:
                self._end_page()

    def close(self) -> None:
        """Write what is left; a delivery without labels has no file."""
        if self._page:
            self._end_page()
        self._end_volume()

    def abandon(self) -> None:
        """Close the files as they are, because something went wrong."""
        self._stack.close()

    def _end_page(self) -> None:
        if self._volume is None:
            self._volume = self._open_volume()
        places = [
            place for place in range(self._start, self._start + len(self._page)) if place not in self._slips
        ]
        self._volume.write(self._page, self._start, places)
        self.sheets += 1
        self.near_edge += sum(map(self._job.near_edge.__getitem__, places))
        self.next_place = (self._start + len(self._page)) % self._job.sheet.labels
        self._batch.progress(len(self._page))
        self._page, self._start = [], 0
        self._slips.clear()
        if self._volume.pages == self._job.options.sheets_per_file:
            self._end_volume()

    def _open_volume(self) -> _Volume:
        self.volumes += 1
        name = f"labels-{self.volumes:03d}.pdf" if self._numbered else "labels.pdf"
        file = self._stack.enter_context(self._batch.open_binary(name))
        return _Volume(file, self._job)

    def _end_volume(self) -> None:
        if self._volume is None:
            return
        if not self._job.options.sheets_per_file:
            for used in self.used:
                self._volume.font.use(used)
        self.blanks += (-self.next_place) % self._job.sheet.labels
        self._volume.close(f"Address labels, delivery {self._batch.order.delivery}")
        self._volume = None
        self._stack.close()


class _Volume:
    """One file."""

    def __init__(self, file: BinaryIO, job: Job) -> None:
        width, height = (steps(side) * STEP - _HAIR for side in (job.sheet.page_width, job.sheet.page_height))
        self._job = job
        self._writer = PdfWriter(file, width=width, height=height)
        self.font = TextFont(job.typeface)
        self._font = self._writer.allocate()
        self._forms, self._whole = self._put_forms()

    @property
    def pages(self) -> int:
        """How many sheets have been written."""
        return self._writer.pages

    def write(self, labels: list[str], start: int, places: Sequence[int]) -> None:
        """Write one sheet; ``places`` are those that bear the constant parts."""
        origins = self._job.origins
        content = "".join([origin + label for origin, label in zip(origins[start:], labels, strict=False)])
        if self._job.options.sheets_per_file:
            self._note(content)
        shown = self._shown(places)
        self._writer.add_page(f"{shown}BT\n{content}ET".encode("ascii"))

    def close(self, title: str) -> None:
        """Write the fonts and what makes the pages a document."""
        plan = self._job.plan
        bars = BarFont(
            self._job.grid.name if self._job.grid else "g8", module=plan.module, height=plan.code_height
        )
        self.font.embed(self._writer, self._font)
        self._writer.close(
            fonts={"T": self._font, "B": bars.embed(self._writer)}, forms=self._forms, title=title
        )

    def _put_forms(self) -> tuple[dict[str, int], bool]:
        """Write what is the same on all labels and sheets; tell whether there is a form for full sheets."""
        label, lines = self._job.constant(self.font), self._job.lines
        forms: dict[str, int] = {}
        if lines:
            forms["O"] = self._writer.put_form(lines.encode("ascii"))
        if not label:
            return forms, False
        forms["L"] = self._writer.put_form(label.encode("ascii"), fonts={"T": self._font})
        content = self._shown_one_by_one(range(self._job.sheet.labels), lines=bool(lines))
        forms["S"] = self._writer.put_form(content.encode("ascii"), forms=dict(forms))
        return forms, True

    def _shown(self, places: Sequence[int]) -> str:
        """Return the operators that show the constant parts at these places."""
        if self._whole and len(places) == self._job.sheet.labels:
            return "/S Do\n"
        return self._shown_one_by_one(places if self._whole else (), lines="O" in self._forms)

    def _shown_one_by_one(self, places: Sequence[int], *, lines: bool) -> str:
        shown = ["/O Do\n"] if lines else []
        for place in places:
            x, y = self._job.corners[place]
            shown.append(f"q 1 0 0 1 {number(x)} {number(y)} cm /L Do Q\n")
        return "".join(shown)

    def _note(self, content: str) -> None:
        """Remember which characters the sheet shows: strings behind ``/T``, up to the next font."""
        texts = [part for part in content.split("/") if part.startswith("T ")]
        self.font.use_strings("".join(_STRINGS.findall("".join(texts))))
