"""``gateway list``: import, show and drop lists."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.context import Session
from gateway.cli.output import emit, emit_rows, json_option, progress
from gateway.errors import Refused
from gateway.i18n import _

if TYPE_CHECKING:
    from gateway.acquisition.intake import ImportSummary
    from gateway.acquisition.lists import ListSummary

_MOST_WORKERS = 2
"""More would wait for the one process that writes."""


@click.group("list", help=_("Import, show and drop lists."))
def list_() -> None:
    """Group the commands about lists."""


@list_.command("import", help=_("Take a CSV, XLSX or Parquet file of people into a list."))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--list", "list_name", required=True, help=_("The list; made when there is none of that name."))
@click.option(
    "--source", "source_id", required=True, help=_("Where the data was acquired: gateway source list.")
)
@click.option("--encoding", help=_("The encoding of a CSV file; found out by itself otherwise."))
@click.option(
    "--email-consent",
    default="",
    metavar="TEXT",
    help=_("How all these people agreed to advertising by e-mail; without it no e-mail address ever leaves."),
)
@json_option
@click.pass_obj
def import_(
    session: Session,
    *,
    file: Path,
    list_name: str,
    source_id: str,
    encoding: str | None,
    email_consent: str,
    as_json: bool,
) -> None:
    """Take a file of people into a list."""
    from gateway.acquisition.intake import ImportRequest, import_list

    request = ImportRequest(
        path=file,
        list_name=list_name,
        source_id=source_id,
        encoding=encoding,
        workers=_workers(),
        email_consent=email_consent.strip(),
    )
    with progress(None, _("importing")) as advance:
        summary = import_list(
            session.screening_database(),
            request,
            session.manager,
            actor=session.actor,
            now=session.now(),
            progress=advance,
        )
    emit(as_json, _summary_as_dict(summary), _summary_as_text(summary, list_name))


@list_.command(help=_("Show all lists, or one list and what was imported into it."))
@click.argument("name", required=False)
@json_option
@click.pass_obj
def show(session: Session, *, name: str | None, as_json: bool) -> None:
    """Show all lists, or one."""
    from gateway.acquisition.lists import count_numbers, list_names, summarise_list
    from gateway.db.engine import reading

    with reading(session.database()) as connection:
        names = list_names(connection) if name is None else [name]
        lists = [summarise_list(connection, each) for each in names]
        numbers = Counter() if name is None else count_numbers(connection, lists[0].id)
    if name is None:
        rows = [_list_as_dict(each) for each in lists]
        emit_rows(as_json, rows, ("list", "records", "imports", "sources", "created_at"))
    elif as_json:
        found = {
            **_list_as_dict(lists[0]),
            "numbers": dict(sorted(numbers.items())),
            "acquisitions": _acquisitions(lists[0]),
        }
        emit(as_json, found, "")
    else:
        click.echo(_("list {name}: {count} records").format(name=name, count=lists[0].records))
        if numbers:
            click.echo(_numbers_as_text(numbers))
        columns = (
            "finished_at",
            "source",
            "file",
            "rows",
            "imported",
            "suppressed",
            "held",
            "refused",
            "duplicates",
        )
        emit_rows(False, _acquisitions(lists[0]), columns)


@list_.command(help=_("Remove a list and all its records. Released deliveries stay on record."))
@click.argument("name")
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@json_option
@click.pass_obj
def drop(session: Session, *, name: str, yes: bool, as_json: bool) -> None:
    """Remove a list and all its records."""
    from gateway.acquisition.lists import drop_list, summarise_list
    from gateway.db.engine import reading

    database = session.database()
    with reading(database) as connection:
        found = summarise_list(connection, name)
    if not yes:
        question = _("remove the list {name} with {count} records?").format(name=name, count=found.records)
        _require_yes(question)
    count = drop_list(database, name, actor=session.actor, now=session.now())
    emit(
        as_json,
        {"list": name, "records": count},
        _("list {name} removed with {count} records").format(name=name, count=count),
    )


def _workers() -> int:
    """Count the processes worth starting on this machine; on a single core there is nothing to share."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _MOST_WORKERS) if cores > 1 else 0


def _require_yes(question: str) -> None:
    """Ask; ``Refused`` unless the answer is yes, or where nobody can answer."""
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort:
        click.echo(err=True)
        agreed = False
    if not agreed:
        raise Refused(
            "not_confirmed", _("not confirmed; nothing was changed"), hint=_("add --yes to be sure")
        )


def _summary_as_dict(summary: ImportSummary) -> dict[str, object]:
    return {
        "rows": summary.rows,
        "imported": summary.imported,
        "suppressed": summary.suppressed,
        "held": summary.held,
        "refused": summary.refused,
        "duplicates": summary.duplicates,
        "seconds": summary.seconds,
        "rejected_file": str(summary.rejected_file) if summary.rejected_file else None,
    }


def _summary_as_text(summary: ImportSummary, list_name: str) -> str:
    text = _(
        "{rows} rows: {imported} imported into {list}, {suppressed} suppressed, {held} held for review, "
        "{refused} refused, {duplicates} duplicates ({seconds:.1f} s)"
    ).format(
        rows=summary.rows,
        imported=summary.imported,
        list=list_name,
        suppressed=summary.suppressed,
        held=summary.held,
        refused=summary.refused,
        duplicates=summary.duplicates,
        seconds=summary.seconds,
    )
    if summary.numbers:
        text += "\n" + _numbers_as_text(summary.numbers)
    if summary.rejected_file:
        text += "\n" + _("refused rows: {file}").format(file=summary.rejected_file)
    return text


def _numbers_as_text(numbers: Mapping[str, int]) -> str:
    """Tell how many phone numbers there are of each kind, and which of them nobody is called at."""
    from gateway.people.dialling import HELD_KINDS

    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(numbers.items()))
    text = _("phone numbers: {kinds}").format(kinds=kinds)
    held = sum(numbers.get(kind, 0) for kind in HELD_KINDS)
    if held:
        text += "\n" + _("{count} toll-free and premium numbers are held: call files leave them out").format(
            count=held
        )
    return text


def _list_as_dict(found: ListSummary) -> dict[str, object]:
    return {
        "list": found.name,
        "records": found.records,
        "imports": len(found.acquisitions),
        "sources": sorted({each.source for each in found.acquisitions}),
        "created_at": found.created_at,
    }


def _acquisitions(found: ListSummary) -> list[dict[str, object]]:
    return [
        {
            "finished_at": each.finished_at,
            "source": each.source,
            "file": each.file_name,
            "file_sha256": each.file_sha256,
            "rows": each.rows,
            "imported": each.imported,
            "suppressed": each.suppressed,
            "held": each.held,
            "refused": each.refused,
            "duplicates": each.duplicates,
        }
        for each in found.acquisitions
    ]
