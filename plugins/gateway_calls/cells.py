"""Take the cells of a column from lines, a chunk at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter

from gateway.api import Address, Line, Order
from gateway_calls.options import CallOptions
from gateway_calls.profile import Column

Cells = list[str]
Take = Callable[[Sequence[Line]], Cells]

_BLANK = "\u3000"
"""What Japanese names are usually parted by."""


def takers(columns: Sequence[Column], options: CallOptions, order: Order) -> list[Take | None]:
    """Return what takes the cells of each column; ``None`` for those of phone numbers."""
    halves = {whole: _Halves(whole) for whole in ("name", "kana")}
    return [None if column.is_phone else _taker(column, options, order, halves) for column in columns]


def _taker(column: Column, options: CallOptions, order: Order, halves: Mapping[str, _Halves]) -> Take:
    take = _plain_taker(column, options, order, halves)
    if not column.text or column.value == "text":
        return take
    return lambda lines: [cell or column.text for cell in take(lines)]


def _plain_taker(column: Column, options: CallOptions, order: Order, halves: Mapping[str, _Halves]) -> Take:
    if column.value in _ATTRIBUTES:
        get = attrgetter(column.value)
        return lambda lines: list(map(get, lines))
    if column.value in _PARTS_OF_NAMES:
        whole, part = _PARTS_OF_NAMES[column.value]
        return lambda lines: halves[whole].of(lines)[part]
    if column.value in _DERIVED:
        derive = _DERIVED[column.value]
        return lambda lines: [derive(line) for line in lines]
    if column.attribute:
        return lambda lines: [line.attributes.get(column.attribute, "") for line in lines]
    text = {
        "text": column.text,
        "call_from": options.call_from,
        "call_until": options.call_until,
        "delivery": order.delivery,
        "list_id": str(options.list_id),
        "source_id": options.source_id or order.delivery,
    }[column.value]
    return lambda lines: [text] * len(lines)


def is_constant(column: Column) -> bool:
    """Tell whether a column holds the same in every row."""
    return column.value in ("text", "call_from", "call_until", "delivery", "list_id", "source_id")


class _Halves:
    """Splits the names of the last chunk: a target with a column for the one half has one for the other."""

    def __init__(self, whole: str) -> None:
        self._get = attrgetter(whole)
        self._lines: Sequence[Line] = ()
        self._halves: tuple[Cells, Cells] = ([], [])

    def of(self, lines: Sequence[Line]) -> tuple[Cells, Cells]:
        """Return the family names and the given names."""
        if lines is not self._lines:
            self._lines, self._halves = lines, split_names(list(map(self._get, lines)))
        return self._halves


def split_names(names: Cells) -> tuple[Cells, Cells]:
    """Return family and given names; a name without blank is all family name.

    Names are split all at once where each has just one blank, the usual one; otherwise one by one.
    """
    parts = "\n".join(names).split()
    family, given = parts[::2], parts[1::2]
    if list(map(_BLANK.join, zip(family, given, strict=False))) == names:
        return family, given
    halves = list(map(_split, names))
    return [family for family, _given in halves], [given for _family, given in halves]


def _split(name: str) -> tuple[str, str]:
    family, _blank, given = name.partition(_BLANK if _BLANK in name else " ")
    return (family, given.lstrip()) if family else (name, "")


def _address1(address: Address) -> str:
    return address.prefecture + address.city if address.town else address.text


def _address2(address: Address) -> str:
    return address.town + address.after_town


def _street(address: Address) -> str:
    """Return what follows the city, or the whole address where its town was not found."""
    return _address2(address) or address.text


def _street_building(address: Address) -> str:
    """Return street and building for a target with one column for both."""
    return _BLANK.join(filter(None, (_street(address), address.building)))


def _hyphenated(address: Address) -> str:
    code = address.postal_code
    return f"{code[:3]}-{code[3:]}" if code else ""


def _of_address(part: Callable[[Address], str]) -> Callable[[Line], str]:
    return lambda line: part(line.address) if line.address else ""


_ATTRIBUTES = frozenset({"code", "name", "kana", "company", "department", "title", "email"})
_PARTS_OF_NAMES = {
    "family_name": ("name", 0),
    "given_name": ("name", 1),
    "family_kana": ("kana", 0),
    "given_kana": ("kana", 1),
}
_DERIVED: dict[str, Callable[[Line], str]] = {
    "postal_code": _of_address(_hyphenated),
    "postal_digits": _of_address(attrgetter("postal_code")),
    "prefecture": _of_address(attrgetter("prefecture")),
    "city": _of_address(attrgetter("city")),
    "address": _of_address(attrgetter("text")),
    "address1": _of_address(_address1),
    "address2": _of_address(_address2),
    "street": _of_address(_street),
    "street_building": _of_address(_street_building),
    "building": _of_address(attrgetter("building")),
}
