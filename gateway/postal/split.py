"""Cut an address at its town: 住所A stands in the postal code, 住所B is what follows (manual p17, p18).

The town is known from the postal code, so it is looked for and not guessed: at once after prefecture and city,
which may be missing, else the first place that holds it, the longest name first. Only in Kyoto, where street names
stand before the town, the last one before the house number counts.
"""

from __future__ import annotations

import re
from functools import cache

from gateway.api import Address
from gateway.postal.candidates import Candidate, candidates_of_code, cities_of_prefecture, prefectures
from gateway.postal.spelling import end_of_name, fold, skip_blanks
from gateway.postal.towns import kind_of_code

_POSTAL_CODE = re.compile(r"\s*〒?\s*([0-9]{3})\s*-?\s*([0-9]{4})\s*")
_POSTAL_CODE_IN_FRONT = re.compile(r" *〒? *[0-9]{3} ?-? ?[0-9]{4}(?![0-9])")
_AZA = ("大字", "小字", "字")
_NUMERAL = "[〇一二三四五六七八九十百千]+"
_HOUSE_NUMBER = re.compile(rf"[0-9]|{_NUMERAL}(?:丁|番|号|地割|線)")
_KYOTO_HOUSE_NUMBER = re.compile(rf"[0-9]+(?![0-9]|丁目|条|筋|町目)|{_NUMERAL}番(?!町)")


def postal_digits(text: str) -> str:
    """Return the seven digits of a postal code however it is written (〒150-0002), or an empty string."""
    if len(text) == 7 and text.isascii() and text.isdigit():
        return text
    found = _POSTAL_CODE.fullmatch(fold(text))
    return found[1] + found[2] if found else ""


def split_address(postal_code: str, text: str, building: str = "") -> Address:
    """Split an address with the towns of its postal code.

    Where the town is not found, ``town`` and ``after_town`` are empty: nothing is ever extracted from the whole
    address (rule A5). The same holds for representative codes, which have no town, and for unknown codes.
    A code that covers a whole municipality has an empty ``town``, and ``after_town`` follows the municipality.
    """
    code = postal_digits(postal_code)
    candidates = candidates_of_code(code)
    for candidate in candidates:
        if candidate.town and text.startswith(candidate.whole):
            end = len(candidate.whole)
            if text.startswith(candidate.tails, end) or _cuts_number(text, end):
                break
            return _address(code, text, building, candidate, end)
    found = _search(text, candidates) if candidates else None
    if found is not None:
        return _address(code, text, building, *found)
    place = candidates[0] if candidates else None
    return Address(
        postal_code=code,
        postal_kind=kind_of_code(code),
        text=text,
        prefecture=place.prefecture if place else "",
        city=place.city if place else "",
        building=building,
    )


def _address(code: str, text: str, building: str, candidate: Candidate, end: int) -> Address:
    return Address(
        postal_code=code,
        postal_kind=candidate.kind,
        text=text,
        prefecture=candidate.prefecture,
        city=candidate.city,
        town=candidate.town,
        after_town=text[end:].strip(),
        building=building,
    )


def _cuts_number(text: str, end: int) -> bool:
    return text[end - 1].isdecimal() and text[end : end + 1].isdecimal()


def _search(text: str, candidates: tuple[Candidate, ...]) -> tuple[Candidate, int] | None:
    """Find the town in spite of spelling; a town at once after its city goes before one further on."""
    folded = fold(text)
    in_front = _POSTAL_CODE_IN_FRONT.match(folded)
    start = skip_blanks(folded, in_front.end() if in_front else 0)
    bases = [_end_of_city(folded, start, candidate) for candidate in candidates]
    for candidate, (base, named) in zip(candidates, bases, strict=True):
        end = _at_once(folded, base, named, candidate)
        if end >= 0:
            return candidate, end
    for candidate, (base, named) in zip(candidates, bases, strict=True):
        end = _further_on(folded, base, named, candidate)
        if end >= 0:
            return candidate, end
    return None


def _end_of_city(folded: str, start: int, candidate: Candidate) -> tuple[int, bool]:
    """Return where prefecture and city end, each left out or given, and whether the city was named.

    The place is -1 in another prefecture.
    """
    at = start
    if folded.startswith(candidate.folded_prefecture, at):
        at = skip_blanks(folded, at + len(candidate.folded_prefecture))
    elif folded.startswith(prefectures(), at):
        return -1, False
    named = False
    for part in candidate.folded_city_parts:
        if folded.startswith(part, at):
            at = skip_blanks(folded, at + len(part))
            named = True
    return at, named


def _at_once(folded: str, base: int, named: bool, candidate: Candidate) -> int:
    if base < 0 or candidate.kind == "representative":
        return -1
    if not candidate.town:
        return base if named else -1
    for aza in ("", *_AZA):
        if folded.startswith(aza, base):
            end = _end_of_town(folded, skip_blanks(folded, base + len(aza)), candidate)
            if end >= 0:
                return end
    return -1


def _end_of_town(folded: str, start: int, candidate: Candidate) -> int:
    """Return where the town ends, -1 if it is not here or is the beginning of a longer town's name (芝, 芝公園)."""
    end = end_of_name(folded, start, candidate.folded_town)
    return -1 if end >= 0 and folded.startswith(candidate.folded_tails, end) else end


def _further_on(folded: str, base: int, named: bool, candidate: Candidate) -> int:
    """Find the town after words that are no house number, as a city that has been merged since or a street."""
    if base < 0 or not candidate.town or candidate.kind == "representative":
        return -1
    kyoto = candidate.city.startswith("京都市")
    if not named and not kyoto and folded.startswith(_other_cities(candidate.prefecture), base):
        return -1
    number = (_KYOTO_HOUSE_NUMBER if kyoto else _HOUSE_NUMBER).search(folded, base)
    limit = number.start() if number else len(folded) - 1
    starts = range(limit, base, -1) if kyoto else range(base + 1, limit + 1)
    for start in starts:
        end = _end_of_town(folded, start, candidate)
        if end >= 0:
            return end
    return -1


@cache
def _other_cities(prefecture: str) -> tuple[str, ...]:
    return tuple(fold(city) for city in cities_of_prefecture(prefecture))
