"""ToUnicode maps: what a reader of the PDF gets when it copies or searches text."""

from __future__ import annotations

from collections.abc import Mapping

_HEAD = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
    "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
    "/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
)
_TAIL = "endcmap CMapName currentdict/CMap defineresource pop end end\n"
_BLOCK = 100


def to_unicode(characters: Mapping[int, str], *, code_bytes: int) -> bytes:
    """Return the CMap that maps character codes of ``code_bytes`` bytes to text.

    Only ``bfchar`` entries are written: Ghostscript's text device ignores ``bfrange``. Blocks hold at most 100
    entries (Adobe Technical Note 5014).
    """
    digits = 2 * code_bytes
    lines = [
        _HEAD,
        f"1 begincodespacerange<{0:0{digits}X}><{256**code_bytes - 1:0{digits}X}>endcodespacerange\n",
    ]
    entries = sorted(characters.items())
    for start in range(0, len(entries), _BLOCK):
        block = entries[start : start + _BLOCK]
        lines.append(f"{len(block)} beginbfchar\n")
        lines.extend(f"<{code:0{digits}X}><{text.encode('utf-16-be').hex()}>\n" for code, text in block)
        lines.append("endbfchar\n")
    lines.append(_TAIL)
    return "".join(lines).encode("ascii")
