from __future__ import annotations

from pathlib import Path

import pytest

from gateway.config import read_config, read_options
from gateway.errors import WrongUsage
from gateway_calls.options import CallOptions
from gateway_calls.profile import Column, Profile

OWN = """
[formats.calls]
profile = "our-dialer"

[formats.calls.profiles.our-dialer]
delimiter = "\\t"
encoding = "cp932"
phone_style = "national_digits"
columns = [
  { name = "id", value = "code" },
  { name = "tel", value = "phone1", width = 11, required = true },
  { name = "branch", value = "attribute:支店" },
]
"""


def _options(text: str, folder: Path, **sets: str) -> CallOptions:
    path = folder / "gateway.toml"
    path.write_text(text, encoding="utf-8")
    options = read_options(CallOptions, read_config(path, {}).formats["calls"], sets, name="calls")
    assert options is not None
    return options


def test_a_vendor_s_own_profile_is_read_from_the_settings(tmp_path: Path) -> None:
    profile = _options(OWN, tmp_path).target()
    assert (profile.delimiter, profile.suffix, profile.encoding) == ("\t", ".txt", "cp932")
    assert [column.item for column in profile.columns] == ["", "phone", "支店"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('value = "code"', 'value = "text"', ["line code"]),
        ('value = "phone1"', 'value = "phone"', ["profiles.our-dialer.columns.2", "tel", "phone1"]),
        ('value = "phone1", width = 11, required = true', 'value = "name"', ["phone number"]),
        ('encoding = "cp932"', 'encoding = "sjis"', ["profiles.our-dialer.encoding", "utf-8"]),
        ('encoding = "cp932"', 'encodin = "cp932"', ["unknown key"]),
        ('"\\t"', '"ab"', ["delimiter"]),
        ("width = 11", "width = -1", ["tel"]),
        ("width = 11", 'width = "11"', ["profiles.our-dialer.columns.2.width", "whole number"]),
        ('name = "id"', 'name = "tel"', ["same name"]),
        ('name = "branch"', 'name = "𠮷"', ["cp932"]),
        ('name = "branch"', 'name = "=1+1"', ["formula"]),
        ('name = "branch", value = "attribute:支店"', 'name = "x", text = "＝1+1"', ["formula"]),
    ],
    ids=ascii,
)
def test_a_wrong_profile_says_where_and_what(old: str, new: str, words: list[str], tmp_path: Path) -> None:
    assert old in OWN
    with pytest.raises(WrongUsage) as caught:
        _options(OWN.replace(old, new), tmp_path)
    for word in (*words, "[formats.calls]"):
        assert word in caught.value.message


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("profile", "vicidail"),
        ("call_from", "07:59"),
        ("call_until", "21:01"),
        ("call_from", "20:30"),
        ("call_from", "9:00"),
        ("call_until", "24:00"),
        ("rows_per_file", "-1"),
        ("list_id", "99"),
        ("source_id", "a\tb"),
        ("source_id", "-1"),
        ("source_id", "a" * 51),
        ("encoding", "shift_jis"),
        ("phone_style", "digits"),
        ("unencodable", "geta"),
    ],
)
def test_a_wrong_option_is_refused(key: str, value: str) -> None:
    with pytest.raises(WrongUsage):
        read_options(CallOptions, {}, {key: value}, name="calls")


@pytest.mark.parametrize(("start", "end"), [("08:00", "21:00"), ("09:00", "20:00"), ("10:00", "10:01")])
def test_hours_within_the_limits_are_taken(start: str, end: str) -> None:
    assert CallOptions(call_from=start, call_until=end).call_from == start


def test_a_code_column_too_narrow_for_a_code_is_refused() -> None:
    with pytest.raises(ValueError, match="12"):
        Column(name="id", value="code", width=11)


def test_a_text_that_a_target_without_quotes_would_cut_is_refused() -> None:
    columns = (
        Column(name="id", value="code"),
        Column(name="p", value="phone1"),
        Column(name="x", text="a,b"),
    )
    with pytest.raises(ValueError, match="breaks its row"):
        Profile(columns=columns, quoting="none")
