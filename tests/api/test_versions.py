"""The public API has a version, and what is deprecated goes when it was said to."""

from __future__ import annotations

import dataclasses
import inspect
import re
import typing
from typing import Any

import pytest

from gateway import api
from gateway.deprecations import DEPRECATIONS, Deprecation, due, warn

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


def test_no_public_type_is_any() -> None:
    loose = []
    for name in api.__all__:
        item = getattr(api, name)
        if not inspect.isclass(item):
            continue
        functions = [each for each in vars(item).values() if inspect.isfunction(each)]
        hints = [typing.get_type_hints(each) for each in functions if each.__module__ == "gateway.api"]
        if dataclasses.is_dataclass(item):
            hints.append(typing.get_type_hints(item))
        loose += [f"{name}.{key}" for each in hints for key, kind in each.items() if kind is Any]
    assert loose == []
