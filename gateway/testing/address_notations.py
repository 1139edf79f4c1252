"""Other notations of an address, its house number and its building."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

from gateway.people.person import Person
from gateway.testing.name_notations import half_width
from gateway.testing.widths import full_width

_HYPHENS = "-‐‑‒–—―−－ｰー─━ｰ˗"
_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
_NUMBER = re.compile(r"(?<!\d)[1-9]\d?(?!\d)", re.ASCII)
_HOUSE_NUMBER = re.compile(r"(?<=\D)(\d{1,2})-(\d+)-(\d+)(?!\d)", re.ASCII)
_WRITTEN_NUMBER = re.compile(r"(\d+)丁目(\d+)番(\d+)号?(?!\d)", re.ASCII)
_LOT_NUMBER = re.compile(r"(?<=\D)(\d+)番地(?:の)?(\d+)(?!\d)|(?<=[^\d-])(\d+)-(\d+)(?![\d-])", re.ASCII)
_PREFECTURE = re.compile(r"^(?:北海道|東京都|大阪府|京都府|..県|...県)")
_COUNTY = re.compile(r"^((?:北海道|東京都|大阪府|京都府|..県|...県)?)[^\d市区町村]{1,5}郡(?=.{1,6}[町村])")
_CITY = re.compile(r"^((?:北海道|東京都|大阪府|京都府|..県|...県).{1,6}?市)(?=[一-鿿]{2})")
_AZA = re.compile("大字|(?<=.)字(?=[一-鿿])")
_KE = re.compile("(?<=[一-鿿])[ヶケがガ](?=[一-鿿])")
_NO = re.compile("(?<=[一-鿿])[ノの之](?=[一-鿿])")
_TSU = re.compile("(?<=[一二三四五六七八九])[ツッつっ](?=[一-鿿])")
_NUMERAL_TOWN = re.compile("(?<=[東西南北])[一二三四五六七八九十]+(?=条)|[一二三四五六七八九十]+(?=番町|軒)")
_VARIANTS = (
    "鯵鰺 薮藪 諫諌 鶯鴬 騨驒 條条 龍竜 檜桧 嶋島 淵渕 澤沢 濱浜 廣広 國国 櫻桜 瀧滝 學学 會会 榮栄 鶴靏 萬万 惠恵 德徳 眞真 舘館 富冨 "
    "髙高 﨑崎 關関 圓円 豐豊 黑黒 曾曽 與与 蘆芦"
)
_OTHER_FORMS = {char: group.replace(char, "") for group in _VARIANTS.split() for char in group}
_KYOTO = re.compile("^(京都府)?(京都市[上中下]京区)(?=[一-鿿])")
_STREETS = ("烏丸通御池上る", "烏丸通御池上ル", "下立売通新町西入", "室町通四条下る")
_RENAMED = {
    "静岡県浜松市中央区": ("静岡県浜松市中区", "静岡県浜松市東区", "静岡県浜松市西区", "静岡県浜松市南区"),
    "宮城県富谷市": ("宮城県黒川郡富谷町",),
    "愛知県長久手市": ("愛知県愛知郡長久手町",),
    "石川県野々市市": ("石川県石川郡野々市町",),
    "岩手県滝沢市": ("岩手県岩手郡滝沢村",),
    "埼玉県白岡市": ("埼玉県南埼玉郡白岡町",),
}
_ROOM = re.compile(r"(?<=\D)(\d{3,4})(号室|号|室)?$", re.ASCII)
_BUILDING_WORDS = (
    ("", ""),
    ("コーポ", "ｺｰﾎﾟ"),
    ("桜", "さくら"),
    ("メゾン", "MAISON"),
    ("グリーン", "GREEN"),
    ("パーク", "PARK"),
    ("ハイツ", "ﾊｲﾂ"),
)
_SPACED = re.compile(r"[\s　・]+")


def full_width_address(person: Person, _draws: Random) -> Person:
    """Write numbers and letters in full width."""
    return replace(person, address=full_width(person.address), building=full_width(person.building))


def other_hyphens(person: Person, draws: Random) -> Person:
    """Write another of the signs that look like a hyphen."""
    return _address(person, re.sub(r"(?<=\d)-(?=\d)", draws.choice(_HYPHENS), person.address))


def number_in_words(person: Person, draws: Random) -> Person:
    """Write 3-5-12 as 3丁目5番12号."""
    form = draws.choice((r"\1丁目\2番\3号", r"\1丁目\2-\3", r"\1丁目\2番地\3", r"\1丁\2番\3号"))
    return _address(person, _HOUSE_NUMBER.sub(form, person.address))


def number_with_hyphens(person: Person, _draws: Random) -> Person:
    """Write 3丁目5番12号 as 3-5-12."""
    return _address(person, _WRITTEN_NUMBER.sub(r"\1-\2-\3", person.address))


def kanji_block(person: Person, _draws: Random) -> Person:
    """Write 3丁目 as 三丁目."""
    block = re.compile(r"(?<!\d)([1-9])丁目", re.ASCII)
    return _address(person, block.sub(lambda found: f"{found[1].translate(_DIGITS)}丁目", person.address))


def kanji_number(person: Person, _draws: Random) -> Person:
    """Write the whole number in kanji (三丁目五番十二号)."""
    written = _HOUSE_NUMBER.sub(r"\1丁目\2番\3号", person.address)
    parts = re.compile(r"(?<!\d)(\d{1,2})(?=丁目|番|号)", re.ASCII)
    return _address(person, parts.sub(lambda found: kanji_numeral(int(found[1])), written))


def lot_number(person: Person, draws: Random) -> Person:
    """Write 410-1 as 410番地1, 410番地の1 or 410の1."""
    form = draws.choice(("{}番地{}", "{}番地の{}", "{}の{}", "{}-{}"))
    written = _LOT_NUMBER.sub(
        lambda found: form.format(*(each for each in found.groups() if each)), person.address
    )
    return _address(person, written)


def without_prefecture(person: Person, _draws: Random) -> Person:
    """Leave the prefecture out, as everybody does who gives a postal code."""
    return _address(person, _PREFECTURE.sub("", person.address)) if person.postal_code else person


def short_prefecture(person: Person, _draws: Random) -> Person:
    """Write the prefecture without 県 (岩手花巻市)."""
    return (
        _address(person, re.sub("^(..|...)県(?=.)", r"\1", person.address)) if person.postal_code else person
    )


def without_county(person: Person, _draws: Random) -> Person:
    """Leave the 郡 out."""
    return _address(person, _COUNTY.sub(r"\1", person.address)) if person.postal_code else person


def without_aza(person: Person, _draws: Random) -> Person:
    """Leave 大字 and 字 out."""
    return _address(person, _AZA.sub("", person.address))


def with_aza(person: Person, _draws: Random) -> Person:
    """Write 大字 in front of the town."""
    if "大字" in person.address or "区" in person.address[:10] or not person.postal_code:
        return person
    return _address(person, _CITY.sub(r"\1大字", person.address))


def ke_in_the_address(person: Person, draws: Random) -> Person:
    """Write 千駄ヶ谷 as 千駄ケ谷 or 千駄が谷."""
    return _address(person, _KE.sub(lambda _found: draws.choice("ヶケが"), person.address))


def no_in_the_address(person: Person, draws: Random) -> Person:
    """Write 山ノ内 as 山の内 or 山之内."""
    return _address(person, _NO.sub(lambda _found: draws.choice("ノの之"), person.address))


def tsu_in_the_address(person: Person, draws: Random) -> Person:
    """Write 三ツ藤 as 三ッ藤."""
    return _address(person, _TSU.sub(lambda _found: draws.choice("ツッ"), person.address))


def numeral_in_the_town(person: Person, _draws: Random) -> Person:
    """Write 北三条 as 北3条, 一番町 as 1番町, 二十四軒 as 24軒."""
    numbers = {kanji_numeral(number): str(number) for number in range(1, 100)}
    return _address(person, _NUMERAL_TOWN.sub(lambda found: numbers.get(found[0], found[0]), person.address))


def kanji_variants_in_the_address(person: Person, draws: Random) -> Person:
    """Write kanji of the address in another of their accepted forms (龍ケ崎 and 竜ケ崎)."""
    address = "".join(
        draws.choice(_OTHER_FORMS[char]) if char in _OTHER_FORMS else char for char in person.address
    )
    return _address(person, address)


def street_in_kyoto(person: Person, draws: Random) -> Person:
    """Write the streets in front of the town, as Kyoto does."""
    street = draws.choice(_STREETS)
    return _address(person, _KYOTO.sub(lambda found: found[0] + street, person.address))


def former_city(person: Person, draws: Random) -> Person:
    """Write the name that the city bore before it was renamed; the postal code leads on."""
    if not person.postal_code:
        return person
    for name, former in _RENAMED.items():
        if person.address.startswith(name):
            return _address(person, draws.choice(former) + person.address[len(name) :])
    return person


def blanks_in_the_address(person: Person, draws: Random) -> Person:
    """Put a blank behind prefecture and house number's town, or a line break."""
    blank = draws.choice(" 　\n")
    spaced = _PREFECTURE.sub(lambda found: found[0] + blank, person.address)
    return _address(person, re.sub(r"(?<=[^\d\s])(?=\d)", blank, spaced, count=1))


def building_behind_the_address(person: Person, draws: Random) -> Person:
    """Write the building behind the address."""
    if not person.building:
        return person
    return replace(person, address=f"{person.address}{draws.choice(' 　')}{person.building}", building="")


def other_room(person: Person, draws: Random) -> Person:
    """Write room 203 as 203号室, 203号 or in full width, and the building's name with a blank."""
    form = draws.choice((r"\1", r"\1号室", r"\1号", r" \1", r"　\1号室"))
    return _building(person, lambda building: _ROOM.sub(form, _SPACED.sub("", building)))


def room_with_its_floor(person: Person, _draws: Random) -> Person:
    """Write room 1203 as 12階1203号."""
    return _building(person, lambda building: _ROOM.sub(_with_floor, building))


def kanji_room(person: Person, _draws: Random) -> Person:
    """Write room 301 as 三〇一."""
    return _building(
        person,
        lambda building: _ROOM.sub(lambda found: found[1].translate(_DIGITS) + (found[2] or ""), building),
    )


def other_building_name(person: Person, draws: Random) -> Person:
    """Write the building's name in other letters; the room tells which one is meant."""
    if not _ROOM.search(person.building):
        return person
    word, other = draws.choice(_BUILDING_WORDS)
    return _building(
        person, lambda building: half_width(building) if not word else building.replace(word, other)
    )


def room_behind_the_number(person: Person, _draws: Random) -> Person:
    """Write the room as the last part of the number and leave the building's name out (3-5-12-203)."""
    room = _ROOM.search(person.building)
    if room is None or not re.search(r"\d+-\d+-\d+$", person.address, re.ASCII):
        return person
    return replace(person, address=f"{person.address}-{room[1]}", building="")


def care_of(person: Person, draws: Random) -> Person:
    """Name the household where the person lodges."""
    if person.building or not person.address[-1:].isdecimal():
        return person
    return _address(person, f"{person.address} {draws.choice(('山田様方', '山田方'))}")


def without_building(person: Person, _draws: Random) -> Person:
    """Leave the building out."""
    return replace(person, building="")


def block_alone(person: Person, _draws: Random) -> Person:
    """Stop at the street block (北沢3丁目)."""
    stopped = re.sub(r"(?<=\D)(\d{1,2})(?:-\d+-\d+|丁目.*)$", r"\1丁目", person.address, flags=re.ASCII)
    return person if stopped == person.address else replace(person, address=stopped, building="")


def town_alone(person: Person, _draws: Random) -> Person:
    """Stop at the town."""
    return replace(person, address=re.split(r"\d", person.address, maxsplit=1)[0], building="")


def kanji_numeral(number: int) -> str:
    """Write a number from 1 to 99 in kanji."""
    tens, ones = divmod(number, 10)
    words = "" if not tens else "十" if tens == 1 else f"{str(tens).translate(_DIGITS)}十"
    return words + (str(ones).translate(_DIGITS) if ones else "")


def _address(person: Person, address: str) -> Person:
    return replace(person, address=address)


def _with_floor(found: re.Match[str]) -> str:
    return f"{found[1][:-2]}階{found[1]}号"


def _building(person: Person, change: Callable[[str], str]) -> Person:
    return replace(person, building=change(person.building)) if person.building else person
