"""Read the line codes back from a PDF that our writer made, by walking the strings shown in the bar font.

A general PDF library needs a minute and more for 40,000 pages. This one knows the few forms that ``writer`` makes,
and refuses whatever else it meets, so that nothing can be shown that it does not see. It reads what the pages say,
which is not a proof of what is visible.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gateway.errors import Failed
from gateway.i18n import _
from gateway.pdf import code128
from gateway.pdf.bar_font import BASE_FONT, CODE128_BASE, CUSTOMER_LENGTH
from gateway.pdf.deflate import inflated

_CUSTOMER_ALPHABET = b"0123456789-abcdefgh"
_CHECK_MODULUS = len(_CUSTOMER_ALPHABET)
_CHECK_VALUES = np.full(256, _CHECK_MODULUS, dtype=np.int64)
_CHECK_VALUES[list(_CUSTOMER_ALPHABET)] = range(_CHECK_MODULUS)
_REFERENCES = re.compile(rb"(\d+) 0 R")
_SHOWN = re.compile(rb"<([0-9a-f]*)>Tj")
_START = f"{CODE128_BASE + code128.START_B:02x}".encode("ascii")

_NEUTRAL = b"0123456789abcdef<>-. \n"
_KNOWN = _NEUTRAL + b"/BTEfdjmzlSw"
"""All that BT ET Tf Td Tm Tz Tj m l S w, the font names, numbers and strings are made of."""

_KNOWN_IN_FORMS = _KNOWN + b"qcQDoLO"
"""Forms also hold q Q cm Do; they are not allowed beside text, where they could change the font unseen."""

_PAGES_IN_MEMORY = 4096
"""How many pages are read before the system is told to forget the part of the file that was read."""

_SHOWN_FORMS = re.compile(rb"(?:(?:/\w+ Do|q 1 0 0 1 [0-9.-]+ [0-9.-]+ cm /\w+ Do Q)\n)+")
_FORM = re.compile(rb"/(\w+) Do")


def line_codes(path: Path) -> Iterator[str]:
    """Yield the text of every Code128 in page order, each as often as it is drawn; raise as ``page_codes`` does."""
    for codes in page_codes(path):
        yield from codes


def page_codes(path: Path) -> Iterator[list[str]]:
    """Yield the texts of each page's Code128, each as often as it is drawn.

    Raise ``ForeignPdf`` where the file is not one of ours, and ``Failed`` where it is damaged or shows bars that do not
    decode: page numbers are the only thing the message tells.
    """
    with path.open("rb") as file:
        try:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            raise _foreign(path) from None
        with data:
            yield from _Document(data, path).codes()


class ForeignPdf(Failed):
    """The file was not made by our writer, or is not whole."""


class _Document:
    """An open file with its object positions."""

    def __init__(self, data: mmap.mmap, path: Path) -> None:
        self._data = data
        self._path = path
        try:
            self._offsets = self._read_xref()
            root = self._entry(self._trailer(), rb"/Root (\d+) 0 R")
            pages = self._entry(self._object(root), rb"/Pages (\d+) 0 R")
            self._pages = list(self._walk(pages))
            self._bar_font, self._bars = self._name_of_bar_font(self._object(pages))
            self._forms = self._forms_of(
                self._object(self._entry(self._object(pages), rb"/Resources (\d+) 0 R"))
            )
        except (ValueError, IndexError):
            raise _foreign(path) from None

    def codes(self) -> Iterator[list[str]]:
        """Yield the codes of all pages."""
        font = b"/" + self._bar_font
        in_bars = re.compile(rb"%b [0-9.]+ Tf([^/]*)" % font)
        for page, reference in enumerate(self._pages, start=1):
            content = self._content(reference, page)
            segments = in_bars.findall(content)
            in_bar_font = b"/".join(segments)
            strings = _SHOWN.findall(in_bar_font)
            codes = _decoded(strings)
            if (
                codes is None
                or len(segments) != content.count(font)
                or len(strings) != in_bar_font.count(b"Tj")
            ):
                raise _unreadable(self._path, page)
            yield codes
            if page % _PAGES_IN_MEMORY == 0 and hasattr(self._data, "madvise"):
                self._data.madvise(mmap.MADV_DONTNEED)

    def _forms_of(self, resources: bytes) -> frozenset[bytes]:
        """Read the forms that resources name, and those that they show; none may name the bar font."""
        found = re.search(rb"/XObject<<([^>]*)>>", resources)
        named = dict(re.findall(rb"/(\w+) (\d+) 0 R", found[1])) if found else {}
        for reference in map(int, named.values()):
            head = self._object(reference).partition(b"stream\n")[0]
            if b"/Subtype/Form" not in head or f" {self._bars} 0 R".encode("ascii") in head:
                raise ValueError("a form that shows bars")
            if b"/XObject<<" in head and self._forms_of(head) - named.keys():
                raise ValueError("a form that shows others")
            if self._stream(reference).translate(None, _KNOWN_IN_FORMS):
                raise ValueError("a form with unknown operators")
        return frozenset(named)

    def _content(self, reference: int, page: int) -> bytes:
        try:
            content = self._stream(self._entry(self._object(reference), rb"/Contents (\d+) 0 R"))
        except (ValueError, IndexError):
            raise _unreadable(self._path, page) from None
        shown = _SHOWN_FORMS.match(content)
        if shown:
            content = content[shown.end() :]
            if not self._forms.issuperset(_FORM.findall(shown[0])):
                raise _unreadable(self._path, page)
        if content.translate(None, _KNOWN):
            raise _unreadable(self._path, page)
        return content

    def _stream(self, reference: int) -> bytes:
        start = self._offsets[reference]
        head = self._data.find(b"stream\n", start)
        length = self._entry(self._data[start:head], rb"/Length (\d+)")
        return inflated(self._data[head + 7 : head + 7 + length])

    def _walk(self, node: int) -> Iterator[int]:
        """Yield the pages under a node of the page tree, which is two levels deep."""
        for kid in self._kids(node):
            yield from self._kids(kid)

    def _kids(self, node: int) -> list[int]:
        body = self._object(node)
        start = body.index(b"/Kids[")
        return [int(found) for found in _REFERENCES.findall(body[start : body.index(b"]", start)])]

    def _name_of_bar_font(self, pages: bytes) -> tuple[bytes, int]:
        """Return the bar font's name on pages and its object number."""
        resources = self._object(self._entry(pages, rb"/Resources (\d+) 0 R"))
        for name, reference in re.findall(rb"/(\w+) (\d+) 0 R", resources):
            if f"/BaseFont/{BASE_FONT}/".encode("ascii") in self._object(int(reference)):
                return bytes(name), int(reference)
        raise ValueError("no bar font")

    def _object(self, reference: int) -> bytes:
        start = self._offsets[reference]
        if not self._data[start : start + 20].startswith(b"%d 0 obj\n" % reference):
            raise ValueError("object is not where the table says")
        return self._data[start : self._data.find(b"\nendobj", start)]

    def _trailer(self) -> bytes:
        return self._data[self._data.rfind(b"trailer") :]

    def _read_xref(self) -> list[int]:
        start = self._entry(self._trailer(), rb"startxref\n(\d+)\n%%EOF\n$")
        head = re.compile(rb"xref\n0 (\d+)\n").match(self._data, start)
        if head is None:
            raise ValueError("no cross-reference table")
        first, count = head.end(), int(head[1])
        return [int(self._data[place : place + 10]) for place in range(first, first + 20 * count, 20)]

    @staticmethod
    def _entry(body: bytes, pattern: bytes) -> int:
        found = re.search(pattern, body)
        if found is None:
            raise ValueError("an entry is missing")
        return int(found[1])


def _decoded(strings: Sequence[bytes]) -> list[str] | None:
    """Return the line codes among the strings of bars, or ``None`` unless each is one or a sound customer barcode."""
    if any(len(string) % 2 for string in strings):
        return None
    codes = [string for string in strings if string.startswith(_START)]
    others = [string for string in strings if not string.startswith(_START)]
    if others and not _are_customer_barcodes(others):
        return None
    texts: list[str] = []
    for _length, of_length in groupby(codes, key=len):
        found = code128.many_texts(_rows(list(of_length)).astype(np.int64) - CODE128_BASE)
        if found is None:
            return None
        texts += found
    return texts


def _are_customer_barcodes(strings: Sequence[bytes]) -> bool:
    if {len(string) for string in strings} != {2 * CUSTOMER_LENGTH}:
        return False
    rows = _rows(strings)
    values = _CHECK_VALUES[rows[:, 1:-1]]
    return bool(
        (rows[:, 0] == ord("[")).all()
        and (rows[:, -1] == ord("]")).all()
        and (values < _CHECK_MODULUS).all()
        and not (values.sum(axis=1) % _CHECK_MODULUS).any()
    )


def _rows(strings: Sequence[bytes]) -> npt.NDArray[np.uint8]:
    """Return strings of one length, given as hexadecimal digits, as rows of bytes."""
    digits = b"".join(strings).decode("ascii")
    return np.frombuffer(bytes.fromhex(digits), dtype=np.uint8).reshape(len(strings), -1)


def _foreign(path: Path) -> ForeignPdf:
    message = _("{file}: not a whole PDF of this program's writer").format(file=path.name)
    return ForeignPdf("unreadable_labels", message, hint=_("make the delivery again"))


def _unreadable(path: Path, page: int) -> Failed:
    message = _("{file}, page {page}: holds bars or operators that do not decode").format(
        file=path.name, page=page
    )
    return Failed("unreadable_labels", message, hint=_("make the delivery again"))
