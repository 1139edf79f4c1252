"""A database of the first revision, with opt-outs in it, comes to protect the same people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from gateway.acquisition.rekeying import is_outdated, renew_keys
from gateway.db.engine import make_engine, open_database, reading, writing
from gateway.db.schema import upgrade
from gateway.db.tables import ledger_head, opt_out, opt_out_page, setting
from gateway.suppression.screening import Register
from tests.delivery.shop import NOW, person
from tests.postgresql import PostgreSQLServer

COUNT = 5000


@pytest.fixture(params=["sqlite", "postgresql"])
def first_revision(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of revision 0001."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.db'}"
    else:
        server: PostgreSQLServer = request.getfixturevalue("postgresql_server")
        url = server.create_database("first_revision")
    engine = make_engine(url)
    upgrade(engine, "0001")
    engine.dispose()
    yield url
    if request.param == "postgresql":
        server.drop_database("first_revision")


def fill(engine: Engine) -> None:
    """Record opt-outs as the first revision stored them; their keys are not looked at any more."""
    rows = [
        {
            "id": number + 1,
            "number": number + 1,
            "scope": "individual",
            "purpose": "all",
            "channel": "phone",
            "received_on": "2026-11-24",
            "line_code": "",
            "name": person(number).name,
            "kana": "",
            "postal_code": person(number).postal_code,
            "address": person(number).address,
            "building": "",
            "phones": json.dumps(person(number).phones),
            "emails": "[]",
            "recorded_at": "",
            "actor": "",
        }
        for number in range(COUNT)
    ]
    with writing(engine) as connection:
        connection.execute(insert(opt_out), rows)
        connection.execute(insert(ledger_head).values(id=1, number=COUNT))
        connection.execute(insert(setting).values(key="digest_salt", value="00" * 32))


def test_opt_outs_of_the_first_revision_get_their_keys_anew(first_revision: str) -> None:
    old = make_engine(first_revision)
    fill(old)
    upgrade(old)
    old.dispose()
    engine = open_database(first_revision)
    assert is_outdated(engine)
    assert renew_keys(engine, actor="tester", now=NOW)
    assert not is_outdated(engine)
    with reading(engine) as connection:
        firsts = list(connection.execute(select(opt_out_page.c.first_number)).scalars())
        register = Register(connection, "dm", upto=COUNT)
        found = register.judge_person(person(4321), 0)
        assert register.judge_person(person(COUNT + 9), 0) is None
    engine.dispose()
    assert sorted(firsts) == [1, 4097]
    assert found is not None
    assert found.verdict == "suppress"
