"""``gateway check``: judge people, or pairs, without importing anything."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from gateway.cli.context import Session
from gateway.cli.output import emit, json_option, print_json
from gateway.errors import WrongUsage
from gateway.i18n import _

if TYPE_CHECKING:
    from gateway.suppression.check_files import CheckedFile, CheckedPairs


@click.command(
    help=_("Judge people against the register without importing them, or pairs without a workspace.")
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option(
    "--pairs",
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("Judge pairs: each row has an opt-out (optout_…) and a record (record_…)."),
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help=_("Where to write; stdout by default.")
)
@click.option("--encoding", help=_("The encoding of a CSV file; found out by itself otherwise."))
@json_option
@click.pass_obj
def check(
    session: Session,
    *,
    file: Path | None,
    pairs: Path | None,
    output: Path | None,
    encoding: str | None,
    as_json: bool,
) -> None:
    """Judge a file; the rows come back with the verdict, the rule and why."""
    from gateway.suppression.check_files import CheckedFile, CheckedPairs

    if (file is None) == (pairs is None):
        raise WrongUsage("one_input", _("name one file of people, or one with --pairs"))
    if pairs is not None:
        _write(CheckedPairs(pairs, encoding), output, as_json=as_json)
        return
    if file is not None:
        from gateway.db.engine import reading

        with reading(session.screening_database()) as connection:
            _write(CheckedFile(connection, session.manager, file, encoding), output, as_json=as_json)


def _write(checked: CheckedFile | CheckedPairs, output: Path | None, *, as_json: bool) -> None:
    """Write the judged rows; with ``--output`` a summary follows on stdout."""
    if output is None and as_json:
        for row in checked.rows():
            print_json(row)
        return
    with _opened(output) as handle:
        _write_csv(checked.header, checked.rows(), handle)
    counts = {name: checked.counts[name] for name in ("deliver", "review", "suppress")}
    text = _("deliver {deliver}, review {review}, suppress {suppress}").format(**counts)
    if output is None:
        click.echo(text, err=True)
    else:
        emit(as_json, {"rows": sum(counts.values()), **counts, "output": output}, text)


def _write_csv(header: Sequence[str], rows: Iterator[Mapping[str, str]], handle: TextIO) -> None:
    writer = csv.DictWriter(handle, header, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    """Open the output: stdout, or a private file that appears when it is complete."""
    if output is None:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        yield sys.stdout
        return
    from gateway.people.private_file import private_file

    with private_file(output) as handle:
        yield handle
