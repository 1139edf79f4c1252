"""Send a package so that the far side sees all of it or nothing: into a hidden folder, renamed when complete."""

from __future__ import annotations

import hashlib
import logging
import posixpath
from pathlib import Path
from typing import Literal

import asyncssh

from gateway.api import Failed, Package, Refused
from gateway_sftp.place import Place

Sent = Literal["sent", "already there"]
MANIFEST = "manifest.json"
_BLOCK = 1 << 16


async def send(package: Package, place: Place) -> Sent:
    """Send a package; one that is there already, with the same manifest, stays as it is.

    Raises ``Refused`` for an unknown host key, a credential that is not accepted, or another package of the same
    number; ``Failed`` where the connection breaks: the far side then shows nothing, and the command can be repeated.
    """
    logging.getLogger("asyncssh").setLevel(logging.WARNING)
    try:
        async with (
            asyncssh.connect(
                place.host,
                place.port,
                username=place.user,
                password=place.password or None,
                client_keys=[str(place.key)] if place.key else None,
                known_hosts=str(place.known_hosts),
                agent_path=None,
                config=None,
            ) as connection,
            connection.start_sftp_client() as client,
        ):
            return await _send(client, package, place.folder)
    except asyncssh.HostKeyNotVerifiable as error:
        raise Refused(
            "unknown_host_key",
            f"{place.host} shows a key that is not in {place.known_hosts.name}",
            hint="ask its operator for the key; never accept it unseen",
        ) from error
    except asyncssh.PermissionDenied as error:
        raise Refused("not_let_in", f"{place.host} does not accept the user or the credential") from error
    except (OSError, asyncssh.Error) as error:
        raise Failed(
            "not_sent",
            f"the package was not sent ({type(error).__name__})",
            hint="the far side shows nothing of it; try again",
        ) from error


async def _send(client: asyncssh.SFTPClient, package: Package, folder: str) -> Sent:
    target = posixpath.join(folder, package.delivery)
    hidden = posixpath.join(folder, f".{package.delivery}.part")
    if await client.exists(target):
        await _require_same(client, package, target)
        return "already there"
    if await client.exists(hidden):
        await client.rmtree(hidden)
    await client.makedirs(hidden, attrs=asyncssh.SFTPAttrs(permissions=0o700))
    for name in package.files:
        remote = posixpath.join(hidden, name)
        if "/" in name:
            await client.makedirs(posixpath.dirname(remote), exist_ok=True)
        await client.put(str(package.folder / name), remote)
        await _require_equal(client, package.folder / name, remote)
    await client.posix_rename(hidden, target)
    return "sent"


async def _require_equal(client: asyncssh.SFTPClient, local: Path, remote: str) -> None:
    """Read back what has arrived: SFTP itself promises no integrity beyond the connection's."""
    digest = hashlib.sha256()
    async with client.open(remote, "rb") as handle:
        while block := await handle.read(_BLOCK):
            digest.update(block if isinstance(block, bytes) else block.encode("utf-8"))
    with local.open("rb") as file:
        if hashlib.file_digest(file, "sha256").digest() != digest.digest():
            raise Failed("arrived_changed", f"{local.name} has arrived with other bytes")


async def _require_same(client: asyncssh.SFTPClient, package: Package, target: str) -> None:
    try:
        await _require_equal(client, package.folder / MANIFEST, posixpath.join(target, MANIFEST))
    except (Failed, asyncssh.SFTPNoSuchFile) as error:
        raise Refused(
            "other_package_there",
            f"the far side holds another package {package.delivery}",
            hint="ask its operator before anything is sent",
        ) from error
