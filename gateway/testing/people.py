"""Make synthetic people: real towns, surnames by real frequency, households. Nobody of them exists.

Land lines have an exchange that begins with 1, mobiles one that begins with 0: the numbering plan assigns neither to
anybody, and only the former have the shape of numbers that can be called. E-mail addresses are under example.jp. Surnames and their counts are from japanese-personal-name-dataset (MIT, ``surnames.LICENSE``);
residents a prefecture are the Statistics Bureau's estimate of October 2024.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate, islice
from random import Random

from gateway.people.person import Person
from gateway.postal import Town, all_towns

__all__ = ["Person", "given_names", "synthetic_homes", "synthetic_people"]

_BATCH = 4096
_HOUSEHOLD_SIZES = (1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5)
_MOBILE_PREFIXES = ("090", "070")
_STEP = 7_654_321  # has no factor in common with a power of ten, so stepping meets every number once
_HOUSES = (
    "グリーンハイツ",
    "コーポ桜",
    "メゾン青葉",
    "パークサイド緑",
    "サンライズ",
    "第二コーポ松",
    "ハイツ白樺",
)
_TOWERS = ("ライオンズガーデン", "パークタワー", "グランドメゾン", "リバーサイドタワー", "プレミアコート")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    surnames: Sequence[tuple[str, str, str]]
    weights: Sequence[int]
    given: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    prefectures: Sequence[Sequence[Town]]
    weights: Sequence[int]
    area_codes: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Home:
    prefecture: str
    postal_code: str
    address: str
    building: str


def synthetic_people(count: int, *, seed: int = 0) -> Iterator[Person]:
    """Make people in households of one to five that share surname, address and often the land line.

    The same seed gives the same people, as long as the postal data are the same; ids are ``S0000001`` and so on.
    """
    return islice(_people(_draws(seed)), count)


def given_names() -> Sequence[tuple[str, str, str]]:
    """Return the given names that people are made with: written, in katakana, in Latin letters."""
    return _names().given


def synthetic_homes(count: int, *, seed: int = 0) -> Iterator[tuple[str, str]]:
    """Make (postal code, address) pairs at real towns, for records whose names are given."""
    draws = _draws(seed)
    return ((home.postal_code, home.address) for home in islice(_homes(draws), count))


def _draws(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - test people have to be repeatable, not secret


class _PhoneBook:
    """Hand out numbers in scrambled order, none twice: a number held by two strangers would look like a match."""

    def __init__(self, draws: Random) -> None:
        self._start = draws.randrange(10**9)
        self._mobiles = 0
        self._area_codes = _places().area_codes
        self._land_lines: dict[str, int] = dict.fromkeys(self._area_codes.values(), 0)

    def mobile(self) -> str:
        """Return a mobile number."""
        self._mobiles += 1
        number, prefix = divmod((self._start + self._mobiles * _STEP) % 20_000_000, len(_MOBILE_PREFIXES))
        return f"{_MOBILE_PREFIXES[prefix]}-0{number // 10_000:03d}-{number % 10_000:04d}"

    def land_line(self, prefecture: str) -> str:
        """Return a land line of a prefecture; ten digits in all."""
        area = self._area_codes[prefecture]
        self._land_lines[area] += 1
        digits = 5 - len(area)  # of the exchange, after its leading 1
        number = (self._start + self._land_lines[area] * _STEP) % 10 ** (digits + 4)
        return f"{area}-1{number // 10_000:0{digits}d}-{number % 10_000:04d}"


def _people(draws: Random) -> Iterator[Person]:
    number = 0
    phones = _PhoneBook(draws)
    given = _given_names(draws)
    for home, surname in zip(_homes(draws), _surnames(draws), strict=False):
        land_line = phones.land_line(home.prefecture) if draws.random() < 0.6 else ""
        for name, kana, latin in _members(given, draws.choice(_HOUSEHOLD_SIZES)):
            number += 1
            mobile = phones.mobile() if draws.random() < 0.6 else ""
            yield Person(
                id=f"S{number:07d}",
                name=f"{surname[0]}　{name}",
                kana=f"{surname[1]}　{kana}",
                postal_code=home.postal_code,
                address=home.address,
                building=home.building,
                phones=tuple(filter(None, (land_line, mobile))),
                emails=(f"{latin}.{surname[2]}{number}@example.jp",) if draws.random() < 0.4 else (),
            )


def _members(given: Iterator[tuple[str, str, str]], size: int) -> Iterator[tuple[str, str, str]]:
    """Take given names whose kanji and reading differ, so that relatives can be told apart."""
    taken: set[str] = set()
    while size:
        name = next(given)
        if taken.isdisjoint(name):
            taken.update(name)
            size -= 1
            yield name


def _surnames(draws: Random) -> Iterator[tuple[str, str, str]]:
    names = _names()
    while True:
        yield from draws.choices(names.surnames, cum_weights=names.weights, k=_BATCH)


def _given_names(draws: Random) -> Iterator[tuple[str, str, str]]:
    names = _names()
    while True:
        yield from draws.choices(names.given, k=_BATCH)


def _homes(draws: Random) -> Iterator[_Home]:
    places = _places()
    while True:
        for towns in draws.choices(places.prefectures, cum_weights=places.weights, k=_BATCH):
            yield _home(towns[int(draws.random() * len(towns))], draws)


def _home(town: Town, draws: Random) -> _Home:
    code = town.postal_code
    return _Home(
        prefecture=town.prefecture,
        postal_code=f"{code[:3]}-{code[3:]}",
        address=f"{town.prefecture}{town.city}{town.town}{_number(draws)}",
        building=_building(draws),
    )


def _number(draws: Random) -> str:
    """Write a house number in one of the ways that lists do."""
    block, lot, house = (
        1 + int(draws.random() * 6),
        1 + int(draws.random() * 40),
        1 + int(draws.random() * 30),
    )
    way = draws.random()
    if way < 0.55:
        return f"{block}-{lot}-{house}"
    if way < 0.7:
        return f"{block}丁目{lot}番{house}号"
    if way < 0.8:
        return f"{block}丁目{lot}-{house}"
    return f"{lot * house}番地{block}" if way < 0.9 else f"{lot * house}-{block}"


def _building(draws: Random) -> str:
    way = draws.random()
    if way < 0.6:
        return ""
    if way < 0.85:
        return f"{_HOUSES[int(way * 1e4) % len(_HOUSES)]}{1 + int(draws.random() * 4)}0{1 + int(draws.random() * 8)}"
    tower = _TOWERS[int(way * 1e4) % len(_TOWERS)]
    return f"{tower}{2 + int(draws.random() * 38)}{1 + int(draws.random() * 30):02d}号室"


@cache
def _names() -> _Names:
    surnames = list(_read("surnames.tsv"))
    return _Names(
        surnames=[(row[0], row[1], row[2]) for row in surnames],
        weights=list(accumulate(int(row[3]) for row in surnames)),
        given=[(row[0], row[1], row[2]) for row in _read("given_names.tsv")],
    )


def _read(name: str) -> Iterator[list[str]]:
    text = (files("gateway.testing") / name).read_text(encoding="utf-8")
    yield from islice(csv.reader(text.splitlines(), delimiter="\t"), 1, None)


@cache
def _places() -> _Places:
    rows = list(_read("prefectures.tsv"))
    towns: dict[str, list[Town]] = {row[0]: [] for row in rows}
    seen: set[tuple[str, str, str]] = set()
    for town in all_towns():
        # The floors of tall buildings have codes of their own: by codes, half of a city would live in its towers.
        name = (town.prefecture, town.city, town.town)
        # Behind a town that ends in a numeral nobody could tell where the house number begins.
        if town.kind == "town" and town.town and not town.town[-1].isdecimal() and name not in seen:
            seen.add(name)
            towns[town.prefecture].append(town)
    return _Places(
        prefectures=list(towns.values()),
        weights=list(accumulate(int(row[1]) for row in rows)),
        area_codes={row[0]: row[2] for row in rows},
    )
