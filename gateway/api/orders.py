"""What a client asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gateway.api.judging import ClientLists
from gateway.api.lines import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a client asked for, as far as a plugin needs it (受注).

    ``product`` is the client's product that the delivery serves, or empty; ``client_lists`` looks up who has refused it.
    """

    delivery: str
    client: str
    client_name: str
    format: str
    purpose: Purpose
    reference: str = ""
    created_at: datetime
    options: Mapping[str, str] = field(default_factory=dict)
    product: str = ""
    client_lists: ClientLists | None = field(default=None, repr=False, compare=False)
