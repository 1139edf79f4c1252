"""Take the cells of a column from lines, a chunk at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter

from gateway.api import Address, Line, Order
from gateway_calls.options import CallOptions
from gateway_calls.profile import Column

Cells = list[str]
Take = Callable[[Sequence[Line]], Cells]


def taker(column: Column, options: CallOptions, order: Order) -> Take:
    """Return what takes the cells of a column that holds no phone number."""
    take = _taker(column, options, order)
    if not column.text or column.value == "text":
        return take
    return lambda lines: [cell or column.text for cell in take(lines)]


def _taker(column: Column, options: CallOptions, order: Order) -> Take:
    if column.value in _ATTRIBUTES:
        get = attrgetter(column.value)
        return lambda lines: list(map(get, lines))
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


def split_name(name: str) -> tuple[str, str]:
    """Split a name at its first blank into family and given name; one without blank is all family name."""
    for blank in ("\u3000", " "):
        family, found, given = name.partition(blank)
        if found and family:
            return family, given.strip()
    return name, ""


def _address1(address: Address) -> str:
    return address.prefecture + address.city if address.town else address.text


def _address2(address: Address) -> str:
    return address.town + address.after_town


def _street(address: Address) -> str:
    """Return what follows the city, or the whole address where its town was not found."""
    return _address2(address) or address.text


def _hyphenated(address: Address) -> str:
    code = address.postal_code
    return f"{code[:3]}-{code[3:]}" if code else ""


def _of_address(part: Callable[[Address], str]) -> Callable[[Line], str]:
    return lambda line: part(line.address) if line.address else ""


_ATTRIBUTES = frozenset({"code", "name", "kana", "company", "department", "title", "email"})
_DERIVED: dict[str, Callable[[Line], str]] = {
    "family_name": lambda line: split_name(line.name)[0],
    "given_name": lambda line: split_name(line.name)[1],
    "family_kana": lambda line: split_name(line.kana)[0],
    "given_kana": lambda line: split_name(line.kana)[1],
    "postal_code": _of_address(_hyphenated),
    "postal_digits": _of_address(attrgetter("postal_code")),
    "prefecture": _of_address(attrgetter("prefecture")),
    "city": _of_address(attrgetter("city")),
    "address": _of_address(attrgetter("text")),
    "address1": _of_address(_address1),
    "address2": _of_address(_address2),
    "street": _of_address(_street),
    "building": _of_address(attrgetter("building")),
}
