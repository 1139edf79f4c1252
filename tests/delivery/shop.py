"""A vendor's whole shop in a test: database, workspace, plugins, a client with a pledge, a source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from gateway.config import Config, Desk, Filing, Provider, Workspace
from gateway.delivery.deliver import DeliveryResult, Progress, no_progress
from gateway.entry_points import PLUGINS, EntryPoint
from gateway.people.person import Person
from gateway.plugins import Manager
from gateway.testing.workspace import NOW, Vendor, add_client_with_pledge, add_sources, manifest_of

__all__ = ["NOW", "manifest_of"]

FILING = Filing(
    number="000000",
    items=("name", "kana", "address", "phone", "company", "department", "title", "joint_names"),
    methods=("file", "printed_labels"),
    published_on=date(2026, 4, 1),
    start_on=date(2026, 5, 1),
    desk=Desk(name="窓口", address="東京都千代田区見本町1-1", phone="03-0000-0001"),
)
CONFIG = Config(provider=Provider(name="見本名簿", address="東京都千代田区見本町1-1"), filing=FILING)
POINTS = (
    EntryPoint(
        group=PLUGINS,
        name="plain",
        value="tests.delivery.plain_format",
        distribution="tests-plain",
        version="1.0",
    ),
)


@dataclass(slots=True)
class Shop(Vendor):
    """What a test works with; ``manager`` loads the formats of ``plain_format``."""

    def deliver(
        self, progress: Progress = no_progress, clock: Callable[[], datetime] = lambda: NOW, **request: Any
    ) -> DeliveryResult:
        """Deliver the list ``main`` in the format ``plain`` to the client unless told otherwise."""
        return Vendor.deliver(self, progress, clock, **{"format": "plain", **request})


def make_shop(engine: Engine, url: str, root: Path) -> Shop:
    """Make a shop with one client and one deliverable source."""
    workspace = Workspace(
        root=root, config=CONFIG, outbox=root / "outbox", reports=root / "reports", database_url=url
    )
    add_client_with_pledge(engine, root, "client", ("dm", "telemarketing"))
    add_sources(engine, {"direct": "direct_from_person", "again": "optout_27_2", "unknown": "unknown"})
    return Shop(engine=engine, workspace=workspace, manager=Manager(POINTS))


def person(number: int) -> Person:
    """Return one of many clearly different synthetic people."""
    surnames, given = (
        ("山田", "佐藤", "鈴木", "高橋", "渡辺"),
        ("太郎", "花子", "健一", "美咲", "大輔", "恵子", "翔", "葵"),
    )
    return Person(
        id=f"P{number:04d}",
        name=surnames[number % 5] + given[(number // 5) % 8],
        postal_code="155-0031",
        address=f"東京都世田谷区北沢{1 + number % 5}-{1 + number}-{1 + number % 7}",
        phones=(f"03-3460-{number:04d}",),
    )


def names_in(package: Path) -> list[str]:
    """Return the names in a package of the format ``plain`` or ``calls``."""
    return [row.split(",")[1] for row in (package / "people.csv").read_text(encoding="utf-8").splitlines()]


def ids_in(package: Path, people: Iterable[Person]) -> list[str]:
    """Return the ids of the people in a package, by their names."""
    by_name = {each.name: each.id for each in people}
    return [by_name[name] for name in names_in(package)]


def on_step(wanted: str, action: Callable[[], None]) -> Progress:
    """Return a progress that acts when a step begins."""

    @contextmanager
    def progress(step: str, _total: int) -> Iterator[Callable[[int], None]]:
        if step == wanted:
            action()
        yield lambda _done: None

    return progress
