from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path

import pytest

from gateway.config import read_options
from gateway_calls.options import CallOptions
from gateway_calls.profile import VALUES, Profile, shipped_profiles

TEXT = (Path(__file__).parents[2] / "docs" / "call-files.md").read_text(encoding="utf-8")
SOURCES = Path(__file__).parents[2] / "plugins" / "gateway_calls"


def test_every_profile_is_in_the_table() -> None:
    assert set(re.findall(r"^\| `([a-z0-9-]+)`", TEXT, flags=re.MULTILINE)) >= shipped_profiles().keys()


@pytest.mark.parametrize(
    "name", [field.name for field in dataclasses.fields(CallOptions) if field.name != "profiles"]
)
def test_every_option_is_described(name: str) -> None:
    assert f"`{name}`" in TEXT


def test_the_sample_of_a_profile_is_valid() -> None:
    (sample,) = re.findall(r"```toml\n(.+?)```", TEXT, flags=re.DOTALL)
    table = tomllib.loads(sample)["formats"]["calls"]
    options = read_options(CallOptions, table, {"profile": "our-dialer"}, name="calls")
    assert options is not None
    assert options.target().suffix == ".txt"


@pytest.mark.parametrize("value", sorted(VALUES))
def test_every_value_of_a_column_is_listed(value: str) -> None:
    assert f"`{value}`" in TEXT


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Profile)])
def test_every_key_of_a_profile_is_named(name: str) -> None:
    assert re.search(rf"\b{name}\b", TEXT)


def test_every_reason_is_listed() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in SOURCES.glob("*.py"))
    reasons = re.findall(r'reasons\[index\] = "(\w+)"|else "(\w+_\w+)"|"(\w+_(?:number|character))"', code)
    found = {name for names in reasons for name in names if name} - {"phone_number"}  # a column of VICIdial's
    assert {reason for reason in found if f"`{reason}`" not in TEXT} == set()
