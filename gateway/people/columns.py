"""Which column of a file is which part of a person: canonical and Japanese headers, however they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from gateway.errors import WrongUsage
from gateway.i18n import _
from gateway.people.person import TEXT_FIELDS, Person

_ALIASES: dict[str, tuple[str, ...]] = {
    "id": ("id", "管理番号", "顧客番号", "顧客id", "顧客コード", "recordid", "customerid"),
    "name": ("name", "氏名", "名前", "お名前", "ご氏名", "姓名", "氏名漢字", "漢字氏名", "宛名", "fullname"),
    "family": ("姓", "氏", "苗字", "名字", "familyname", "lastname", "surname"),
    "given": ("名", "givenname", "firstname"),
    "kana": ("kana", "フリガナ", "カナ", "氏名カナ", "カナ氏名", "氏名フリガナ", "名前カナ", "カナ名", "namekana"),
    "family_kana": ("セイ", "姓カナ", "カナ姓", "姓フリガナ", "フリガナ姓", "familynamekana", "lastnamekana"),
    "given_kana": ("メイ", "名カナ", "名フリガナ", "フリガナ名", "givennamekana", "firstnamekana"),
    "postal_code": ("postalcode", "postal", "postcode", "zip", "zipcode", "郵便番号", "〒", "郵便"),
    "address": ("address", "住所", "所在地", "住所1", "address1"),
    "prefecture": ("都道府県", "都道府県名", "prefecture"),
    "city": ("市区町村", "市区町村名", "市町村", "市区郡", "city"),
    "town": ("町域", "町域名", "町名", "大字", "町名大字"),
    "block": ("番地", "丁目番地", "番地等", "番地以降"),
    "address2": ("住所2", "address2"),
    "address3": ("住所3", "address3"),
    "building": (
        "building", "建物名", "建物", "方書", "マンション名", "ビル名", "建物名部屋番号", "建物名等", "建物名号室",
    ),
    "phone": ("phone", "phonenumber", "tel", "telephone", "電話番号", "電話", "自宅電話番号", "自宅電話"),
    "mobile": ("mobile", "mobilephone", "携帯", "携帯電話", "携帯番号", "携帯電話番号", "電話番号携帯"),
    "email": ("email", "mail", "mailaddress", "emailaddress", "メール", "メールアドレス", "eメール", "eメールアドレス"),
    "company": ("company", "companyname", "会社名", "会社", "法人名", "企業名"),
    "department": ("department", "部署", "部署名"),
    "title": ("title", "役職", "役職名", "肩書"),
    "joint_names": ("jointnames", "連名"),
    "honorific": ("honorific", "敬称"),
}  # fmt: skip
_ROLES = {alias: role for role, aliases in _ALIASES.items() for alias in aliases}
_MANY = {"phone": "phones", "mobile": "phones", "email": "emails"}
_NUMBERED = re.compile(r"(.+?)(\d{1,2})")
_SEPARATORS = re.compile(r"[\s_\-‐・./()「」\[\]]+")
_LINE_BREAKS = re.compile(r"[\t\r\n]+")
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\uf8f0-\uf8f3]")
_TO_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_LONGEST_HEADER = 200

_NOWHERE = -1
_POSTAL_DIGITS = frozenset({6})
_PHONE_DIGITS = frozenset({9, 10})
_ADDRESS_ORDER = ("address", "town", "block", "address2", "address3")

Row = Sequence[str]
Join = Callable[[Row], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where in a row each part of a person stands, as indexes from 0.

    ``parts`` maps a role (``name``, ``family``, ``prefecture`` …) to its column; ``phones`` and ``emails`` are in
    the file's order; ``attributes`` are the columns that are not understood, by their header as given.
    ``headers`` are all headers as given; nameless columns hold an empty string.
    """

    headers: tuple[str, ...]
    parts: dict[str, int]
    phones: tuple[int, ...]
    emails: tuple[int, ...]
    attributes: tuple[tuple[str, int], ...]

    def header_of(self, role: str) -> str:
        """Name the column of a role as the file does; the role itself where the file has no such column."""
        return self.headers[self.parts[role]] if role in self.parts else role


def fold_header(header: str) -> str:
    """Bring a header to the form that aliases are written in: no width, case, space, hyphen or hiragana."""
    text = unicodedata.normalize("NFKC", header).casefold().translate(_TO_KATAKANA)
    return _SEPARATORS.sub("", text)


def understand(headers: Sequence[str]) -> Columns:
    """Assign each header to a part of a person; raise ``WrongUsage`` where that is not clear.

    ``ambiguous_column``: two columns for one part, such as 氏名 and 名前. ``duplicate_column``: one header twice.
    ``unreadable_column``: control characters, or bytes that are not in the encoding.
    ``no_known_column``: no name, phone or e-mail. Without one of them nobody could be matched with an opt-out.
    """
    names = tuple(_LINE_BREAKS.sub(" ", header).strip()[:_LONGEST_HEADER] for header in headers)
    _refuse_unreadable(names)
    _refuse_duplicates(names)
    parts: dict[str, int] = {}
    many: dict[str, list[int]] = {"phones": [], "emails": []}
    attributes: list[tuple[str, int]] = []
    for index, name in enumerate(names):
        role = _role_of(name)
        if role in _MANY:
            many[_MANY[role]].append(index)
        elif role:
            _refuse_second(role, parts, names, name)
            parts[role] = index
        elif name:
            attributes.append((name, index))
    _refuse_two_names(parts, names)
    _refuse_two_addresses(parts, names)
    columns = Columns(
        headers=names,
        parts=parts,
        phones=tuple(many["phones"]),
        emails=tuple(many["emails"]),
        attributes=tuple(attributes),
    )
    if not (columns.phones or columns.emails or parts.keys() & {"name", "family", "given"}):
        raise WrongUsage(
            "no_known_column",
            _("none of the {count} columns holds a name, a phone number or an e-mail address").format(
                count=len(names)
            ),
            hint=_(
                "name the columns in the first row: id, name, kana, postal_code, address, building, phone, email"
            ),
        )
    return columns


def person_maker(columns: Columns) -> Callable[[Row], Person]:
    """Return the function that makes a person of a row with as many cells as there are headers.

    Cells are stripped, an empty one is put after them, and ``_NOWHERE`` points to it for columns that are absent:
    so one ``itemgetter`` picks everything at once. This runs once a row of every import.
    """
    pick = itemgetter(*(columns.parts.get(role, _NOWHERE) for role in TEXT_FIELDS))
    join_name = _joined_names(columns, "name", "family", "given")
    join_kana = _joined_names(columns, "kana", "family_kana", "given_kana")
    join_address = _joined_address(columns)
    phones, emails, attributes = columns.phones, columns.emails, columns.attributes

    def make(row: Row) -> Person:
        cells = [*map(str.strip, row), ""]
        id_, name, kana, postal_code, address, building, company, department, title, joint, honorific = pick(
            cells
        )
        return Person(
            id=id_,
            name=join_name(cells) if join_name else name,
            kana=join_kana(cells) if join_kana else kana,
            postal_code=_with_lost_zero(postal_code, _POSTAL_DIGITS),
            address=join_address(cells) if join_address else address,
            building=building,
            phones=tuple([_with_lost_zero(cells[index], _PHONE_DIGITS) for index in phones if cells[index]]),
            emails=tuple([cells[index] for index in emails if cells[index]]),
            company=company,
            department=department,
            title=title,
            joint_names=joint,
            honorific=honorific,
            attributes={name: cells[index] for name, index in attributes if cells[index]},
        )

    return make


def _with_lost_zero(text: str, lengths: frozenset[int]) -> str:
    """Put back the leading zero that a spreadsheet program takes from what it holds to be a number.

    No Japanese postal code has six digits, and no telephone number starts otherwise; what is printed, dialled or exported
    has to be whole again.
    """
    return "0" + text if len(text) in lengths and text.isdecimal() and text[0] not in "0０" else text


def _role_of(header: str) -> str:
    """Return the role of a header, or an empty string for one that is not understood."""
    folded = fold_header(header)
    if folded in _ROLES:
        return _ROLES[folded]
    numbered = _NUMBERED.fullmatch(folded)
    role = _ROLES.get(numbered[1], "") if numbered else ""
    return role if role in _MANY else ""


def _refuse_unreadable(names: Sequence[str]) -> None:
    for place, name in enumerate(names, start=1):
        if _UNREADABLE.search(name):
            raise WrongUsage(
                "unreadable_column",
                _("line 1: the name of column {place} cannot be read").format(place=place),
                hint=_(
                    "name the columns in the first row: id, name, kana, postal_code, address, building, phone, email"
                ),
            )


def _refuse_duplicates(names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        folded = fold_header(name)
        if folded and folded in seen:
            raise WrongUsage(
                "duplicate_column",
                _("line 1: the column {name} occurs twice").format(name=name),
                hint=_("give each column a name of its own"),
            )
        seen.add(folded)


def _refuse_second(role: str, parts: dict[str, int], names: Sequence[str], name: str) -> None:
    if role in parts:
        _raise_ambiguous(names[parts[role]], name)


def _refuse_two_addresses(parts: dict[str, int], names: Sequence[str]) -> None:
    """Refuse a whole address beside its town or block: joined, they would make an address that nobody lives at."""
    if "address" in parts and not fold_header(names[parts["address"]]).endswith("1"):
        for piece in ("town", "block"):
            if piece in parts:
                _raise_ambiguous(names[parts["address"]], names[parts[piece]])


def _refuse_two_names(parts: dict[str, int], names: Sequence[str]) -> None:
    """Refuse a whole name beside its parts: where they differ, nobody could tell whom to protect."""
    for whole, *pieces in (("name", "family", "given"), ("kana", "family_kana", "given_kana")):
        for piece in pieces:
            if whole in parts and piece in parts:
                _raise_ambiguous(names[parts[whole]], names[parts[piece]])


def _raise_ambiguous(first: str, second: str) -> None:
    raise WrongUsage(
        "ambiguous_column",
        _("line 1: the columns {first} and {second} say the same thing").format(first=first, second=second),
        hint=_("rename or remove one of them"),
    )


def _joined_names(columns: Columns, whole: str, first: str, second: str) -> Join | None:
    """Join family and given name by an ideographic space, where the file keeps them apart."""
    if whole in columns.parts or not columns.parts.keys() & {first, second}:
        return None
    pick = itemgetter(columns.parts.get(first, _NOWHERE), columns.parts.get(second, _NOWHERE))
    return lambda cells: "\u3000".join(filter(None, pick(cells)))


def _joined_address(columns: Columns) -> Join | None:
    """Join the parts of an address, where the file keeps them apart."""
    if not columns.parts.keys() & {"prefecture", "city", "town", "block", "address2", "address3"}:
        return None
    prefecture, city = columns.parts.get("prefecture", _NOWHERE), columns.parts.get("city", _NOWHERE)
    rest = [
        (columns.parts[role], "-" if role == "block" else " ")
        for role in _ADDRESS_ORDER
        if role in columns.parts
    ]

    def join(cells: Row) -> str:
        text = ""
        for index, between_digits in rest:
            text = _joined(text, cells[index], between_digits)
        return _with_areas(cells[prefecture], cells[city], text)

    return join


def _joined(left: str, right: str, between_digits: str) -> str:
    """Join two parts of an address so that two numbers which meet stay two numbers."""
    if left and right and left[-1].isdigit() and right[0].isdigit():
        return left + between_digits + right
    return left + right


def _with_areas(prefecture: str, city: str, text: str) -> str:
    """Put prefecture and city before an address, unless the address repeats them itself."""
    text = text.removeprefix(prefecture)
    if not (text.startswith(city) or f"郡{city}" in text):
        text = city + text
    return prefecture + text
