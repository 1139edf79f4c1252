"""Results as text and as JSON."""

from __future__ import annotations

import json

import pytest

from gateway.cli.output import display_width, emit, emit_rows, progress

ROWS = [
    {"id": "a", "name": "名簿", "count": 3, "kept": True, "tags": ["x", "y"], "more": None},
    {"id": "long-id", "name": "list", "count": 12, "kept": False, "tags": [], "more": "z"},
]


def test_a_table_is_aligned_by_display_width(capsys: pytest.CaptureFixture[str]) -> None:
    emit_rows(False, ROWS, ("id", "name", "count", "kept", "tags"))
    assert capsys.readouterr().out.splitlines() == [
        "id       name  count  kept  tags",
        "a        名簿  3      yes   x, y",
        "long-id  list  12     no",
    ]


def test_json_rows_are_one_object_a_line_with_all_keys(capsys: pytest.CaptureFixture[str]) -> None:
    emit_rows(True, ROWS, ("id",))
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == ROWS


def test_an_empty_listing_is_its_header_or_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    emit_rows(False, [], ("id", "name"))
    assert capsys.readouterr().out == "id  name\n"
    emit_rows(True, [], ("id", "name"))
    assert capsys.readouterr().out == ""


def test_a_result_is_text_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    emit(False, {"id": "a"}, "made a")
    emit(True, {"id": "名"}, "made a")
    assert capsys.readouterr().out == 'made a\n{"id": "名"}\n'


def test_wide_characters_take_two_cells() -> None:
    assert display_width("aｱ名") == 4


def test_progress_is_silent_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(10, "importing") as advance:
        advance(5)
    assert capsys.readouterr() == ("", "")
