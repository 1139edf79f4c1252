"""Clients' refusals (特商法 Art. 17): who has refused a client is never delivered to it.

The refusals are kept by the gateway (``gateway client refuse``); what binds an order comes with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gateway.api import Candidate, Objection, Order, Suppressor, hookimpl


def concerns(order: Order | None) -> bool:
    """Tell whether anybody has refused the order's client; imports and checks have no client."""
    return bool(revision(order))


def revision(order: Order | None) -> str:
    """Return the ledger number of the last refusal that binds the order."""
    return "" if order is None or order.client_lists is None else order.client_lists.revision()


def judge(candidates: Sequence[Candidate], order: Order | None) -> Iterable[Objection]:
    """Object to everybody who has refused the order's client."""
    return () if order is None or order.client_lists is None else order.client_lists.objections(candidates)


@hookimpl
def gateway_register_suppressors() -> Iterable[Suppressor]:
    """Provide the check against clients' refusals; it is asked again at release if there are new ones."""
    yield Suppressor(
        name="client-refusals",
        summary="persons who have refused the client (特商法 Art. 17)",
        judge=judge,
        revision=revision,
        concerns=concerns,
    )
