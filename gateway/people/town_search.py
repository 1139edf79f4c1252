"""Find every city and town that a folded text may begin with; which of them is meant is decided elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.people.folding import LOST
from gateway.people.places import places

_KYOTO = "京都市"
_STREETS = re.compile("(?:上ル?|下ル?|東入ル?|西入ル?|北入ル?|南入ル?)(?:[0-9]+丁目)?(?=[^ル])")
_OTHER_WARD = re.compile("[^0-9区]{1,4}区")
_GRID = re.compile("^([北南東西])([0-9]+)([北南東西])(?=[0-9])")
_UNITS_LEFT_OUT = ("条", "線", "号", "区", "番町", "条通", "丁目")
_ONE_LETTER = re.compile("[ア-ヴ]")
_DIGITS = re.compile("[0-9]+")
LOCALITY = re.compile(r"[^|-]{1,20}?(?=[0-9]+(?:[-|丁番号]|$)|[-|]|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A city found at the front of a text: its possible wards, what follows, how much of it was spelled out."""

    numbers: tuple[int, ...]
    rest: str
    named: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A town found after a city."""

    number: int
    town: str
    rest: str
    named: int


def read_cities(text: str) -> Iterator[Reading]:
    """Find every way in which the text may begin with a city, prefecture given, shortened or left out."""
    index = places()
    prefecture = next((name for name in index.prefectures.values() if text.startswith(name)), "")
    if prefecture:
        yield from _read_city(text[len(prefecture) :], prefecture, 1)
        return
    yield from _read_city(text, "", 0)
    for short, name in index.prefectures.items():
        if text.startswith(short):
            yield from _read_city(text[len(short) :], name, 0)


def _read_city(text: str, prefecture: str, named: int) -> Iterator[Reading]:
    index = places()
    for length in range(min(index.longest_form, len(text)), 1, -1):
        numbers = index.forms.get(text[:length])
        if numbers is None:
            continue
        here = tuple(
            number for number in numbers if not prefecture or index.cities[number].prefecture == prefecture
        )
        if here:
            yield Reading(numbers=here, rest=text[length:], named=named)


def find_towns(reading: Reading) -> list[Match]:
    """Return all towns that the rest of a text may begin with."""
    found = list(_match_towns(reading, reading.rest))
    if not found and (ward := _OTHER_WARD.match(reading.rest)):
        found = list(_match_towns(reading, reading.rest[ward.end() :]))
    if has_streets(reading):
        behind_streets = [
            match
            for street in _STREETS.finditer(reading.rest)
            for match in _match_towns(reading, reading.rest[street.end() :])
        ]
        found = behind_streets or found
    return found or list(_match_slips(reading))


def has_streets(reading: Reading) -> bool:
    """Tell a city where street names stand before the town (烏丸通御池上る二条殿町)."""
    return places().cities[reading.numbers[0]].name == _KYOTO


def _match_towns(reading: Reading, rest: str) -> Iterator[Match]:
    for number in reading.numbers:
        towns = places().towns[number]
        for length in range(1, min(24, len(rest)) + 1):
            name = rest[:length]
            if name in towns and not (name[-1].isdecimal() and rest[length : length + 1].isdecimal()):
                yield Match(number=number, town=name, rest=_after(name, rest), named=reading.named)


def _after(town: str, text: str) -> str:
    """Return what follows a town; a ノ after a town of one letter joins, elsewhere it may be a lot (旭市ニの1920)."""
    rest = text[len(town) :].lstrip("-|")
    return rest.removeprefix("ノ") if _ONE_LETTER.fullmatch(town) else rest


def _match_slips(reading: Reading) -> Iterator[Match]:
    """Find a town in spite of a unit left out (北3西6, 24軒4-5), another ward or lost characters."""
    city = places().cities[reading.numbers[0]]
    grid = _GRID.sub(r"\1\2条\3", reading.rest)
    found = list(_match_towns(reading, grid)) if grid != reading.rest else []
    found = found or list(_match_left_out(reading)) or list(_match_shortened(reading))
    if not found and LOST in reading.rest:
        found = list(_match_lost(reading))
    if not found and city.ward:
        wards = tuple(places().wards_of(city))
        if len(wards) > len(reading.numbers):
            elsewhere = Reading(numbers=wards, rest=reading.rest, named=reading.named)
            found = list(_match_towns(elsewhere, reading.rest))
    yield from found


def _match_left_out(reading: Reading) -> Iterator[Match]:
    for digits in _DIGITS.finditer(reading.rest):
        if digits.end() > 20:
            return
        for number in reading.numbers:
            for unit in _UNITS_LEFT_OUT:
                name = reading.rest[: digits.end()] + unit
                if name in places().towns[number]:
                    rest = reading.rest[digits.end() :].removeprefix("条").lstrip("-|")
                    yield Match(number=number, town=name, rest=rest, named=reading.named)


def _match_shortened(reading: Reading) -> Iterator[Match]:
    """Find the one town of the city whose name only adds 町 or something in front (小川町 for 神田小川町)."""
    found = LOCALITY.match(reading.rest)
    name = found[0].rstrip("ノ") if found else ""
    if len(name) < 2 or LOST in name:
        return
    fitting = [
        (number, town)
        for number in reading.numbers
        for town in places().towns[number]
        if town.endswith(name) or town == name + "町" or town + "町" == name
    ]
    if len({town for _, town in fitting}) == 1:
        for number, town in fitting:
            yield Match(number=number, town=town, rest=reading.rest[len(name) :], named=reading.named)


def _match_lost(reading: Reading) -> Iterator[Match]:
    """Fill lost characters in if exactly one town of the city fits."""
    fitting = {
        (number, name)
        for number in reading.numbers
        for name in places().towns[number]
        if LOST in reading.rest[: len(name)] and _fits(reading.rest[: len(name)], name)
    }
    longest = max((len(name) for _, name in fitting), default=0)
    best = [(number, name) for number, name in fitting if len(name) == longest]
    if len(best) == 1:
        number, name = best[0]
        yield Match(number=number, town=name, rest=reading.rest[len(name) :], named=reading.named)


def _fits(text: str, name: str) -> bool:
    return len(text) == len(name) and all(a in (b, LOST) for a, b in zip(text, name, strict=True))
