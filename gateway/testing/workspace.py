"""A list vendor's whole workspace in a test: database, settings, plugins, clients with pledges, lists and opt-outs.

Nothing is replaced by a double: what a test delivers here takes the way of ``gateway deliver``, opt-outs included.
"""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict

from gateway.acquisition.intake import ImportRequest, ImportSummary, import_list
from gateway.acquisition.sources import Basis, SourceRequest, add_source
from gateway.api import Method, Purpose
from gateway.config import Config, Desk, Filing, Provider, Workspace
from gateway.db.engine import open_database
from gateway.db.schema import create_database
from gateway.delivery.clients import Client, add_client, add_pledge
from gateway.delivery.deliver import DeliveryResult, Progress, deliver, no_progress, resume
from gateway.delivery.orders import OrderRequest
from gateway.people.person import Person
from gateway.plugins import Manager
from gateway.suppression.opting_out import opt_out
from gateway.suppression.register import OptOutId, OptOutPurpose, OptOutRequest, record_opt_outs

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from gateway.suppression.decision import Scope

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
"""When everything in a trial workspace happens."""

METHODS: tuple[Method, ...] = ("printed_labels", "file", "api_push")
ITEMS = (
    "name", "kana", "address", "phone", "email", "company", "department", "title", "joint_names", "honorific",
)  # fmt: skip
_DESK = Desk(name="窓口", address="東京都千代田区見本町1-1", phone="03-0000-0001")
_COLUMNS = (
    "id", "name", "kana", "postal_code", "address", "building", "company", "department", "title", "joint_names",
    "honorific",
)  # fmt: skip


class WorkspaceContents(TypedDict, total=False):
    """What a trial workspace holds: lists by name, opt-outs, the purposes of each client's pledge, format settings.

    ``formats`` is ``[formats.NAME]`` of ``gateway.toml``; ``items`` are filed besides the usual ones, such as attributes.
    """

    lists: Mapping[str, Iterable[Person]]
    opt_outs: Iterable[Person]
    clients: Mapping[str, Iterable[Purpose]]
    formats: Mapping[str, Mapping[str, object]]
    items: Iterable[str]


@dataclass(slots=True)
class Vendor:
    """A workspace that a test works in; ``clock`` says when everything happens."""

    engine: Engine
    workspace: Workspace
    manager: Manager

    def import_people(
        self, people: Iterable[Person], list_name: str = "main", source: str = "direct"
    ) -> ImportSummary:
        """Import people from a real CSV file, with the consent that e-mail addresses need to leave."""
        path = self.workspace.root / "people.csv"
        write_people(path, people)
        request = ImportRequest(
            path=path, list_name=list_name, source_id=source, email_consent="登録時に同意 2026-01-01"
        )
        return import_list(self.engine, request, self.manager, actor="tester", now=NOW)

    def opt_out(
        self,
        person: Person,
        *,
        erase: bool = True,
        scope: Scope = "individual",
        purpose: OptOutPurpose = "all",
        channel: Literal["phone", "fax", "mail", "email", "web", "client", "counter"] = "phone",
        line_code: str = "",
    ) -> OptOutId:
        """Record an opt-out as the desk does; ``erase=False`` is interrupted before erasing."""
        wanted = OptOutRequest(
            person=person,
            received_on=NOW.date(),
            scope=scope,
            purpose=purpose,
            channel=channel,
            line_code=line_code,
        )
        take = opt_out if erase else record_opt_outs
        return take(self.engine, [wanted], actor="tester", now=NOW).ids[0]

    def deliver(
        self, progress: Progress = no_progress, clock: Callable[[], datetime] = lambda: NOW, **request: Any
    ) -> DeliveryResult:
        """Deliver the list ``main`` to the client unless told otherwise; ``request`` is that of ``OrderRequest``."""
        wanted = OrderRequest(**{"lists": ("main",), "client": "client", **request})
        return deliver(
            self.engine, self.workspace, self.manager, wanted, actor="tester", clock=clock, progress=progress
        )

    def resume(self, identifier: str) -> DeliveryResult:
        """Go on with a push that has stopped."""
        return resume(
            self.engine, self.workspace, self.manager, identifier, actor="tester", clock=lambda: NOW
        )

    def with_config(self, **changes: Any) -> Self:
        """Return the same workspace under other settings."""
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


def trial_config(
    formats: Mapping[str, Mapping[str, object]] | None = None, items: Iterable[str] = ()
) -> Config:
    """Return settings that allow every item and every method."""
    filing = Filing(
        number="000000",
        items=(*ITEMS, *items),
        methods=METHODS,
        published_on=date(2026, 4, 1),
        start_on=date(2026, 5, 1),
        desk=_DESK,
    )
    provider = Provider(name="見本名簿", address="東京都千代田区見本町1-1")
    return Config(provider=provider, filing=filing, formats=dict(formats or {}))


@contextmanager
def open_workspace(
    root: Path, contents: WorkspaceContents | None = None, *, manager: Manager | None = None
) -> Iterator[Vendor]:
    """Make a workspace on SQLite with what ``contents`` says, and close it afterwards.

    Without ``clients`` there is one, ``client``, whose pledge serves every purpose. Sources are ``direct`` (may be
    delivered) and ``unknown`` (may not). ``manager`` loads the installed plugins unless given.
    """
    given = contents or {}
    path = root / "gateway.db"
    path.write_bytes(_empty_database())
    url = f"sqlite:///{path}"
    engine = open_database(url)
    try:
        workspace = Workspace(
            root=root,
            config=trial_config(given.get("formats"), given.get("items", ())),
            outbox=root / "outbox",
            reports=root / "reports",
            database_url=url,
        )
        add_sources(engine, {"direct": "direct_from_person", "unknown": "unknown"})
        clients = given.get("clients", {"client": ("dm", "telemarketing")})
        for client, purposes in clients.items():
            add_client_with_pledge(engine, root, client, purposes)
        vendor = Vendor(engine=engine, workspace=workspace, manager=Manager() if manager is None else manager)
        for name, people in given.get("lists", {}).items():
            vendor.import_people(people, name)
        for person in given.get("opt_outs", ()):
            vendor.opt_out(person)
        yield vendor
    finally:
        engine.dispose()


def add_client_with_pledge(engine: Engine, root: Path, client: str, purposes: Iterable[Purpose]) -> None:
    """Record a client whose pledge is valid at ``NOW``."""
    add_client(engine, Client(id=client, name="見本商事"), actor="tester", now=NOW)
    pledge = root / "pledge.txt"
    pledge.write_text("確約書", encoding="utf-8")
    add_pledge(
        engine,
        client,
        pledge,
        purposes=tuple(purposes),
        signed_on=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        actor="tester",
        now=NOW,
    )


def add_sources(engine: Engine, bases: Mapping[str, Basis]) -> None:
    """Record sources by name with their lawful bases."""
    for name, basis in bases.items():
        add_source(engine, SourceRequest(id=name, basis=basis), actor="tester", now=NOW)


def write_people(path: Path, people: Iterable[Person]) -> None:
    """Write people into a CSV file as ``gateway list import`` reads it, with a column for each attribute."""
    held = list(people)
    phones = max((len(person.phones) for person in held), default=0)
    emails = max((len(person.emails) for person in held), default=0)
    attributes = sorted({name for person in held for name in person.attributes})
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([*_COLUMNS, *_numbered("phone", phones), *_numbered("email", emails), *attributes])
        for person in held:
            writer.writerow(
                [
                    *(getattr(person, column) for column in _COLUMNS),
                    *_padded(person.phones, phones),
                    *_padded(person.emails, emails),
                    *(person.attributes.get(name, "") for name in attributes),
                ]
            )


def manifest_of(package: Path) -> dict[str, Any]:
    """Read a package's manifest."""
    content: dict[str, Any] = json.loads((package / "manifest.json").read_bytes())
    return content


def _numbered(name: str, count: int) -> list[str]:
    return [name if place == 1 else f"{name}{place}" for place in range(1, count + 1)]


def _padded(values: Sequence[str], count: int) -> list[str]:
    return [*values, *[""] * (count - len(values))]


@cache
def _empty_database() -> bytes:
    """Make an empty database once a process: migrations take longer than most tests."""
    with TemporaryDirectory(prefix="gateway-testing-") as folder:
        path = Path(folder) / "gateway.db"
        engine = create_database(f"sqlite:///{path}")
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        return path.read_bytes()
