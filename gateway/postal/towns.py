"""Look up what a postal code stands for: its towns, and whether it is a town's, an office's or a box's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from gateway.api import PostalKind
from gateway.postal.cache import derived_cache
from gateway.postal.source import Entry, read_offices, read_towns

_TABLE_VERSION = 1
_KINDS: dict[str, PostalKind] = {"t": "town", "r": "representative", "o": "office"}

_Packed = tuple[str, str, str, str]
"""Codes, rows, places and five-digit areas, each joined by line feeds: a few big strings load fastest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A town (町域) under one of its postal codes.

    ``town`` is empty for a representative code and where one code covers a whole municipality. Names are as the
    tables write them (full-width letters and digits), readings are full-width katakana. For an individual number it
    is the office's town and ``town_kana`` its reading.
    """

    postal_code: str
    prefecture: str
    city: str
    town: str
    prefecture_kana: str
    city_kana: str
    town_kana: str
    kind: PostalKind


@dataclass(frozen=True, slots=True)
class _Table:
    rows: dict[str, str]
    places: tuple[tuple[str, ...], ...]
    five_digit_areas: frozenset[str]
    three_digit_areas: frozenset[str]


def kind_of_code(postal_code: str) -> PostalKind:
    """Tell what seven ASCII digits stand for; anything else is ``unknown``.

    The tables decide, not the digits: three individual numbers end in 00, and 84 town codes look like individual
    numbers (manual p18, p22). Collective codes for boxes (``***-869*``, ``***-**91`` in former five-digit areas) are
    in no table, so they are ``pobox`` by their shape where their area exists.
    """
    row = _table().rows.get(postal_code)
    if row is not None:
        return _KINDS[row[0]]
    return "pobox" if _is_collective(postal_code) else "unknown"


def _is_collective(code: str) -> bool:
    if len(code) != 7 or not (code.isascii() and code.isdigit()):
        return False
    table = _table()
    if code[3:6] == "869":
        return code[:3] in table.three_digit_areas
    return code[5:] == "91" and code[:5] in table.five_digit_areas


@cache
def towns_of_code(postal_code: str) -> tuple[Town, ...]:
    """Return all towns of a code in the tables' order, alternates included; empty if the code is in no table."""
    row = _table().rows.get(postal_code)
    return () if row is None else tuple(_unpack(postal_code, row))


@cache
def all_towns() -> Sequence[Town]:
    """Return every town and representative entry of the tables in code order, without individual numbers."""
    rows = _table().rows.items()
    return tuple(town for code, row in rows if row[0] != "o" for town in _unpack(code, row))


def _unpack(code: str, row: str) -> Iterable[Town]:
    places = _table().places
    for entry in row.split("|"):
        kind, place, town, kana = entry.split("\t")
        prefecture, city, prefecture_kana, city_kana = places[int(place)]
        yield Town(
            postal_code=code,
            prefecture=prefecture,
            city=city,
            town=town,
            prefecture_kana=prefecture_kana,
            city_kana=city_kana,
            town_kana=kana,
            kind=_KINDS[kind],
        )


@cache
def _table() -> _Table:
    codes, rows, places, areas = derived_cache("towns", _TABLE_VERSION, _pack)
    known = codes.split("\n")
    return _Table(
        rows=dict(zip(known, rows.split("\n"), strict=True)),
        places=tuple(tuple(place.split("\t")) for place in places.split("\n")),
        five_digit_areas=frozenset(areas.split("\n")),
        three_digit_areas=frozenset(code[:3] for code in known),
    )


def _pack() -> _Packed:
    """Order the tables by code; a code's town entries stand before an individual number's."""
    places: dict[tuple[str, str, str, str], int] = {}
    rows: dict[str, dict[str, None]] = {}
    areas: dict[str, None] = {}

    def add(entries: Iterable[Entry], kind: str) -> None:
        for entry in entries:
            place = places.setdefault(entry.place, len(places))
            own = "r" if entry.representative else kind
            text = f"{own}\t{place}\t{entry.town}\t{entry.town_kana}"
            rows.setdefault(entry.postal_code, {})[text] = None
            if kind == "t":
                areas[entry.five_digit_area] = None

    add(read_towns(), "t")
    add(read_offices(), "o")
    codes = sorted(rows)
    return (
        "\n".join(codes),
        "\n".join("|".join(rows[code]) for code in codes),
        "\n".join("\t".join(place) for place in places),
        "\n".join(area for area in areas if area),
    )
