"""What suppressors repeat: one notation for numbers, a token for a file."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.api import file_revision, national_digits
from gateway.people.person import Person
from gateway.people.phones import fold_phones
from gateway.testing.notation import NOTATIONS

NATIONAL = st.one_of(
    st.from_regex(r"0[1-9]-1[0-9]{3}-[0-9]{4}", fullmatch=True),
    st.from_regex(r"0[5-9]0-[0-9]{4}-[0-9]{4}", fullmatch=True),
)


@pytest.mark.parametrize(
    ("phone", "digits"),
    [
        ("+81 3-1460-0001", "0314600001"),
        ("+81(0)3-1460-0001", "0314600001"),
        ("０３（１４６０）０００１", "0314600001"),
        ("0081 3 1460 0001", "0314600001"),
        ("010-81-3-1460-0001", "0314600001"),
        ("090 1460 0001", "09014600001"),
        ("+1 212-555-0100", "12125550100"),
        ("81", "81"),
        ("none", ""),
    ],
)
def test_a_number_is_reduced_to_its_national_digits(phone: str, digits: str) -> None:
    assert national_digits(phone) == digits


@given(phone=NATIONAL, seed=st.integers(0, 1000))
def test_every_notation_of_a_number_is_one(phone: str, seed: int) -> None:
    (other,) = NOTATIONS["other_phones"](Person(id="1", phones=(phone,)), Random(seed)).phones
    assert national_digits(other) == national_digits(phone) == phone.replace("-", "")


@given(phone=NATIONAL, seed=st.integers(0, 1000))
def test_the_gate_reads_numbers_alike(phone: str, seed: int) -> None:
    (other,) = NOTATIONS["other_phones"](Person(id="1", phones=(phone,)), Random(seed)).phones
    assert fold_phones(other) in ((national_digits(other),), ())


def test_the_token_of_a_file_changes_with_its_content(tmp_path: Path) -> None:
    path = tmp_path / "numbers.txt"
    path.write_bytes(b"1")
    before = file_revision(path)
    assert file_revision(path) == before
    path.write_bytes(b"2")
    assert file_revision(path) != before


def test_a_file_that_is_not_there_has_no_token(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        file_revision(tmp_path / "nothing")
