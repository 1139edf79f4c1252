"""Filling in the template of ``gateway.toml``."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis.strategies import text

from gateway.cli.sample_settings import SAMPLE_SETTINGS
from gateway.cli.settings_template import settings_text, toml_value


def test_without_values_it_is_the_template() -> None:
    template = (files("gateway") / "templates" / "gateway.toml").read_text(encoding="utf-8")
    assert settings_text({}) == template


def test_a_value_is_put_at_its_key_and_the_comment_stays() -> None:
    text = settings_text({"filing.number": "1", "database.url": "sqlite:///x.db"})
    assert 'number = "1"                       # the number the PPC' in text
    assert tomllib.loads(text)["database"] == {"url": "sqlite:///x.db"}


def test_a_key_shown_as_a_comment_is_put_into_force() -> None:
    assert tomllib.loads(settings_text({"filing.start_on": date(2026, 5, 1)}))["filing"]["start_on"] == date(
        2026, 5, 1
    )


def test_a_key_that_the_template_lacks_is_an_error() -> None:
    with pytest.raises(KeyError):
        settings_text({"filing.absent": 1})


def test_the_sample_says_all_that_a_filing_has_to_say() -> None:
    settings = tomllib.loads(settings_text(SAMPLE_SETTINGS))
    assert all(settings["provider"].values())
    assert all(settings["filing"].values())
    assert all(settings["filing"]["desk"].values())


@given(text())
def test_any_text_reads_back_as_itself(value: str) -> None:
    assert tomllib.loads(f"key = {toml_value(value)}") == {"key": value}


@pytest.mark.parametrize(
    "value",
    ['a "b" \\ \n\x7f名', True, False, ["x", "y"], {"env": "A", "file": "b"}, date(2026, 1, 2), [], ""],
    ids=["text", "true", "false", "list", "table", "date", "empty list", "empty text"],
)
def test_a_value_reads_back_as_itself(value: object) -> None:
    assert tomllib.loads(f"key = {toml_value(value)}")["key"] == value
