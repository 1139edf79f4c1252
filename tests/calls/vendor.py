"""A vendor's shop that delivers call files: imports rows, delivers, reports outcomes."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from gateway.acquisition.intake import ImportRequest, import_list
from gateway.acquisition.lists import drop_list
from gateway.api import LineOutcome, OutcomeKind, OutcomeSummary, RefusalEffect
from gateway.cli.services import CoreServices
from gateway.delivery.deliver import DeliveryResult
from gateway.entry_points import PLUGINS, EntryPoint
from gateway.people.person import Person
from gateway.plugins import Manager
from gateway.testing.workspace import Vendor as Shop
from tests.delivery.shop import CONFIG, FILING, NOW, POINTS, make_shop

HEADER = ("id", "name", "kana", "postal_code", "address", "phone", "phone2", "email", "FAX")
Row = Sequence[str]


def point(name: str) -> EntryPoint:
    """Return the entry point of one of the gateway's own plugins."""
    return EntryPoint(
        group=PLUGINS, name=name, value=f"gateway_{name}", distribution="delivery-gateway", version="0"
    )


def row(number: int, *, phone: str | None = None, phone2: str = "", email: str = "", fax: str = "") -> Row:
    """Return one of many clearly different synthetic people."""
    surnames, given = (
        ("山田", "佐藤", "鈴木", "高橋", "渡辺"),
        ("太郎", "花子", "健一", "美咲", "大輔", "恵子"),
    )
    return (
        f"P{number}",
        f"{surnames[number % 5]}　{given[number // 5 % 6]}",
        "",
        "155-0031",
        f"東京都世田谷区北沢{1 + number % 5}-{1 + number}-{1 + number % 7}",
        f"03-3460-{number:04d}" if phone is None else phone,
        phone2,
        email,
        fax,
    )


@dataclass(slots=True)
class Vendor:
    """What a test works with."""

    shop: Shop

    def take(self, rows: Iterable[Row], *, email_consent: str = "", list_name: str = "main") -> None:
        """Import rows from a real CSV file into a list, ``main`` unless told otherwise."""
        path = self.shop.workspace.root / "people.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER, *rows])
        request = ImportRequest(
            path=path, list_name=list_name, source_id="direct", email_consent=email_consent
        )
        import_list(self.shop.engine, request, self.shop.manager, actor="tester", now=NOW)

    def drop(self) -> None:
        """Drop the list ``main``."""
        drop_list(self.shop.engine, "main", actor="tester", now=NOW)

    def deliver(
        self, profile: str = "generic-e164", *, lists: Sequence[str] = ("main",), **sets: str
    ) -> DeliveryResult:
        """Deliver lists to the client for telemarketing."""
        return self.shop.deliver(
            format="calls", purpose="telemarketing", lists=tuple(lists), sets={"profile": profile, **sets}
        )

    def mail(self) -> DeliveryResult:
        """Deliver the list to the client for letters, in a plain format."""
        return dataclasses.replace(self.shop, manager=Manager(POINTS)).deliver()

    def report(
        self,
        *outcomes: tuple[str, OutcomeKind],
        refused: RefusalEffect = "client_refusal",
        phone: str = "",
    ) -> OutcomeSummary:
        """Report what came of calls."""
        services = CoreServices(self.shop.engine, actor="tester", now=lambda: NOW)
        given = [
            LineOutcome(line_code=code, kind=kind, on=NOW.date(), phone=phone) for code, kind in outcomes
        ]
        return services.report_outcomes(given, refused=refused)

    def opt_out(self, of: Row, **request: Any) -> None:
        """Record an opt-out of a row's person."""
        self.shop.opt_out(Person(name=of[1], postal_code=of[3], address=of[4], phones=(of[5],)), **request)

    def filing(self, *items: str) -> Vendor:
        """Return the vendor with a filing that names just these items."""
        filing = dataclasses.replace(FILING, items=items)
        return Vendor(self.shop.with_config(filing=filing))


def make_vendor(engine: Engine, url: str, root: Path) -> Vendor:
    """Make a vendor with the plugins that calls need."""
    shop = make_shop(engine, url, root)
    shop.manager = Manager([point("calls"), point("refusals")])
    return Vendor(shop.with_config(filing=CONFIG.filing))


def rows_of(result: DeliveryResult) -> list[dict[str, str]]:
    """Read a call file of UTF-8 with a header."""
    with (Path(result.package) / "calls.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def manifest_of(result: DeliveryResult) -> dict[str, Any]:
    """Read a package's manifest."""
    content: dict[str, Any] = json.loads((Path(result.package) / "manifest.json").read_bytes())
    return content
