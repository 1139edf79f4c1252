"""Write the same person in another notation, as forms, desks and old systems do; the person stays the same.

Each notation is a function of its own with a name, so that a test can say which one was not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from unicodedata import normalize

from gateway.people.person import Person

Notation = Callable[[Person, Random], Person]
"""Return the person in another notation, or as it is where the notation does not apply."""

_HYPHENS = "-‐‑‒–—―−－ｰー─━ｰ˗"
_SPACES = ("", " ", "　", "  ", "\u00a0")
_HONORIFICS = ("様", " 様", "　様", "さま", "さん", "殿")
_OLD_FORMS = str.maketrans("高崎辺斎浜沢広国恵徳桜亀竜真島館", "髙﨑邉齋濱澤廣國惠德櫻龜龍眞嶋舘")
_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "　"})
_NARROW_KANA = {
    normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E) if chr(code) not in "ﾞﾟ"
}
_PLAIN_NUMBER = re.compile(r"(?<=\D)(\d{1,2})-(\d+)-(\d+)$", re.ASCII)
_WRITTEN_NUMBER = re.compile(r"(\d+)丁目(\d+)番(\d+)号$", re.ASCII)
_PREFECTURE = re.compile(r"^(?:北海道|東京都|大阪府|京都府|..県|...県)")


def respell(person: Person, draws: Random, *, times: int = 3) -> Person:
    """Apply some notations, drawn at random."""
    for notation in draws.sample(list(NOTATIONS.values()), k=min(times, len(NOTATIONS))):
        person = notation(person, draws)
    return person


def _spaces_in_the_name(person: Person, draws: Random) -> Person:
    space = draws.choice(_SPACES)
    return replace(person, name=re.sub(r"[\s　]+", space, person.name))


def _honorific_at_the_end(person: Person, draws: Random) -> Person:
    return replace(person, name=person.name + draws.choice(_HONORIFICS)) if person.name else person


def _old_kanji_in_the_name(person: Person, _draws: Random) -> Person:
    return replace(person, name=person.name.translate(_OLD_FORMS))


def _half_width_kana(person: Person, _draws: Random) -> Person:
    return replace(person, kana=_narrow(person.kana))


def _hiragana(person: Person, _draws: Random) -> Person:
    kana = "".join(chr(ord(char) - 0x60) if "ァ" <= char <= "ヶ" else char for char in person.kana)
    return replace(person, kana=kana)


def _without_kana(person: Person, _draws: Random) -> Person:
    return replace(person, kana="") if person.name else person


def _full_width_address(person: Person, _draws: Random) -> Person:
    return replace(person, address=person.address.translate(_WIDE), building=person.building.translate(_WIDE))


def _other_hyphens(person: Person, draws: Random) -> Person:
    hyphen = draws.choice(_HYPHENS)
    return replace(person, address=re.sub(r"(?<=\d)-(?=\d)", hyphen, person.address))


def _number_in_words(person: Person, _draws: Random) -> Person:
    return replace(person, address=_PLAIN_NUMBER.sub(r"\1丁目\2番\3号", person.address))


def _number_with_hyphens(person: Person, _draws: Random) -> Person:
    return replace(person, address=_WRITTEN_NUMBER.sub(r"\1-\2-\3", person.address))


def _kanji_block(person: Person, _draws: Random) -> Person:
    """Write 3丁目 as 三丁目."""
    block = re.compile(r"(?<!\d)([1-9])丁目", re.ASCII)
    return replace(
        person, address=block.sub(lambda found: f"{found[1].translate(_DIGITS)}丁目", person.address)
    )


def _without_prefecture(person: Person, _draws: Random) -> Person:
    return replace(person, address=_PREFECTURE.sub("", person.address)) if person.postal_code else person


def _building_behind_the_address(person: Person, draws: Random) -> Person:
    if not person.building:
        return person
    return replace(
        person, address=f"{person.address}{draws.choice((' ', '　'))}{person.building}", building=""
    )


def _other_postal_code(person: Person, draws: Random) -> Person:
    digits = person.postal_code.replace("-", "")
    if len(digits) != 7:
        return person
    forms = (digits, f"〒{digits[:3]}-{digits[3:]}", f"{digits[:3]}－{digits[3:]}".translate(_WIDE))
    return replace(person, postal_code=draws.choice(forms))


def _other_phones(person: Person, draws: Random) -> Person:
    return replace(person, phones=tuple(_phone(phone, draws) for phone in person.phones))


def _phone(phone: str, draws: Random) -> str:
    digits = phone.replace("-", "")
    if not re.fullmatch(r"0\d{9,10}", digits, re.ASCII):
        return phone
    parts = phone.split("-")
    bracketed = f"{parts[0]}({parts[1]}){parts[2]}" if len(parts) == 3 else digits
    return draws.choice(
        (digits, f"+81{digits[1:]}", phone.translate(_WIDE), phone.replace("-", " "), bracketed)
    )


def _other_emails(person: Person, draws: Random) -> Person:
    way = draws.choice(
        (str.upper, str.title, lambda email: email.translate(_WIDE), lambda email: f" {email} ")
    )
    return replace(person, emails=tuple(way(email) for email in person.emails))


def _narrow(kana: str) -> str:
    """Write full-width katakana in half-width, with voicing marks as characters of their own."""
    decomposed = normalize("NFD", kana).replace("\u3099", "ﾞ").replace("\u309a", "ﾟ").replace("　", " ")
    return "".join(_NARROW_KANA.get(char, char) for char in decomposed)


NOTATIONS: Mapping[str, Notation] = {
    notation.__name__.strip("_"): notation
    for notation in (
        _spaces_in_the_name,
        _honorific_at_the_end,
        _old_kanji_in_the_name,
        _half_width_kana,
        _hiragana,
        _without_kana,
        _full_width_address,
        _other_hyphens,
        _number_in_words,
        _number_with_hyphens,
        _kanji_block,
        _without_prefecture,
        _building_behind_the_address,
        _other_postal_code,
        _other_phones,
        _other_emails,
    )
}
"""Every notation by name."""
