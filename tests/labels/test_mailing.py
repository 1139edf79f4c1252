"""The order of a mailing, its bundles with slips, the summary sheet, and the estimate of the discount."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gateway.api import Line, WrongUsage
from gateway.postal import mail_area
from gateway_labels.areas import UNKNOWN, AreaOf, SortKey
from gateway_labels.bundles import Label, bundles
from gateway_labels.discounts import Scheme, discounts
from gateway_labels.options import LabelOptions
from gateway_labels.read_back import read_back
from gateway_labels.render import render
from tests.labels.batch import MemoryBatch, address, code_of, line
from tests.labels.pages import texts


@pytest.mark.parametrize(
    ("code", "area"),
    [("1500002", "150"), ("0600001", "060"), ("9000001", "900"), ("9999999", ""), ("", "")],
)
def test_the_area_of_a_code_comes_from_the_table(code: str, area: str) -> None:
    assert mail_area(code) == area


def test_the_area_need_not_be_a_prefix_of_the_code() -> None:
    assert mail_area("0482402") == "04824"
    assert sum(1 for code in ("1500002", "1008798", "0482402") if code.startswith(mail_area(code))) == 3


def test_the_offices_own_list_overrides_the_table(tmp_path: Path) -> None:
    path = tmp_path / "areas.csv"
    path.write_text("郵便番号,郵便区番号\n150-0002,15088\n", encoding="utf-8")
    assert [AreaOf(str(path))(code) for code in ("1500002", "1500001", "9999999")] == [
        "15088",
        "150",
        UNKNOWN,
    ]


BAD_LISTS = {
    "no_known_column": "code,place\n1500002,150\n",
    "bad_area_list": "postal_code,area\n1500002,150\n150000,1\n",
    "unreadable_area_list": None,
}


@pytest.mark.parametrize(("code", "text"), BAD_LISTS.items())
def test_a_list_that_cannot_be_used_is_refused(tmp_path: Path, code: str, text: str | None) -> None:
    path = tmp_path / f"{code}.csv"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(WrongUsage) as refusal:
        AreaOf(str(path))("1500002")
    assert refusal.value.code == code


def test_lines_are_sorted_by_area_code_number_and_name() -> None:
    wanted = [
        line(0, address=address("1-2", postal_code="1000001")),
        line(1, address=address("2-3", postal_code="1500001")),
        line(2, address=address("2-3-1", postal_code="1500002"), name="見本 一"),
        line(3, address=address("2-3-1", postal_code="1500002"), name="見本 二"),
        line(4, address=address("10-1", postal_code="1500002")),
        line(5, address=address("1-1", postal_code="9999999")),
    ]
    shuffled = [wanted[place] for place in (4, 1, 5, 3, 0, 2)]
    assert sorted(shuffled, key=SortKey(AreaOf())) == wanted


def _labels(**counts: int) -> list[Label]:
    return [Label("", area.removeprefix("a"), barcoded=True) for area, n in counts.items() for _ in range(n)]


def test_an_area_is_cut_into_bundles_of_nearly_equal_size() -> None:
    found = list(bundles(_labels(a150=25), size=10, least=5))
    assert [(each.name, each.number, each.of, len(each.labels)) for each in found] == [
        ("150", 1, 3, 8),
        ("150", 2, 3, 8),
        ("150", 3, 3, 9),
    ]


def test_small_areas_go_to_their_region_and_the_rest_to_a_mixed_bundle() -> None:
    labels = _labels(a100=3, a101=3, a150=6, a151=2, a900=1)
    found = [(each.name, len(each.labels)) for each in bundles(labels, size=10, least=5)]
    assert found == [("10", 6), ("150", 6), ("雑", 3)]


def _many(count: int) -> list[Line]:
    codes = ["1500002", "1500001", "1000001", "8120013"]
    return [line(n, address=address(f"{n}-1", postal_code=codes[n % 4])) for n in range(count)]


def test_slips_stand_between_the_labels_and_are_numbered_by_bundle(tmp_path: Path) -> None:
    options = LabelOptions(order="area", bundle=10, bundle_least=5, numbered=True)
    batch = MemoryBatch(folder=tmp_path, lines=_many(40), options=options)
    render(batch)
    text = "".join(texts(tmp_path / "labels.pdf"))
    assert [f"束{part}／2" in text for part in (1, 2)] == [True, True]
    assert text.count("郵便区番号") == 4
    assert [f"No.{number}" in text for number in (1, 40, 41)] == [True, True, False]
    assert sorted(read_back(tmp_path)) == sorted(code_of(n) for n in range(40))


def test_volumes_of_bundles_embed_what_they_show(tmp_path: Path) -> None:
    options = LabelOptions(order="area", bundle=10, bundle_least=5, sheets_per_file=1)
    batch = MemoryBatch(folder=tmp_path, lines=_many(40), options=options)
    render(batch)
    names = sorted(path.name for path in tmp_path.glob("labels*"))
    assert names == ["labels-001.pdf", "labels-002.pdf"]
    assert all("郵便区番号" in texts(tmp_path / name)[0] for name in names)


def test_the_summary_counts_by_area_and_tells_what_the_post_office_asks(tmp_path: Path) -> None:
    lines = [*_many(8), line(8, address=address(postal_code="1500000")), line(9, address=None)]
    batch = MemoryBatch(folder=tmp_path, lines=lines, options=LabelOptions(order="area"))
    render(batch)
    with (tmp_path / "summary.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    assert rows[1:4] == [["100", "2", "2", "0"], ["150", "5", "4", "1"], ["812", "2", "2", "0"]]
    facts = {row[0]: row[1] for row in rows[4:]}
    assert (facts["差出通数"], facts["うちバーコード付"], facts["未使用面"]) == ("9", "8", "15")
    text = texts(tmp_path / "summary.pdf")[0]
    assert "区分内訳表" in text
    assert "請求額ではありません" in text
    assert "あと992通で3%" in text


def test_the_summary_of_many_areas_takes_several_pages(tmp_path: Path) -> None:
    codes = [f"{area:03d}0001" for area in range(100, 990)]
    lines = [line(n, address=address(postal_code=code)) for n, code in enumerate(codes)]
    batch = MemoryBatch(folder=tmp_path, lines=lines, options=LabelOptions(order="area"))
    render(batch)
    assert len(texts(tmp_path / "summary.pdf")) >= 2


def test_the_estimate_tells_what_is_missing_to_the_next_rate() -> None:
    scheme = Scheme(name="s", rates=((2000, 3.0), (10000, 4.0)))
    found = [scheme.estimate(pieces) for pieces in (1943, 2000, 10000)]
    assert [(each.rate, each.missing, each.next_rate) for each in found] == [
        (0.0, 57, 3.0),
        (3.0, 8000, 4.0),
        (4.0, 0, 0.0),
    ]


def test_the_rates_have_a_date_and_a_source_and_grow() -> None:
    known = discounts()
    assert known.source
    assert known.as_of.year >= 2026
    for scheme in (known.barcoded, known.sorted_by_area, known.sorted_for_office):
        assert list(scheme.rates) == sorted(scheme.rates)


WRONG = {
    "bundles of an unsorted list": {"bundle": 10},
    "least above size": {"order": "area", "bundle": 5, "bundle_least": 6},
    "negative": {"order": "area", "bundle": -1},
}


@pytest.mark.parametrize("options", WRONG.values(), ids=WRONG.keys())
def test_impossible_bundles_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="bundle"):
        LabelOptions(**options)  # type: ignore[arg-type]
