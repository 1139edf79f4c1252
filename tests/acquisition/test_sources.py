"""Sources are recorded once, with their basis and the hash of their document."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from gateway.acquisition.sources import BASES, SourceRequest, add_source, all_sources, get_source
from gateway.db.engine import reading
from gateway.errors import GatewayError
from gateway.log.journal import entries

NOW = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)


def test_a_source_is_recorded_with_its_document(database: Engine, tmp_path: Path) -> None:
    (tmp_path / "contract.pdf").write_bytes(b"contract")
    request = SourceRequest(
        id="seller-1",
        basis="private_seller",
        name="株式会社テスト",
        address="東京都",
        representative="代表 太郎",
        acquired_on=date(2026, 11, 1),
        circumstances="店頭アンケート",
        document=tmp_path / "contract.pdf",
    )
    added = add_source(database, request, actor="tester", now=NOW)
    with reading(database) as connection:
        assert get_source(connection, "seller-1") == added
        journal = list(entries(connection))
    digest = hashlib.sha256(b"contract").hexdigest()
    assert (added.document_name, added.document_sha256, added.acquired_on) == (
        "contract.pdf",
        digest,
        "2026-11-01",
    )
    assert [entry.kind for entry in journal] == ["source"]
    assert digest in journal[0].content


def test_sources_are_listed_by_id(database: Engine) -> None:
    for basis in BASES:
        add_source(database, SourceRequest(id=f"s-{basis}", basis=basis), actor="tester", now=NOW)
    with reading(database) as connection:
        assert [each.basis for each in all_sources(connection)] == sorted(BASES)


@pytest.mark.parametrize(
    ("identifier", "document", "code"),
    [
        ("taken", None, "source_exists"),
        ("", None, "bad_source_id"),
        ("a b", None, "bad_source_id"),
        ("new", "nowhere.pdf", "unreadable_input"),
    ],
)
def test_a_source_that_cannot_be_recorded_is_refused(
    database: Engine, tmp_path: Path, identifier: str, document: str | None, code: str
) -> None:
    add_source(database, SourceRequest(id="taken", basis="unknown"), actor="tester", now=NOW)
    request = SourceRequest(
        id=identifier, basis="private_seller", document=tmp_path / document if document else None
    )
    with pytest.raises(GatewayError) as raised:
        add_source(database, request, actor="tester", now=NOW)
    assert raised.value.code == code
    with reading(database) as connection:
        assert [each.id for each in all_sources(connection)] == ["taken"]


def test_an_unknown_source_is_named(database: Engine) -> None:
    with reading(database) as connection, pytest.raises(GatewayError, match="nobody") as raised:
        get_source(connection, "nobody")
    assert raised.value.code == "unknown_source"
