"""The page about labels names every option with its default."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from gateway_labels.options import LabelOptions

PAGE = Path(__file__).resolve().parents[2] / "docs" / "labels.md"


def test_every_option_is_described() -> None:
    text = PAGE.read_text(encoding="utf-8")
    described = set(re.findall(r"`([a-z_]+)`", text))
    assert {each.name for each in fields(LabelOptions)} - described - {"sheets", "printers"} == set()
    assert "[formats.labels.sheets." in text
    assert "[formats.labels.printers." in text
