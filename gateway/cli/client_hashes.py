"""``gateway client hashes``: exchange lists with a client as keyed hashes, without exchanging identities."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from gateway.cli.context import Session
from gateway.cli.output import emit, json_option
from gateway.errors import WrongUsage
from gateway.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import Engine


class MakeKey(Protocol):
    """Hands out a client's key, the present one or a new one."""

    def __call__(self, engine: Engine, client: str, *, actor: str, now: datetime) -> bytes:
        """Return 32 bytes."""


_OUTPUT = click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help=_("Where to write; readable by you alone."),
)


@click.group(help=_("Exchange lists with a client as keyed hashes, without exchanging identities."))
def hashes() -> None:
    """Group the commands about hashed lists."""


@hashes.command(help=_("Write a client's key to a file; it is made the first time. Hand it over in person."))
@click.argument("id_", metavar="ID")
@_OUTPUT
@json_option
@click.pass_obj
def key(session: Session, *, id_: str, output: Path, as_json: bool) -> None:
    """Hand out a client's key."""
    from gateway.suppression.hash_keys import hand_out_hash_key

    data = _write_key(session, id_, output, hand_out_hash_key)
    emit(as_json, data, _("the key {key} of {client} is in {output}").format(**data))


@hashes.command(
    help=_(
        "Replace a client's key and write the new one to a file. Lists made with the old key are refused from then on;"
        " refusals that were recorded under it go on binding."
    )
)
@click.argument("id_", metavar="ID")
@_OUTPUT
@json_option
@click.pass_obj
def rotate(session: Session, *, id_: str, output: Path, as_json: bool) -> None:
    """Rotate a client's key."""
    from gateway.suppression.hash_keys import rotate_hash_key

    data = _write_key(session, id_, output, rotate_hash_key)
    emit(as_json, data, _("the new key {key} of {client} is in {output}").format(**data))


def _write_key(session: Session, client: str, output: Path, make: MakeKey) -> dict[str, object]:
    from gateway.people.private_file import private_file
    from gateway.suppression.hashed_lists import key_id

    engine = _engine_for(session, client)
    with private_file(output) as handle:
        made = make(engine, client, actor=session.actor, now=session.now())
        handle.write(made.hex() + "\n")
    return {"client": client, "key": key_id(made), "output": output}


@hashes.command(help=_("Give a client hashed keys of the register or of a list."))
@click.argument("id_", metavar="ID")
@click.option("--register", is_flag=True, help=_("All opt-outs in force, for the client to scrub by."))
@click.option("--list", "list_name", default="", help=_("The records of a list that may be delivered."))
@_OUTPUT
@json_option
@click.pass_obj
def export(
    session: Session, *, id_: str, register: bool, list_name: str, output: Path, as_json: bool
) -> None:
    """Export hashes."""
    from gateway.delivery.hashed_export import export_list, export_register

    if register == bool(list_name):
        raise WrongUsage("one_of_two", _("name either --register or one --list"))
    engine = _engine_for(session, id_)
    session.screening_database()
    if register:
        done = export_register(engine, id_, output, actor=session.actor, now=session.now())
    else:
        done = export_list(engine, id_, list_name, output, actor=session.actor, now=session.now())
    data = {
        "client": id_,
        "number": done.number,
        "people": done.people,
        "skipped": done.skipped,
        "hashes": done.hashes,
        "output": output,
    }
    emit(
        as_json,
        data,
        _("{hashes} hashes of {people} people written to {output}; {skipped} have none").format(**data),
    )


@hashes.command("import", help=_("Record a client's refusals that come as hashes."))
@click.argument("id_", metavar="ID")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--product", default="", help=_("The product that was refused; all products by default."))
@json_option
@click.pass_obj
def import_(session: Session, *, id_: str, file: Path, product: str, as_json: bool) -> None:
    """Import hashed refusals."""
    from gateway.cli.clients import emit_refusals
    from gateway.suppression.refusals_hashed import import_hashed_refusals

    engine = _engine_for(session, id_)
    done = import_hashed_refusals(engine, id_, file, product=product, actor=session.actor, now=session.now())
    emit_refusals(as_json, id_, product, done)


def _engine_for(session: Session, client: str) -> Engine:
    """Open the database; ``WrongUsage`` when it has no such client."""
    from gateway.db.engine import reading
    from gateway.delivery.clients import get_client

    engine = session.database()
    with reading(engine) as connection:
        get_client(connection, client)
    return engine
