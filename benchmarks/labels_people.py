"""Synthetic people for the label benchmark: real towns, frequent surnames, invented numbers; written and read as CSV."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

from gateway.api import Address, Line, LineCode

SURNAMES = (
    "佐藤",
    "鈴木",
    "高橋",
    "田中",
    "伊藤",
    "渡邉",
    "山本",
    "中村",
    "小林",
    "髙田",
    "山﨑",
    "齋藤",
    "濵口",
    "𠮷野",
)
GIVEN = (
    "太郎",
    "花子",
    "一郎",
    "美咲",
    "健太",
    "陽子",
    "大輔",
    "結衣",
    "翔",
    "さくら",
    "真由美",
    "浩",
    "恵子",
    "隆",
)
BUILDINGS = (
    "コーポ見本",
    "見本マンション",
    "メゾン・ド・ミホン",
    "見本荘",
    "サンプルハイツ",
    "グランドヒルズ見本台",
)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def write_people(path: Path, count: int) -> str:
    """Write ``count`` people, the same at every call, 55 % with a building; return the distinct characters."""
    from gateway.postal import all_towns

    chance = random.Random(20260401)
    towns = [town for town in all_towns() if town.kind == "town" and town.town]
    used: set[str] = set()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for place in range(count):
            town = towns[chance.randrange(len(towns))]
            after = f"{chance.randrange(1, 8)}丁目{chance.randrange(1, 40)}番{chance.randrange(1, 30)}号"
            building = (
                f"{chance.choice(BUILDINGS)}{chance.randrange(101, 999)}号室"
                if chance.random() < 0.55
                else ""
            )
            name = f"{chance.choice(SURNAMES)} {chance.choice(GIVEN)}"
            row = (
                _code(place),
                name,
                town.postal_code,
                town.prefecture,
                town.city,
                town.town,
                after,
                building,
            )
            writer.writerow(row)
            used.update(*row)
    return "".join(sorted(used))


def lines(path: Path) -> Iterator[Line]:
    """Read the people as the lines of a delivery."""
    with path.open(encoding="utf-8", newline="") as file:
        for code, name, postal_code, prefecture, city, town, after, building in csv.reader(file):
            address = Address(
                postal_code=postal_code,
                postal_kind="town",
                text=f"{prefecture}{city}{town}{after}",
                prefecture=prefecture,
                city=city,
                town=town,
                after_town=after,
                building=building,
            )
            yield Line(code=LineCode(code), name=name, address=address)


def _code(place: int) -> str:
    scattered = place * 2_654_435_761
    digits = "".join([_CROCKFORD[(scattered >> shift) & 31] for shift in range(0, 50, 5)])
    return f"G{digits}{_CROCKFORD[place & 31]}"
