"""Settings: ``gateway.toml`` < ``GATEWAY_*`` < options, read into frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The list vendor that runs the gateway (提供者; APPI Art. 27(2) no. 1)."""

    name: str = ""
    address: str = ""
    representative: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where people ask for a stop (オプトアウト窓口; APPI Art. 27(2) no. 7). Printed on every form."""

    name: str = ""
    postal_code: str = ""
    address: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """The notification to the regulator: what may leave, how, and since when (届出; APPI Art. 27(2), Rules Art. 11)."""

    number: str = ""
    items: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    acquisition: tuple[str, ...] = ()
    published_on: date | None = None
    start_on: date | None = None
    desk: Desk = Desk()
