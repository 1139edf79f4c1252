from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from gateway.api import Refused
from gateway_calls.profile import Column, Profile
from gateway_calls.proof import Proofs
from gateway_calls.read_back import read_back
from gateway_calls.render import render
from tests.calls.batch import batch_of, line, write


def _rendered(folder: Path, **options: str) -> Proofs:
    proofs = Proofs()
    lines = [line(number) for number in range(10)]
    render(batch_of(folder, lines, **options), proofs)
    return proofs


def _last_row_lost(data: bytes) -> bytes:
    return data[: data.rindex(b"\r\n", 0, -2) + 2]


@pytest.mark.parametrize(
    "damage",
    [
        _last_row_lost,
        lambda data: data.replace(b"03-3460-0003", b"03-3460-9003"),
        lambda data: data.replace(b"03-3460-0003", b"03-3460-003"),
        lambda data: data + data[data.rindex(b"\r\n", 0, -2) + 2 :],
        lambda data: data.replace("管理番号".encode("cp932"), b"code"),
        lambda data: data[:-3],
        lambda data: data[:-2] + b',"more"\r\n',
    ],
    ids=["row_lost", "other_number", "digit_lost", "row_doubled", "other_header", "cut_off", "field_added"],
)
def test_a_damaged_file_is_not_delivered(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    proofs = _rendered(tmp_path)
    path = tmp_path / "calls.csv"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(Refused):
        list(read_back(tmp_path, proofs))


def test_a_folder_that_was_never_written_is_not_delivered(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        list(read_back(tmp_path, Proofs()))


def test_a_second_attempt_in_the_same_folder_replaces_the_first(tmp_path: Path) -> None:
    proofs = _rendered(tmp_path)
    (tmp_path / "calls.csv").unlink()
    lines = [line(number) for number in range(3)]
    render(batch_of(tmp_path, lines), proofs)
    assert list(read_back(tmp_path, proofs)) == [each.code for each in lines]


@pytest.mark.parametrize("style", ["e164", "e164_noplus", "national_hyphen", "national_digits", "nsn"])
def test_numbers_of_every_style_are_recognised(style: str, tmp_path: Path) -> None:
    assert len(list(read_back(tmp_path, _rendered(tmp_path, phone_style=style)))) == 10


def test_a_damaged_workbook_is_not_delivered(tmp_path: Path) -> None:
    proofs = _rendered(tmp_path, profile="xlsx")
    path = tmp_path / "calls.xlsx"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(Refused, match="workbook"):
        list(read_back(tmp_path, proofs))


@pytest.mark.parametrize(
    ("cell", "value"),
    [("C2", "03-3460-9000"), ("C2", 334600000), ("Z2", "more"), ("A1", "code"), ("A12", "one more row")],
)
def test_a_changed_workbook_is_not_delivered(cell: str, value: object, tmp_path: Path) -> None:
    proofs = _rendered(tmp_path, profile="xlsx")
    path = tmp_path / "calls.xlsx"
    book = openpyxl.load_workbook(path)
    book.worksheets[0][cell] = value
    book.save(path)
    with pytest.raises(Refused):
        list(read_back(tmp_path, proofs))


def test_workbook_columns_beyond_z_are_read(tmp_path: Path) -> None:
    columns = (
        *(Column(name=f"c{place}", text=str(place)) for place in range(27)),
        Column(name="code", value="code"),
        Column(name="tel", value="phone1"),
    )
    write(tmp_path, [line(0)], profile="wide", profiles={"wide": Profile(columns=columns, kind="xlsx")})
