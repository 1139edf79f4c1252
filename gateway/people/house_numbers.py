"""Read what follows the town: a 小字, a lot letter, up to three numbers, then the building's text."""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNIT = (
    "丁目|丁(?!町)|番地割|番割|番地|番戸|番屋敷|番(?!町|館|街|棟|室|ビル)|地割|号線|号地|号(?!室|棟|館|車|線)"
    "|街区|線(?=-?[0-9]|$)|条(?=-?[0-9]|$)|組(?=-?[0-9])"
)
_NUMBER = re.compile(f"([0-9]+)({_UNIT})?")
_NO_HOUSE_NUMBER = re.compile(
    "[0-9]+(?:階|F(?![A-Z])|号室|号棟|号館|棟|室|番町|番館|番街|LDK|ST(?![A-Z])|ND|RD|TH)"
)
_STARTS = re.compile(f"[0-9]+(?=-|\\||$|{_UNIT}|[^0-9]*$|[^0-9一-鿿])")
_FIRST = re.compile("[0-9]+")
_LOT_LETTERS = "ア-ヴ甲乙丙丁戊己庚辛壬癸"
_LOT = re.compile(
    rf"(?:^|(?<=[一-鿿]))\(?([甲乙丙丁戊己庚辛壬癸])\)?[ノ-]?$"
    rf"|(?:^|(?<=[一-鿿]))\(?([ア-ヴ])\)?部?[ノ-]?$"
    rf"|\(([{_LOT_LETTERS}])\)-?$"
)
_BRANCH = re.compile("^-?([イロハニホヘトチリヌ甲乙丙丁])(?:号|$)")
_ONLY_NUMBERS = re.compile(r"[0-9]+(?:\|[0-9]+){1,3}")
_BUILDING_WORD = re.compile(
    "マンシヨン|ハイツ|コ-ポ|コーポ|アパ-ト|アパート|ビル|メゾン|ハウス|レジデンス|荘$|寮$|タワー|コート|ハイム|団地"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseNumber:
    """``locality`` is a 小字 or empty, ``lot`` a letter such as イ or 甲, ``numbers`` have no leading zeros.

    ``block_alone`` says that the number stops at the 丁目: it names a street block and no house.
    """

    locality: str = ""
    lot: str = ""
    numbers: tuple[str, ...] = ()
    building: str = ""
    block_alone: bool = False


def read_house_number(rest: str, town_known: bool) -> HouseNumber:
    """Read the folded text after the town, or after whatever could be recognised where the town is unknown."""
    if _ONLY_NUMBERS.fullmatch(rest):
        rest = rest.replace("|", "-")
    start = _start(rest, town_known)
    if start < 0:
        return _without_number(rest)
    numbers, end = _read_numbers(rest, start)
    if not numbers:
        return _without_number(rest)
    locality, lot = _split_lot(rest[:start])
    building = rest[end:]
    if branch := _BRANCH.match(building):
        lot, building = lot + branch[1], building[branch.end() :]
    alone = len(numbers) == 1 and rest[:end].endswith(("丁目", "丁"))
    return HouseNumber(locality=locality, lot=lot, numbers=numbers, building=building, block_alone=alone)


def _start(rest: str, town_known: bool) -> int:
    """Return where the house number begins; after an unknown town not at a numeral inside a name (3条町)."""
    pattern = _FIRST if town_known else _STARTS
    found = pattern.search(rest) or _FIRST.search(rest)
    if found is None or _BUILDING_WORD.search(rest, 0, found.start()):
        return -1
    return found.start()


def _without_number(rest: str) -> HouseNumber:
    if _FIRST.search(rest) or _BUILDING_WORD.search(rest):
        return HouseNumber(building=rest)
    return HouseNumber(locality=rest)


def _read_numbers(rest: str, start: int) -> tuple[tuple[str, ...], int]:
    numbers: list[str] = []
    place, unit_before = start, ""
    while len(numbers) < 3:
        found = _NUMBER.match(rest, place)
        if found is None or _NO_HOUSE_NUMBER.match(rest, place):
            break
        unit = found[2] or ""
        if unit.startswith("丁") and numbers and unit_before not in ("条", "線", "号線"):
            break
        numbers.append(found[1].lstrip("0") or "0")
        place, unit_before = found.end(), unit
        if unit == "号":
            break
        if rest[place : place + 1] == "-" and rest[place + 1 : place + 2].isdecimal():
            if len(numbers) < 3 and not _NO_HOUSE_NUMBER.match(rest, place + 1):
                place += 1
        elif not unit:
            break
    return tuple(numbers), place


def _split_lot(locality: str) -> tuple[str, str]:
    """Split the lot letter off: イ, (イ), イ部, い- and 甲 stand before the number."""
    found = _LOT.search(locality)
    if found is None:
        return locality.strip("-|()"), ""
    return locality[: found.start()].strip("-|()"), found[1] or found[2] or found[3]
