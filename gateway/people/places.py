"""The folded index of all cities and towns, kept in the derived cache of the postal data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TypeAlias
from zlib import crc32

from gateway.people.place_spelling import fold_place, fold_town
from gateway.postal import all_towns, derived_cache, towns_of_code

SHARED = 1
"""The value of a town's name that several towns of one city fold to."""

_MADE_BY = ("folding.py", "kanji_folds.tsv", "numerals.py", "place_spelling.py", "places.py")
"""What decides how the index looks: an index made by other rules than the texts would miss silently."""

_NUMERAL = "[〇一二三四五六七八九十百千]"
_ENDS_IN_NUMERAL = re.compile(f"{_NUMERAL}々?$")
_NUMERALS_MEET = re.compile(f"{_NUMERAL}々?{_NUMERAL}")
_AZA = r"\s*(?:大字|字)?"
_WARD = re.compile("(.+?市)(.+区)")
_DIGITS = re.compile("[0-9]+")
_COUNTY = re.compile("(.+?郡)(.+[町村])|(.+?島)(.+[町村])")

TownsAtCode: TypeAlias = tuple[tuple[int, str], ...]
"""The towns of a postal code as (city number, folded town)."""

_Packed = tuple[
    list[tuple[str, str, str]],
    list[dict[str, int]],
    dict[str, list[int]],
    dict[str, list[int]],
    dict[str, TownsAtCode],
    set[str],
    list[tuple[str, str]],
]


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A municipality, or one ward of a city with wards; names folded."""

    number: int
    prefecture: str
    name: str
    ward: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The index of folded names; cities are meant by their numbers.

    A town's value is 0, or ``SHARED`` if another town folds to the same name, or else the first of its several postal
    codes: the others are mostly floors of tall buildings. ``stems`` are the beginnings of towns' names up to a digit inside them (50嵐 of 50嵐2町), ``numeral_towns`` matches
    one that ends in a kanji numeral where another numeral follows.
    """

    cities: tuple[City, ...]
    towns: list[dict[str, int]]
    forms: dict[str, list[int]]
    groups: dict[str, list[int]]
    codes: dict[str, TownsAtCode]
    prefectures: dict[str, str]
    stems: set[str]
    numeral_towns: re.Pattern[str]
    longest_form: int

    def wards_of(self, city: City) -> list[int]:
        """Return the numbers of all wards of a city, or of the one municipality."""
        return self.groups[f"{city.prefecture}|{city.name}"]


@cache
def places() -> Places:
    """Load the index; built from the postal data at first use."""
    packed, towns, forms, groups, codes, stems, numeral_towns = derived_cache(
        "matching-places", _index_version(), _build
    )
    cities = tuple(
        City(number=number, prefecture=prefecture, name=name, ward=ward)
        for number, (prefecture, name, ward) in enumerate(packed)
    )
    names = dict.fromkeys(city.prefecture for city in cities)
    return Places(
        cities=cities,
        towns=towns,
        forms=forms,
        groups=groups,
        codes=codes,
        prefectures={name if name == "北海道" else name[:-1]: name for name in names},
        stems=stems,
        numeral_towns=_match_numeral_towns(numeral_towns),
        longest_form=max(map(len, forms)),
    )


def part_numerals(text: str) -> str:
    """Set a boundary after a town that ends in a kanji numeral, before the house number (小百|四丁目)."""
    return places().numeral_towns.sub(r"\g<0>|", text) if _NUMERALS_MEET.search(text) else text


def _match_numeral_towns(towns: list[tuple[str, str]]) -> re.Pattern[str]:
    names = "|".join(f"{city}{_AZA}{town}" for city, town in towns)
    return re.compile(f"(?:{names})(?={_NUMERAL})")


def _index_version() -> int:
    folder = files("gateway.people")
    return crc32(b"".join(folder.joinpath(name).read_bytes() for name in _MADE_BY))


def towns_at_code(postal_code: str) -> TownsAtCode:
    """Return the towns of a postal code, an office's town included; none for codes that stand for no town."""
    index = places()
    if (known := index.codes.get(postal_code)) is not None:
        return known
    return _office_towns(postal_code) if postal_code else ()


@lru_cache(maxsize=1 << 12)
def _office_towns(postal_code: str) -> TownsAtCode:
    """Return the town of an office that has a postal code of its own."""
    index = places()
    return tuple(
        (number, fold_town(town.town))
        for town in towns_of_code(postal_code)
        if town.kind == "office"
        for number in index.forms.get(fold_place(town.city), [])
        if index.cities[number].prefecture == fold_place(town.prefecture)
    )


def _build() -> _Packed:
    cities: dict[tuple[str, str], int] = {}
    packed: list[tuple[str, str, str]] = []
    originals: list[dict[str, set[tuple[str, str]]]] = []
    forms: dict[str, list[int]] = {}
    groups: dict[str, list[int]] = {}
    codes: dict[str, TownsAtCode] = {}
    for town in all_towns():
        key = (town.prefecture, town.city)
        number = cities.get(key)
        if number is None:
            number = cities[key] = len(packed)
            prefecture = fold_place(town.prefecture)
            name, ward, spellings = _spellings(town.city)
            packed.append((prefecture, name, ward))
            originals.append({})
            groups.setdefault(f"{prefecture}|{name}", []).append(number)
            for form in spellings:
                forms.setdefault(form, []).append(number)
        folded = fold_town(town.town) if town.town else ""
        if folded:
            originals[number].setdefault(folded, set()).add((town.town, town.postal_code))
        entry = (number, folded)
        if town.kind == "representative":
            codes.setdefault(town.postal_code, ())
        elif entry not in codes.get(town.postal_code, ()):
            codes[town.postal_code] = (*codes.get(town.postal_code, ()), entry)
    towns = [
        {folded: _value(packed[number][1], found) for folded, found in names.items()}
        for number, names in enumerate(originals)
    ]
    return packed, towns, forms, groups, codes, _stems(towns), _numeral_towns()


def _numeral_towns() -> list[tuple[str, str]]:
    """List (last part of the city's name, town) for towns that end in a kanji numeral; no longer town begins so."""
    towns: dict[str, set[str]] = {}
    for entry in all_towns():
        towns.setdefault(entry.city, set()).add(entry.town)
    found = []
    for city, names in sorted(towns.items()):
        for name in sorted(filter(_ENDS_IN_NUMERAL.search, names)):
            longer = re.compile(re.escape(name) + _NUMERAL)
            if not any(map(longer.match, names)):
                found.append((re.split("[市郡](?=.)", city)[-1], name))
    return found


def _stems(towns: list[dict[str, int]]) -> set[str]:
    return {name[: digit.start()] for names in towns for name in names for digit in _DIGITS.finditer(name)}


def _spellings(city: str) -> tuple[str, str, list[str]]:
    """Return a city's folded name without county and ward, its ward, and all ways of writing it."""
    if found := _WARD.fullmatch(city):
        name, ward = fold_place(found[1]), fold_town(found[2])
        return name, ward, [name + ward, name]
    whole = fold_place(city)
    if found := _COUNTY.fullmatch(city):
        name = fold_place(found[2] or found[4])
        return name, "", [whole, name]
    return whole, "", [whole]


def _value(city: str, originals: set[tuple[str, str]]) -> int:
    """Tell whether several real towns fold to one name, or one town has several codes.

    In Kyoto towns of one ward even share their name.
    """
    if len({name for name, _ in originals}) > 1 or (city == "京都市" and len(originals) > 1):
        return SHARED
    codes = {code for _, code in originals}
    return int(min(codes)) if len(codes) > 1 else 0
