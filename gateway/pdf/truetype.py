"""TrueType outlines of the Japanese faces, for reportlab's canvas, which refuses their CFF outlines.

Only the characters of a document are converted (about 1 ms each). Converted glyphs are kept in one file per style
in the cache folder, so that the next document with the same characters opens no font at all; without a writable
cache folder everything still works, only slower. A font depends on nothing but the document's characters, so the
same document always has the same bytes.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import re
import struct
import tempfile
from collections import OrderedDict
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import cast

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfbase.ttfonts import TTFont, TTFontMaker

from gateway.errors import Refused
from gateway.i18n import _
from gateway.pdf.faces import Style, face_path
from gateway.postal.cache import cache_folder

STORE_VERSION = 1
UNITS_PER_EM = 1000
_MAXIMUM_ERROR = 0.5
"""How far a quadratic outline may lie from the cubic one, in thousandths of the em: invisible at any print size."""

_NOTDEF, _SPACE = -1, 0x20
_FONTS_KEPT = 16
_HEAD_LONG_OFFSETS = 50
_HHEA_METRICS = 34
_VARIATION_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_Glyph = tuple[int, int, bytes]
"""Advance width, left side bearing, outline as a ``glyf`` entry."""


def without_selectors(text: str) -> str:
    """Drop variation selectors (葛 + U+E0100), which reportlab would print as a blank box of their own."""
    return _VARIATION_SELECTOR.sub("", text)


def missing_characters(text: str, style: Style = "gothic") -> str:
    """Return the distinct characters that the face has no glyph for, in order of appearance."""
    store = _store(style)
    store.add(text)
    store.save()
    return "".join(dict.fromkeys(character for character in text if ord(character) not in store.glyphs))


def text_width(text: str, size: float, style: Style = "gothic") -> float:
    """Return the width of one line of text in points; a character without glyph counts as one em."""
    store = _store(style)
    store.add(text)
    glyphs = store.glyphs
    units = sum(glyphs[ord(each)][0] if ord(each) in glyphs else UNITS_PER_EM for each in text)
    return units * size / UNITS_PER_EM


def register_font(text: str, style: Style = "gothic", *, document: str) -> str:
    """Register a font with the characters of ``text`` and return its name for ``canvas.setFont``.

    Raises ``Refused`` (``missing_glyph``) naming the code points, so that nothing is ever printed as a blank box.
    """
    lacking = missing_characters(text, style)
    if lacking:
        codes = " ".join(f"U+{ord(character):04X}" for character in lacking)
        raise Refused(
            "missing_glyph",
            _("{document}: the font has no glyph for {codes}").format(document=document, codes=codes),
            hint=_("write the name or address with another form of the character"),
        )
    characters = "".join(sorted(set(text) | {" "}))
    name = f"{face_path(style).stem}-{hashlib.sha256(characters.encode()).hexdigest()[:16]}"
    if name in _registered:
        _registered.move_to_end(name)
        return name
    font = _EmbeddedFont(name, BytesIO(_assemble(_store(style), name, characters)), asciiReadable=False)
    pdfmetrics.registerFont(font)
    _registered[name] = None
    while len(_registered) > _FONTS_KEPT:
        oldest, _nothing = _registered.popitem(last=False)
        pdfmetrics._fonts.pop(oldest, None)  # noqa: SLF001 - reportlab has no way to forget a font
        pdfmetrics._dynFaceNames.pop(oldest, None)  # noqa: SLF001
    return name


_registered: OrderedDict[str, None] = OrderedDict()
"""Names of registered fonts, the latest last: reportlab itself never forgets one."""


class _EmbeddedFont(TTFont):  # type: ignore[misc]  # reportlab has no types
    """A TrueType font whose characters beyond U+FFFF can be searched and copied.

    reportlab writes them as five hexadecimal digits where the PDF format wants UTF-16 (ISO 32000-1, 9.10.3).
    """

    def addObjects(self, doc: PDFDocument) -> None:  # noqa: N802 - reportlab's name
        """Add the font to a document and correct its table of characters."""
        super().addObjects(doc)
        for key, entry in doc.idToObject.items():
            if key.startswith("toUnicodeCMap:"):
                entry.content = re.sub(r"<([0-9A-F]{5,6})>", _as_utf16, entry.content)


def _as_utf16(match: re.Match[str]) -> str:
    return f"<{chr(int(match[1], 16)).encode('utf-16-be').hex().upper()}>"


class _Store:
    """The converted glyphs of one style, backed by a file that is replaced whole when glyphs were added."""

    def __init__(self, style: Style, path: Path | None) -> None:
        self.style = style
        self.path = path
        self.source: _Source | None = None
        self.tables: dict[str, bytes] = {}
        self.glyphs: dict[int, _Glyph] = {}
        self.lacking: set[int] = set()
        self.saved = 0
        if path is None:
            return
        with suppress(OSError, ValueError, EOFError, TypeError):
            self.tables, self.glyphs = marshal.loads(path.read_bytes())  # noqa: S302 - the user's own cache folder
            self.saved = len(self.glyphs)

    def add(self, text: str) -> None:
        """Convert the characters that are not there yet; those without a glyph are remembered as lacking."""
        known = self.glyphs
        wanted = {code for code in (_NOTDEF, _SPACE, *map(ord, text)) if code not in known} - self.lacking
        if not wanted:
            return
        if self.source is None:
            self.source = _Source(self.style)
            self.tables = self.source.tables()
        glyphs = {code: glyph for code in sorted(wanted) if (glyph := self.source.convert(code)) is not None}
        self.glyphs |= glyphs
        self.lacking |= wanted - glyphs.keys()

    def save(self) -> None:
        """Replace the file if glyphs were added; a folder that cannot be written costs time, nothing else."""
        if self.path is None or len(self.glyphs) == self.saved:
            return
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=self.path.name)
            try:
                with os.fdopen(descriptor, "wb") as out:
                    out.write(marshal.dumps((self.tables, self.glyphs), 4))
                Path(name).replace(self.path)
                self.saved = len(self.glyphs)
            except OSError:
                Path(name).unlink(missing_ok=True)


def _store(style: Style) -> _Store:
    return _open_store(style, cache_folder())


@lru_cache(maxsize=4)
def _open_store(style: Style, folder: Path | None) -> _Store:
    source = face_path(style).stat()
    name = f"glyphs-{style}-{STORE_VERSION}-{source.st_size}.marshal"
    return _Store(style, folder / name if folder else None)


class _Source:
    """The face itself, opened only when a character is not in the store yet."""

    def __init__(self, style: Style) -> None:
        from fontTools.ttLib import TTFont as OpenTypeFont

        self.font = OpenTypeFont(BytesIO(face_path(style).read_bytes()), lazy=True, recalcBBoxes=False)
        self.names: dict[int, str] = {**self.font.getBestCmap(), _NOTDEF: ".notdef"}
        self.outlines = self.font.getGlyphSet()
        self.metrics = self.font["hmtx"]

    def tables(self) -> dict[str, bytes]:
        """Take over the tables that describe the face as a whole."""
        return {tag: cast(bytes, self.font.getTableData(tag)) for tag in ("head", "hhea", "OS/2", "post")}

    def convert(self, code: int) -> _Glyph | None:
        """Turn a character's cubic outline into a quadratic one; ``None`` when the face has no glyph for it."""
        from fontTools.pens.cu2quPen import Cu2QuPen
        from fontTools.pens.ttGlyphPen import TTGlyphPen

        name = self.names.get(code)
        if name is None:
            return None
        pen = TTGlyphPen(None)
        self.outlines[name].draw(Cu2QuPen(pen, _MAXIMUM_ERROR, reverse_direction=True))
        advance, bearing = self.metrics[name]
        return advance, bearing, cast(bytes, pen.glyph().compile(None))


def _assemble(store: _Store, name: str, characters: str) -> bytes:
    """Put a complete TrueType file together from stored glyphs; glyph 0 is ``.notdef``.

    The PostScript name must be the font's own: reportlab takes two fonts of one face name for the same font and
    would print the second document with the characters of the first.
    """
    codes = [ord(character) for character in characters]
    glyphs = [store.glyphs[code] for code in (_NOTDEF, *codes)]
    offsets, outlines = [0], b""
    for _advance, _bearing, outline in glyphs:
        outlines += outline + b"\0" * (-len(outline) % 4)
        offsets.append(len(outlines))
    maker = TTFontMaker()
    maker.add("head", _with_short(store.tables["head"], _HEAD_LONG_OFFSETS, 1))
    maker.add("hhea", _with_short(store.tables["hhea"], _HHEA_METRICS, len(glyphs)))
    maker.add(
        "maxp", struct.pack(">IH13H", 0x00010000, len(glyphs), 4096, 512, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)
    )
    maker.add("OS/2", store.tables["OS/2"])
    maker.add("name", _name_table(name))
    maker.add("post", b"\0\3\0\0" + store.tables["post"][4:16] + b"\0" * 16)
    maker.add("hmtx", b"".join(struct.pack(">Hh", advance, bearing) for advance, bearing, _outline in glyphs))
    maker.add("loca", struct.pack(f">{len(offsets)}I", *offsets))
    maker.add("glyf", outlines)
    maker.add("cmap", _character_map(codes))
    return cast(bytes, maker.makeStream())


def _with_short(table: bytes, offset: int, value: int) -> bytes:
    return table[:offset] + struct.pack(">H", value) + table[offset + 2 :]


def _name_table(name: str) -> bytes:
    """Write a table with nothing but the PostScript name (Windows, Unicode, English)."""
    text = name.encode("utf-16-be")
    return struct.pack(">HHHHHHHHH", 0, 1, 18, 3, 1, 0x409, 6, len(text), 0) + text


def _character_map(codes: list[int]) -> bytes:
    """Write a format 12 table (any Unicode character), one group a character, in ascending order."""
    groups = b"".join(struct.pack(">III", code, code, glyph) for glyph, code in enumerate(codes, start=1))
    table = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(codes)) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table
