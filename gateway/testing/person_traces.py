"""Find what tells of a person in files and texts, in any encoding and width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from gateway.api import Line
from gateway.people.person import Person
from gateway.testing.package_text import folded, metadata_of, text_of, values_of

_ENCODINGS = ("utf-8", "cp932", "utf-16-le")
_SHORTEST = 3

GONE = Person(
    id="gone",
    name="纐纈　萬壽夫",
    kana="コウケツ　マスオ",
    postal_code="155-0031",
    address="東京都世田谷区北沢4-987-65",
    phones=("03-1469-8765",),
    emails=("masuo.koketsu@example.jp",),
)
"""Somebody who has opted out, with a name, a house number and a phone that nobody else has."""

LATE = Person(
    id="late",
    name="鑓水　桐之丞",
    kana="ヤリミズ　キリノジョウ",
    postal_code="155-0031",
    address="東京都世田谷区北沢3-876-54",
    phones=("03-1468-7654",),
    emails=("kirinojo.yarimizu@example.jp",),
)
"""Somebody who opts out at the last moment."""


def marks_of(person: Person | Line) -> dict[str, str]:
    """Return what identifies a person, folded: name, kana, phone, e-mail, address."""
    phones = {f"phone {place}": _digits(phone) for place, phone in enumerate(person.phones, start=1)}
    emails = {f"e-mail {place}": folded(email) for place, email in enumerate(person.emails, start=1)}
    address = person.address
    text = address if isinstance(address, str) else address.after_town if address is not None else ""
    if isinstance(person, Person):
        text = text.partition("区")[2] or text
    marks = {
        "name": folded(person.name),
        "kana": folded(person.kana),
        "address": folded(text),
        **phones,
        **emails,
    }
    return {what: mark for what, mark in marks.items() if len(mark) >= _SHORTEST}


def marks_in(text: str, person: Person | Line) -> list[str]:
    """Return which marks of a person a text holds."""
    plain = folded(text)
    dense = plain.replace("-", "").replace("(", "").replace(")", "")
    return [
        what
        for what, mark in marks_of(person).items()
        if mark in (dense if what.startswith("phone") else plain)
    ]


def marks_in_file(path: Path, person: Person | Line) -> list[str]:
    """Return which marks of a person a file holds: in its text, its properties or its bytes."""
    found = {
        *marks_in(text_of(path), person),
        *marks_in(values_of(path), person),
        *marks_in(metadata_of(path), person),
    }
    content = path.read_bytes()
    for what, value in (("name", person.name), ("kana", person.kana)):
        found |= {what for form in _forms(value) if form in content}
    return sorted(found)


def marks_in_package(package: Path, people: Iterable[Person | Line]) -> list[str]:
    """Return file and mark, such as ``labels.pdf: name``, for every trace of these people."""
    held = list(people)
    return [
        f"{path.relative_to(package).as_posix()}: {mark}"
        for path in sorted(package.rglob("*"))
        if path.is_file()
        for person in held
        for mark in marks_in_file(path, person)
    ]


def codes_in_package(package: Path, codes: Iterable[str]) -> list[str]:
    """Return the names of the files in which one of these line codes stands."""
    wanted = list(codes)
    return [
        path.relative_to(package).as_posix()
        for path in sorted(package.rglob("*"))
        if path.is_file()
        and any(
            code in text_of(path) or code in metadata_of(path) or code.encode("ascii") in path.read_bytes()
            for code in wanted
        )
    ]


def _forms(value: str) -> Iterator[bytes]:
    if len(value) < _SHORTEST:
        return
    for form in {value, value.replace("　", ""), value.replace("　", " ")}:
        for encoding in _ENCODINGS:
            try:
                yield form.encode(encoding)
            except UnicodeEncodeError:
                continue


def _digits(phone: str) -> str:
    """Return a number's digits behind the trunk 0 or the country code, which every notation has."""
    digits = "".join(character for character in folded(phone) if character.isdecimal())
    return digits.removeprefix("81") if phone.startswith("+81") else digits.lstrip("0")
