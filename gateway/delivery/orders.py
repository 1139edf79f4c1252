"""Orders (受注): what is asked for, and whether client, pledge, filing and lists allow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import Connection, select

from gateway.api import OutputFormat, Purpose
from gateway.config import Config, Filing, format_table, has_own_table, read_options
from gateway.db.clock import legal_date
from gateway.db.tables import delivery, list_
from gateway.delivery.clients import Client, Pledge, get_client, valid_pledge
from gateway.delivery.consent import require_no_fax
from gateway.delivery.filings import require_filed
from gateway.errors import Refused, WrongUsage
from gateway.i18n import _
from gateway.log.lines import PUSHING, RELEASED_STATES
from gateway.plugins import Manager, Registered, blame
from gateway.suppression.refusals import last_refusal
from gateway.suppression.refusals_lookup import SUPPRESSOR

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """An order as the operator gives it; empty values are filled from ``[defaults]``.

    ``jobs`` is the number of processes (0: as many as are worth it), ``executor`` the URL of workers elsewhere.
    """

    format: str = ""
    lists: tuple[str, ...] = ()
    client: str = ""
    purpose: str = ""
    product: str = ""
    sets: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""
    again: bool = False
    why: str = ""
    where: tuple[tuple[str, str], ...] = ()
    limit: int | None = None
    dry_run: bool = False
    jobs: int = 0
    executor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedOrder:
    """An order that everything allows; ``fields`` are the items its lines may carry."""

    request: OrderRequest
    format: Registered[OutputFormat[Any]]
    options: object
    fields: frozenset[str]
    purpose: Purpose
    client: Client
    pledge: Pledge
    filing: Filing
    lists: Mapping[int, str]


def accept(
    connection: Connection,
    manager: Manager,
    config: Config,
    request: OrderRequest,
    *,
    now: datetime,
    lists: Mapping[int, str] | None = None,
) -> AcceptedOrder:
    """Check an order, cheapest question first; raises ``WrongUsage`` for unknown names, ``Refused`` for rules.

    ``lists`` are those of an order that was accepted before; else the request names them.
    """
    manager.suppressors()
    name = _chosen(request.format, config.defaults.format, "format", _("name a format with --format"))
    registered = manager.format(name)
    offered = registered.item
    client_id = _chosen(request.client, config.defaults.client, "client", _("name a client with --client"))
    options = format_options(config, offered, client_id, request.sets)
    purpose = _purpose(request, config, offered)
    client = get_client(connection, client_id)
    if lists is None:
        lists = _lists(connection, request.lists or config.defaults.lists)
    today = legal_date(now)
    _require_domestic(client)
    pledge = valid_pledge(connection, client_id, purpose, today)
    with blame(registered.plugin, offered.name):
        fields = frozenset(offered.fields(options) if callable(offered.fields) else offered.fields)
    require_no_fax(fields)
    require_filed(config.filing, method=offered.method, fields=fields, on=today)
    require_new_reference(connection, client_id, request)
    require_refusals_heard(connection, manager, client_id, request.product)
    return AcceptedOrder(
        request=request,
        format=registered,
        options=options,
        fields=fields,
        purpose=purpose,
        client=client,
        pledge=pledge,
        filing=config.filing,
        lists=lists,
    )


def require_new_reference(
    connection: Connection, client_id: str, request: OrderRequest, *, but: int = 0
) -> None:
    """Refuse to release a client's reference twice unless told to, with a reason; ``but`` is the order's own serial."""
    if not request.reference or request.again:
        return
    known = connection.execute(
        select(delivery.c.id, delivery.c.state).where(
            delivery.c.client_id == client_id,
            delivery.c.reference == request.reference,
            delivery.c.state.in_((*RELEASED_STATES, PUSHING)),
            delivery.c.serial != but,
        )
    ).first()
    if known is not None and known.state == PUSHING:
        raise Refused(
            "reference_pushing",
            _("the push {id} of this reference has stopped half-way").format(id=known.id),
            hint=_("go on with: gateway deliver --resume {id}").format(id=known.id),
        )
    if known is not None:
        raise Refused(
            "reference_delivered",
            _("the reference was delivered before, as {id}").format(id=known.id),
            hint=_("to deliver it once more, add --again --why REASON"),
        )


def require_refusals_heard(connection: Connection, manager: Manager, client_id: str, product: str) -> None:
    """Refuse an order that somebody's refusal binds when no suppressor would ask for refusals."""
    names = {each.item.name for each in manager.suppressors()}
    if SUPPRESSOR not in names and last_refusal(connection, client_id, product):
        raise Refused(
            "suppressor_missing",
            _("persons have refused the client {id}, and the suppressor {name} is not there").format(
                id=client_id, name=SUPPRESSOR
            ),
            hint=_("install its plugin; nothing is delivered without it"),
        )


def format_options(
    config: Config, offered: OutputFormat[Any], client_id: str, sets: Mapping[str, str]
) -> object:
    """Read a format's options for one client; ``Refused`` when a push has no destination of that client's own."""
    if offered.push is not None and not has_own_table(config, offered.name, client_id):
        raise Refused(
            "no_destination",
            _("gateway.toml names no destination of the format {format} for the client {id}").format(
                format=offered.name, id=client_id
            ),
            hint=_(
                "write [formats.{format}.clients.{id}]: a client's people go to its own system only"
            ).format(format=offered.name, id=client_id),
        )
    return read_options(
        offered.options, format_table(config, offered.name, client_id), sets, name=offered.name
    )


def _chosen(given: str, default: str, what: str, hint: str) -> str:
    if given or default:
        return given or default
    raise WrongUsage(f"no_{what}", _("no {what} is named").format(what=what), hint=hint)


def _purpose(request: OrderRequest, config: Config, offered: OutputFormat[Any]) -> Purpose:
    """Return the purpose: as given, as configured where the format serves it, else the format's only one."""
    name = request.purpose
    if not name and config.defaults.purpose in offered.purposes:
        name = config.defaults.purpose
    if not name and len(offered.purposes) == 1:
        (name,) = offered.purposes
    if not name:
        raise WrongUsage("no_purpose", _("no purpose is named"), hint=_("name one with --purpose"))
    if name not in PURPOSES:
        raise WrongUsage(
            "unknown_purpose",
            _("there is no purpose {name}").format(name=name),
            hint=_("purposes are: {names}").format(names=", ".join(PURPOSES)),
        )
    if name not in offered.purposes:
        raise Refused(
            "purpose_not_served",
            _("the format {format} does not serve the purpose {purpose}").format(
                format=offered.name, purpose=name
            ),
            hint=_("it serves: {names}").format(names=", ".join(sorted(offered.purposes))),
        )
    return name


def _lists(connection: Connection, names: tuple[str, ...]) -> dict[int, str]:
    if not names:
        raise WrongUsage(
            "no_list", _("no list is named"), hint=_("name one with --list; see: gateway list show")
        )
    known = {row.name: row.id for row in connection.execute(select(list_.c.id, list_.c.name))}
    for name in names:
        if name not in known:
            raise WrongUsage(
                "unknown_list",
                _("there is no list {name}").format(name=name),
                hint=_("see: gateway list show"),
            )
    return {known[name]: name for name in dict.fromkeys(names)}


def _require_domestic(client: Client) -> None:
    """Refuse recipients abroad: opting out is no basis for them (APPI Art. 28(1))."""
    if client.country != "JP":
        raise Refused(
            "client_abroad",
            _("the client {id} is in {country}: opting out is no basis for providing abroad").format(
                id=client.id, country=client.country
            ),
            hint=_("APPI Art. 28 asks for each person's consent"),
        )
