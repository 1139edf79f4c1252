"""Lists are found by name, described, and dropped with everything that has not been released."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert, select

from gateway.acquisition.lists import (
    check_list_name,
    drop_list,
    find_list,
    import_lock,
    list_names,
    summarise_list,
)
from gateway.db.clock import stamp
from gateway.db.engine import reading, writing
from gateway.db.locks import hold_lock
from gateway.db.tables import client, delivery, filing, line, pledge, vanished_line
from gateway.errors import GatewayError, Refused, WrongUsage
from gateway.log.journal import entries
from tests.acquisition.conftest import NOW, Import, count_rows, names_in

ROWS = [
    ("1", "山田太郎", "東京都世田谷区北沢3-5-12", "090-1111-2222"),
    ("2", "鈴木花子", "大阪府大阪市北区梅田1-1", ""),
]


def make_delivery(engine: Engine, serial: int, state: str) -> None:
    """Write a delivery of the first record of the list ``main``, as far as dropping a list looks at it."""
    empty = dict.fromkeys(("client_snapshot", "format", "reference", "options", "items", "legal_basis"), "")
    with writing(engine) as connection:
        connection.execute(
            insert(delivery).values(
                serial=serial,
                id=f"D{serial}",
                state=state,
                client_id="c",
                purpose="dm",
                filing_version=1,
                pledge_id=1,
                intent_number=1,
                created_at=stamp(NOW),
                **empty,
            )
        )
        connection.execute(
            insert(line).values(
                delivery=serial,
                number=1,
                list_id=1,
                record_number=1,
                record_id="1",
                acquisition_id=1,
                fingerprint=0,
                person="{}",
                leaf=b"",
            )
        )


@pytest.fixture
def with_client(sourced: Engine) -> Engine:
    with writing(sourced) as connection:
        recorded = {"recorded_at": stamp(NOW)}
        connection.execute(
            insert(client).values(id="c", name="", address="", representative="", country="JP", **recorded)
        )
        connection.execute(insert(filing).values(version=1, content="{}", content_sha256="0", **recorded))
        connection.execute(
            insert(pledge).values(
                id=1,
                client_id="c",
                purposes="",
                signed_on="",
                valid_until="",
                file_name="",
                file_sha256="",
                **recorded,
            )
        )
    return sourced


def test_a_list_is_described_with_its_imports(sourced: Engine, take: Import) -> None:
    take(ROWS[:1])
    take(ROWS)
    with reading(sourced) as connection:
        found = summarise_list(connection, "main")
    assert (found.name, found.records) == ("main", 2)
    assert [(each.source, each.rows, each.imported, each.duplicates) for each in found.acquisitions] == [
        ("seller", 1, 1, 0),
        ("seller", 2, 1, 1),
    ]


def test_lists_are_named_in_order(sourced: Engine, take: Import) -> None:
    take(ROWS, list_name="b")
    take(ROWS, list_name="a")
    with reading(sourced) as connection:
        assert list_names(connection) == ["a", "b"]


def test_an_unknown_list_is_named(database: Engine) -> None:
    with reading(database) as connection, pytest.raises(WrongUsage, match="nowhere") as raised:
        find_list(connection, "nowhere")
    assert raised.value.code == "unknown_list"


@pytest.mark.parametrize("name", ["", " a", "a\n", "a#1", "x" * 65])
def test_a_name_that_cannot_be_a_lists_is_refused(name: str) -> None:
    with pytest.raises(WrongUsage):
        check_list_name(name)


def test_dropping_removes_the_records_and_keeps_what_was_acquired(sourced: Engine, take: Import) -> None:
    take(ROWS)
    take(ROWS, list_name="other")
    assert drop_list(sourced, "main", actor="tester", now=NOW) == 2
    assert names_in(sourced, "other") == ["山田太郎", "鈴木花子"]
    left = count_rows(sourced)
    assert (left["record"], left["contact"], left["key_page"], left["acquisition"]) == (2, 1, 1, 2)
    with reading(sourced) as connection:
        assert list_names(connection) == ["other"]
        assert list(entries(connection))[-1].kind == "list_dropped"


def test_a_dropped_list_is_unknown_and_its_name_is_free(sourced: Engine, take: Import) -> None:
    take(ROWS)
    drop_list(sourced, "main", actor="tester", now=NOW)
    for name in ("main", "main#3"):
        with pytest.raises(GatewayError) as raised:
            drop_list(sourced, name, actor="tester", now=NOW)
        assert raised.value.code == "unknown_list"
    assert take(ROWS[:1]).imported == 1
    assert names_in(sourced) == ["山田太郎"]


def test_a_list_is_not_dropped_while_an_import_runs(sourced: Engine, take: Import) -> None:
    take(ROWS)
    with reading(sourced) as connection:
        identifier = find_list(connection, "main")
    with hold_lock(sourced, import_lock(identifier)), pytest.raises(Refused) as raised:
        drop_list(sourced, "main", actor="tester", now=NOW)
    assert (raised.value.code, names_in(sourced)) == ("import_running", ["山田太郎", "鈴木花子"])


def test_lines_that_are_not_released_vanish_with_their_list(with_client: Engine, take: Import) -> None:
    take(ROWS)
    make_delivery(with_client, 1, "screened")
    make_delivery(with_client, 2, "released")
    drop_list(with_client, "main", actor="tester", now=NOW)
    with reading(with_client) as connection:
        assert connection.execute(select(line.c.delivery)).scalars().all() == [2]
        assert connection.execute(select(vanished_line.c.delivery, vanished_line.c.number)).all() == [(1, 1)]
