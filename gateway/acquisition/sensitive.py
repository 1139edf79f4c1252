"""The gate against sensitive data: what a column is called, and what a column that is not understood says.

The law forbids to provide sensitive data by opt-out (APPI Art. 27(2)), and the vendor promises never to hold it. The
words are data (``sensitive.toml``), each category with its source. Column names come first because they are sure; values
are searched for words that speak of a person and hardly of anything else.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from gateway.errors import Refused
from gateway.i18n import _
from gateway.people.columns import fold_header

_LATIN = re.compile(r"[a-z]+")
_VALUES_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One kind of sensitive data; ``law`` names the articles, ``columns`` and ``values`` are folded words."""

    name: str
    law: str
    columns: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitiveColumn:
    """A column whose name promises sensitive data."""

    column: str
    category: str
    law: str


def find_sensitive_columns(columns: Iterable[str]) -> list[SensitiveColumn]:
    """Find the columns whose names speak of sensitive data."""
    found = []
    for column in columns:
        for category in categories():
            if _has_word(column, category.columns):
                found.append(SensitiveColumn(column=column, category=category.name, law=category.law))
                break
    return found


def refuse_sensitive_columns(columns: Iterable[str]) -> None:
    """Raise ``Refused`` ``sensitive_column`` naming each such column and the article it falls under."""
    found = find_sensitive_columns(columns)
    if found:
        named = ", ".join(f"{each.column} ({each.law})" for each in found)
        raise Refused(
            "sensitive_column",
            _("the file holds sensitive personal data: {columns}").format(columns=named),
            hint=_("such data may not be acquired or provided; remove the columns and import again"),
        )


def refuse_sensitive_name(name: str) -> None:
    """Raise ``Refused`` ``sensitive_list`` when a list's own name says who is in it: members of a party, patients."""
    category = sensitive_value(name)
    if category:
        raise Refused(
            "sensitive_list",
            _("the list {name} would hold sensitive personal data ({category})").format(
                name=name, category=category
            ),
            hint=_("a list of people selected by such a trait may not be provided to others"),
        )


@lru_cache(maxsize=_VALUES_REMEMBERED)
def sensitive_value(value: str) -> str:
    """Name the category of which a value speaks, or return an empty string."""
    text = _folded(value)
    if not _any_value_word().search(text):
        return ""
    return next((category.name for category in categories() if _has_word(value, category.values)), "")


@cache
def categories() -> tuple[Category, ...]:
    """Read the categories and their words, folded as headers are."""
    return tuple(
        Category(
            name=name,
            law=table["law"],
            columns=tuple(fold_header(word) for word in table["columns"]),
            values=tuple(fold_header(word) for word in table["values"]),
        )
        for name, table in _words().items()
        if name != "harmless"
    )


@cache
def _words() -> dict[str, dict[str, str]]:
    text = files("gateway.acquisition").joinpath("sensitive.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _harmless() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(fold_header(phrase)) for phrase in _words()["harmless"]))


@cache
def _any_value_word() -> re.Pattern[str]:
    """Match any value word at all: one search turns nearly every value away."""
    return re.compile("|".join(re.escape(word) for category in categories() for word in category.values))


def _folded(text: str) -> str:
    return _harmless().sub("\0", fold_header(text))


def _has_word(text: str, words: Iterable[str]) -> bool:
    """Look for Japanese words anywhere, for Latin ones as whole words or as the whole text."""
    folded = _folded(text)
    latin = set(_LATIN.findall(unicodedata.normalize("NFKC", text).casefold()))
    latin.add(folded)
    return any(word in latin if word.isascii() else word in folded for word in words)
