"""The schema, its migrations and its guards, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, delete, insert, text, update
from sqlalchemy.exc import DatabaseError

from gateway.db.engine import open_database, reading, writing
from gateway.db.revision import HEAD, VERSIONS, known_revisions
from gateway.db.schema import create_database
from gateway.db.tables import journal, metadata
from gateway.errors import Damaged, Failed, GatewayError, Refused, WrongUsage

_ENTRY = {
    "number": 1,
    "recorded_at": "",
    "actor": "",
    "kind": "x",
    "content": "{}",
    "previous_hash": "",
    "entry_hash": "",
}


def test_the_migrations_make_just_the_tables_that_the_code_uses(database: Engine) -> None:
    with reading(database) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_head_revision_is_the_last_migration() -> None:
    assert ScriptDirectory(str(VERSIONS.parent)).get_current_head() == HEAD
    assert HEAD in known_revisions()


def test_the_journal_refuses_an_update(database: Engine) -> None:
    with writing(database) as connection:
        connection.execute(insert(journal).values(_ENTRY))
    with pytest.raises(GatewayError), writing(database) as connection:
        connection.execute(update(journal).values(kind="y"))


def test_the_journal_refuses_a_delete(database: Engine) -> None:
    with writing(database) as connection:
        connection.execute(insert(journal).values(_ENTRY))
    with pytest.raises(GatewayError), writing(database) as connection:
        connection.execute(delete(journal))


def test_a_second_creation_is_refused(database_url: str) -> None:
    with pytest.raises(Refused) as caught:
        create_database(database_url)
    assert caught.value.code == "database_exists"


def test_a_database_of_a_newer_revision_is_refused(database: Engine, database_url: str) -> None:
    with writing(database) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Refused) as caught:
        open_database(database_url)
    assert (caught.value.code, caught.value.exit_code) == ("newer_database", 1)


def test_a_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "gateway.db").write_bytes(b"this is not a database, it is a text file" * 100)
    with pytest.raises(Damaged) as caught:
        open_database(f"sqlite:///{tmp_path / 'gateway.db'}")
    assert (caught.value.code, caught.value.exit_code) == ("corrupt_database", 3)


def test_a_missing_database_is_not_made_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises(Failed) as caught:
        open_database(f"sqlite:///{tmp_path / 'gateway.db'}")
    assert caught.value.code == "no_database"
    assert not (tmp_path / "gateway.db").exists()


@pytest.mark.parametrize("url", ["mysql://host/name", "no url at all"])
def test_an_unsupported_database_url_is_wrong_usage(url: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        open_database(url)
    assert caught.value.code == "bad_database_url"


def test_a_statement_error_does_not_repeat_the_drivers_message(database: Engine) -> None:
    with pytest.raises(GatewayError) as caught, writing(database) as connection:
        connection.execute(text("SELECT no_such_column_of_taro FROM journal"))
    assert "taro" not in caught.value.message
    assert isinstance(caught.value.__cause__, DatabaseError)
