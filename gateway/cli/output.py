"""Results on stdout, as text or as JSON, and progress on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar
from unicodedata import east_asian_width

import click

from gateway.i18n import _

Command = TypeVar("Command", bound=Callable[..., Any])
Advance = Callable[[int], None]
"""Tell that so many more have been done."""


def json_option(command: Command) -> Command:
    """Add ``--json`` to a command; it arrives as ``as_json``. Errors are then printed as JSON too."""
    return click.option(
        "--json",
        "as_json",
        is_flag=True,
        is_eager=True,
        callback=_note_json,
        help=_("Print JSON: one object, or one a line for listings."),
    )(command)


def _note_json(ctx: click.Context, _parameter: click.Parameter, value: bool) -> bool:
    from gateway.cli.context import Session

    session = ctx.find_object(Session)
    if session is not None:
        session.as_json = value
    return value


def print_json(data: Mapping[str, object]) -> None:
    """Print one JSON object on one line; dates and paths become strings."""
    click.echo(json.dumps(data, ensure_ascii=False, default=str))


def emit(as_json: bool, data: Mapping[str, object], text: str) -> None:
    """Print a result: ``data`` as JSON, or ``text`` for people."""
    if as_json:
        print_json(data)
    else:
        click.echo(text)


def emit_rows(as_json: bool, rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> None:
    """Print a listing: one JSON object a line, or an aligned table of ``columns``.

    JSON carries all keys of a row; the table shows ``columns`` only. An empty listing prints nothing but its header.
    """
    if as_json:
        for row in rows:
            print_json(row)
        return
    table = [list(columns), *([_cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(display_width(line[place]) for line in table) for place in range(len(columns))]
    for line in table:
        padded = (
            cell + " " * (width - display_width(cell)) for cell, width in zip(line, widths, strict=True)
        )
        click.echo("  ".join(padded).rstrip())


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(map(str, value))
    return " ".join(str(value).split())


def display_width(text: str) -> int:
    """Return the number of terminal cells of a text; wide East Asian characters take two (UAX #11)."""
    return len(text) + sum(east_asian_width(character) in "WF" for character in text)


@contextmanager
def progress(total: int | None, label: str) -> Iterator[Advance]:
    """Show a bar on a terminal's stderr and nothing elsewhere; ``total=None`` where the end is not known."""
    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda count: bar.advance(task, count)


def steps(step: str, total: int) -> AbstractContextManager[Advance]:
    """Show one of several steps by a bar of its own."""
    return progress(total, step)
