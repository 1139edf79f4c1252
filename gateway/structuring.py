"""Turn tables of plain values into frozen dataclasses, strictly: no unknown keys, no silent conversion.

cattrs does the walking; its hooks are replaced because they would turn ``"3"`` into 3 and ``"abc"`` into three items.
Only values marked as ``Text`` (from the command line and the environment) are converted to a field's type.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from difflib import get_close_matches
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin

from gateway.api import Secret
from gateway.errors import WrongUsage
from gateway.i18n import _

if TYPE_CHECKING:
    from cattrs import Converter

Kind = TypeVar("Kind")
Locate = Callable[[str], str]
"""Say where a dotted key stands, such as ``gateway.toml, line 3: filing.items``."""

_TRUTH = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


class Text(str):
    """A value that came as text and may be converted to the type of its field."""

    __slots__ = ()


def structure(kind: type[Kind], table: Mapping[str, object], locate: Locate) -> Kind:
    """Make an instance of a dataclass from a table.

    Raises ``WrongUsage`` (``unknown_key`` with the nearest valid one, ``bad_value``, ``missing_value``) for the first
    thing that is wrong; the message names its place, never the value, which may be a secret.
    """
    from cattrs.errors import BaseValidationError, ForbiddenExtraKeysError

    try:
        return _converter().structure(table, kind)
    except BaseValidationError as group:
        for path, error in _leaves(group, ""):
            if isinstance(error, ForbiddenExtraKeysError):
                raise _unknown_key(path, error, locate) from None
            if isinstance(error, KeyError):
                raise WrongUsage(
                    "missing_value", _("{place} is missing").format(place=locate(path))
                ) from None
            problem = str(error) if isinstance(error, ValueError) else _("must be a table")
            raise WrongUsage(
                "bad_value", _("{place} {problem}").format(place=locate(path).rstrip(), problem=problem)
            ) from None
        raise


def nearest(name: str, known: AbstractSet[str]) -> str:
    """Return the hint for a mistyped name: the nearest valid one, or all of them."""
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return _("did you mean {nearest}?").format(nearest=close[0])
    return _("valid: {names}").format(names=", ".join(sorted(known)) or _("none"))


def _unknown_key(path: str, error: Exception, locate: Locate) -> WrongUsage:
    cls: type = getattr(error, "cl")  # noqa: B009 - cattrs declares neither attribute for type checkers
    extra: set[str] = getattr(error, "extra_fields")  # noqa: B009 - see above
    key = min(extra)
    return WrongUsage(
        "unknown_key",
        _("{place}: unknown key").format(place=locate(_joined(path, key))),
        hint=nearest(key, {field.name for field in dataclasses.fields(cls)}),
    )


def _leaves(group: BaseException, path: str) -> Iterator[tuple[str, Exception]]:
    """Walk cattrs' tree of errors; its notes, the innermost first, carry the attribute or key that each branch is about."""
    for error in getattr(group, "exceptions", ()):
        notes = reversed(getattr(error, "__notes__", ()))
        names = [str(getattr(note, "name", None) or getattr(note, "index", "")) for note in notes]
        below = _joined(path, *names)
        if hasattr(error, "exceptions"):
            yield from _leaves(error, below)
        else:
            yield below, error


def _joined(*parts: str) -> str:
    return ".".join(part for part in parts if part)


@cache
def _converter() -> Converter:
    from cattrs import Converter

    converter = Converter(forbid_extra_keys=True)
    for kind, read in _SCALARS.items():
        converter.register_structure_hook(kind, read)
    converter.register_structure_hook_func(lambda kind: kind is object, lambda value, _kind: value)
    converter.register_structure_hook_func(_is_literal, _read_choice)
    converter.register_structure_hook_func(_is_enum, _read_enum)
    converter.register_structure_hook_func(
        _is_one_of_several,
        lambda value, kind: _read_one_of(converter, value, kind),
    )
    converter.register_structure_hook_func(
        _is_collection,
        lambda value, kind: _read_many(converter, value, kind),
    )
    return converter


def _read_text(value: object, _kind: object) -> str:
    if isinstance(value, Secret):
        return value
    if isinstance(value, str):
        return str(value)
    raise ValueError(_("must be text in quotes"))


def _read_integer(value: object, _kind: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, Text) and value.strip().lstrip("+-").isdecimal():
        return int(value)
    raise ValueError(_("must be a whole number"))


def _read_number(value: object, _kind: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, Text):
        try:
            return float(value)
        except ValueError:
            pass
    raise ValueError(_("must be a number"))


def _read_truth(value: object, _kind: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, Text) and value.strip().lower() in _TRUTH:
        return _TRUTH[value.strip().lower()]
    raise ValueError(_("must be true or false"))


def _read_date(value: object, _kind: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, Text):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    raise ValueError(_("must be a date such as 2026-04-01, without quotes"))


def _read_path(value: object, kind: object) -> Path:
    return Path(_read_text(value, kind))


def _read_secret(value: object, _kind: object) -> Secret:
    if isinstance(value, Secret):
        return value
    raise ValueError(_('must be a reference: { env = "NAME" } or { file = "path" }'))


_SCALARS: dict[type, Callable[[object, Any], object]] = {
    str: _read_text,
    int: _read_integer,
    float: _read_number,
    bool: _read_truth,
    date: _read_date,
    Path: _read_path,
    Secret: _read_secret,
}


def _is_literal(kind: object) -> bool:
    return get_origin(kind) is Literal


def _is_enum(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _is_one_of_several(kind: object) -> bool:
    """Tell a union such as ``int | Literal["continue"]``; one with ``None`` is cattrs' own."""
    return get_origin(kind) in (Union, UnionType) and type(None) not in get_args(kind)


def _is_collection(kind: object) -> bool:
    origin: object = get_origin(kind)
    return origin in (tuple, list, frozenset, set)


def _choose(value: object, choices: Mapping[str, object]) -> object:
    found = choices.get(str(value))
    if found is None or isinstance(value, bool):
        names = ", ".join(name or repr(name) for name in choices)
        raise ValueError(_("must be one of: {names}").format(names=names))
    return found


def _read_choice(value: object, kind: object) -> object:
    return _choose(value, {str(choice): choice for choice in get_args(kind)})


def _read_enum(value: object, kind: type[Enum]) -> object:
    return _choose(value, {str(member.value): member for member in kind})


def _read_one_of(converter: Converter, value: object, kind: object) -> object:
    """Take the first kind that the value fits, and tell what each would have wanted otherwise."""
    problems = []
    for each in get_args(kind):
        try:
            return converter.structure(value, each)
        except ValueError as error:
            problems.append(str(error))
    raise ValueError(_(" or ").join(problems))


def _read_many(converter: Converter, value: object, kind: Any) -> object:
    container, inner = get_origin(kind), get_args(kind)[0]
    if isinstance(value, Text):
        value = [Text(part.strip()) for part in value.split(",") if part.strip()]
    if not isinstance(value, (list, tuple)):
        raise ValueError(_("must be a list in square brackets"))  # noqa: TRY004 - told like any wrong value
    try:
        return container(_read_item(converter, item, inner, place) for place, item in enumerate(value, 1))
    except ValueError as error:
        raise ValueError(_("must be a list, and each item {problem}").format(problem=error)) from None


def _read_item(converter: Converter, item: object, kind: Any, place: int) -> object:
    """Read one of many, and note the how-manieth it is where it is a table in which something is wrong."""
    from cattrs.errors import BaseValidationError, IterableValidationNote

    try:
        return converter.structure(item, kind)
    except BaseValidationError as error:
        error.add_note(IterableValidationNote("", place, kind))
        raise
