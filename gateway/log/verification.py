"""Verify the log: the journal's chain, each release's lines against their root, packages against their manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from gateway.db.tables import delivery, purge
from gateway.log.journal import Break, Entry, entries, find_break
from gateway.log.line_code import LineCodes, delivery_serial
from gateway.log.lines import delivery_lines, delivery_salt, leaf, provision_digest, root


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was verified, and the first thing that does not hold."""

    entries: int
    deliveries: int
    lines: int
    broken: Break | None


def verify(connection: Connection, outbox: Path, identifier: str | None = None) -> Verification:
    """Re-hash everything, or the chain and one delivery; the chain comes first because all else rests on it."""
    count, broken = find_break(connection)
    if broken is not None:
        return Verification(entries=count, deliveries=0, lines=0, broken=broken)
    wanted = None if identifier is None else delivery_serial(identifier)
    deliveries = lines = 0
    for entry in _releases(connection, wanted):
        content = json.loads(entry.content)
        fault = _fault(connection, outbox, content)
        if fault is not None:
            reason, file = fault
            what = f"{content['delivery']}/{file}" if file else content["delivery"]
            found = Break(number=entry.number, reason=reason, what=what)
            return Verification(entries=count, deliveries=deliveries, lines=lines, broken=found)
        deliveries += 1
        lines += content["lines"]
    return Verification(entries=count, deliveries=deliveries, lines=lines, broken=None)


def _releases(connection: Connection, serial: int | None) -> Iterator[Entry]:
    for entry in entries(connection):
        if entry.kind == "release" and serial in (
            None,
            delivery_serial(json.loads(entry.content)["delivery"]),
        ):
            yield entry


def _fault(connection: Connection, outbox: Path, content: dict[str, str]) -> tuple[str, str] | None:
    """Return what is wrong with one release: ``delivery``, ``lines``, ``manifest`` or ``package``, and which file."""
    row = connection.execute(select(delivery).where(delivery.c.id == content["delivery"])).one_or_none()
    if row is None or row.manifest_sha256 != content["manifest_sha256"]:
        return "delivery", ""
    if "provision" in content and provision_digest(connection, row.serial) != content["provision"]:
        return "delivery", ""
    purged = connection.execute(select(purge.c.delivery).where(purge.c.delivery == row.serial)).first()
    if purged is None and _root(connection, row.serial) != content["root"]:
        return "lines", ""
    return package_fault(outbox / row.id, row.manifest_sha256)


def _root(connection: Connection, serial: int) -> str:
    """Compute the root from the persons as stored, not from the stored leaves."""
    codes, salt = LineCodes.of(connection), delivery_salt(connection, serial)

    def leaves() -> Iterator[bytes]:
        for each in delivery_lines(connection, serial):
            (code,) = codes.encode(serial, [each.number])
            made = leaf(salt, code, each.text)
            yield made if made == each.leaf else b"changed"

    return root(leaves())


def package_fault(folder: Path, manifest_sha256: str) -> tuple[str, str] | None:
    """Re-hash a package where it still is; one that was handed over and removed cannot be judged."""
    if not folder.is_dir():
        return None
    manifest = folder / "manifest.json"
    if not manifest.is_file() or hashlib.sha256(manifest.read_bytes()).hexdigest() != manifest_sha256:
        return "manifest", manifest.name
    for each in json.loads(manifest.read_bytes())["files"]:
        path = folder / each["name"]
        if not path.is_file():
            return "package", path.name
        with path.open("rb") as handle:
            if hashlib.file_digest(handle, "sha256").hexdigest() != each["sha256"]:
                return "package", path.name
    return None
