"""Prepare, once for each postal code, the place names that an address with that code may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

from gateway.api import PostalKind
from gateway.postal.cache import derived_cache
from gateway.postal.spelling import fold
from gateway.postal.towns import Town, all_towns, towns_of_code

_TAILS_VERSION = 1
_CITY_PARTS = re.compile(r"(.+?市)(.+区)|(.+?郡)(.+[町村])|(.+島)(.+[町村])")
"""A ward, a county's town and an island's town may be written with or without what they lie in."""


@dataclass(frozen=True)
class Candidate:
    """A town under a code, in the table's spelling and, once it is needed, folded.

    ``tails`` are what other towns of the city add to this name: an address that goes on with one of them lies in
    that other town. Not slotted, because the folded names are computed at first use.
    """

    whole: str
    prefecture: str
    city: str
    town: str
    kind: PostalKind
    tails: tuple[str, ...]

    @cached_property
    def folded_prefecture(self) -> str:
        """The prefecture as ``fold`` writes it."""
        return fold(self.prefecture)

    @cached_property
    def folded_city_parts(self) -> tuple[str, ...]:
        """The city in the parts that may be left out (三戸郡, 五戸町)."""
        found = _CITY_PARTS.fullmatch(self.city)
        parts = [part for part in found.groups() if part] if found else [self.city]
        return tuple(fold(part) for part in parts)

    @cached_property
    def folded_town(self) -> str:
        """The town as ``fold`` writes it."""
        return fold(self.town)

    @cached_property
    def folded_tails(self) -> tuple[str, ...]:
        """The tails as ``fold`` writes them."""
        return tuple(fold(tail) for tail in self.tails)


@cache
def candidates_of_code(postal_code: str) -> tuple[Candidate, ...]:
    """Return the towns of a code, the longest name first; empty for a code that is in no table."""
    towns = towns_of_code(postal_code)
    own = {(town.city, town.town) for town in towns}
    return tuple(_candidate(town, own) for town in sorted(towns, key=lambda town: -len(town.town)))


def _candidate(town: Town, own: set[tuple[str, str]]) -> Candidate:
    whole = town.prefecture + town.city + town.town
    tails = tuple(tail for tail in _tails().get(whole, ()) if (town.city, town.town + tail) not in own)
    return Candidate(
        whole=whole, prefecture=town.prefecture, city=town.city, town=town.town, kind=town.kind, tails=tails
    )


@cache
def prefectures() -> tuple[str, ...]:
    """Return the names of the 47 prefectures, folded."""
    return tuple({fold(prefecture): None for prefecture in _cities()})


def cities_of_prefecture(prefecture: str) -> tuple[str, ...]:
    """Return the full names of a prefecture's present municipalities."""
    return _cities()[prefecture]


@cache
def _cities() -> dict[str, tuple[str, ...]]:
    return derived_cache("cities", _TAILS_VERSION, _find_cities)


def _find_cities() -> dict[str, tuple[str, ...]]:
    cities: dict[str, dict[str, None]] = {}
    for town in all_towns():
        cities.setdefault(town.prefecture, {})[town.city] = None
    return {prefecture: tuple(names) for prefecture, names in cities.items()}


@cache
def _tails() -> dict[str, tuple[str, ...]]:
    return derived_cache("town-tails", _TAILS_VERSION, _find_tails)


def _find_tails() -> dict[str, tuple[str, ...]]:
    """Map a town's whole name to what longer names of the same city add to it."""
    cities: dict[str, set[str]] = {}
    for town in all_towns():
        if town.town:
            cities.setdefault(town.prefecture + town.city, set()).add(town.town)
    tails: dict[str, list[str]] = {}
    for city, names in cities.items():
        for name in names:
            for length in range(1, len(name)):
                if name[:length] in names:
                    tails.setdefault(city + name[:length], []).append(name[length:])
    return {whole: tuple(sorted(found)) for whole, found in tails.items()}
