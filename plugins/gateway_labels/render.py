"""Write the labels of a delivery: composed in parts, put in order and bundles, sheet after sheet to the volumes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, zip_longest

from gateway.api import Batch
from gateway.pdf.text_font import TextFont
from gateway_labels.areas import AreaOf, SortKey
from gateway_labels.book import Book
from gateway_labels.bundles import Label, bundles
from gateway_labels.job import Job
from gateway_labels.options import LabelOptions
from gateway_labels.slips import slip
from gateway_labels.summary import write_summary
from gateway_labels.tally import Tally

_PART = 6000
"""Lines that are composed at once, perhaps in another process."""

_CHUNK = 512


@dataclass(frozen=True, slots=True)
class Part:
    """Composed labels, column by column, and the characters they show; ``areas`` only where they are asked for."""

    operators: list[str]
    barcoded: list[bool]
    areas: list[str]
    used: bytes


def render(batch: Batch[LabelOptions]) -> None:
    """Print every line of the batch that can be printed, in order, and refuse the others with their reason."""
    options = batch.options
    job = Job(options)
    start = _start(batch, job)
    job.constant(TextFont(job.typeface))  # tells of texts that cannot be printed before anything is
    book = Book(job, batch, start, may_exceed=_may_exceed(batch, job, start))
    tally, font = Tally(), TextFont(job.typeface)
    parts = _parts(batch, book, tally)
    try:
        if options.bundle or options.numbered:
            for label in _with_numbers(_on_slips(_labels(parts), job, tally, font), font):
                book.add(label)
        else:
            for part in parts:
                book.extend(part.operators)
        book.used.append(font.used)
        book.close()
    except BaseException:
        book.abandon()
        raise
    if not book.sheets:
        return
    tally.sheets, tally.volumes, tally.blanks = book.sheets, book.volumes, book.blanks
    batch.state.set(_state_name(job), str(book.next_place + 1))
    if book.near_edge:
        batch.report("bars_near_paper_edge", book.near_edge)
    if job.grid is None and options.barcode == "auto":
        batch.report("no_barcode:sheet_too_narrow", tally.pieces)
    if options.order == "area":
        write_summary(batch, job, tally)


def compose_part(batch: Batch[LabelOptions]) -> Part:
    """Compose the labels of a part."""
    options = batch.options
    job = Job(options)
    font = TextFont(job.typeface)
    composer = job.composer(font, batch.report)
    area_of = AreaOf(options.area_list) if options.order == "area" else None
    part = Part([], [], [], b"")
    for chunk in batch.chunks(_CHUNK):
        labels = composer.labels(chunk, batch.refuse)
        part.operators.extend(labels.operators)
        if area_of:
            part.barcoded.extend(labels.barcoded)
            part.areas.extend([area_of(line.address.postal_code) for line in labels.lines if line.address])
    return replace(part, used=font.used)


def _start(batch: Batch[LabelOptions], job: Job) -> int:
    """Return the first place, counted from 0: as asked for, or behind the last label of the delivery before."""
    if batch.options.start != "continue":
        return batch.options.start - 1
    kept = batch.state.get(_state_name(job))
    return int(kept) - 1 if kept.isdecimal() and 1 <= int(kept) <= job.sheet.labels else 0


def _state_name(job: Job) -> str:
    return f"next place on {job.sheet.name}"


def _may_exceed(batch: Batch[LabelOptions], job: Job, start: int) -> bool:
    capacity = batch.options.sheets_per_file * job.sheet.labels
    return bool(batch.options.bundle) or len(batch) + start > capacity


def _parts(batch: Batch[LabelOptions], book: Book, tally: Tally) -> Iterator[Part]:
    """Compose the labels part by part, in the order that is asked for, and count them."""
    options = batch.options
    source = batch.ordered(SortKey(AreaOf(options.area_list))) if options.order == "area" else batch
    for part in source.map(compose_part, _PART):
        book.used.append(part.used)
        tally.pieces += len(part.operators)
        tally.add(part.areas, part.barcoded)
        yield part


def _labels(parts: Iterator[Part]) -> Iterator[Label]:
    for part in parts:
        for operators, area, barcoded in zip_longest(part.operators, part.areas, part.barcoded, fillvalue=""):
            yield Label(operators, area, bool(barcoded))


def _on_slips(labels: Iterator[Label], job: Job, tally: Tally, font: TextFont) -> Iterator[Label]:
    """Put a slip before each bundle, if bundles are asked for."""
    if not job.options.bundle:
        yield from labels
        return
    for bundle in bundles(labels, size=job.options.bundle, least=job.options.bundle_least):
        tally.bundles[bundle.name] += 1
        yield Label(slip(bundle, job.sheet, font), "", barcoded=False, slip=True)
        yield from bundle.labels


def _with_numbers(labels: Iterator[Label], font: TextFont) -> Iterator[Label]:
    """Give the labels numbers in the order of printing; slips have none."""
    numbers = count(1)
    for label in labels:
        if "%s" in label.operators:
            shown = font.encode(f"  No.{next(numbers)}")
            yield label._replace(operators=label.operators.replace("%s", shown))
        else:
            yield label
