"""Japanese text in a PDF: one embedded font whose character codes are UTF-16 code units.

Because a code does not depend on what was printed before, pages can be written and forgotten, and the font is cut
down to the printed characters at the end. Characters beyond the first plane get a code of their own and still read
as themselves; so do the forms that variation selectors ask for and those of vertical writing.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from gateway.pdf import cff, glyf
from gateway.pdf.borrowed import Borrowed
from gateway.pdf.faces import Style
from gateway.pdf.typeface import CODES, DROPPED, LACKING, Glyph, Typeface, typeface
from gateway.pdf.unicode_map import to_unicode
from gateway.pdf.writer import PdfWriter


class MissingGlyph(ValueError):
    """The face lacks characters; the message counts them, ``characters`` holds them."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        super().__init__(f"{len(characters)} characters have no glyph")
        self.characters = characters


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What stands behind a code: the text that a reader gets, the glyph, and its width."""

    text: str
    glyph: Glyph
    width: int


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as one array of their code points, to be looked up at once: text n lies between bounds n and n + 1."""

    points: npt.NDArray[np.uint32]
    bounds: npt.NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Texts:
        """Take texts as they are."""
        return cls(_points("".join(texts)), _bounds(texts))

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def __getitem__(self, place: int) -> str:
        start, end = self.bounds[place : place + 2]
        return self.points[start:end].tobytes().decode("utf-32-le", "surrogatepass")


class TextFont:
    """A typeface in use by one document: measures and encodes text, and remembers the characters to embed.

    Where speed counts, ``Texts`` are looked up at once.
    """

    def __init__(self, face: Style | Typeface = "gothic") -> None:
        self.typeface = face if isinstance(face, Typeface) else typeface(face)
        self._used = np.zeros(CODES, dtype=np.bool_)

    @property
    def used(self) -> bytes:
        """Which codes have been shown, for ``use`` of the font that a document of several parts embeds."""
        return np.packbits(self._used).tobytes()

    def use(self, used: bytes) -> None:
        """Count what another font of the same typeface has shown as shown."""
        self._used |= np.unpackbits(np.frombuffer(used, dtype=np.uint8)).astype(np.bool_)

    def use_strings(self, digits: str) -> None:
        """Count encoded strings as shown, written one behind the other."""
        self._used[np.frombuffer(bytes.fromhex(digits), dtype=">u2")] = True

    def missing(self, text: str) -> tuple[str, ...]:
        """Return the characters of ``text`` that the face lacks, each once, in order."""
        return tuple(dict.fromkeys(c for c in text if c not in self.typeface))

    def widths(self, texts: Texts) -> npt.NDArray[np.int64]:
        """Return each text's advance in thousandths of the type size, a negative number where a glyph is missing."""
        reached = np.zeros(len(texts.points) + 1, dtype=np.int64)
        np.cumsum(self.typeface.widths[texts.points], out=reached[1:])
        return np.diff(reached[texts.bounds])

    def width(self, text: str) -> int:
        """Return the advance of ``text`` in thousandths of the type size; raise ``MissingGlyph``."""
        points = _points(text)
        width = int(self.typeface.widths[points].sum())
        if width < 0:
            self._require(points)
        return width

    def encode(self, text: str) -> str:
        """Return ``text`` as the hexadecimal digits of a PDF string, two bytes a character; raise ``MissingGlyph``."""
        return self.encode_all((text,))[0]

    def encode_all(self, texts: Sequence[str]) -> list[str]:
        """Encode several texts, or none: raise ``MissingGlyph`` before anything of them is remembered."""
        return self.strings(Texts.of(texts))

    def strings(self, texts: Texts) -> list[str]:
        """Encode texts that have been looked at, as ``encode_all`` does."""
        codes, bounds = self.typeface.shown[texts.points], texts.bounds
        if not codes.all():
            self._require(texts.points)
            rows = [self._codes(texts[place]) for place in range(len(texts))]
            codes = np.fromiter((code for row in rows for code in row), dtype=np.uint16)
            bounds = _bounds(rows)
        self._used[codes] = True
        digits = codes.astype(">u2").tobytes().hex()
        return [digits[start:end] for start, end in pairwise((4 * bounds).tolist())]

    def columns(self, points: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
        """Encode rows of as many code points each, all of them printed ones: two bytes a character."""
        codes = self.typeface.shown[points]
        if not codes.all():
            self._require(points.ravel())
        self._used[codes] = True
        return codes.astype(">u2").view(np.uint8)

    def encode_upright(self, text: str) -> list[str]:
        """Encode each printed character of ``text`` for vertical writing, in its vertical form where it has one.

        Each is shown on its own, one type size below the other; raise ``MissingGlyph``.
        """
        self._require(_points(text))
        codes = [self._vertical_code(character) for character in text if character not in DROPPED]
        self._used[codes] = True
        return [f"{code:04x}" for code in codes]

    def embed(self, writer: PdfWriter, reference: int | None = None) -> int:
        """Write the font, cut down to the characters encoded so far, as object ``reference``; return its number."""
        shown = dict(self._all_shown())
        tag = _tag("".join(each.text for each in shown.values()).encode("utf-32-be"))
        first = self.typeface.faces[0]
        name = f"{tag}+{first.name}"
        own = {code: each.glyph[1] for code, each in shown.items() if each.glyph[0] == 0}
        borrowed = {
            code: Borrowed(file=self.typeface.faces[each.glyph[0]].file, glyph=each.glyph[1])
            for code, each in shown.items()
            if each.glyph[0]
        }
        font = writer.allocate() if reference is None else reference
        descendant, descriptor, unicode = (writer.allocate() for _ in range(3))
        writer.put(
            font,
            f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H"
            f"/DescendantFonts[{descendant} 0 R]/ToUnicode {unicode} 0 R>>",
        )
        if first.outlines == "cff":
            program = writer.allocate()
            writer.put_stream(
                program, cff.subset(first.file, own, borrowed, name), entries="/Subtype/CIDFontType0C"
            )
            kind, more, held = "CIDFontType0", "", "FontFile3"
        else:
            program, places = writer.allocate(), writer.allocate()
            outlines, by_code = glyf.subset(first.file, own, borrowed)
            writer.put_stream(program, outlines, entries=f"/Length1 {len(outlines)}")
            writer.put_stream(places, _glyph_map(by_code))
            kind, more, held = "CIDFontType2", f"/CIDToGIDMap {places} 0 R", "FontFile2"
        writer.put(
            descendant,
            f"<</Type/Font/Subtype/{kind}/BaseFont/{name}"
            f"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>{more}"
            f"/FontDescriptor {descriptor} 0 R/DW 1000/W[{_width_array(shown)}]>>",
        )
        box = " ".join(map(str, first.box))
        writer.put(
            descriptor,
            f"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{box}]/ItalicAngle 0"
            f"/Ascent {first.ascent}/Descent {first.descent}/CapHeight {first.capital_height}"
            f"/StemV 80/{held} {program} 0 R>>",
        )
        writer.put_stream(unicode, to_unicode({c: each.text for c, each in shown.items()}, code_bytes=2))
        return font

    def _require(self, points: npt.NDArray[np.uint32]) -> None:
        """Raise ``MissingGlyph`` where the face lacks one of these characters."""
        lacking = points[self.typeface.widths[points] == LACKING]
        if len(lacking):
            raise MissingGlyph(tuple(dict.fromkeys(map(chr, lacking.tolist()))))

    def _all_shown(self) -> Iterator[tuple[int, _Shown]]:
        readings = {ord(stand_in): character for character, stand_in in self.typeface.stand_ins.items()}
        for code in np.flatnonzero(self._used).tolist():
            special = (
                self.typeface.behind(code)
                if code not in readings and chr(code) not in self.typeface
                else None
            )
            text = special[0] if special else readings.get(code, chr(code))
            glyph = special[1] if special else self.typeface.glyph(text)
            yield code, _Shown(text=text, glyph=glyph, width=int(self.typeface.widths[ord(text[0])]))

    def _codes(self, text: str) -> list[int]:
        """Return the codes of a text that holds characters which are not printed by themselves."""
        codes: list[int] = []
        for character, after in pairwise(f"{text}\0"):
            if character in DROPPED:
                continue
            variant = self.typeface.variant(character, after) if after in DROPPED else None
            codes.append(variant or int(self.typeface.shown[ord(character)]))
        return codes

    def _vertical_code(self, character: str) -> int:
        return self.typeface.vertical(character) or int(self.typeface.shown[ord(character)])


def _width_array(shown: Mapping[int, _Shown]) -> str:
    return "".join(f"{code}[{each.width}]" for code, each in shown.items() if each.width != 1000)


def _glyph_map(places: Mapping[int, int]) -> bytes:
    """Return the map from character identifiers to glyphs, two bytes each (PDF 32000-1, 9.7.4.3)."""
    table = np.zeros(CODES, dtype=">u2")
    for code, place in places.items():
        table[code] = place
    return table.tobytes()


def _points(text: str) -> npt.NDArray[np.uint32]:
    """Return the code points of ``text``; a lone surrogate is one, so that it is found to be missing."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _bounds(rows: Sequence[Sized]) -> npt.NDArray[np.int64]:
    """Return where each row begins in all of them joined, and where the last ends."""
    bounds = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, rows), dtype=np.int64, count=len(rows)), out=bounds[1:])
    return bounds


def _tag(data: bytes) -> str:
    """Return the six capitals that mark a subset (PDF 32000-1, 9.6.4), made from what it holds."""
    digest = zlib.crc32(data)
    return "".join(chr(65 + (digest // 26**place) % 26) for place in range(6))
