"""``gateway returns``: mail that came back, by the line codes scanned from it."""

from __future__ import annotations

import csv
import hashlib
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from gateway.cli.context import Session
from gateway.cli.output import emit, emit_rows, json_option
from gateway.errors import WrongUsage
from gateway.i18n import _

_COLUMNS = ("line_code", "管理番号")


@click.group(help=_("Take line codes of undeliverable mail, and count them."))
def returns() -> None:
    """Group the commands about returned mail."""


@returns.command(
    "import",
    help=_(
        "Take scanned line codes: one a row, or a CSV file with the column line_code. - is standard input."
    ),
)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--received-on", metavar="DATE", help=_("The day on which they came back (default: today)."))
@json_option
@click.pass_obj
def import_file(session: Session, *, file: Path, received_on: str | None, as_json: bool) -> None:
    """Mark the people; they are left out of later mailings until their address changes."""
    from gateway.db.clock import legal_date
    from gateway.log.returns import import_returns

    content = _read(file)
    rows = _codes(content)
    now = session.now()
    summary = import_returns(
        session.database(),
        [code for _line, code in rows],
        on=_day(received_on) if received_on else legal_date(now),
        actor=session.actor,
        now=now,
        file_sha256=hashlib.sha256(content).hexdigest(),
    )
    rejected = [
        {"line": rows[place][0], "reason": reason} for place, reason in sorted(summary.rejected.items())
    ]
    data = {
        "returned": summary.returned,
        "known": summary.known,
        "rejected": rejected,
        "by_list": dict(summary.by_list),
        "by_source": dict(summary.by_source),
    }
    text = [
        _("{returned} taken, {known} known before, {rejected} not understood").format(
            returned=summary.returned, known=summary.known, rejected=len(rejected)
        )
    ]
    text += [_("line {line}: {reason}").format(**each) for each in rejected]
    emit(as_json, data, "\n".join(text))


@returns.command("list", help=_("Count what has come back, by list and source."))
@json_option
@click.pass_obj
def list_returns(session: Session, *, as_json: bool) -> None:
    """Show the counts."""
    from gateway.db.engine import reading
    from gateway.log.returns import count_returns

    with reading(session.database()) as connection:
        counts = count_returns(connection)
    emit_rows(as_json, [asdict(each) for each in counts], ("list", "source", "returned"))


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise WrongUsage(
            "unreadable_file", _("{path} cannot be read ({reason})").format(path=file, reason=error.strerror)
        ) from None


def _codes(content: bytes) -> list[tuple[int, str]]:
    """Return line and code of every row that has one; the codes of scanners are ASCII."""
    text = content.decode("utf-8-sig", "replace")
    rows = list(csv.reader(text.splitlines()))
    column = next((rows[0].index(name) for name in _COLUMNS if rows and name in rows[0]), None)
    start = 0 if column is None else 1
    found = [
        (line, row[column or 0].strip())
        for line, row in enumerate(rows, start=1)
        if line > start and len(row) > (column or 0) and row[column or 0].strip()
    ]
    if not found:
        raise WrongUsage(
            "no_rows", _("the file holds no line code"), hint=_("one code a row, or a column line_code")
        )
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUsage("bad_date", _("{text} is no date such as 2026-04-01").format(text=text)) from None
