"""Hand a released package over: find it, and make sure that it still is what was released."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import Engine

from gateway.api import Package
from gateway.db.engine import reading
from gateway.delivery.staging import MANIFEST, files_in, package_path
from gateway.errors import Damaged, Refused
from gateway.i18n import _
from gateway.log.deliveries import get_delivery, recalled_count
from gateway.log.verification import package_fault


def released_package(engine: Engine, outbox: Path, identifier: str) -> Package:
    """Return a package of the outbox, re-hashed.

    Raises ``WrongUsage`` (``unknown_delivery``), ``Refused`` (``not_published``) where it is not released or no longer in
    the outbox, ``Damaged`` (``package_changed``) where a file is missing, another one, or one too many.
    """
    with reading(engine) as connection:
        known = get_delivery(connection, identifier)
        recalled = recalled_count(connection, known.id)
    folder = package_path(outbox, known.id)
    if known.state != "published" or not folder.is_dir():
        raise Refused(
            "not_published",
            _("the package of the delivery {id} is not in the outbox").format(id=known.id),
            hint=_("see: gateway log show {id}").format(id=known.id),
        )
    fault = package_fault(folder, known.manifest_sha256)
    if fault is not None:
        raise _changed(known.id, fault[1])
    names = {each["name"] for each in json.loads((folder / MANIFEST).read_bytes())["files"]}
    for name in files_in(folder):
        if name not in names | {MANIFEST}:
            raise _changed(known.id, name)
    return Package(
        delivery=known.id,
        client=known.client,
        folder=folder,
        files=(*sorted(names), MANIFEST),
        recalled=recalled,
    )


def _changed(delivery: str, name: str) -> Damaged:
    return Damaged(
        "package_changed",
        _("the file {name} of the delivery {id} is not what was released").format(name=name, id=delivery),
        hint=_("do not hand it over; see: gateway log verify {id}").format(id=delivery),
    )
