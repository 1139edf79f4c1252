"""Show the options of a format: names, types and defaults of its dataclass."""

from __future__ import annotations

import dataclasses
from typing import Literal, get_args, get_origin, get_type_hints


def option_rows(kind: object) -> list[dict[str, object]]:
    """Return one row an option, ready for JSON; none where the format has no options."""
    if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
        return []
    hints = get_type_hints(kind)
    return [
        {"option": each.name, "type": _type_name(hints[each.name]), "default": _default(each)}
        for each in dataclasses.fields(kind)
    ]


def _type_name(hint: object) -> str:
    if get_origin(hint) is Literal:
        return "|".join(str(choice) for choice in get_args(hint))
    if get_origin(hint) is None and isinstance(hint, type):
        return hint.__name__
    return str(hint).replace("typing.", "").replace("datetime.", "").replace("pathlib.", "")


def _default(each: dataclasses.Field[object]) -> object:
    if each.default_factory is not dataclasses.MISSING:
        return str(each.default_factory())
    if each.default is dataclasses.MISSING:
        return None
    plain = isinstance(each.default, (str, int, float, bool, type(None)))
    return each.default if plain else str(each.default)
