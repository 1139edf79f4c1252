"""A process that pushes, to be killed: ``python -m tests.crm.pushing_process DATABASE_URL ROOT RECEIVER_URL``."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from gateway.config import Workspace
from gateway.db.engine import open_database, reading
from gateway.db.tables import delivery
from gateway.delivery import push_pace
from gateway.delivery.deliver import deliver, resume
from gateway.delivery.orders import OrderRequest
from gateway.plugins import Manager
from tests.crm.shop import POINT, secret
from tests.delivery.push_shop import PUSH_FILING
from tests.delivery.shop import CONFIG

SECRET = "s3cret"
FIELDS = {"number": "line_code", "name": "name", "postcode": "postal_code", "address": "address_text"}


def main(url: str, root: Path, receiver: str) -> None:
    """Begin the push, or go on with the one that was killed."""
    from dataclasses import replace

    push_pace.FIRST_PAUSE = 0.01
    table = {
        "url": receiver,
        "secret": secret(root, SECRET),
        "fields": FIELDS,
        "workers": 8,
        "batch": 100,
        "timeout": 30.0,
    }
    config = replace(CONFIG, filing=PUSH_FILING, formats={"webhook": {"clients": {"client": table}}})
    workspace = Workspace(
        root=root, config=config, outbox=root / "outbox", reports=root / "reports", database_url=url
    )
    engine = open_database(url)
    manager = Manager([POINT])
    with reading(engine) as connection:
        stopped = connection.execute(select(delivery.c.id).where(delivery.c.state == "pushing")).scalar()
    common = {"actor": "tester", "clock": lambda: datetime(2026, 11, 24, 3, 0, tzinfo=UTC)}
    if stopped:
        resume(engine, workspace, manager, stopped, **common)  # type: ignore[arg-type]
    else:
        request = OrderRequest(format="webhook", lists=("main",), client="client", purpose="dm")
        deliver(engine, workspace, manager, request, **common)  # type: ignore[arg-type]
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
