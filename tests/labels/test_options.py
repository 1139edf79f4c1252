"""What may be asked of the labels."""

from __future__ import annotations

import pytest

from gateway_labels.options import LabelOptions

WRONG = {
    "unknown sheet": ({"sheet": "A-one 1"}, "nearest"),
    "start before the first label": ({"start": 0}, "start"),
    "start after the last label": ({"start": 25}, "start"),
    "negative volume": ({"sheets_per_file": -1}, "sheets_per_file"),
    "far offset": ({"offset_x": 21.0}, "offsets"),
    "barcode on a narrow sheet": ({"sheet": "A-one 28368", "barcode": "required"}, "too narrow"),
}


@pytest.mark.parametrize(("wrong", "message"), WRONG.values(), ids=WRONG.keys())
def test_an_impossible_option_is_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LabelOptions(**wrong)  # type: ignore[arg-type]


def test_the_default_sheet_carries_the_barcode() -> None:
    assert LabelOptions().sheet == "A-one 28369"
