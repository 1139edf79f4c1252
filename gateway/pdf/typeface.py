"""A typeface: a face and its fallbacks, one font to whoever prints with it.

Every character comes from the first face that has it, so that a rare kanji stands in the same style.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from gateway.pdf.faces import Style, face_path
from gateway.pdf.font_file import Face, FontFile, open_font, variants, vertical_forms

DROPPED = frozenset(
    [*map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0)), "\u200b", "\u200d", "\ufeff"]
)
"""Characters that are never printed by themselves: variation selectors, zero-width space and joiner, byte order mark."""

LACKING = -(10**9)
"""Stands for the width of a missing glyph: no text is long enough to outweigh it."""

CODES = 0x10000
_CODE_POINTS = 0x110000
_FIRST_PRIVATE, _LAST_PRIVATE = 0xE000, 0xF8FF

_UPRIGHT = "\0"
"""Stands before a character whose vertical form is meant."""

Glyph = tuple[int, int]
"""Which of the typeface's faces a glyph is in, and its number there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeface:
    """Faces in the order of preference; ``borrowed`` says which face the characters that the first lacks come from.

    ``stand_ins`` maps characters beyond the first plane to the code under which they are shown, ``free`` are codes
    for glyphs that are no character's usual one. ``shown`` holds the code of every code point, 0 where nothing is
    printed, ``widths`` its width in thousandths of the type size.
    """

    faces: tuple[Face, ...]
    borrowed: Mapping[str, int]
    stand_ins: Mapping[str, str]
    free: tuple[int, ...]
    shown: npt.NDArray[np.uint16]
    widths: npt.NDArray[np.int32]

    def __contains__(self, character: str) -> bool:
        return bool(self.widths[ord(character)] != LACKING)

    def face_of(self, character: str) -> int:
        """Return which face a character comes from."""
        return self.borrowed.get(character, 0)

    def glyph(self, character: str) -> Glyph:
        """Return a character's usual glyph."""
        face = self.face_of(character)
        return face, self.faces[face].glyphs[character]

    def variant(self, character: str, selector: str) -> int | None:
        """Return the code of the form that a variation selector asks for, unless it is the usual one."""
        return self._forms().codes.get(character + selector)

    def vertical(self, character: str) -> int | None:
        """Return the code of a character's form for vertical writing, where it has one of its own."""
        return self._forms().codes.get(_UPRIGHT + character)

    def behind(self, code: int) -> tuple[str, Glyph] | None:
        """Return the text and the glyph of a code that stands for no character's usual form."""
        return self._forms().behind.get(code)

    def _forms(self) -> _Forms:
        return _forms_of(tuple(face.file for face in self.faces))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forms:
    """Glyphs that are no character's usual one, each with a fixed code: ``codes`` by text, ``behind`` by code."""

    codes: Mapping[str, int]
    behind: Mapping[int, tuple[str, Glyph]]


@cache
def _forms_of(files: tuple[FontFile, ...]) -> _Forms:
    """Give out the free codes in a fixed order, so that all processes that print one document agree on them."""
    face = _assembled(files)
    wanted: list[tuple[str, str, Glyph]] = []
    for place, file in enumerate(files):
        for mark, forms in ((_UPRIGHT, vertical_forms(file)), ("", variants(file))):
            wanted += (
                (mark + text, text, (place, glyph))
                for text, glyph in sorted(forms.items())
                if text[0] in face and face.face_of(text[0]) == place
            )
    given = list(zip(wanted, face.free, strict=False))
    return _Forms(
        codes={key: code for (key, _, _), code in given},
        behind={code: (text, glyph) for (_, text, glyph), code in given},
    )


def typeface(style: Style = "gothic", first: str = "", fallbacks: tuple[str, ...] = ()) -> Typeface:
    """Return the typeface of a style: the font named ``first`` if any, the gateway's own, and the fallbacks.

    Fallbacks come before the gateway's own font only where ``first`` is given: whoever chooses a font chooses what
    stands in for it. Names are those of ``FontFile.named``. Raise ``WrongUsage`` (``unusable_font``).
    """
    own = FontFile(path=face_path(style))
    chosen = tuple(map(FontFile.named, fallbacks))
    return _assembled((FontFile.named(first), *chosen, own) if first else (own, *chosen))


@cache
def _assembled(files: tuple[FontFile, ...]) -> Typeface:
    faces = tuple(map(open_font, files))
    shown = np.zeros(_CODE_POINTS, dtype=np.uint16)
    widths = np.full(_CODE_POINTS, LACKING, dtype=np.int32)
    borrowed: dict[str, int] = {}
    for place, face in reversed(tuple(enumerate(faces))):
        points = np.fromiter(map(ord, face.glyphs), dtype=np.int64, count=len(face.glyphs))
        widths[points] = np.fromiter(
            map(face.widths.__getitem__, face.glyphs), dtype=np.int32, count=len(points)
        )
        if place:
            borrowed |= dict.fromkeys(face.glyphs, place)
        elif borrowed:
            borrowed = {c: which for c, which in borrowed.items() if c not in face.glyphs}
    present = np.flatnonzero(widths != LACKING)
    plain = present[present < CODES]
    shown[plain] = plain
    beyond = present[present >= CODES]
    codes = _free_codes(plain)
    shown[beyond] = codes[: len(beyond)]
    dropped = list(map(ord, DROPPED))
    shown[dropped] = 0
    widths[dropped] = 0
    return Typeface(
        faces=faces,
        borrowed=borrowed,
        stand_ins={chr(point): chr(shown[point]) for point in beyond.tolist()},
        free=tuple(codes[len(beyond) :]),
        shown=shown,
        widths=widths,
    )


def _free_codes(used: npt.NDArray[np.int64]) -> list[int]:
    """Return codes that are no character's own, private ones first; 0 and the last are never codes."""
    free = np.ones(CODES, dtype=np.bool_)
    free[used] = False
    free[[0, CODES - 1]] = False
    private = np.zeros(CODES, dtype=np.bool_)
    private[_FIRST_PRIVATE : _LAST_PRIVATE + 1] = True
    return [*np.flatnonzero(free & private).tolist(), *np.flatnonzero(free & ~private).tolist()]
