"""The hooks that a plugin may implement, and nothing else.

Each implementation is called by itself, ordered by (distribution, plugin name); wrappers are refused.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from gateway.api import Check, Enclosure, ExecutorFactory, Order, OutputFormat, Refusal, Suppressor

hookspec = pluggy.HookspecMarker("gateway")


@hookspec
def gateway_register_formats() -> Iterable[OutputFormat]:  # type: ignore[empty-body]
    """Provide output formats; called when a format is first needed. A clash of names is an error."""


@hookspec
def gateway_register_suppressors() -> Iterable[Suppressor]:  # type: ignore[empty-body]
    """Provide suppressors; called before every delivery, import and check. Any error refuses."""


@hookspec
def gateway_veto_delivery(order: Order) -> Iterable[Refusal]:  # type: ignore[empty-body]
    """Refuse a delivery; called after screening. Adds only; an error is a refusal."""


@hookspec
def gateway_register_enclosures() -> Iterable[Enclosure]:  # type: ignore[empty-body]
    """Provide further files of the package; called after rendering."""


@hookspec
def gateway_register_executors() -> Iterable[ExecutorFactory]:  # type: ignore[empty-body]
    """Provide executors for ``--executor NAME://…``. A clash of schemes is an error."""


@hookspec
def gateway_register_checks() -> Iterable[Check]:  # type: ignore[empty-body]
    """Provide checks for ``gateway doctor``."""


@hookspec
def gateway_delivery_released(record: Order) -> None:
    """Take note of a released delivery; an error is logged and undoes nothing."""


@hookspec
def gateway_delivery_failed(record: Order, error: str) -> None:
    """Take note of a failed delivery; an error is logged and undoes nothing."""
