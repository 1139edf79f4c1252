"""Read the room out of a building's text; the building's name itself never decides."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CARE_OF = re.compile(r"[^0-9|]*(?:様方|方|気付|気付ケ|C/O.*)$")
_BRACKETS = re.compile(r"[()#]")
_FLOOR = re.compile(r"(?:地下|B)?([0-9]+)(?:階|F(?![A-Z]))")
_MARKED = re.compile(
    r"(?:(?<![A-Z])([A-Z]{1,2})|([0-9]{1,2})(?=号?棟|-))?(?:号?棟|号館|-)*((?:(?<![A-Z])[A-Z])?[0-9]{1,5}[A-Z]?)(?:号室|号(?!棟|館)|室)"
)
_LAST = re.compile(r"(?:(?<![A-Z])([A-Z]{1,2})|([0-9]{1,2})(?=号?棟|-))?(?:号?棟|号館|-)*([0-9]{1,5}[A-Z]?)$")
_FIRST = re.compile(r"^-?([A-Z]?[0-9]{1,5}[A-Z]?)(?![0-9]|番館|番街|番町|丁目|号館|号棟|階|F)")
_LETTER = re.compile(r"(?<![A-Z])([A-Z])(?:号室|号|室|棟)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A flat in a building: ``block`` is a letter or number of a wing, ``room`` ends in F where only a floor is known."""

    block: str = ""
    room: str = ""


def read_room(building: str) -> Room:
    """Read the room from a folded building text (メゾン桜203号室, A棟101, A-101, 12階1203, #203, 10F)."""
    text = _CARE_OF.sub("", _BRACKETS.sub("", building)).strip("-|")
    if not text:
        return Room()
    floor = _FLOOR.search(text)
    text = _FLOOR.sub("|", text).strip("-|") if floor else text
    found = _MARKED.search(text) or _LAST.search(text)
    if found:
        return Room(block=_strip(found[1] or found[2] or ""), room=_strip(found[3]))
    if building.startswith("-") and (found := _FIRST.match(text)):
        return Room(room=_strip(found[1]))
    if floor:
        return Room(room=("B" if floor[0][0] in "B地" else "") + floor[1] + "F")
    letter = _LETTER.search(text)
    return Room(block=letter[1]) if letter else Room()


def _strip(number: str) -> str:
    return number.lstrip("0") or number
