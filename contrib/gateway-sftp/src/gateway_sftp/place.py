"""Where a package goes and how to get in: a URL without secrets, a file of known hosts, a key or a password."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from gateway.api import WrongUsage

PORT = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder on an SFTP server; ``password`` is empty where a key opens it."""

    host: str
    port: int
    user: str
    folder: str
    known_hosts: Path
    key: Path | None = None
    password: str = field(default="", repr=False)


def read_place(url: str, known_hosts: Path, key: Path | None, password_variable: str) -> Place:
    """Read what the options say; ``WrongUsage`` for a URL that is none, holds a password, or opens nothing."""
    parts = urlsplit(url)
    if parts.scheme != "sftp" or not parts.hostname or not parts.username:
        raise WrongUsage("bad_place", f"{parts.scheme or 'the place'} is no sftp://user@host/folder")
    if parts.password is not None:
        raise WrongUsage(
            "secret_in_url", "the URL holds a password", hint="name a variable with --password-env"
        )
    if (key is None) == (not password_variable):
        raise WrongUsage("no_credential", "give either --key or --password-env")
    if password_variable and password_variable not in os.environ:
        raise WrongUsage("no_credential", f"the environment variable {password_variable} is not set")
    return Place(
        host=parts.hostname,
        port=parts.port or PORT,
        user=unquote(parts.username),
        folder=unquote(parts.path).removeprefix("/") or ".",
        known_hosts=known_hosts,
        key=key,
        password=os.environ[password_variable] if password_variable else "",
    )
