"""A shop that pushes into the system in memory of ``push_format``."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.config import Filing
from gateway.delivery.deliver import DeliveryResult, resume
from gateway.entry_points import PLUGINS, EntryPoint
from gateway.plugins import Manager
from tests.delivery.shop import FILING, NOW, Shop, person

PEOPLE = [person(number) for number in range(8)]
PUSH_FILING: Filing = replace(FILING, methods=(*FILING.methods, "api_push"))
POINT = EntryPoint(
    group=PLUGINS, name="push", value="tests.delivery.push_format", distribution="tests-push", version="1.0"
)


def pushing(shop: Shop, **options: Any) -> Shop:
    """Return the shop with a destination for its client and pushes in its filing."""
    formats = {"memory": {"clients": {"client": {"system": "main", **options}}}}
    made = shop.with_config(filing=PUSH_FILING, formats=formats)
    return replace(made, manager=Manager([POINT]))


def push(shop: Shop, **request: Any) -> DeliveryResult:
    """Push the list ``main`` to the client."""
    return shop.deliver(format="memory", **{"purpose": "dm", **request})


def go_on(shop: Shop, identifier: str = "") -> DeliveryResult:
    """Resume the push that has stopped."""
    return resume(
        shop.engine,
        shop.workspace,
        shop.manager,
        identifier or stopped_id(shop),
        actor="tester",
        clock=lambda: NOW,
    )


def stopped_id(shop: Shop) -> str:
    """Return the id of the delivery that is being pushed."""
    from sqlalchemy import select

    from gateway.db.engine import reading
    from gateway.db.tables import delivery

    with reading(shop.engine) as connection:
        found: str = connection.execute(
            select(delivery.c.id).where(delivery.c.state == "pushing")
        ).scalar_one()
    return found


def states(shop: Shop) -> dict[str, int]:
    """Count the lines of all pushes by state."""
    from sqlalchemy import func, select

    from gateway.db.engine import reading
    from gateway.db.tables import push_line

    with reading(shop.engine) as connection:
        rows = connection.execute(select(push_line.c.state, func.count()).group_by(push_line.c.state)).all()
    return {row[0]: row[1] for row in rows}


def rejected_rows(shop: Shop, result_or_id: str) -> list[dict[str, str]]:
    """Read the report of rejected lines."""
    path: Path = shop.workspace.reports / result_or_id / "rejected.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
