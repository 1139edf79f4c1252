"""Every shipped profile's file, read by programs that know nothing of the plugin, and compared cell by cell."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import openpyxl
import pytest

from gateway_calls.profile import shipped_profiles
from tests.calls.batch import write
from tests.calls.expected_cells import EXPECTED, LINES, Expected
from tests.calls.vicidial_loader import FIELDS, load

Cells = list[list[str]]
_WITH_HEADER = [name for name, expected in EXPECTED.items() if expected.header and name != "xlsx"]


def _written(name: str, folder: Path) -> Path:
    """Write the three people with all that the profile has columns for."""
    batch = write(folder, LINES, profile=name, address=True, email=True)
    assert len(batch) == len(LINES)
    (path,) = folder.iterdir()
    assert path.name == EXPECTED[name].file
    return path


def _workbook(path: Path, width: int) -> Cells:
    rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(max_col=width, values_only=True)
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def test_every_shipped_profile_is_compared() -> None:
    assert EXPECTED.keys() == shipped_profiles().keys()


@pytest.mark.parametrize("name", _WITH_HEADER)
def test_python_s_csv_reads_the_same_cells(name: str, tmp_path: Path) -> None:
    expected, path = EXPECTED[name], _written(name, tmp_path)
    with path.open(encoding=expected.encoding, newline="") as file:
        assert list(csv.reader(file, delimiter=expected.delimiter, strict=True)) == expected.cells()


@pytest.mark.parametrize("name", _WITH_HEADER)
def test_rows_end_as_the_target_wants_them(name: str, tmp_path: Path) -> None:
    expected, data = EXPECTED[name], _written(name, tmp_path).read_bytes()
    assert data.count(expected.line_end) == data.count(b"\n") == len(LINES) + 1
    assert data.endswith(expected.line_end)
    assert (b"\r" in data) == (expected.line_end == b"\r\n")


@pytest.mark.parametrize("name", _WITH_HEADER)
def test_polars_reads_the_same_cells(name: str, tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    expected, path = EXPECTED[name], _written(name, tmp_path)
    encoding = "utf8" if expected.encoding == "utf-8" else expected.encoding
    table = polars.read_csv(path, infer_schema=False, encoding=encoding).fill_null("")
    assert [table.columns, *map(list, table.rows())] == expected.cells()


@pytest.mark.parametrize("name", _WITH_HEADER)
def test_pandas_reads_the_same_cells(name: str, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    expected, path = EXPECTED[name], _written(name, tmp_path)
    table = pandas.read_csv(path, dtype=str, keep_default_na=False, encoding=expected.encoding)
    assert [list(table.columns), *table.to_numpy().tolist()] == expected.cells()


def test_openpyxl_reads_the_same_cells_and_all_are_text(tmp_path: Path) -> None:
    path = _written("xlsx", tmp_path)
    expected = EXPECTED["xlsx"].cells()
    assert _workbook(path, len(expected[0])) == expected
    rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2)
    filled = [cell for row in rows for cell in row if cell.value]
    assert {(cell.data_type, cell.number_format) for cell in filled} == {("s", "@")}


def test_vicidial_s_loader_stores_the_same_cells(tmp_path: Path) -> None:
    leads = load(_written("vicidial", tmp_path))
    assert [[lead[field] for field in FIELDS] for lead in leads] == EXPECTED["vicidial"].cells()


def test_libreoffice_reads_the_same_cells(tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    paths: defaultdict[str, list[Path]] = defaultdict(list)
    for name, expected in EXPECTED.items():
        (tmp_path / name).mkdir()
        written = _written(name, tmp_path / name)
        paths[_libreoffice_filter(name, expected)].append(
            written.rename(tmp_path / f"{name}{written.suffix}")
        )
    for filter_, files in paths.items():
        _convert(office, files, tmp_path / "read", filter_)
    for name, expected in EXPECTED.items():
        cells = expected.cells()
        assert _workbook(tmp_path / "read" / f"{name}.xlsx", len(cells[0])) == cells, name


def _libreoffice_filter(name: str, expected: Expected) -> str:
    """Say how LibreOffice has to import a file, as its dialogue asks; every column of a text file is text."""
    if name == "xlsx":
        return "Calc MS Excel 2007 XML"
    quote = "34" if name != "vicidial" else ""
    character_set = {"utf-8": 76, "cp932": 64}[expected.encoding]
    columns = "/".join(f"{place}/2" for place in range(1, 27))
    return f"Text - txt - csv (StarCalc):{ord(expected.delimiter)},{quote},{character_set},1,{columns}"


def _convert(office: str, files: list[Path], folder: Path, filter_: str) -> None:
    """Open files in LibreOffice without a window and save them as workbooks."""
    profile = folder.parent / "office"
    command = [office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    command += [f"--infilter={filter_}", "--convert-to", "xlsx", "--outdir", str(folder), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
