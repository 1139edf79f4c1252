"""A client's refusals as keyed hashes: whom they mean is seen only when a record's own hash meets one of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from gateway.db.bulk import bulk_insert
from gateway.db.engine import reading, writing
from gateway.db.ledger import take_number
from gateway.db.tables import client_refusal_hash
from gateway.errors import Refused, WrongUsage
from gateway.i18n import _
from gateway.log.journal import append
from gateway.people.reading import read_table
from gateway.people.reading_rows import BadRow
from gateway.people.rejected import RejectedFile
from gateway.suppression.hash_keys import HashKeys, get_hash_keys
from gateway.suppression.hashed_lists import KINDS, VERSION
from gateway.suppression.refusals import binding, fold_product
from gateway.suppression.refusals_files import ImportedRefusals

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReadHashes:
    """The usable hashes of a file, how often one came again, how many rows are none, and the file that says why."""

    hashes: set[bytes]
    repeated: int
    refused: int
    rejected_file: Path | None


def import_hashed_refusals(
    engine: Engine, client: str, path: Path, *, product: str = "", actor: str, now: datetime
) -> ImportedRefusals:
    """Record all usable hashes of a file (columns ``hash``, and ``version, kind, key`` if given) in one transaction.

    A hash made with another key than the current one would never meet anybody, so it is not recorded; once the key has
    been rotated, each row has to name its key. Raises ``WrongUsage`` for a file that cannot be read or has no column
    ``hash``, ``Refused`` when the client has no key (``no_hash_key``), when no row is usable (``no_usable_key``), or
    when the key is rotated while the file is read (``hash_key_rotated``).
    """
    product = fold_product(product)
    with reading(engine) as connection:
        keys = get_hash_keys(connection, client)
    read = _read(path, keys)
    if not read.hashes:
        raise Refused(
            "no_usable_key",
            _("{file}: no row is a hash that can be recorded").format(file=path.name),
            hint=_("the reasons are in {file}").format(file=read.rejected_file),
        )
    number = 0
    with writing(engine) as connection:
        fresh = read.hashes - _recorded(connection, client, product)
        if fresh:
            number = _record(connection, client, product, fresh, keys, path, actor=actor, now=now)
    return ImportedRefusals(
        rows=len(read.hashes) + read.repeated + read.refused,
        recorded=len(fresh),
        duplicates=len(read.hashes) - len(fresh) + read.repeated,
        refused=read.refused,
        number=number,
        rejected_file=read.rejected_file,
    )


def hashes_binding(connection: Connection, client: str, product: str) -> frozenset[bytes]:
    """Read the hashes that bind an order."""
    statement = select(client_refusal_hash.c.hash).where(
        client_refusal_hash.c.client_id == client, binding(client_refusal_hash, product)
    )
    return frozenset(connection.execute(statement).scalars())


def _recorded(connection: Connection, client: str, product: str) -> set[bytes]:
    statement = select(client_refusal_hash.c.hash).where(
        client_refusal_hash.c.client_id == client, client_refusal_hash.c.product == product
    )
    return set(connection.execute(statement).scalars())


def _record(
    connection: Connection,
    client: str,
    product: str,
    fresh: set[bytes],
    keys: HashKeys,
    path: Path,
    *,
    actor: str,
    now: datetime,
) -> int:
    number = take_number(connection)
    _require_still_current(connection, client, keys)
    bulk_insert(
        connection,
        client_refusal_hash,
        ("client_id", "product", "hash", "number"),
        [(client, product, each, number) for each in sorted(fresh)],
    )
    with path.open("rb") as handle:
        sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
    content = {
        "client": client,
        "product": product,
        "hashes": len(fresh),
        "key": keys.id,
        "file_sha256": sha256,
    }
    append(connection, number, "client_refusal_hashes", content, actor=actor, now=now)
    return number


def _require_still_current(connection: Connection, client: str, keys: HashKeys) -> None:
    if get_hash_keys(connection, client).id != keys.id:
        raise Refused(
            "hash_key_rotated",
            _("the key of {id} was rotated while the file was read").format(id=client),
            hint=_("ask the client for hashes made with the new key"),
        )


def _read(path: Path, keys: HashKeys) -> _ReadHashes:
    table = read_table(path)
    header = [name.strip().lower() for name in table.header]
    if "hash" not in header:
        raise WrongUsage(
            "no_known_column",
            _("{file} has no column hash").format(file=path.name),
            hint=_("columns are: {names}").format(names="version, kind, hash, key"),
        )
    hashes: set[bytes] = set()
    repeated = refused = 0
    rejected = RejectedFile(path, table.header)
    try:
        for block in table.blocks:
            bad = list(block.bad)
            for line, cells in zip(block.lines, block.rows, strict=True):
                row = dict(zip(header, cells, strict=False))
                column, reason = _fault(row, keys)
                if reason:
                    bad.append(BadRow(line=line, column=column, reason=reason, cells=tuple(cells)))
                    continue
                digest = bytes.fromhex(_clean(row, "hash"))
                repeated += digest in hashes
                hashes.add(digest)
            rejected.write(sorted(bad, key=lambda row: row.line))
            refused += len(bad)
        return _ReadHashes(hashes=hashes, repeated=repeated, refused=refused, rejected_file=rejected.keep())
    finally:
        rejected.discard()


def _fault(row: Mapping[str, str], keys: HashKeys) -> tuple[str, str]:
    """Return the column that cannot be used and a reason code, or two empty texts."""
    named = _clean(row, "key")
    if _clean(row, "version") not in ("", str(VERSION)):
        return "version", "unknown_version"
    if _clean(row, "kind") not in ("", *KINDS):
        return "kind", "unknown_kind"
    if named not in ("", keys.id):
        return "key", "other_key"
    if keys.replaced and not named:
        return "key", "key_not_named"
    return ("", "") if _HASH.fullmatch(_clean(row, "hash")) else ("hash", "bad_hash")


def _clean(row: Mapping[str, str], column: str) -> str:
    return row.get(column, "").strip().lower()
