"""What is particular to this format."""

from __future__ import annotations

import json
from pathlib import Path

from gateway.api import Line
from gateway.testing import MemoryBatch, line_code
from gateway_jsonl import render


def test_a_person_is_an_object_on_a_line_of_its_own(tmp_path: Path) -> None:
    line = Line(code=line_code(1), name="見本　花子", phones=("+81314600001",))
    render(MemoryBatch(folder=tmp_path, lines=[line], options=None))
    (row,) = (tmp_path / "people.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(row) == {"code": line.code, "name": "見本　花子", "phone": "+81314600001"}
