"""Read a font file: which characters it has, how wide they are, and whether it may and can be embedded at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from fontTools.ttLib import TTFont, TTLibError

from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.postal import derived_cache

Outlines = Literal["cff", "glyf"]

_KEPT_VERSION = 3
_Kept = tuple[
    str, str, str, tuple[int, ...], tuple[int, ...], tuple[int, int, int, int], tuple[int, int, int], int
]
_RESTRICTED, _NO_SUBSET, _BITMAP_ONLY = 0x0002, 0x0100, 0x0200
_LICENCE_BITS = 0x000E
_UNNAMED = "Font"
_SINGLE, _EXTENSION = 1, 7
"""Types of GSUB lookups: one glyph for another, and the wrapper for far offsets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FontFile:
    """One face of a font file; ``number`` counts from 0 inside a collection (``.ttc``)."""

    path: Path
    number: int = 0

    @classmethod
    def named(cls, name: str) -> FontFile:
        """Read ``/path/font.otf`` or, for a face of a collection, ``/path/fonts.ttc#2``."""
        path, mark, number = name.rpartition("#")
        if mark and number.isdecimal():
            return cls(path=Path(path), number=int(number))
        return cls(path=Path(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """An opened face: for every character its glyph, and its width in thousandths of the type size."""

    file: FontFile
    name: str
    outlines: Outlines
    units: int
    glyphs: Mapping[str, int]
    widths: Mapping[str, int]
    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    capital_height: int


@cache
def open_font(file: FontFile) -> Face:
    """Return a face's characters and widths; reading them takes 0.2 s, so they are kept in the cache folder.

    Raise ``WrongUsage`` (``unusable_font``) where there is no font, and for fonts that would not print as they look:
    variable ones (their first master is often Thin), ones without outlines, ones whose licence forbids embedding.
    """
    name, outlines, characters, glyphs, widths, box, heights, units = derived_cache(
        f"face-{_mark(file)}", _KEPT_VERSION, lambda: _read(file)
    )
    return Face(
        file=file,
        name=name,
        outlines="glyf" if outlines == "glyf" else "cff",
        units=units,
        glyphs={c: glyph for c, glyph in zip(characters, glyphs, strict=True) if glyph},
        widths=dict(zip(characters, widths, strict=True)),
        box=box,
        ascent=heights[0],
        descent=heights[1],
        capital_height=heights[2],
    )


@cache
def variants(file: FontFile) -> dict[str, int]:
    """Map each character followed by a variation selector to its glyph, where that is not the usual one."""
    return derived_cache(f"variants-{_mark(file)}", _KEPT_VERSION, lambda: dict(_read_variants(file)))


@cache
def vertical_forms(file: FontFile) -> dict[str, int]:
    """Map each character that looks different in vertical writing (ー（「、) to its glyph there."""
    return derived_cache(f"vertical-{_mark(file)}", _KEPT_VERSION, lambda: dict(_read_vertical(file)))


@contextmanager
def open_table(file: FontFile) -> Iterator[TTFont]:
    """Open the file for reading its tables one by one."""
    with (
        file.path.open("rb") as stream,
        TTFont(stream, fontNumber=file.number, lazy=True, recalcBBoxes=False) as font,
    ):
        yield font


def _mark(file: FontFile) -> str:
    """Name what the cache keeps of a file, so that a changed file is read anew."""
    try:
        found = file.path.stat()
    except OSError as error:
        raise _unusable(file, error.strerror or type(error).__name__) from None
    text = f"{file.path.absolute()}#{file.number}#{found.st_size}#{found.st_mtime_ns}"
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _read(file: FontFile) -> _Kept:
    try:
        with open_table(file) as font:
            outlines = _embeddable(file, font)
            order, metrics, table = font.getReverseGlyphMap(), font["hmtx"].metrics, font.getBestCmap()
            if not table:
                raise _unusable(file, _("has no table of characters"))
            head, extent, units = font["head"], font["hhea"], font["head"].unitsPerEm
            scale = 1000 / units
            capitals = getattr(font["OS/2"], "sCapHeight", 0) if "OS/2" in font else 0
            heights = (extent.ascent, extent.descent, capitals or extent.ascent * 0.8)
            return (
                _name(font),
                outlines,
                "".join(map(chr, table)),
                tuple(order[glyph] for glyph in table.values()),
                tuple(round(metrics[glyph][0] * scale) for glyph in table.values()),
                (
                    round(head.xMin * scale),
                    round(head.yMin * scale),
                    round(head.xMax * scale),
                    round(head.yMax * scale),
                ),
                (round(heights[0] * scale), round(heights[1] * scale), round(heights[2] * scale)),
                units,
            )
    except (TTLibError, OSError) as error:
        problem = error.strerror if isinstance(error, OSError) else None
        raise _unusable(file, problem or _("is no font file")) from None


def _embeddable(file: FontFile, font: TTFont) -> Outlines:
    """Return the kind of outlines, or refuse the font with the reason."""
    if "fvar" in font:
        raise _unusable(
            file,
            _("is a variable font"),
            hint=_("make a font of one weight of it: fonttools varLib.instancer FONT wght=400"),
        )
    licence = getattr(font["OS/2"], "fsType", 0) if "OS/2" in font else 0
    if licence & _LICENCE_BITS == _RESTRICTED or licence & (_NO_SUBSET | _BITMAP_ONLY):
        raise _unusable(file, _("does not allow to be embedded"), hint=_("choose a font whose licence does"))
    if "glyf" in font:
        return "glyf"
    if "CFF " in font:
        return "cff"
    raise _unusable(file, _("has no outlines that a PDF can hold"))


def _name(font: TTFont) -> str:
    """Return the PostScript name, of which a PDF can hold letters, digits and hyphens."""
    name = font["CFF "].cff.fontNames[0] if "CFF " in font else font["name"].getDebugName(6)
    return re.sub("[^A-Za-z0-9-]", "", name or "") or _UNNAMED


def _read_variants(file: FontFile) -> Iterator[tuple[str, int]]:
    with open_table(file) as font:
        order = font.getReverseGlyphMap()
        for table in font["cmap"].tables:
            if table.format != 14:
                continue
            for selector, entries in table.uvsDict.items():
                yield from ((chr(c) + chr(selector), order[glyph]) for c, glyph in entries if glyph)


def _read_vertical(file: FontFile) -> Iterator[tuple[str, int]]:
    with open_table(file) as font:
        order, table = font.getReverseGlyphMap(), font.getBestCmap()
        substitutes = _vertical_substitutes(font)
        for character, glyph in table.items():
            if glyph in substitutes:
                yield chr(character), order[substitutes[glyph]]


def _vertical_substitutes(font: TTFont) -> dict[str, str]:
    """Return the single substitutions of the features ``vert`` and ``vrt2`` (OpenType, GSUB lookup types 1 and 7)."""
    if "GSUB" not in font or font["GSUB"].table.FeatureList is None:
        return {}
    table = font["GSUB"].table
    wanted = {
        lookup
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag in ("vert", "vrt2")
        for lookup in record.Feature.LookupListIndex
    }
    found: dict[str, str] = {}
    for place in sorted(wanted):
        for subtable in table.LookupList.Lookup[place].SubTable:
            inner = subtable.ExtSubTable if subtable.LookupType == _EXTENSION else subtable
            if inner.LookupType == _SINGLE:
                found |= inner.mapping
    return found


def _unusable(file: FontFile, problem: str, *, hint: str = "") -> WrongUsage:
    return WrongUsage(
        "unusable_font",
        _("font {file}: {problem}").format(file=file.path, problem=problem),
        hint=hint or _("name an OpenType or TrueType file by its whole path"),
    )
