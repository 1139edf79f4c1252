"""Locate an address: which town it names, judged by its text and by its postal code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.people.folding import LOST
from gateway.people.places import SHARED, TownsAtCode, places, towns_at_code

_KYOTO = "京都市"
_STREETS = re.compile("(?:上ル?|下ル?|東入ル?|西入ル?|北入ル?|南入ル?)(?:[0-9]+丁目)?(?=[^ル])")
_OTHER_WARD = re.compile("[^0-9区]{1,4}区")
_GRID = re.compile("^([北南東西])([0-9]+)([北南東西])(?=[0-9])")
_UNITS_LEFT_OUT = ("条", "線", "号", "区", "番町", "条通", "丁目")
_ONE_LETTER = re.compile("[ア-ヴ]")
_DIGITS = re.compile("[0-9]+")
_LOCALITY = re.compile(r"[^|-]{1,20}?(?=[0-9]+(?:[-|丁番号]|$)|[-|]|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A town that an address may lie in, names folded; ``ward`` is empty where it cannot be told.

    ``listed`` says whether Japan Post's tables know it; ``shared`` that another town folds to the same name, so that
    only postal codes tell them apart (田沢, 田の沢). ``first_code`` is the lowest of several postal codes; the higher
    ones mostly belong to floors of tall buildings.
    """

    prefecture: str
    city: str
    ward: str
    name: str
    listed: bool = True
    shared: bool = False
    first_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where an address lies. ``towns`` is empty if unknown, and holds several if the text fits several.

    ``contradicted`` says that the postal code belongs elsewhere: then the town is not trusted. ``shared`` says that
    another town folds to the same name. ``rest`` is the folded text after the town. ``keys`` name the town and, where
    it adds something, the postal code. ``text_alone`` tells whether the text without the postal code would have led
    to the same town, ``open_end`` that a digit after the text could still belong to a town's name.
    """

    towns: tuple[Town, ...]
    contradicted: bool
    shared: bool
    rest: str
    keys: tuple[str, ...]
    text_alone: bool
    open_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A city found at the front of a text: its possible wards, what follows, how much of it was spelled out."""

    numbers: tuple[int, ...]
    rest: str
    named: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    """A town found after a city."""

    number: int
    town: str
    rest: str
    named: int


def locate(text: str, postal_code: str) -> Site:
    """Locate a folded address by its text and its postal code (seven digits or empty)."""
    at_code = towns_at_code(postal_code)
    readings, matches = _match(text, at_code)
    towns, rest = _choose(text, readings, matches, at_code)
    stems = places().stems
    return Site(
        towns=towns,
        contradicted=_contradicts(towns, at_code),
        shared=any(town.shared for town in towns),
        rest=rest,
        keys=_keys(towns, postal_code, at_code),
        text_alone=bool(towns) and (not postal_code or _text_leads_to(matches, towns)),
        open_end=not readings or any(reading.rest in stems for reading in readings),
    )


def _match(text: str, at_code: TownsAtCode) -> tuple[list[_Reading], list[_Match]]:
    """Find towns, city by city; once the postal code confirms one, or none could, further cities add nothing."""
    readings: list[_Reading] = []
    matches: list[_Match] = []
    for reading in _read_cities(text):
        readings.append(reading)
        found = _find_towns(reading)
        matches += found
        if found and (not at_code or any((match.number, match.town) in at_code for match in found)):
            break
    return readings, matches


def _text_leads_to(matches: list[_Match], towns: tuple[Town, ...]) -> bool:
    """Tell whether the text without its postal code leads to the same town."""
    if not matches:
        return False
    best = max((match.named, -len(match.rest)) for match in matches)
    alone = {
        (places().cities[match.number].name, match.town)
        for match in matches
        if (match.named, -len(match.rest)) == best
    }
    return alone == {(town.city, town.name) for town in towns}


def _choose(
    text: str, readings: list[_Reading], matches: list[_Match], at_code: TownsAtCode
) -> tuple[tuple[Town, ...], str]:
    """Return the towns and the rest: confirmed by the code, else the text's own, else searched by the code."""
    confirmed = [match for match in matches if (match.number, match.town) in at_code]
    if confirmed:
        best = max(confirmed, key=lambda match: (-len(match.rest), match.named))
        return (_town(best.number, best.town),), best.rest
    if matches:
        return _best_of(matches)
    if at_code and (found := _search(text, at_code)) is not None:
        return found
    for reading in sorted(readings, key=lambda reading: (-reading.named, len(reading.rest))):
        if found := _unlisted(reading):
            return found
    rest = min((reading.rest for reading in readings), key=len, default=text)
    return (), rest


def _best_of(matches: list[_Match]) -> tuple[tuple[Town, ...], str]:
    """Take the longest town of the best spelled-out city; several cities of one name stay several towns."""
    ranks = [(match.named, -len(match.rest)) for match in matches]
    best = [match for match, rank in zip(matches, ranks, strict=True) if rank == max(ranks)]
    towns: dict[tuple[str, str], list[_Match]] = {}
    for match in best:
        city = places().cities[match.number]
        towns.setdefault((city.prefecture, city.name), []).append(match)
    found = []
    for same_city in towns.values():
        town = _town(same_city[0].number, same_city[0].town)
        if len({match.number for match in same_city}) > 1:
            town = replace(town, ward="")
        found.append(town)
    return tuple(found), best[0].rest


def _town(number: int, name: str) -> Town:
    index = places()
    city = index.cities[number]
    value = index.towns[number].get(name, 0)
    return Town(
        prefecture=city.prefecture,
        city=city.name,
        ward=city.ward,
        name=name,
        shared=value == SHARED,
        first_code=f"{value:07}" if value > SHARED else "",
    )


def _search(text: str, at_code: TownsAtCode) -> tuple[tuple[Town, ...], str] | None:
    """Find a town of the postal code behind words that name no present city (renamed, merged, left out)."""
    for number, name in sorted(at_code, key=lambda entry: -len(entry[1])):
        place = text.find(name) if name else -1
        if place == 0 or (place > 0 and (len(name) > 1 or text[place - 1] in "都道府県市区町村郡")):
            return (_town(number, name),), text[place + len(name) :]
        if name and LOST in text and (found := re.search(_with_lost(name), text)) is not None:
            return (_town(number, name),), text[found.end() :]
    return None


def _with_lost(name: str) -> str:
    return "".join(f"[{re.escape(char)}{LOST}]" for char in name)


def _unlisted(reading: _Reading) -> tuple[tuple[Town, ...], str] | None:
    """Take what stands between city and number for a town that the tables do not list."""
    found = _LOCALITY.match(reading.rest)
    city = places().cities[reading.numbers[0]]
    bare = not any(places().towns[number] for number in reading.numbers)
    if LOST in reading.rest or (found is None and not bare):
        return None
    name = found[0] if found and not bare else ""
    ward = city.ward if len(reading.numbers) == 1 else ""
    town = Town(prefecture=city.prefecture, city=city.name, ward=ward, name=name, listed=bare)
    return (town,), reading.rest[len(name) :]


def _contradicts(towns: tuple[Town, ...], at_code: TownsAtCode) -> bool:
    """Tell whether the code's towns are known and none of them is the text's."""
    if not towns or not at_code:
        return False
    cities = places().cities
    return not any(
        (cities[number].name == town.city and name in ("", town.name)) or not town.listed
        for number, name in at_code
        for town in towns
    )


def _keys(towns: tuple[Town, ...], postal_code: str, at_code: TownsAtCode) -> tuple[str, ...]:
    """Name the town; a postal code of just this one town adds nothing, any other code does."""
    keys = [f"{town.city}/{town.name}" for town in towns[:_MOST_TOWNS]]
    if postal_code:
        cities = places().cities
        own = {f"{cities[number].name}/{name}" for number, name in at_code if name}
        if len(own) == 1 and all(name for _, name in at_code):
            keys += own
        else:
            keys.append(postal_code)
    return tuple(dict.fromkeys(keys))


_MOST_TOWNS = 4


def _read_cities(text: str) -> Iterator[_Reading]:
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


def _read_city(text: str, prefecture: str, named: int) -> Iterator[_Reading]:
    index = places()
    for length in range(min(index.longest_form, len(text)), 1, -1):
        numbers = index.forms.get(text[:length])
        if numbers is None:
            continue
        here = tuple(
            number for number in numbers if not prefecture or index.cities[number].prefecture == prefecture
        )
        if here:
            yield _Reading(numbers=here, rest=text[length:], named=named)


def _find_towns(reading: _Reading) -> list[_Match]:
    """Return all towns that the rest of a text may begin with."""
    found = list(_match_towns(reading, reading.rest))
    if not found and (ward := _OTHER_WARD.match(reading.rest)):
        found = list(_match_towns(reading, reading.rest[ward.end() :]))
    if places().cities[reading.numbers[0]].name == _KYOTO:
        behind_streets = [
            match
            for street in _STREETS.finditer(reading.rest)
            for match in _match_towns(reading, reading.rest[street.end() :])
        ]
        found = behind_streets or found
    return found or list(_match_slips(reading))


def _match_towns(reading: _Reading, rest: str) -> Iterator[_Match]:
    for number in reading.numbers:
        towns = places().towns[number]
        for length in range(1, min(24, len(rest)) + 1):
            name = rest[:length]
            if name in towns and not (name[-1].isdecimal() and rest[length : length + 1].isdecimal()):
                yield _Match(number=number, town=name, rest=_after(name, rest), named=reading.named)


def _after(town: str, text: str) -> str:
    """Return what follows a town; a ノ after a town of one letter joins, elsewhere it may be a lot (旭市ニの1920)."""
    rest = text[len(town) :].lstrip("-|")
    return rest.removeprefix("ノ") if _ONE_LETTER.fullmatch(town) else rest


def _match_slips(reading: _Reading) -> Iterator[_Match]:
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
            elsewhere = _Reading(numbers=wards, rest=reading.rest, named=reading.named)
            found = list(_match_towns(elsewhere, reading.rest))
    yield from found


def _match_left_out(reading: _Reading) -> Iterator[_Match]:
    for digits in _DIGITS.finditer(reading.rest):
        if digits.end() > 20:
            return
        for number in reading.numbers:
            for unit in _UNITS_LEFT_OUT:
                name = reading.rest[: digits.end()] + unit
                if name in places().towns[number]:
                    rest = reading.rest[digits.end() :].removeprefix("条").lstrip("-|")
                    yield _Match(number=number, town=name, rest=rest, named=reading.named)


def _match_shortened(reading: _Reading) -> Iterator[_Match]:
    """Find the one town of the city whose name only adds 町 or something in front (小川町 for 神田小川町)."""
    found = _LOCALITY.match(reading.rest)
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
            yield _Match(number=number, town=town, rest=reading.rest[len(name) :], named=reading.named)


def _match_lost(reading: _Reading) -> Iterator[_Match]:
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
        yield _Match(number=number, town=name, rest=reading.rest[len(name) :], named=reading.named)


def _fits(text: str, name: str) -> bool:
    return len(text) == len(name) and all(a in (b, LOST) for a, b in zip(text, name, strict=True))
