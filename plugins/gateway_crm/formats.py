"""The formats of this plugin: which options each reads, which items it carries, how its destination is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from gateway.api import Destination, Failed, Order, OutputFormat
from gateway.i18n import _
from gateway_crm.mapping import items
from gateway_crm.options import (
    CrmOptions,
    HubSpotOptions,
    KintoneOptions,
    SalesforceOptions,
    TrytonOptions,
    WebhookOptions,
)


def formats() -> Iterable[OutputFormat[Any]]:
    """Return one format a kind of system."""
    yield _format("kintone", "a client's kintone app (PUT records.json)", KintoneOptions, "Kintone")
    yield _format(
        "salesforce", "a client's Salesforce (collections, Bulk API 2.0)", SalesforceOptions, "Salesforce"
    )
    yield _format("hubspot", "a client's HubSpot contacts (batch upsert)", HubSpotOptions, "HubSpot")
    yield _format("tryton", "a client's Tryton parties (JSON-RPC)", TrytonOptions, "Tryton")
    yield _format("webhook", "any in-house system: signed JSON batches to a URL", WebhookOptions, "Webhook")


def _format(name: str, summary: str, options: type[CrmOptions], adapter: str) -> OutputFormat[Any]:
    return OutputFormat(
        name=name,
        summary=summary,
        purposes={"dm", "telemarketing"},
        method="api_push",
        fields=_fields,
        push=_opener(name, adapter),
        options=options,
    )


def _fields(options: CrmOptions) -> frozenset[str]:
    return items(options.fields)


def _opener(module: str, name: str) -> Callable[[Any, Order], Destination]:
    """Return what opens a destination; the HTTP library is needed from there on only."""

    def open_destination(options: Any, order: Order) -> Destination:
        try:
            adapter = import_module(f"gateway_crm.{module}")
        except ModuleNotFoundError as error:
            raise Failed(
                "no_http",
                _("the module {module} is not installed").format(module=error.name),
                hint=_("pip install 'delivery-gateway[crm]'"),
            ) from error
        made: Destination = getattr(adapter, name)(options, order)
        return made

    return open_destination
