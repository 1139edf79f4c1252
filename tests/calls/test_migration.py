"""Wrong numbers that were marked on records bind by name and number after the upgrade."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.db.engine import make_engine, open_database, reading, writing
from gateway.db.schema import upgrade
from gateway.log.wrong_numbers import mark_of, wrong_numbers
from tests.postgresql import PostgreSQLServer

BEFORE = "0006"
_LIST = (
    "INSERT INTO list (id, name, next_number, normaliser_version, created_at) VALUES (1, 'main', 4, 1, '')"
)
_RECORD = (
    "INSERT INTO record (list_id, number, id, acquisition_id, fingerprint, name, kana, postal_code, address, building,"
    " company, department, title, joint_names, honorific, attributes)"
    " VALUES (1, :number, '', 1, 0, :name, '', '', '', '', '', '', '', '', '', '')"
)
_CONTACT = (
    "INSERT INTO contact (list_id, number, kind, position, value, acquisition_id, consent, e164, wrong_on)"
    " VALUES (1, :number, 'phone', 0, :value, 1, '', :e164, :wrong_on)"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of the revision before."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.db'}"
    else:
        server: PostgreSQLServer = request.getfixturevalue("postgresql_server")
        url = server.create_database("marked_records")
    engine = make_engine(url)
    upgrade(engine, BEFORE)
    engine.dispose()
    yield url
    if request.param == "postgresql":
        server.drop_database("marked_records")


def test_marks_of_records_become_marks_of_names_and_numbers(older: str) -> None:
    engine = make_engine(older)
    people = [
        ("見本　太郎", "03-3460-0000", "+81334600000", "2026-11-20"),
        ("ﾐﾎﾝ 花子", "03-3460-0001 / 090-1234-5678", "+81334600001 +819012345678", "2026-11-21"),
        ("見本　次郎", "03-3460-0002", "+81334600002", ""),
    ]
    with writing(engine) as connection:
        connection.execute(text(_LIST))
        for number, (name, value, e164, wrong_on) in enumerate(people, 1):
            connection.execute(text(_RECORD), {"number": number, "name": name})
            contact = {"number": number, "value": value, "e164": e164, "wrong_on": wrong_on}
            connection.execute(text(_CONTACT), contact)
    upgrade(engine)
    engine.dispose()
    engine = open_database(older)
    with reading(engine) as connection:
        marks = wrong_numbers(connection)
    engine.dispose()
    assert marks == {
        mark_of("見本 太郎", "+81334600000"),
        mark_of("ミホン　花子", "+81334600001"),
        mark_of("ミホン　花子", "+819012345678"),
    }
