"""A workspace from a dict, and what its packages say, read by other programs."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from gateway.errors import Refused
from gateway.testing.awkward import awkward_people
from gateway.testing.package_text import cells_of, folded, is_readable, metadata_of, text_of, values_of
from gateway.testing.people import synthetic_people
from gateway.testing.person_traces import GONE, marks_in, marks_in_package
from gateway.testing.workspace import manifest_of, open_workspace

PEOPLE = list(synthetic_people(12, seed=21))


def test_lists_opt_outs_and_clients_come_from_a_dict(tmp_path: Path) -> None:
    contents = {
        "lists": {"a": PEOPLE[:8], "b": [*PEOPLE[8:], GONE]},
        "opt_outs": [GONE],
        "clients": {"acme": ("dm",)},
    }
    with open_workspace(tmp_path, contents) as vendor:  # type: ignore[arg-type]
        result = vendor.deliver(format="labels", lists=("a", "b"), client="acme")
        assert result.counts.delivered == 12
        (package,) = vendor.packages()
        assert manifest_of(package)["client"] == "acme"
        text = folded(text_of(package / "labels.pdf"))
        assert all(folded(each.name) in text for each in PEOPLE)
        assert marks_in_package(package, [GONE]) == []
        with pytest.raises(Refused):
            vendor.deliver(format="calls", purpose="telemarketing", lists=("a",), client="acme")


def test_awkward_people_differ_in_name_and_address() -> None:
    people = awkward_people()
    assert len({each.id for each in people}) == len({each.name for each in people}) == len(people)
    assert len({each.address for each in people}) == len(people)
    assert all(len(each.phones) <= 1 for each in people)


@pytest.mark.parametrize(
    ("name", "content", "value"),
    [
        ("a.csv", '"甲斐""虎""",1\n'.encode("cp932"), '甲斐"虎"'),
        ("a.tsv", '\ufeff"a\tb"\t1\n'.encode(), "a\tb"),
        ("a.jsonl", b'{"name": "\\u5c71\\n"}\n', "山\n"),
        ("a.json", '[{"name": "山"}]'.encode(), "山"),
        ("a.txt", "山".encode("utf-16"), "山"),
    ],
)
def test_values_are_read_without_their_quoting(tmp_path: Path, name: str, content: bytes, value: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert value in values_of(path)


def test_a_table_has_rows_of_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('"a\nb",c\nd,e\n', encoding="utf-8")
    assert list(cells_of(path)) == [["a\nb", "c"], ["d", "e"]]


def test_an_archive_is_read_and_its_properties_too(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("山.txt", "川")
        archive.comment = "谷".encode()
    assert text_of(path) == "川"
    assert "山.txt" in metadata_of(path)
    assert "谷" in metadata_of(path)


def test_a_binary_file_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"\0\1\2")
    assert text_of(path) == ""
    assert not is_readable(path)


@pytest.mark.parametrize(
    "text",
    [
        "纐纈 萬壽夫 様",
        "コウケツマスオ",
        "ｺｳｹﾂ ﾏｽｵ",
        "tel:+81 3-1469-8765",
        "(03)1469-8765",
        "北沢４－９８７－６５",
        "masuo.koketsu@example.jp",
    ],
)
def test_somebody_is_found_in_any_notation(text: str) -> None:
    assert marks_in(f"...{text}...", GONE)
