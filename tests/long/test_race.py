"""Ten thousand opt-outs from other processes while deliveries run: no package holds a person at or below its fence."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle, islice
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from gateway.db.engine import make_engine, open_database, reading
from gateway.db.tables import opt_out
from gateway.delivery.recovery import unfinished
from gateway.errors import Refused
from gateway.log.verification import verify
from gateway.people.person import Person
from gateway.suppression.erasure import act_on_opt_outs
from gateway.suppression.refusals import record_refusals
from gateway.suppression.register import OptOutRequest, record_opt_outs
from gateway.testing.people import synthetic_people
from tests.delivery.shop import Shop, make_shop, manifest_of
from tests.postgresql import PostgreSQLServer

OPT_OUTS = 10_000
PROCESSES = 4
BYSTANDERS = 2_000
"""People who never opt out, so that there is always somebody to deliver."""

LIMIT_SECONDS = 270
ERASE_EVERY = 100
AT_ONCE = (1, 2, 1, 5, 12)
"""How many opt-outs a desk records in one transaction: single calls, and small files."""

pytestmark = pytest.mark.long


def make_people() -> list[Person]:
    """Return people as the list and the desks know them; the same in every process."""
    people = synthetic_people(OPT_OUTS + BYSTANDERS, seed=11)
    return [replace(each, kana="", building="", emails=()) for each in people]


def key_of(name: str, address: str) -> str:
    """Name one of the people; members of a household share the address but no name."""
    return f"{name} {address}"


def work_at_a_desk(url: str, first: int, go: Event, stop: Event) -> None:
    """Record the opt-outs of one desk, in short transactions; now and then erase, as desks do."""
    engine = make_engine(url)
    people = make_people()
    go.wait(timeout=60)
    mine = iter(people[first:OPT_OUTS:PROCESSES])
    for count, size in enumerate(cycle(AT_ONCE)):
        some = list(islice(mine, size))
        if not some or stop.is_set():
            break
        now = datetime.now(UTC)
        if count % 20 == 19:
            # Now and then people say no to the client alone.
            record_refusals(engine, "client", some, actor=f"desk {first}", now=now)
        else:
            requests = [OptOutRequest(person=person, received_on=now.date()) for person in some]
            record_opt_outs(engine, requests, actor=f"desk {first}", now=now)
        if count % ERASE_EVERY == ERASE_EVERY - 1:
            act_on_opt_outs(engine, actor=f"desk {first}", now=now)
    engine.dispose()


def race(engine: Engine, url: str, root: Path) -> None:
    """Deliver in a loop while the desks work, then compare each package with the register by ledger numbers."""
    from gateway.plugins import Manager
    from tests.refusals.conftest import QUIET, REFUSALS

    shop = make_shop(engine, url, root)
    shop.manager = Manager((QUIET, REFUSALS))
    summary = shop.import_people(make_people())
    assert summary.imported > OPT_OUTS + BYSTANDERS - 100, "most people are different"
    ended = _deliver_while_desks_work(shop, url)
    shop.deliver()
    _require_no_leak(shop)
    with reading(engine) as connection:
        assert verify(connection, shop.workspace.outbox).broken is None
        assert unfinished(connection) == []
    assert ended < LIMIT_SECONDS


def _deliver_while_desks_work(shop: Shop, url: str) -> float:
    spawn = multiprocessing.get_context("spawn")
    go, stop = spawn.Event(), spawn.Event()
    desks = [spawn.Process(target=work_at_a_desk, args=(url, first, go, stop)) for first in range(PROCESSES)]
    started = time.monotonic()
    for desk in desks:
        desk.start()
    go.set()
    overtaken = 0
    try:
        while any(desk.is_alive() for desk in desks):
            try:
                shop.deliver()
            except Refused as refused:
                assert refused.code == "overtaken"
                overtaken += 1
            assert time.monotonic() - started < LIMIT_SECONDS, "the desks are not through in time"
    finally:
        stop.set()
        for desk in desks:
            desk.join(timeout=60)
    assert [desk.exitcode for desk in desks] == [0] * PROCESSES
    print(f"{len(shop.packages())} packages, {overtaken} overtaken, {time.monotonic() - started:.0f} s")  # noqa: T201
    return time.monotonic() - started


def _require_no_leak(shop: Shop) -> None:
    covered = _numbers_by_person(shop)
    assert len(covered) > OPT_OUTS - 10
    packages = shop.packages()
    assert len(packages) > 1, "the race was too short to say anything"
    overlapping = 0
    for package in packages:
        fence = manifest_of(package)["fence"]
        delivered = set(_people_in(package))
        assert not delivered & {each for each, number in covered.items() if number <= fence}
        assert len(delivered) > BYSTANDERS // 2
        overlapping += bool(delivered & covered.keys())
    assert overlapping, "no delivery was made while people opted out"


def _numbers_by_person(shop: Shop) -> dict[str, int]:
    """Return for each person the ledger number from which they are covered."""
    from gateway.db.tables import client_refusal

    with reading(shop.engine) as connection:
        return {
            key_of(row.name, row.address): row.number
            for table in (opt_out, client_refusal)
            for row in connection.execute(select(table.c.name, table.c.address, table.c.number))
        }


def _people_in(package: Path) -> list[str]:
    lines = (package / "people.csv").read_text(encoding="utf-8").splitlines()
    return [key_of(*line.split(",")[1:3]) for line in lines]


@pytest.fixture(autouse=True)
def _with_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test's format write addresses too: a name alone is nobody's."""
    from gateway.api import Batch
    from tests.delivery import plain_format

    def render(batch: Batch) -> None:
        with batch.open("people.csv") as out:
            for line in batch:
                address = line.address.text if line.address else ""
                out.write(f"{line.code},{line.name},{address}\n")

    monkeypatch.setattr(plain_format, "render", render)


def test_ten_thousand_opt_outs_race_deliveries_on_sqlite(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    path.write_bytes(sqlite_template.read_bytes())
    _run(open_database, f"sqlite:///{path}", tmp_path)


def test_ten_thousand_opt_outs_race_deliveries_on_postgresql(
    postgresql_server: PostgreSQLServer, tmp_path: Path
) -> None:
    url = postgresql_server.create_database("race", template="template_gateway")
    try:
        _run(open_database, url, tmp_path)
    finally:
        postgresql_server.drop_database("race")


def _run(open_engine: Callable[[str], Engine], url: str, root: Path) -> None:
    engine = open_engine(url)
    try:
        race(engine, url, root)
    finally:
        engine.dispose()
