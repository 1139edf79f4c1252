"""Clients' keys for hashed lists: made, handed out, rotated.

A retired key takes nothing in any more and is never handed out again, but refusals that were recorded under it go on
binding: nobody may lose a protection because a secret was changed. So it is kept as long as the client has any.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select

from gateway.db.engine import writing
from gateway.db.ledger import take_number
from gateway.db.tables import client_refusal_hash, setting
from gateway.errors import Refused
from gateway.i18n import _
from gateway.log.journal import append
from gateway.suppression.hashed_lists import key_id

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class HashKeys:
    """A client's keys of 32 bytes each; ``replaced`` says whether there was another one before the current."""

    current: bytes = field(repr=False)
    retired: tuple[bytes, ...] = field(repr=False)
    replaced: bool

    @property
    def binding(self) -> tuple[bytes, ...]:
        """All keys that a recorded refusal may have been hashed with."""
        return self.current, *self.retired

    @property
    def id(self) -> str:
        """Name the current key; this is no secret."""
        return key_id(self.current)


def get_hash_keys(connection: Connection, client: str) -> HashKeys:
    """Return a client's keys; ``Refused`` (``no_hash_key``) when it has none."""
    # One statement, so that a rotation that commits meanwhile cannot hide a key from it.
    statement = select(setting.c.key, setting.c.value).where(
        setting.c.key.in_((_current_name(client), _retired_name(client)))
    )
    found = {row.key: row.value for row in connection.execute(statement)}
    if _current_name(client) not in found:
        raise Refused(
            "no_hash_key",
            _("the client {id} has no key for hashed lists").format(id=client),
            hint=_("make one with: gateway client hashes key {id} --output FILE").format(id=client),
        )
    return HashKeys(
        current=bytes.fromhex(found[_current_name(client)]),
        retired=tuple(bytes.fromhex(each) for each in found.get(_retired_name(client), "").split()),
        replaced=_retired_name(client) in found,
    )


def hand_out_hash_key(engine: Engine, client: str, *, actor: str, now: datetime) -> bytes:
    """Return a client's key, made when it is first asked for; each time leaves an entry in the journal."""
    with writing(engine) as connection:
        number = take_number(connection)
        stored = select(setting.c.key).where(setting.c.key == _current_name(client))
        made = connection.execute(stored).first() is None
        if made:
            _write(connection, _current_name(client), secrets.token_bytes(_KEY_BYTES))
        keys = get_hash_keys(connection, client)
        content = {"client": client, "made": made, "key": keys.id}
        append(connection, number, "hash_key", content, actor=actor, now=now)
    return keys.current


def rotate_hash_key(engine: Engine, client: str, *, actor: str, now: datetime) -> bytes:
    """Give a client a new key and retire the one before; ``Refused`` (``no_hash_key``) when it has none yet."""
    with writing(engine) as connection:
        number = take_number(connection)
        before = get_hash_keys(connection, client)
        binding = _has_hashed_refusals(connection, client)
        kept = (*before.retired, before.current) if binding else ()
        connection.execute(
            delete(setting).where(setting.c.key.in_((_current_name(client), _retired_name(client))))
        )
        _write(connection, _current_name(client), secrets.token_bytes(_KEY_BYTES))
        _write(connection, _retired_name(client), *kept)
        keys = get_hash_keys(connection, client)
        content = {"client": client, "key": keys.id, "retired": before.id, "still_binding": binding}
        append(connection, number, "hash_key_rotated", content, actor=actor, now=now)
    return keys.current


def _write(connection: Connection, name: str, *keys: bytes) -> None:
    connection.execute(insert(setting).values(key=name, value=" ".join(each.hex() for each in keys)))


def _has_hashed_refusals(connection: Connection, client: str) -> bool:
    statement = select(client_refusal_hash.c.number).where(client_refusal_hash.c.client_id == client)
    return connection.execute(statement.limit(1)).first() is not None


def _current_name(client: str) -> str:
    return f"client_hash_key:{client}"


def _retired_name(client: str) -> str:
    return f"client_hash_keys_retired:{client}"
