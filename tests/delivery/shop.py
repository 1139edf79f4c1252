"""A vendor's whole shop in a test: database, workspace, plugins, a client with a pledge, a source."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from gateway.acquisition.intake import ImportRequest, ImportSummary, import_list
from gateway.acquisition.sources import Basis, SourceRequest, add_source
from gateway.config import Config, Desk, Filing, Provider, Workspace
from gateway.delivery.clients import Client, add_client, add_pledge
from gateway.delivery.deliver import DeliveryResult, Progress, deliver, no_progress
from gateway.delivery.orders import OrderRequest
from gateway.entry_points import PLUGINS, EntryPoint
from gateway.people.person import Person
from gateway.plugins import Manager
from gateway.suppression.erasure import act_on_opt_outs
from gateway.suppression.register import OptOutId, OptOutRequest, record_opt_outs

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
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
class Shop:
    """What a test works with; ``manager`` loads the formats of ``plain_format``."""

    engine: Engine
    workspace: Workspace
    manager: Manager

    def import_people(
        self, people: Iterable[Person], list_name: str = "main", source: str = "direct"
    ) -> ImportSummary:
        """Import people from a real CSV file."""
        path = self.workspace.root / "people.csv"
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(["id", "name", "postal_code", "address", "phone"])
            for person in people:
                phone = person.phones[0] if person.phones else ""
                writer.writerow([person.id, person.name, person.postal_code, person.address, phone])
        request = ImportRequest(path=path, list_name=list_name, source_id=source)
        return import_list(self.engine, request, self.manager, actor="tester", now=NOW)

    def opt_out(self, person: Person, *, erase: bool = True, **request: Any) -> OptOutId:
        """Record an opt-out as the desk does; ``erase=False`` is interrupted before erasing."""
        wanted = OptOutRequest(person=person, received_on=NOW.date(), **request)
        recorded = record_opt_outs(self.engine, [wanted], actor="tester", now=NOW)
        if erase:
            act_on_opt_outs(self.engine, actor="tester", now=NOW)
        return recorded.ids[0]

    def deliver(
        self, progress: Progress = no_progress, clock: Callable[[], datetime] = lambda: NOW, **request: Any
    ) -> DeliveryResult:
        """Deliver the list ``main`` in the format ``plain`` to the client unless told otherwise."""
        wanted = OrderRequest(**{"format": "plain", "lists": ("main",), "client": "client", **request})
        return deliver(
            self.engine, self.workspace, self.manager, wanted, actor="tester", clock=clock, progress=progress
        )

    def with_config(self, **changes: Any) -> Shop:
        """Return the same shop under other settings."""
        config = dataclasses.replace(self.workspace.config, **changes)
        return dataclasses.replace(self, workspace=dataclasses.replace(self.workspace, config=config))

    def packages(self) -> list[Path]:
        """Return the packages in the outbox."""
        outbox = self.workspace.outbox
        return (
            sorted(path for path in outbox.iterdir() if not path.name.startswith("."))
            if outbox.is_dir()
            else []
        )

    def leftovers(self) -> list[str]:
        """Return hidden files of the outbox, which no ended delivery may leave."""
        outbox = self.workspace.outbox
        return sorted(path.name for path in outbox.glob(".*")) if outbox.is_dir() else []


def make_shop(engine: Engine, url: str, root: Path) -> Shop:
    """Make a shop with one client and one deliverable source."""
    workspace = Workspace(
        root=root, config=CONFIG, outbox=root / "outbox", reports=root / "reports", database_url=url
    )
    add_client(engine, Client(id="client", name="見本商事"), actor="tester", now=NOW)
    pledge = root / "pledge.txt"
    pledge.write_text("確約書", encoding="utf-8")
    add_pledge(
        engine,
        "client",
        pledge,
        purposes=("dm", "telemarketing"),
        signed_on=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        actor="tester",
        now=NOW,
    )
    bases: dict[str, Basis] = {"direct": "direct_from_person", "again": "optout_27_2", "unknown": "unknown"}
    for name, basis in bases.items():
        add_source(engine, SourceRequest(id=name, basis=basis), actor="tester", now=NOW)
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


def manifest_of(package: Path) -> dict[str, Any]:
    """Read a package's manifest."""
    content: dict[str, Any] = json.loads((package / "manifest.json").read_bytes())
    return content


def on_step(wanted: str, action: Callable[[], None]) -> Progress:
    """Return a progress that acts when a step begins."""

    @contextmanager
    def progress(step: str, _total: int) -> Iterator[Callable[[int], None]]:
        if step == wanted:
            action()
        yield lambda _done: None

    return progress
