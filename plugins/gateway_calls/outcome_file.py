"""Read a client's file of call results: line codes, what came of each call, and when, as dialers export them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from gateway.api import LineOutcome, OutcomeKind, WrongUsage
from gateway.i18n import _
from gateway_calls.table_rows import read_rows

NOTHING = "nothing"
"""The result of a call that says nothing about the person: busy, no answer."""

_CODE_COLUMNS = (
    "line_code",
    "管理番号",
    "vendor_lead_code",
    "user.userid",
    "linecode__c",
    "source",
    "カテゴリー",
)
_RESULT_COLUMNS = ("outcome", "result", "結果", "架電結果", "disposition", "status", "status_name")
_DATE_COLUMNS = ("on", "date", "架電日", "日付", "called_on", "call_date", "通話日時", "架電日時")
_PHONE_COLUMNS = ("phone", "電話番号", "phone_number", "phone1", "number1", "address", "架電番号", "number")
RESULTS: Mapping[str, OutcomeKind | str] = {
    **dict.fromkeys(
        ("refused", "refusal", "dnc", "do not call", "拒否", "断り", "お断り", "拒絶", "再勧誘禁止"),
        "refused",
    ),
    **dict.fromkeys(
        ("wrong_number", "wrong number", "wrong", "番号違い", "間違い電話", "別人", "現在使われていない"),
        "wrong_number",
    ),
    **dict.fromkeys(("reached", "answered", "contact", "接続", "通話", "応答", "成約", "sale"), "reached"),
    **dict.fromkeys(
        (
            "no_answer",
            "no answer",
            "na",
            "busy",
            "voicemail",
            "不在",
            "留守電",
            "話中",
            "応答なし",
            "",
            NOTHING,
        ),
        NOTHING,
    ),
}
"""What results are called; compared without width and case. ``--as`` adds to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOutcomes:
    """What a file says: ``lines[i]`` is the line of the file that ``outcomes[i]`` stands on; ``unknown`` by line."""

    outcomes: Sequence[LineOutcome]
    lines: Sequence[int]
    ignored: int
    unknown: Mapping[int, str]


def read_outcomes(path: Path, *, names: Mapping[str, str], today: date) -> ReadOutcomes:
    """Read a CSV or TSV file (UTF-8 or cp932) or a workbook with a header; ``names`` adds the dialer's own names of results.

    A row whose result or date is not understood is listed with its reason and stops no other. Raises ``WrongUsage`` for a
    file that cannot be read or has no column of line codes or results.
    """
    rows = read_rows(path)
    header = [_fold(name) for name in next(rows, (0, []))[1]]
    code, result = _place(header, _CODE_COLUMNS), _place(header, _RESULT_COLUMNS)
    if code is None or result is None:
        raise WrongUsage(
            "no_known_column",
            _("{file} needs a column for the line code and one for the result").format(file=path.name),
            hint=_("name them line_code (管理番号) and outcome (結果)"),
        )
    when, phone = _place(header, _DATE_COLUMNS), _place(header, _PHONE_COLUMNS)
    results = {**RESULTS, **{_fold(name): kind for name, kind in names.items()}}
    outcomes: list[LineOutcome] = []
    lines: list[int] = []
    unknown: dict[int, str] = {}
    ignored = 0
    for number, row in rows:
        cells = [cell.strip() for cell in row] + [""] * (len(header) - len(row))
        if not any(cells):
            continue
        kind = results.get(_fold(cells[result]))
        on = _date(cells[when], today) if when is not None else today
        if kind == NOTHING:
            ignored += 1
        elif kind not in ("refused", "wrong_number", "reached"):
            unknown[number] = "unknown_outcome"
        elif on is None:
            unknown[number] = "bad_date"
        else:
            given = cells[phone] if phone is not None else ""
            outcomes.append(LineOutcome(line_code=cells[code], kind=kind, on=on, phone=given))  # type: ignore[arg-type]
            lines.append(number)
    return ReadOutcomes(outcomes=outcomes, lines=lines, ignored=ignored, unknown=unknown)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _place(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _date(text: str, today: date) -> date | None:
    """Read a date, or the date of a time; today where there is none; ``None`` for what is no date or in the future."""
    if not text:
        return today
    head = unicodedata.normalize("NFKC", text).replace("/", "-").replace("T", " ").split()[0]
    try:
        found = datetime.strptime(head, "%Y-%m-%d").date()  # noqa: DTZ007 - a legal date of Japan, no time
    except ValueError:
        return None
    return found if found <= today else None
