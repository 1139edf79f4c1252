"""The bar font's measures against Japan Post's tolerance (postal code manual p12)."""

from __future__ import annotations

import pytest

from gateway.pdf.bar_font import CUSTOMER_BARS, code128_rows, code128_string, customer_string
from gateway.pdf.bar_grid import GRIDS, BarGrid

TOLERANCE = {"long": (3.40, 3.60), "timing": (1.05, 1.35), "pitch": (0.95, 1.30), "bar": (0.50, 0.70)}
SPACE = (0.45, 0.60)


@pytest.mark.parametrize("grid", GRIDS.values(), ids=lambda grid: grid.name)
def test_every_measure_is_inside_the_official_tolerance(grid: BarGrid) -> None:
    unit, scale = 25.4 / grid.units_per_inch, grid.point / 10
    for measure, (least, most) in TOLERANCE.items():
        assert least * scale <= getattr(grid, measure) * unit <= most * scale
    assert SPACE[0] * scale <= (grid.pitch - grid.bar) * unit <= SPACE[1] * scale


@pytest.mark.parametrize("grid", GRIDS.values(), ids=lambda grid: grid.name)
def test_upper_and_lower_semi_long_bars_overlap_in_the_timing_zone(grid: BarGrid) -> None:
    assert 2 * grid.semi - grid.long == grid.timing


def test_every_character_has_three_bars_but_start_and_stop_two() -> None:
    assert {character for character, bars in CUSTOMER_BARS.items() if len(bars) != 3} == {"[", "]"}
    assert len(set(CUSTOMER_BARS.values())) == 21


def test_a_customer_barcode_that_is_not_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="23"):
        customer_string("[1500002]")


def test_a_code128_string_has_start_check_and_stop() -> None:
    string = bytes.fromhex(code128_string("G7K2M9XQ4T1C"))
    assert (string[0] - 0x80, string[-1] - 0x80, len(string)) == (104, 106, 15)


def test_several_codes_are_made_as_one_by_one() -> None:
    texts = ["G7K2M9XQ4T1C", "G00000000000", "GZZZZZZZZZZZ"]
    assert [row.tobytes().hex() for row in code128_rows(texts)] == [code128_string(text) for text in texts]


@pytest.mark.parametrize("texts", [["AB", "C"], ["A", "BC", "DEF"], [""]], ids=["shorter", "longer", "empty"])
def test_codes_of_different_lengths_are_not_made_together(texts: list[str]) -> None:
    with pytest.raises(ValueError, match="length"):
        code128_rows(texts)
