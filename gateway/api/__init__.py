"""What a plugin may import: frozen data, the protocols it is handed, what pushes and suppressors repeat, the hook marker.

It is light on purpose: it imports pluggy and the standard library, no database and no PDF library. Its modules are its
own business: import every name from here.
"""

from __future__ import annotations

import pluggy

from gateway.api.additions import Enclosure, ExecutorFactory, Refusal
from gateway.api.batches import Batch, StateStore
from gateway.api.checks import Check, Finding
from gateway.api.commands import (
    CommandSession,
    LineOutcome,
    OutcomeKind,
    OutcomeSummary,
    Package,
    RefusalEffect,
    Services,
)
from gateway.api.destinations import (
    Destination,
    Outcome,
    Parcel,
    PushLimits,
    Sent,
    TryLater,
    Unacceptable,
    Withdrawal,
)
from gateway.api.formats import OutputFormat
from gateway.api.json_destination import JsonDestination, JsonOptions, require_safe_url, wait_asked
from gateway.api.judging import Candidate, ClientLists, Objection
from gateway.api.lines import Address, Line, LineCode, Method, PostalKind, Purpose
from gateway.api.orders import Order
from gateway.api.secret import Secret
from gateway.api.suppressors import Suppressor, file_revision, national_digits
from gateway.errors import Damaged, Failed, GatewayError, PluginFault, Refused, WrongUsage

__all__ = [
    "Address",
    "Batch",
    "Candidate",
    "Check",
    "ClientLists",
    "CommandSession",
    "Damaged",
    "Destination",
    "Enclosure",
    "ExecutorFactory",
    "Failed",
    "Finding",
    "GatewayError",
    "JsonDestination",
    "JsonOptions",
    "Line",
    "LineCode",
    "LineOutcome",
    "Method",
    "Objection",
    "Order",
    "Outcome",
    "OutcomeKind",
    "OutcomeSummary",
    "OutputFormat",
    "Package",
    "Parcel",
    "PluginFault",
    "PostalKind",
    "Purpose",
    "PushLimits",
    "Refusal",
    "RefusalEffect",
    "Refused",
    "Secret",
    "Sent",
    "Services",
    "StateStore",
    "Suppressor",
    "TryLater",
    "Unacceptable",
    "Withdrawal",
    "WrongUsage",
    "__version__",
    "file_revision",
    "hookimpl",
    "national_digits",
    "require_safe_url",
    "wait_asked",
]

__version__ = "1.0"
"""The version of this module and of the hooks: a plugin for 1.x runs with every later 1.y (docs/plugins.md)."""

hookimpl = pluggy.HookimplMarker("gateway")
"""Mark a function as an implementation of the hook whose name it bears."""
