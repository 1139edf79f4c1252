"""The rows of text of several labels."""

from __future__ import annotations

from gateway.pdf.text_font import Texts
from gateway_labels.rows import rows_of, with_half_width_addresses
from tests.labels.batch import address, line

LINES = [
    line(1, name="Ａ 太郎", address=address("２－１０５　Ａ棟ー（仮）", building="見本館３Ｆ")),
    line(2, name="Ｂ 花子", company="ＡＢＣ商事", address=address("1-1")),
    line(3, address=None),
]


def test_full_width_digits_letters_and_hyphens_of_addresses_become_half_width() -> None:
    rows = rows_of(LINES, "様", lambda line, reason: None)
    texts = with_half_width_addresses(Texts.of(rows.texts), rows)
    assert [texts[place] for place in range(len(texts))] == [
        "東京都渋谷区渋谷2-105　A棟ー（仮）",
        "見本館3F",
        "Ａ 太郎　様",
        "東京都渋谷区渋谷1-1",
        "ＡＢＣ商事",
        "Ｂ 花子　様",
    ]


def test_a_line_without_address_has_no_rows() -> None:
    refused: list[str] = []
    rows = rows_of(LINES, "様", lambda line, reason: refused.append(reason))
    assert (rows.lines, rows.address_rows, rows.rows, rows.starts.tolist()) == (
        LINES[:2],
        [2, 1],
        [3, 3],
        [0, 3, 6],
    )
    assert refused == ["no_address"]
