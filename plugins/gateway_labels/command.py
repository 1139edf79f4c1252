"""``gateway barcode``: show the customer barcode of an address, or of every row of a CSV file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from gateway.api import WrongUsage
from gateway.i18n import _
from gateway_labels.customer_barcode_rows import columns_after, judged

_BLOCK = 1 << 16
"""How many characters are gathered before they are written."""


@click.command(help=_("Show the customer barcode of an address, or of each row of a CSV file."))
@click.argument("postal_code", metavar="[POSTAL]", required=False)
@click.argument("address_b", metavar="[ADDRESS_B]", required=False)
@click.option(
    "--csv",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=_("Read columns postal_code and address_b (or data: the encoded text itself); others pass through."),
)
@click.option(
    "--strict", is_flag=True, help=_("Print no barcode for codes that the postal tables do not know.")
)
@click.option("--json", "as_json", is_flag=True, help=_("Write one JSON object a row instead of CSV."))
def barcode(
    postal_code: str | None, address_b: str | None, file: Path | None, strict: bool, as_json: bool
) -> None:
    """Write the input columns and what was made of them to standard output.

    ADDRESS_B is what follows the town in the address (住所B); prefecture, city and town stand in the postal code.
    """
    if file is not None:
        if postal_code is not None:
            raise WrongUsage(
                "conflicting_options", _("give either POSTAL and ADDRESS_B or --csv FILE, not both")
            )
        from gateway_labels.customer_barcode_file import read_rows

        columns, rows = read_rows(file)
    elif postal_code is not None:
        columns = ["postal_code", "address_b"]
        rows = iter([{"postal_code": postal_code, "address_b": address_b or ""}])
    else:
        raise WrongUsage(
            "nothing_to_encode",
            _("no postal code and no file given"),
            hint=_("gateway barcode 100-0013 1丁目3番2号, or: gateway barcode --csv FILE"),
        )
    _write(columns_after(columns), (judged(row, strict=strict) for row in rows), as_json=as_json)


def _write(columns: list[str], rows: Iterable[Mapping[str, str]], *, as_json: bool) -> None:
    """Write UTF-8 whatever the locale is, because addresses have to survive a pipe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    if not as_json:
        writer.writerow(columns)
    for row in rows:
        values = [row[column] for column in columns]
        if as_json:
            out.write(json.dumps(dict(zip(columns, values, strict=True)), ensure_ascii=False) + "\n")
        else:
            writer.writerow(values)
        if out.tell() > _BLOCK:
            _flush(out)
    _flush(out)


def _flush(out: io.StringIO) -> None:
    click.echo(out.getvalue().encode("utf-8"), nl=False)
    out.seek(0)
    out.truncate()
