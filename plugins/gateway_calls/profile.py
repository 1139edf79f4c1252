"""Profiles: what one target wants its file to look like, as data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from gateway.i18n import _
from gateway_calls.wording import starts_formula

PhoneStyle = Literal["e164", "e164_noplus", "national_hyphen", "national_digits", "nsn"]
"""``+81312345678``, ``81312345678``, ``03-1234-5678``, ``0312345678``, ``312345678`` (national significant number)."""

Encoding = Literal["utf-8", "utf-8-sig", "cp932"]
Newline = Literal["lf", "crlf"]

XLSX_ROWS = 1_048_575
"""Rows of a worksheet below its header."""

XLSX_CELL = 32_767
"""Characters that a cell holds in a spreadsheet program: what is longer would be cut."""

CODE_WIDTH = 12
"""Characters of a line code."""

_PHONE = re.compile(r"(phone|mobile|fixed)([1-9])")
_NAME_VALUES = frozenset({"name", "family_name", "given_name"})
_KANA_VALUES = frozenset({"kana", "family_kana", "given_kana"})
_ADDRESS_VALUES = frozenset(
    {
        "postal_code",
        "postal_digits",
        "prefecture",
        "city",
        "address",
        "address1",
        "address2",
        "street",
        "street_building",
        "building",
    }
)
_OWN_VALUES = frozenset({"company", "department", "title", "email"})
_FREE_VALUES = frozenset({"code", "call_from", "call_until", "delivery", "list_id", "source_id", "text"})
VALUES = _NAME_VALUES | _KANA_VALUES | _ADDRESS_VALUES | _OWN_VALUES | _FREE_VALUES
"""What a column may hold, besides ``phone1`` (``mobile1``, ``fixed1``) to 9 and ``attribute:NAME``."""

_ITEM_OF = {
    **dict.fromkeys(_NAME_VALUES, "name"),
    **dict.fromkeys(_KANA_VALUES, "kana"),
    **dict.fromkeys(_ADDRESS_VALUES, "address"),
    **{value: value for value in _OWN_VALUES},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its ``name`` in the header and the ``value`` it holds.

    ``text`` is the content of a column of value ``text`` and what stands where another value is empty. ``width`` is the
    most characters the target takes, 0 for any number; a wider cell holds its line back. ``required`` holds back a line
    whose cell is empty.
    """

    name: str
    value: str = "text"
    text: str = ""
    width: int = 0
    required: bool = False

    def __post_init__(self) -> None:
        """Refuse what no line has; ``ValueError`` says what is wrong."""
        if self.value not in VALUES and not _PHONE.fullmatch(self.value) and not self.attribute:
            raise ValueError(
                _("column {name}: there is no value {value}; valid: {names}").format(
                    name=self.name,
                    value=self.value,
                    names=", ".join(sorted((*VALUES, "attribute:NAME", "phone1", "mobile1", "fixed1"))),
                )
            )
        if self.width < 0 or (self.value == "code" and 0 < self.width < CODE_WIDTH):
            raise ValueError(
                _("column {name}: a line code needs a width of {width}").format(
                    name=self.name, width=CODE_WIDTH
                )
            )

    @property
    def is_phone(self) -> bool:
        """Whether the column holds a phone number."""
        return _PHONE.fullmatch(self.value) is not None

    @property
    def is_address(self) -> bool:
        """Whether the column holds a part of the address."""
        return self.value in _ADDRESS_VALUES

    @property
    def attribute(self) -> str:
        """The list's own column whose value it holds, or an empty string."""
        return self.value.removeprefix("attribute:") if self.value.startswith("attribute:") else ""

    @property
    def item(self) -> str:
        """The item of personal data that the column needs, or an empty string."""
        return "phone" if self.is_phone else self.attribute or _ITEM_OF.get(self.value, "")

    def phone_place(self) -> tuple[str, int]:
        """Return which numbers a phone column takes (``phone`` for any) and the how-manieth, from 0."""
        found = _PHONE.fullmatch(self.value)
        return (found[1], int(found[2]) - 1) if found else ("", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A target's file.

    ``mode`` ``human`` puts ``'`` before what a spreadsheet program would take for a formula; ``machine`` never changes a
    cell and holds such a line back. ``quoting`` ``none`` is for targets that strip quotes. ``fixed`` keeps the columns of
    an address or e-mail that is not asked for (empty); otherwise they are left out. ``forbidden`` texts hold a line back.
    ``rows`` is the most rows in a file and ``row_bytes`` the most bytes in a row, 0 for any number.
    """

    columns: tuple[Column, ...]
    summary: str = ""
    kind: Literal["csv", "xlsx"] = "csv"
    phone_style: PhoneStyle = "e164"
    encoding: Encoding = "utf-8"
    newline: Newline = "lf"
    delimiter: str = ","
    quoting: Literal["minimal", "all", "none"] = "minimal"
    header: bool = True
    fixed: bool = False
    mode: Literal["human", "machine"] = "machine"
    forbidden: tuple[str, ...] = ()
    rows: int = 0
    row_bytes: int = 0
    extension: str = ""

    def __post_init__(self) -> None:
        """Refuse a profile that could not be read back; ``ValueError`` says what is wrong."""
        values = [column.value for column in self.columns]
        if values.count("code") != 1:
            raise ValueError(_('exactly one column must hold the line code (value = "code")'))
        if not any(column.is_phone for column in self.columns):
            raise ValueError(_('a column must hold a phone number (value = "phone1")'))
        names = [column.name for column in self.columns]
        if self.header and len(set(names)) != len(names):
            raise ValueError(_("two columns have the same name"))
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n' or self.delimiter.isalnum():
            raise ValueError(_("the delimiter must be one character, such as a comma or a tab"))
        if self.rows < 0 or self.row_bytes < 0:
            raise ValueError(_("rows and row_bytes must not be negative"))
        if self.extension and not re.fullmatch(r"[a-z0-9]{1,8}", self.extension):
            raise ValueError(_("extension must be letters and digits, without a dot"))
        for text in (*names, *(column.text for column in self.columns)):
            self._require_plain(text)

    def _require_plain(self, text: str) -> None:
        if not text.isprintable() or (self.quoting == "none" and self.delimiter in text):
            raise ValueError(_("a column's name or text holds a character that breaks its row"))
        if starts_formula(text):
            raise ValueError(_("a column's name or text begins like a formula"))
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            raise ValueError(
                _("a column's name or text cannot be written in {encoding}").format(encoding=self.encoding)
            ) from None

    @property
    def suffix(self) -> str:
        """The ending of the file's name, with its dot."""
        if self.extension:
            return f".{self.extension}"
        if self.kind == "xlsx":
            return ".xlsx"
        return ".csv" if self.delimiter == "," else ".txt"

    def width_of(self, column: Column) -> int:
        """Return the most characters that a cell of a column may have, 0 for any number."""
        for_spreadsheets = self.kind == "xlsx" or self.mode == "human"
        return column.width or (XLSX_CELL if for_spreadsheets else 0)

    @property
    def body_encoding(self) -> str:
        """The encoding of rows; the byte order mark stands before the header alone."""
        return "utf-8" if self.encoding == "utf-8-sig" else self.encoding

    @property
    def line_end(self) -> str:
        """What ends a row."""
        return "\r\n" if self.newline == "crlf" else "\n"


@cache
def shipped_profiles() -> Mapping[str, Profile]:
    """Read the profiles that come with the plugin, by name."""
    text = (files("gateway_calls") / "profiles.toml").read_text(encoding="utf-8")
    return {name: _profile(table) for name, table in tomllib.loads(text).items()}


def _profile(table: dict[str, object]) -> Profile:
    columns = table.pop("columns")
    forbidden = table.pop("forbidden", ())
    if not isinstance(columns, list) or not isinstance(forbidden, (list, tuple)):
        raise TypeError
    return Profile(
        columns=tuple(Column(**column) for column in columns),
        forbidden=tuple(forbidden),
        **table,  # type: ignore[arg-type]
    )


ENCODINGS = get_args(Encoding)
