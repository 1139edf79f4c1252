"""The mapping: which item of a line goes into which field of the client's system."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gateway.api import Line
from gateway.i18n import _

ATTRIBUTE = "attribute:"
LINE_CODE = "line_code"

_Source = Callable[[Line], str]


def _address(part: str) -> _Source:
    return lambda line: getattr(line.address, part) if line.address is not None else ""


def _whole_address(line: Line) -> str:
    if line.address is None:
        return ""
    return " ".join(part for part in (line.address.text, line.address.building) if part)


def _hyphenated(line: Line) -> str:
    code = line.address.postal_code if line.address is not None else ""
    return f"{code[:3]}-{code[3:]}" if len(code) == 7 else code


def _nth(name: str, place: int) -> _Source:
    def read(line: Line) -> str:
        values: tuple[str, ...] = getattr(line, name)
        return values[place] if place < len(values) else ""

    return read


_SOURCES: dict[str, tuple[str, _Source]] = {
    LINE_CODE: ("", lambda line: line.code),
    **{
        name: (name, lambda line, name=name: getattr(line, name))  # type: ignore[misc]
        for name in ("name", "kana", "company", "department", "title", "joint_names", "honorific")
    },
    **{f"phone{place or ''}": ("phone", _nth("phones", max(place - 1, 0))) for place in (0, 2, 3)},
    **{f"email{place or ''}": ("email", _nth("emails", max(place - 1, 0))) for place in (0, 2, 3)},
    "address": ("address", _whole_address),
    "address_text": ("address", _address("text")),
    "postal_code": ("address", _address("postal_code")),
    "postal_code_hyphenated": ("address", _hyphenated),
    **{
        name: ("address", _address(name)) for name in ("prefecture", "city", "town", "after_town", "building")
    },
}
"""Source → (the item of the filing that it is, how it is read)."""


def require_sources(fields: Mapping[str, str]) -> None:
    """Refuse a mapping from sources that do not exist, and one that forgets the line code; ``ValueError``."""
    for target, source in fields.items():
        if source not in _SOURCES and not (source.startswith(ATTRIBUTE) and source != ATTRIBUTE):
            raise ValueError(
                _("fields: {target} takes an unknown item {source}; known: {names}").format(
                    target=target, source=source, names=", ".join([*_SOURCES, f"{ATTRIBUTE}NAME"])
                )
            )
    if LINE_CODE not in fields.values():
        raise ValueError(
            _("fields: one field must take line_code, by which people ask for a stop and are found again")
        )


def items(fields: Mapping[str, str]) -> frozenset[str]:
    """Return the items that lines must carry for a mapping, as the filing names them."""
    found = {
        source.removeprefix(ATTRIBUTE) if source.startswith(ATTRIBUTE) else _SOURCES[source][0]
        for source in fields.values()
    }
    return frozenset(found - {""})


class Mapper:
    """Writes lines as the fields of the client's system."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._readers = [(target, _reader(source)) for target, source in fields.items()]

    def values(self, line: Line) -> dict[str, str]:
        """Return field → text; empty texts are written too, so that an update clears what is gone."""
        return {target: read(line) for target, read in self._readers}


def _reader(source: str) -> _Source:
    if source.startswith(ATTRIBUTE):
        name = source.removeprefix(ATTRIBUTE)
        return lambda line: line.attributes.get(name, "")
    return _SOURCES[source][1]
