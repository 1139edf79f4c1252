"""Locate an address: which town it names, judged by its text and by its postal code."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gateway.people.folding import LOST
from gateway.people.places import SHARED, TownsAtCode, places, towns_at_code
from gateway.people.town_search import LOCALITY, Match, Reading, find_towns, has_streets, read_cities

_MOST_TOWNS = 4
"""More towns than this fit only a text that says next to nothing; the first ones are keys."""


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


def locate(text: str, postal_code: str) -> Site:
    """Locate a folded address by its text and its postal code (seven digits or empty)."""
    at_code = towns_at_code(postal_code)
    readings, matches = _match(text, at_code)
    towns, rest = _choose(text, readings, matches, at_code)
    return Site(
        towns=towns,
        contradicted=_contradicts(towns, at_code),
        shared=any(town.shared for town in towns),
        rest=rest,
        keys=_keys(towns, postal_code, at_code),
        text_alone=bool(towns) and (not postal_code or _text_leads_to(matches, towns)),
        open_end=not matches or any(_may_go_on(reading) for reading in readings),
    )


def _match(text: str, at_code: TownsAtCode) -> tuple[list[Reading], list[Match]]:
    """Find towns, city by city; once the postal code confirms one, or none could, further cities add nothing."""
    readings: list[Reading] = []
    matches: list[Match] = []
    for reading in read_cities(text):
        readings.append(reading)
        found = find_towns(reading)
        matches += found
        if found and (not at_code or any((match.number, match.town) in at_code for match in found)):
            break
    return readings, matches


def _may_go_on(reading: Reading) -> bool:
    """Tell whether digits after the text may still be part of the town: 50嵐2町, or Kyoto's streets with numbers."""
    return reading.rest in places().stems or has_streets(reading)


def _text_leads_to(matches: list[Match], towns: tuple[Town, ...]) -> bool:
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
    text: str, readings: list[Reading], matches: list[Match], at_code: TownsAtCode
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


def _best_of(matches: list[Match]) -> tuple[tuple[Town, ...], str]:
    """Take the longest town of the best spelled-out city; several cities of one name stay several towns."""
    ranks = [(match.named, -len(match.rest)) for match in matches]
    best = [match for match, rank in zip(matches, ranks, strict=True) if rank == max(ranks)]
    towns: dict[tuple[str, str], list[Match]] = {}
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


def _unlisted(reading: Reading) -> tuple[tuple[Town, ...], str] | None:
    """Take what stands between city and number for a town that the tables do not list."""
    found = LOCALITY.match(reading.rest)
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
