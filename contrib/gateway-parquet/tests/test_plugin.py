"""What is particular to this format: types, and names that come back as they are."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet
import pytest

from gateway.api import Address, Line
from gateway.testing import MemoryBatch, awkward_people, line_code
from gateway_parquet import table


@pytest.fixture
def lines() -> list[Line]:
    """Awkward people, at one address."""
    address = Address(
        postal_code="1550031", postal_kind="town", text="東京都世田谷区北沢1-2-3", building="見本荘101"
    )
    return [
        Line(code=line_code(place), name=person.name, phones=person.phones, address=address)
        for place, person in enumerate(awkward_people())
    ]


def test_names_come_back_as_they_are(tmp_path: Path, lines: list[Line]) -> None:
    table.render(MemoryBatch(folder=tmp_path, lines=lines, options=None))
    rows = pyarrow.parquet.read_table(tmp_path / table.FILE).to_pylist()
    assert [row["name"] for row in rows] == [line.name for line in lines]
    assert {row["building"] for row in rows} == {"見本荘101"}


def test_many_people_are_written_in_row_groups(
    tmp_path: Path, lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "ROWS", 5)
    table.render(MemoryBatch(folder=tmp_path, lines=lines, options=None))
    assert pyarrow.parquet.ParquetFile(tmp_path / table.FILE).num_row_groups == -(-len(lines) // 5)
    assert list(table.read_back(tmp_path)) == [line.code for line in lines]
