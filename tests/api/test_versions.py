"""The public API has a version, and what is deprecated goes when it was said to."""

from __future__ import annotations

import ast
import inspect
import re
import typing
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway import api, errors, hookspecs
from gateway.deprecations import DEPRECATIONS, Deprecation, due, warn

PUBLIC_SOURCES = [
    *sorted(Path(api.__file__).parent.glob("*.py")),
    Path(hookspecs.__file__),
    Path(errors.__file__),
]
OLD = Deprecation(name="Old", since="1.1", removed_in="2.0", instead="use New")


def test_the_api_has_a_version_of_its_own() -> None:
    assert re.fullmatch(r"\d+\.\d+", api.__version__)


def test_nothing_is_kept_longer_than_was_said() -> None:
    assert due(api.__version__) == []


def test_a_deprecation_is_due_when_its_version_is_reached() -> None:
    assert due("1.9", [OLD]) == []
    assert due("2.0", [OLD]) == ["Old"]
    assert due("10.0", [OLD]) == ["Old"]


def test_a_deprecation_warns_for_one_minor_version_at_least() -> None:
    assert all(each.since.split(".")[0] < each.removed_in.split(".")[0] for each in DEPRECATIONS)


def test_whoever_uses_a_deprecated_name_is_told_what_to_use() -> None:
    with pytest.warns(
        DeprecationWarning, match=r"Old is deprecated since gateway.api 1.1 and gone in 2.0: use New"
    ):
        warn("Old", [OLD])


def test_every_public_name_exists_and_says_what_it_is() -> None:
    silent = [
        name
        for name in api.__all__
        if (inspect.isclass(getattr(api, name)) or inspect.isfunction(getattr(api, name)))
        and not inspect.getdoc(getattr(api, name))
    ]
    assert silent == []


@pytest.mark.parametrize("path", PUBLIC_SOURCES, ids=lambda path: path.stem)
def test_no_public_type_is_any(path: Path) -> None:
    names = {
        name.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    assert "Any" not in names


def test_every_public_name_is_typed() -> None:
    """What has a type that cannot be resolved, or none, is as good as ``Any``."""
    untyped = [
        f"{name}.{method.__name__}"
        for name in api.__all__
        for method in _functions_of(getattr(api, name))
        if set(inspect.signature(method).parameters) - {"self"} - typing.get_type_hints(method).keys()
    ]
    assert untyped == []


def _functions_of(item: object) -> list[Callable[..., object]]:
    own = [item, *vars(item).values()] if inspect.isclass(item) else [item]
    return [
        each
        for each in own
        if inspect.isfunction(each) and each.__module__.startswith("gateway.") and each.__name__[0] != "_"
    ]
