"""After the release: the package into its place, holds opened, what was left out reported, observers told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from sqlalchemy import update

from gateway.db.engine import writing
from gateway.db.ledger import lock_ledger
from gateway.db.tables import delivery
from gateway.delivery.clearing import Cleared
from gateway.delivery.reports import LeftOut, write_report
from gateway.delivery.staging import publish
from gateway.delivery.under_way import UnderWay
from gateway.errors import Damaged, GatewayError
from gateway.i18n import _
from gateway.suppression.erasure import open_hold


def publish_package(run: UnderWay) -> Path:
    """Put a released delivery in place; ``Damaged`` (``unpublished``) leaves the rest to recovery."""
    try:
        package = publish(run.workspace.outbox, run.attempt.id)
        with writing(run.engine) as connection:
            connection.execute(
                update(delivery).where(delivery.c.serial == run.attempt.serial).values(state="published")
            )
    except (OSError, GatewayError) as error:
        raise Damaged(
            "unpublished",
            _("the delivery {id} is released but its package is not in place").format(id=run.attempt.id),
            hint=_("run: gateway doctor --repair"),
        ) from error
    return package


def report_left_out(run: UnderWay, cleared: Cleared) -> Counter[LeftOut]:
    """Put up for review what is held, write who was left out, and count them; the package is in place already."""
    try:
        open_holds(run, cleared)
        return write_report(run.engine, run.workspace.reports, run.attempt.serial, run.attempt.id)
    except (OSError, GatewayError) as error:
        raise Damaged(
            "unreported",
            _("the delivery {id} is released and in place, but not the report of what it left out").format(
                id=run.attempt.id
            ),
            hint=_("check the space left and the folder of reports; do not deliver again"),
        ) from error


def open_holds(run: UnderWay, cleared: Cleared) -> None:
    """Put up for review, once, whom screening has held."""
    if not cleared.held:
        return
    with writing(run.engine) as connection:
        lock_ledger(connection)
        for found, list_id, record_id in cleared.held:
            open_hold(connection, found, list_id, record_id, origin="delivery", now=run.clock())
    cleared.held.clear()
