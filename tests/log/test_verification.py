"""Verify finds every change to what was provided, and names the entry that no longer holds."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from gateway.db.engine import reading
from gateway.log.verification import Verification, verify
from tests.delivery.shop import Shop, person

PEOPLE = [person(number) for number in range(4)]
OTHER_CLIENT = '\'{"id":"client","name":"別の会社","address":"","representative":""}\''


def run(shop: Shop, identifier: str | None = None) -> Verification:
    with reading(shop.engine) as connection:
        return verify(connection, shop.workspace.outbox, identifier)


def tamper(shop: Shop, statement: str) -> None:
    """Change a released delivery as someone with full rights to the database could."""
    with shop.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            triggers = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).scalars()
            for name in triggers.all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        connection.execute(text(statement))
        connection.commit()
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql("SET session_replication_role = DEFAULT")
            connection.commit()


@pytest.fixture
def delivered(shop: Shop) -> Shop:
    """A shop that has delivered once."""
    shop.import_people(PEOPLE)
    shop.deliver()
    return shop


def test_untouched_deliveries_hold(delivered: Shop) -> None:
    delivered.deliver(format="calls")
    found = run(delivered)
    assert (found.broken, found.deliveries, found.lines) == (None, 2, 8)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE line SET person = '{\"name\":\"x\"}' WHERE delivery = 1 AND number = 2", "lines"),
        ("UPDATE line SET leaf = (SELECT leaf FROM line WHERE delivery = 1 AND number = 1) WHERE delivery = 1 AND number = 0", "lines"),
        ("DELETE FROM line WHERE delivery = 1 AND number = 3", "lines"),
        ("UPDATE line SET number = 9 WHERE delivery = 1 AND number = 3", "lines"),
        ("UPDATE delivery SET manifest_sha256 = 'x' WHERE serial = 1", "delivery"),
        (f"UPDATE delivery SET client_snapshot = {OTHER_CLIENT} WHERE serial = 1", "delivery"),
        ("UPDATE delivery SET items = '[\"name\"]' WHERE serial = 1", "delivery"),
        ("UPDATE delivery SET released_at = '2020-01-01T00:00:00.000000Z' WHERE serial = 1", "delivery"),
        ("UPDATE delivery SET fence = 1 WHERE serial = 1", "delivery"),
        ("UPDATE delivery SET delivered = 3 WHERE serial = 1", "delivery"),
        ("UPDATE delivery SET legal_basis = 'consent' WHERE serial = 1", "delivery"),
        ("UPDATE delivery SET reference = 'x' WHERE serial = 1", "delivery"),
        ("UPDATE delivery_file SET sha256 = 'x' WHERE delivery = 1 AND name = 'people.csv'", "delivery"),
        ("DELETE FROM delivery_file WHERE delivery = 1 AND name = 'people.csv'", "delivery"),
    ],
    ids=[
        "person of a line",
        "leaf of a line",
        "line removed",
        "line renumbered",
        "manifest's hash",
        "client",
        "items",
        "date",
        "fence",
        "count",
        "legal basis",
        "reference",
        "hash of a file",
        "file removed",
    ],
)  # fmt: skip
def test_a_change_in_the_database_is_found(delivered: Shop, statement: str, reason: str) -> None:
    tamper(delivered, statement)
    broken = run(delivered).broken
    assert broken is not None
    assert broken.reason == reason
    with reading(delivered.engine) as connection:
        kind = connection.execute(
            text("SELECT kind FROM journal WHERE number = :number"), {"number": broken.number}
        ).scalar_one()
    assert kind == "release"
    assert broken.what == delivered.packages()[0].name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("people.csv", "package"),
        ("optout-request-form.pdf", "package"),
        ("delivery-note.pdf", "package"),
        ("manifest.json", "manifest"),
    ],
)
def test_one_changed_byte_of_a_package_is_found(delivered: Shop, name: str, reason: str) -> None:
    path = delivered.packages()[0] / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    broken = run(delivered).broken
    assert broken is not None
    assert (broken.reason, broken.what) == (reason, f"{delivered.packages()[0].name}/{name}")


@pytest.mark.parametrize("name", ["people.csv", "manifest.json"])
def test_a_missing_file_of_a_package_is_found(delivered: Shop, name: str) -> None:
    (delivered.packages()[0] / name).unlink()
    assert run(delivered).broken is not None


def test_a_package_that_was_handed_over_and_removed_is_no_fault(delivered: Shop) -> None:
    import shutil

    shutil.rmtree(delivered.packages()[0])
    assert run(delivered).broken is None


def test_one_delivery_is_verified_alone(delivered: Shop) -> None:
    delivered.deliver(format="calls")
    first, second = (package.name for package in delivered.packages())
    tamper(delivered, "UPDATE delivery SET items = '[]' WHERE serial = 1")
    assert run(delivered, second).broken is None
    assert run(delivered, second).deliveries == 1
    assert run(delivered, first).broken is not None


def test_what_goes_on_after_a_release_is_no_fault(delivered: Shop) -> None:
    delivered.opt_out(PEOPLE[0])
    delivered.deliver()
    assert run(delivered).broken is None


def test_released_lines_cannot_be_changed_without_full_rights(delivered: Shop) -> None:
    for statement in ("UPDATE line SET person = '{}'", "DELETE FROM line"):
        with (
            delivered.engine.connect() as connection,
            pytest.raises(Exception, match=r"(?i)line|released|provision"),
            connection.begin(),
        ):
            connection.execute(text(statement))
    assert run(delivered).broken is None
