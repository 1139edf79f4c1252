"""Write a PDF page by page: each page goes to the file at once, so memory does not grow with the pages."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import BinaryIO

from gateway.pdf.deflate import deflated
from gateway.pdf.grid import number

PRODUCER = "delivery-gateway"
_PAGES_PER_NODE = 256
_XREF_BLOCK = 4096


class PdfWriter:
    """A PDF under construction, in a binary file that is only appended to.

    The same calls give the same bytes: there is no time stamp and no random identifier unless ``created`` is given.
    """

    def __init__(self, file: BinaryIO, *, width: float, height: float) -> None:
        self._file = file
        self._position = 0
        self._offsets = array("Q", [0])
        self._size = (width, height)
        self._nodes: list[int] = []
        self._kids: list[int] = []
        self._node = 0
        self.pages = 0
        self._write(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
        self._catalogue = self.allocate()
        self._root = self.allocate()
        self._resources = self.allocate()
        self._information = self.allocate()

    def allocate(self) -> int:
        """Reserve an object number."""
        self._offsets.append(0)
        return len(self._offsets) - 1

    def put(self, reference: int, body: str) -> None:
        """Write an object; ``body`` is ASCII."""
        self._offsets[reference] = self._position
        self._write(b"%d 0 obj\n%b\nendobj\n" % (reference, body.encode("ascii")))

    def put_stream(self, reference: int, data: bytes, *, entries: str = "") -> None:
        """Compress and write a stream object; ``entries`` are further entries of its dictionary."""
        packed = deflated(data)
        self._offsets[reference] = self._position
        head = b"%d 0 obj\n<<%b/Filter/FlateDecode/Length %d>>stream\n"
        self._write(
            b"%b%b\nendstream\nendobj\n" % (head % (reference, entries.encode("ascii"), len(packed)), packed)
        )

    def add_page(self, content: bytes) -> None:
        """Write one page with its content stream and forget it."""
        if len(self._kids) == _PAGES_PER_NODE:
            self._close_node()
        if not self._kids:
            self._node = self.allocate()
        page, stream = self.allocate(), self.allocate()
        self.put_stream(stream, content)
        self.put(page, f"<</Type/Page/Parent {self._node} 0 R/Contents {stream} 0 R>>")
        self._kids.append(page)
        self.pages += 1

    def put_form(
        self,
        content: bytes,
        *,
        fonts: Mapping[str, int] | None = None,
        forms: Mapping[str, int] | None = None,
    ) -> int:
        """Write content that several pages show with ``Do``; it names fonts and forms of its own."""
        reference = self.allocate()
        box = " ".join(number(side) for side in self._size)
        entries = f"/Type/XObject/Subtype/Form/BBox[0 0 {box}]/Resources<<{_resources(fonts, forms)}>>"
        self.put_stream(reference, content, entries=entries)
        return reference

    def close(
        self,
        *,
        fonts: Mapping[str, int],
        forms: Mapping[str, int] | None = None,
        title: str = "",
        created: datetime | None = None,
    ) -> None:
        """Write page tree, resources, metadata and cross-reference table.

        ``fonts`` and ``forms`` map the names used on pages to object numbers, ``title`` is ASCII and holds no personal data.
        Viewers are told not to scale when printing: sheets of labels have to keep their measures.
        """
        self._close_node()
        kids = " ".join(f"{node} 0 R" for node in self._nodes)
        box = " ".join(number(side) for side in self._size)
        self.put(
            self._root,
            f"<</Type/Pages/Count {self.pages}/MediaBox[0 0 {box}]/Resources {self._resources} 0 R/Kids[{kids}]>>",
        )
        self.put(self._resources, f"<<{_resources(fonts, forms)}/ProcSet[/PDF/Text]>>")
        date = f"/CreationDate(D:{created.astimezone(UTC):%Y%m%d%H%M%S}Z)" if created else ""
        self.put(self._information, f"<</Title({_escaped(title)})/Producer({PRODUCER}){date}>>")
        preferences = "/ViewerPreferences<</PrintScaling/None/DisplayDocTitle true>>"
        self.put(self._catalogue, f"<</Type/Catalog/Pages {self._root} 0 R/Lang(ja-JP){preferences}>>")
        self._write_xref()

    def _close_node(self) -> None:
        if self._kids:
            kids = " ".join(f"{page} 0 R" for page in self._kids)
            self.put(
                self._node, f"<</Type/Pages/Parent {self._root} 0 R/Count {len(self._kids)}/Kids[{kids}]>>"
            )
            self._nodes.append(self._node)
            self._kids = []

    def _write_xref(self) -> None:
        start, count = self._position, len(self._offsets)
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % count)
        for first in range(1, count, _XREF_BLOCK):
            block = self._offsets[first : first + _XREF_BLOCK]
            self._write(b"".join(b"%010d 00000 n \n" % offset for offset in block))
        trailer = b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        self._write(trailer % (count, self._catalogue, self._information, start))

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._position += len(data)


def _resources(fonts: Mapping[str, int] | None, forms: Mapping[str, int] | None) -> str:
    kinds = {"Font": fonts, "XObject": forms}
    return "".join(
        f"/{kind}<<{''.join(f'/{name} {reference} 0 R' for name, reference in named.items())}>>"
        for kind, named in kinds.items()
        if named
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
