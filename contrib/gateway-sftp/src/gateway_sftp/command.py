"""``gateway sftp``: send a released package to a client's server."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click

from gateway.api import CommandSession, Refused


@click.command(help="Send a released package by SFTP; the far side sees all of it or nothing.")
@click.argument("delivery")
@click.option(
    "--to", "url", required=True, metavar="URL", help="sftp://user@host[:port]/folder, without a password."
)
@click.option(
    "--known-hosts",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="The host's key, as in OpenSSH's known_hosts; any other key is refused.",
)
@click.option(
    "--key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A private key without a passphrase.",
)
@click.option(
    "--password-env", default="", metavar="NAME", help="The environment variable that holds the password."
)
@click.option("--with-recalled", is_flag=True, help="Send it although people in it have opted out since.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object instead of text.")
@click.pass_obj
def sftp(
    session: CommandSession,
    *,
    delivery: str,
    url: str,
    known_hosts: Path,
    key: Path | None,
    password_env: str,
    with_recalled: bool,
    as_json: bool,
) -> None:
    """Send a package."""
    from gateway_sftp.place import read_place
    from gateway_sftp.sending import send

    place = read_place(url, known_hosts, key, password_env)
    package = session.services().package(delivery)
    if package.recalled and not with_recalled:
        raise Refused(
            "recalled",
            f"{package.recalled} people of the delivery {package.delivery} have opted out since its release",
            hint="deliver anew; --with-recalled sends it all the same",
        )
    outcome = asyncio.run(send(package, place))
    if as_json:
        result = {
            "delivery": package.delivery,
            "outcome": outcome.replace(" ", "_"),
            "files": list(package.files),
        }
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        click.echo(
            f"{package.delivery}: {outcome}, {len(package.files)} files in {place.folder} on {place.host}"
        )
