"""The people of a sample workspace: synthetic, the hard cases of Japanese mail among them, some of whom opt out."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice, pairwise
from pathlib import Path
from random import Random

from gateway.people.person import Person
from gateway.postal import all_towns
from gateway.suppression.register import OptOutRequest
from gateway.testing.notation import respell
from gateway.testing.people import synthetic_homes, synthetic_people

SEED = 20260401
COUNT = 1000
HEADER = ("管理番号", "氏名", "フリガナ", "郵便番号", "住所", "建物名", "電話番号", "携帯電話", "メール",
          "会社名", "部署名", "役職", "連名", "敬称")  # fmt: skip

_UNUSUAL: tuple[dict[str, str], ...] = (
    {"name": "𠮷田　美咲", "kana": "ヨシダ　ミサキ"},
    {"name": "髙﨑　健太", "kana": "タカサキ　ケンタ"},
    {"name": "渡邉　節子", "kana": "ワタナベ　セツコ"},
    {"name": "齋藤　濵男", "kana": "サイトウ　ハマオ"},
    {"name": "田中　花子", "kana": "ﾀﾅｶ ﾊﾅｺ"},
    {"name": "佐藤 一郎", "kana": "さとう　いちろう"},
    {"name": "鈴木　太郎", "kana": "スズキ　タロウ", "joint_names": "花子"},
    {"name": "アレクサンドラ・マクシミリアン・フォン・シュヴァルツェンベルク", "kana": ""},
    {"name": "小鳥遊　さくら", "kana": "タカナシ　サクラ", "building": "ザ・グランドメゾン見本プレミアムレジデンス・イーストウイング・ガーデンコート館第二期分譲棟3号棟1234号室"},
    {"name": "五十嵐　学", "kana": "イガラシ　マナブ", "building": "第３見本ビル　５階　５０１"},
    {"name": "長谷川　恵", "kana": "ハセガワ　メグミ", "honorific": "先生"},
    {"name": "", "company": "株式会社見本商事", "department": "総務部"},
    {"name": "", "company": "有限会社見本工務店"},
    {"name": "伊藤　進", "kana": "イトウ　ススム", "company": "見本物産株式会社", "department": "営業本部第一営業部", "title": "部長"},
    {"name": "𰻝　未央", "kana": "ビャン　ミオ"},
)  # fmt: skip
_UNPRINTABLE_CODES: tuple[dict[str, str], ...] = (
    {"name": "山本　清", "postal_code": "999-9999", "address": "東京都千代田区見本町4-5-6"},
    {"name": "中村　久", "postal_code": "", "address": "大阪府大阪市北区見本町7-8-9"},
)


def sample_people() -> list[Person]:
    """Return the people of the list ``sample``, always the same; the hard cases come first."""
    cases = [*_UNUSUAL, *_UNPRINTABLE_CODES, *_representative_codes()]
    homes = synthetic_homes(len(cases), seed=SEED)
    unusual = [
        Person(
            id=f"H{place:07d}",
            phones=(f"03-1999-{place:04d}",),
            **{"postal_code": code, "address": address, **case},  # type: ignore[arg-type]
        )
        for place, (case, (code, address)) in enumerate(zip(cases, homes, strict=True), start=1)
    ]
    return [*unusual, *islice(synthetic_people(COUNT, seed=SEED), COUNT - len(unusual))]


def _representative_codes() -> Iterator[dict[str, str]]:
    """Yield addresses under codes that stand for a whole city: they get no customer barcode (manual p18)."""
    towns = [town for town in all_towns() if town.kind == "representative"]
    for place, name in enumerate(("加藤　豊", "吉田　文子", "山田　正")):
        town = towns[(place + 1) * len(towns) // 4]
        code = town.postal_code
        yield {
            "name": name,
            "postal_code": f"{code[:3]}-{code[3:]}",
            "address": f"{town.prefecture}{town.city}{place + 1}番地{place + 5}",
        }


def write_people(path: Path, people: Sequence[Person]) -> None:
    """Write people as a list vendor's CSV file: Japanese headers, cp932-free UTF-8 with BOM."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for person in people:
            land_line, mobile = _two(person.phones)
            writer.writerow(
                [
                    person.id,
                    person.name,
                    person.kana,
                    person.postal_code,
                    person.address,
                    person.building,
                    land_line,
                    mobile,
                    person.emails[0] if person.emails else "",
                    person.company,
                    person.department,
                    person.title,
                    person.joint_names,
                    person.honorific,
                ]
            )


def _two(phones: tuple[str, ...]) -> tuple[str, str]:
    return (phones[0] if phones else "", phones[1] if len(phones) > 1 else "")


def sample_opt_outs(people: Sequence[Person], received_on: date) -> list[OptOutRequest]:
    """Return opt-outs of some of these people, written as they would write themselves, and of strangers.

    Most ask for everything to stop, some for direct mail only; one asks for the household, one gives a phone number, and
    of one only the surname can be read.
    """
    draws = Random(SEED)  # noqa: S311 - the sample has to be the same every time
    askers = [respell(person, draws) for person in people[100::25] if person.name]
    strangers = list(synthetic_people(20, seed=SEED + 1))
    household = next(one for one, other in pairwise(people[50:]) if one.address == other.address)
    with_phone = next(person for person in people[300:] if person.phones)
    illegible = next(person for person in people[400:] if person.building)
    asked = [
        OptOutRequest(
            person=_as_asked(asker),
            purpose="dm" if place % 3 == 0 else "all",
            channel="web",
            received_on=received_on,
        )
        for place, asker in enumerate([*askers, *strangers])
    ]
    return [
        *asked,
        OptOutRequest(
            person=_as_asked(household), scope="household", channel="mail", received_on=received_on
        ),
        OptOutRequest(
            person=Person(phones=with_phone.phones[:1]),
            scope="phone",
            channel="phone",
            received_on=received_on,
        ),
        OptOutRequest(person=_surname_only(illegible), channel="fax", received_on=received_on),
    ]


def _surname_only(person: Person) -> Person:
    """Return what could be read of a smudged fax: it may be any member of the family."""
    surname = person.name.partition("　")[0]
    return Person(
        name=surname, postal_code=person.postal_code, address=person.address, building=person.building
    )


def _as_asked(person: Person) -> Person:
    """Return what a person writes on the form: no id of ours."""
    return Person(
        name=person.name,
        kana=person.kana,
        postal_code=person.postal_code,
        address=person.address,
        building=person.building,
        phones=person.phones,
        emails=person.emails,
    )
