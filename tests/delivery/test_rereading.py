"""Re-reading finds every line that is missing, foreign or there twice, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from gateway.api import Batch, OutputFormat
from gateway.delivery.rereading import require_same_lines
from gateway.errors import Refused
from gateway.log.line_code import Int64s, LineCodes
from gateway.plugin_answers import Registered
from gateway.plugin_loading import Plugin

CODES = LineCodes(bytes(range(32)))
SERIAL = 7
NUMBERS = np.array([number for number in range(120_000) if number % 7], dtype=np.int64)
ALL = CODES.encode(SERIAL, NUMBERS)

PLUGIN = Plugin(
    name="plain",
    distribution="tests",
    version="1",
    entry_point="tests",
    first_party=False,
    status="active",
)

Change = Callable[[list[str]], Iterable[str]]


def render(_batch: Batch[object]) -> None:
    """Write nothing: the tests say what is read back."""


def reread(numbers: Int64s, found: Iterable[str] | None, folder: Path) -> str:
    """Return the code of the refusal, or nothing; without ``found`` the files in the folder are scanned."""
    item: OutputFormat[object] = OutputFormat(
        name="plain",
        summary="",
        purposes=frozenset({"dm"}),
        method="file",
        fields=frozenset({"name"}),
        render=render,
        read_back=None if found is None else lambda _folder: found,
    )
    registered = Registered(plugin=PLUGIN, item=item)
    names = [path.name for path in folder.iterdir()]
    try:
        require_same_lines(registered, folder, names, CODES, SERIAL, numbers)
    except Refused as refused:
        return refused.code
    return ""


def test_the_same_lines_in_any_order_are_right(tmp_path: Path) -> None:
    assert reread(NUMBERS, reversed(ALL), tmp_path) == ""


CHANGES: dict[str, tuple[Change, str]] = {
    "the last one missing": (lambda codes: codes[:-1], "lines_missing"),
    "none at all": (lambda _codes: [], "lines_missing"),
    "one of them twice, far apart": (lambda codes: [*codes, codes[0]], "lines_doubled"),
    "one of them twice, side by side": (lambda codes: [codes[5], *codes], "lines_doubled"),
    "one twice instead of another": (lambda codes: [codes[0], *codes[:-1]], "lines_doubled"),
    "a line that was left out": (lambda codes: [*codes, *CODES.encode(SERIAL, [0])], "lines_foreign"),
    "a line behind the last": (lambda codes: [*codes, *CODES.encode(SERIAL, [1 << 20])], "lines_foreign"),
    "a line of another delivery": (
        lambda codes: [*codes[1:], *CODES.encode(SERIAL + 1, [1])],
        "lines_foreign",
    ),
    "no code": (lambda codes: [*codes, "nonsense"], "lines_foreign"),
    "a code with something behind it": (lambda codes: [codes[0] + "X", *codes[1:]], "lines_foreign"),
    "a wrong check character": (
        lambda codes: [codes[0][:-1] + ("0" if codes[0][-1] != "0" else "1"), *codes[1:]],
        "lines_foreign",
    ),
}


@pytest.mark.parametrize(("change", "code"), CHANGES.values(), ids=CHANGES.keys())
def test_a_difference_is_refused(tmp_path: Path, change: Change, code: str) -> None:
    assert reread(NUMBERS, change(list(ALL)), tmp_path) == code


def test_in_texts_a_code_may_come_twice_and_look_alikes_do_not_count(tmp_path: Path) -> None:
    look_alike = ALL[0][:-1] + ("0" if ALL[0][-1] != "0" else "1")
    text = "\n".join([*ALL[:10], ALL[3], look_alike])
    (tmp_path / "people.csv").write_text(text, encoding="ascii")
    assert reread(NUMBERS[:10], None, tmp_path) == ""
