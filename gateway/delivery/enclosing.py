"""Enclosures: the core's form and note go with every package, plugins may add to them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from gateway.api import Order
from gateway.config import Provider
from gateway.db.tables import source
from gateway.delivery.orders import AcceptedOrder
from gateway.delivery.staging import FORM, NOTE, PackageFile
from gateway.documents.data import Counts, DeliveredFile, DeliveryNote, Recipient, RequestForm, SourceAccount
from gateway.documents.form import write_request_form
from gateway.documents.note import write_delivery_note
from gateway.errors import Refused
from gateway.i18n import _
from gateway.plugins import Manager, blame
from gateway.suppression.refusals_lookup import StoredClientLists

LEGAL_BASIS = "optout_27_2"
"""APPI Art. 27(2): provision by opting out, the basis of every delivery so far."""


def enclose(
    folder: Path,
    manager: Manager,
    accepted: AcceptedOrder,
    order: Order,
    *,
    provider: Provider,
    files: Iterable[PackageFile],
    counts: Counts,
    sources: Iterable[SourceAccount],
    intent_hash: str,
) -> None:
    """Write the opt-out request form, the delivery note and the plugins' enclosures into a staging folder."""
    _enclose_from_plugins(folder, manager, order)
    write_form(folder, accepted, order, provider=provider)
    write_delivery_note(
        folder / NOTE,
        DeliveryNote(
            delivery=order.delivery,
            created_at=order.created_at,
            provider=provider,
            filing=accepted.filing,
            client=Recipient(
                name=accepted.client.name,
                address=accepted.client.address,
                representative=accepted.client.representative,
            ),
            purpose=accepted.purpose,
            legal_basis=LEGAL_BASIS,
            format=accepted.format.item.name,
            method=accepted.format.item.method,
            items=tuple(sorted(accepted.fields)),
            counts=counts,
            files=tuple(
                DeliveredFile(name=each.name, bytes=each.bytes, sha256=each.sha256) for each in files
            ),
            sources=tuple(sources),
            pledge=_pledge_text(accepted),
            intent_hash=intent_hash,
            reference=accepted.request.reference,
            remarks=_remarks(accepted),
        ),
    )


def write_form(folder: Path, accepted: AcceptedOrder, order: Order, *, provider: Provider) -> None:
    """Write the opt-out request form into a staging folder."""
    write_request_form(
        folder / FORM,
        RequestForm(
            delivery=order.delivery,
            created_at=order.created_at,
            provider=provider,
            filing=accepted.filing,
            client_name=accepted.client.name,
        ),
    )


def _remarks(accepted: AcceptedOrder) -> tuple[str, ...]:
    """Ask the format what the note should tell the client."""
    offered = accepted.format.item
    if offered.remarks is None:
        return ()
    with blame(accepted.format.plugin, offered.name):
        return tuple(offered.remarks(accepted.options))


def source_accounts(connection: Connection, identifiers: Iterable[str]) -> list[SourceAccount]:
    """Tell how the delivered data were acquired, source by source (APPI Art. 30(1) no. 2)."""
    rows = connection.execute(
        select(source).where(source.c.id.in_(sorted(identifiers))).order_by(source.c.id)
    )
    return [
        SourceAccount(
            name=row.name,
            basis=row.basis,
            address=row.address,
            representative=row.representative,
            acquired_on=date.fromisoformat(row.acquired_on) if row.acquired_on else None,
            circumstances=row.circumstances,
        )
        for row in rows
    ]


def client_snapshot(accepted: AcceptedOrder) -> str:
    """Write the recipient as APPI Rules Art. 20(1) no. 1 (b) wants it recorded."""
    client = accepted.client
    return json.dumps(
        {
            "id": client.id,
            "name": client.name,
            "address": client.address,
            "representative": client.representative,
            "country": client.country,
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def plugin_order(accepted: AcceptedOrder, delivery: str, now: datetime, engine: Engine) -> Order:
    """Return the order as plugins see it."""
    product = accepted.request.product
    return Order(
        delivery=delivery,
        client=accepted.client.id,
        client_name=accepted.client.name,
        format=accepted.format.item.name,
        purpose=accepted.purpose,
        reference=accepted.request.reference,
        created_at=now,
        options=dict(accepted.request.sets),
        product=product,
        client_lists=StoredClientLists(engine, accepted.client.id, product),
    )


def _enclose_from_plugins(folder: Path, manager: Manager, order: Order) -> None:
    for each in manager.enclosures():
        path = folder / each.item.name
        if path.exists():
            raise Refused(
                "enclosure_clash",
                _("{plugin}: the package already has a file {name}").format(
                    plugin=each.plugin.title, name=each.item.name
                ),
                hint=_("the enclosure needs another name"),
            )
        with blame(each.plugin, each.item.name):
            each.item.write(order, path)


def _pledge_text(accepted: AcceptedOrder) -> str:
    pledge = accepted.pledge
    return (
        f"{pledge.signed_on.isoformat()} ({pledge.valid_until.isoformat()}) SHA-256 {pledge.file_sha256[:16]}"
    )
