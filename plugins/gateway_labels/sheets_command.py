"""``gateway sheets``: the catalogue, one sheet's measures, and sheets to print for proof and calibration."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from gateway.api import CommandSession, WrongUsage
from gateway.i18n import _

if TYPE_CHECKING:
    from gateway_labels.options import LabelOptions
    from gateway_labels.sheets import Sheet


_SET = click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="KEY=VALUE",
    help=_("Set an option of the labels, as deliver does."),
)
_OUTPUT = click.option(
    "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help=_("The PDF to write.")
)


@click.group(help=_("Show label sheets, and print sheets for proof and calibration."))
def sheets() -> None:
    """Group the commands about sheets."""


@sheets.command("list", help=_("List the sheets: own ones first, then the catalogue."))
@click.option("--json", "as_json", is_flag=True, help=_("Write one JSON object a sheet."))
@click.pass_obj
def list_sheets(session: CommandSession, as_json: bool) -> None:
    """Write one row a sheet."""
    from gateway_labels.sheets import sheets as catalogue

    own = _options(session, ()).sheets
    for sheet in (*(own[name].named(name) for name in own), *catalogue().values()):
        if as_json:
            click.echo(json.dumps(_described(sheet), ensure_ascii=False))
        else:
            size = f"{sheet.width:g} x {sheet.height:g}"
            click.echo(f"{sheet.name:<28}{sheet.labels:>4}  {size:<16}{sheet.grid or '-'}")


@sheets.command(help=_("Show a sheet's measures in millimetres; NAME may be glabels:FILE#Brand/Part."))
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help=_("Write one JSON object."))
@click.pass_obj
def show(session: CommandSession, name: str, as_json: bool) -> None:
    """Write the measures, or as settings for gateway.toml."""
    described = _described(_options(session, (f"sheet={name}",)).stock)
    if as_json:
        click.echo(json.dumps(described, ensure_ascii=False))
        return
    for key, value in described.items():
        click.echo(f"{key:<14}{value}")


@sheets.command(
    help=_("Write a sheet with the outlines of its labels, to lay over the stock against the light.")
)
@_SET
@_OUTPUT
@click.pass_obj
def proof(session: CommandSession, sets: tuple[str, ...], output: Path) -> None:
    """Write a proof."""
    from gateway_labels.proof import write_proof

    _write(output, write_proof, _options(session, sets))


@sheets.command(
    help=_("Write a sheet of rulers that tell how far a printer is off, and what to write in gateway.toml.")
)
@_SET
@_OUTPUT
@click.pass_obj
def calibrate(session: CommandSession, sets: tuple[str, ...], output: Path) -> None:
    """Write a calibration sheet."""
    from gateway_labels.proof import write_calibration

    options = _options(session, sets)
    _write(output, write_calibration, options)
    click.echo(
        _("Print it without scaling, read the marks, and add them to what stands in gateway.toml:"), err=True
    )
    click.echo(f"\n[formats.labels.printers.{options.printer or 'NAME'}]\nx = 0.0\ny = 0.0", err=True)


def _options(session: CommandSession, sets: tuple[str, ...]) -> LabelOptions:
    from gateway_labels.options import LabelOptions

    pairs = dict(_pairs(sets))
    options = session.format_options("labels", pairs)
    if not isinstance(options, LabelOptions):
        raise WrongUsage("plugin_blocked", _("the format labels is switched off"))
    return options


def _pairs(sets: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for each in sets:
        key, sign, value = each.partition("=")
        if not sign:
            raise WrongUsage("bad_value", _("--set needs KEY=VALUE"))
        yield key, value


def _described(sheet: Sheet) -> dict[str, object]:
    return {
        "name": sheet.name,
        "labels": sheet.labels,
        **{k: v for k, v in asdict(sheet).items() if k != "name"},
    }


def _write(output: Path, write: Callable[[BinaryIO, LabelOptions], None], options: LabelOptions) -> None:
    try:
        with output.open("wb") as file:
            write(file, options)
    except OSError as error:
        raise WrongUsage(
            "unwritable", _("{path} cannot be written ({reason})").format(path=output, reason=error.strerror)
        ) from None
