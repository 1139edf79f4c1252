"""Take the cells of a column from lines, a chunk at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
    if column.value in _PARTS_OF_NAMES:
        part, whole = _PARTS_OF_NAMES[column.value]
        return lambda lines: part(map(whole, lines))
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


def family_name(name: str) -> str:
    """Return what stands before a name's first blank; a name without blank is all family name."""
    return _cut(name)[0] or name


def given_name(name: str) -> str:
    """Return what follows a name's first blank."""
    family, _blank, given = _cut(name)
    return given.strip() if family else ""


def family_names(names: Iterable[str]) -> Cells:
    """Split many names; the usual blank is looked for without a call."""
    return [name[:cut] if (cut := name.find("\u3000")) > 0 else family_name(name) for name in names]


def given_names(names: Iterable[str]) -> Cells:
    """Split many names; the usual blank is looked for without a call."""
    return [
        name[cut + 1 :].strip() if (cut := name.find("\u3000")) > 0 else given_name(name) for name in names
    ]


def _cut(name: str) -> tuple[str, str, str]:
    return name.partition("\u3000" if "\u3000" in name else " ")


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
_PARTS_OF_NAMES: dict[str, tuple[Callable[[Iterable[str]], Cells], Callable[[Line], str]]] = {
    "family_name": (family_names, attrgetter("name")),
    "given_name": (given_names, attrgetter("name")),
    "family_kana": (family_names, attrgetter("kana")),
    "given_kana": (given_names, attrgetter("kana")),
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
    "building": _of_address(attrgetter("building")),
}
