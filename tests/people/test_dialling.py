"""Numbers as they are dialled, against phonenumbers asked for each number."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat

from gateway.people.dialling import INVALID, dial


@pytest.mark.parametrize(
    "field",
    [
        "03-3227-3989",
        "0332273989",
        "+81332273989",
        "+81 (0)3 3227 3989",
        "０３－３２２７－３９８９",
        "03ー3227ー3989",
        "33227 3989",
        "03(3227)3989 内線 12",
    ],
)
def test_one_number_in_many_spellings_is_one_number(field: str) -> None:
    assert dial(field) == ("+81332273989", "fixed")


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("090-1234-5678", "mobile"),
        ("060-1234-5678", "mobile"),
        ("050-1234-5678", "ip"),
        ("0120-123-456", "toll_free"),
        ("0800-123-4567", "toll_free"),
        ("0990-123-456", "premium"),
        ("0570-123-456", "premium"),
        ("+44 20 7946 0018", "fixed"),
        ("010-44-20-7946-0018", "fixed"),
    ],
)
def test_a_number_has_a_kind(field: str, kind: str) -> None:
    assert dial(field)[1] == kind


@pytest.mark.parametrize(
    "field", ["", "110", "03-0000-0000", "03-0123-4567", "090-0123-4567", "none", "+999 123"]
)
def test_what_cannot_be_dialled_is_invalid(field: str) -> None:
    assert dial(field) == ("", INVALID)


def test_several_numbers_of_one_field_stay_in_their_order() -> None:
    assert dial("090-1234-5678、03-3227-3989") == ("+819012345678 +81332273989", "mobile fixed")


@pytest.mark.parametrize(
    "field",
    [
        "TEL 03-3227-3989 FAX 03-3227-3990",
        "03-3227-3989 / ＦＡＸ０３－３２２７－３９９０",
        "03-3227-3989(代) ファックス03-3227-3990",
        "03-3227-3989、03-3227-3990（FAX）",
        "FAX番号：03-3227-3990 TEL：03-3227-3989",
        "Tel.03-3227-3989\nFax.03-3227-3990",
        "TEL/FAX 03-3227-3989",
        "電話・ﾌｧｸｽ共通 03-3227-3989",
        "03-3227-3989 FAX兼用",
    ],
)
def test_a_number_that_is_named_as_that_of_a_fax_is_none_to_dial(field: str) -> None:
    assert dial(field) == ("+81332273989", "fixed")


@pytest.mark.parametrize("field", ["FAX:03-3227-3990", "03-3227-3990(fax)", "ファクシミリ　03-3227-3990"])
def test_a_field_may_hold_nothing_but_a_fax(field: str) -> None:
    assert dial(field) == ("", "fax")


@given(st.from_regex(r"0[1-9][0-9]{8,9}", fullmatch=True).filter(lambda number: not number.startswith("010")))
def test_beginning_and_length_tell_as_much_as_the_whole_number(number: str) -> None:
    parsed = phonenumbers.parse(number, "JP")
    valid = phonenumbers.is_valid_number(parsed)
    found = dial(number)[0]
    if found or len(set(number[-6:])) > 1:  # placeholders are no numbers
        assert found == (phonenumbers.format_number(parsed, PhoneNumberFormat.E164) if valid else "")
