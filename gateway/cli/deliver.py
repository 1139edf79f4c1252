"""``gateway deliver``: check lists and release a package to a client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.context import Session
from gateway.cli.output import emit, json_option, progress
from gateway.errors import WrongUsage
from gateway.i18n import _

if TYPE_CHECKING:
    from gateway.delivery.deliver import DeliveryResult


@click.command(help=_("Check lists and release a package to a client."))
@click.option("--format", "format_", default="", help=_("What to make: gateway formats."))
@click.option("--list", "lists", multiple=True, help=_("A list to deliver; may be repeated."))
@click.option("--client", default="", help=_("Who receives it: gateway client list."))
@click.option("--purpose", default="", help=_("dm or telemarketing; the format's own if it has only one."))
@click.option(
    "--product", default="", help=_("The client's product it serves; its refusals bind, others' do not.")
)
@click.option(
    "--set", "sets", multiple=True, metavar="KEY=VALUE", help=_("An option of the format; may be repeated.")
)
@click.option("--reference", default="", help=_("The client's order number; it is released once."))
@click.option("--again", is_flag=True, help=_("Deliver a reference once more; needs --why."))
@click.option("--why", default="", help=_("The reason for --again, for the journal."))
@click.option(
    "--where", multiple=True, metavar="COLUMN=VALUE", help=_("Only records with this value; may be repeated.")
)
@click.option("--limit", type=click.IntRange(min=1), help=_("At most so many cleared lines."))
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=None,
    help=_("Processes to work with; as many as are worth it by default."),
)
@click.option(
    "--executor", default="", metavar="URL", help=_("Workers elsewhere, by a plugin: NAME://host:port.")
)
@click.option("--resume", default="", metavar="ID", help=_("Go on with a push that has stopped."))
@click.option("--dry-run", is_flag=True, help=_("Do everything but record and release nothing."))
@json_option
@click.pass_obj
def deliver(
    session: Session,
    *,
    format_: str,
    lists: tuple[str, ...],
    client: str,
    purpose: str,
    product: str,
    sets: tuple[str, ...],
    reference: str,
    again: bool,
    why: str,
    where: tuple[str, ...],
    limit: int | None,
    jobs: int | None,
    executor: str,
    resume: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Deliver an order."""
    from gateway.delivery.deliver import deliver as run
    from gateway.delivery.deliver import resume as go_on
    from gateway.delivery.orders import OrderRequest

    if resume:
        resumed = go_on(
            session.database(),
            session.workspace,
            session.manager,
            resume,
            actor=session.actor,
            clock=session.now,
            progress=_progress,
        )
        emit(as_json, _as_dict(resumed), _as_text(resumed, session.workspace.reports))
        return

    if again and not why:
        raise WrongUsage("no_reason", _("--again needs a reason"), hint=_("add --why REASON"))
    request = OrderRequest(
        format=format_,
        lists=lists,
        client=client,
        purpose=purpose,
        product=product,
        sets=dict(_pairs(sets, "--set")),
        reference=reference,
        again=again,
        why=why,
        where=tuple(_pairs(where, "--where")),
        limit=limit,
        dry_run=dry_run,
        jobs=jobs or 0,
        executor=executor,
    )
    result = run(
        session.database(),
        session.workspace,
        session.manager,
        request,
        actor=session.actor,
        clock=session.now,
        progress=_progress,
    )
    emit(as_json, _as_dict(result), _as_text(result, session.workspace.reports))


@contextmanager
def _progress(step: str, total: int) -> Iterator[Callable[[int], None]]:
    with progress(total, step) as advance:
        yield advance


def _pairs(texts: tuple[str, ...], option: str) -> Iterator[tuple[str, str]]:
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise WrongUsage(
                "bad_pair",
                _("{option} takes KEY=VALUE, not {text!r}").format(option=option, text=text),
            )
        yield key.strip(), value


def _as_dict(result: DeliveryResult) -> dict[str, object]:
    return {
        "id": result.id or None,
        "client": result.client,
        "format": result.format,
        "purpose": result.purpose,
        "fence": result.fence,
        "requested": result.counts.requested,
        "suppressed": result.counts.suppressed,
        "held": result.counts.held,
        "refused": result.counts.refused,
        "delivered": result.counts.delivered,
        "package": result.package or None,
        "files": list(result.files),
        "reports": dict(result.reports),
        "seconds": round(result.seconds, 3),
    }


def _as_text(result: DeliveryResult, reports: Path) -> str:
    from gateway.delivery.reports import REPORT

    counts = result.counts
    lines = [
        _("requested {requested}, suppressed {suppressed}, held {held}, refused {refused}").format(
            requested=counts.requested, suppressed=counts.suppressed, held=counts.held, refused=counts.refused
        )
    ]
    lines += [f"{outcome}, {rule}: {count}" for (outcome, rule), count in sorted(result.left_out.items())]
    lines += [f"{code}: {count}" for code, count in sorted(result.reports.items())]
    if not result.id:
        lines.append(
            _("{count} would be delivered to {client}; nothing was recorded or released").format(
                count=counts.delivered, client=result.client
            )
        )
        return "\n".join(lines)
    if counts.requested > counts.delivered:
        report = reports / result.id / REPORT
        lines.append(_("who was left out, and why: {path}").format(path=report))
    lines.append(
        _("delivery {id}: {count} delivered to {client}, checked up to number {fence}").format(
            id=result.id, count=counts.delivered, client=result.client, fence=result.fence
        )
    )
    lines.append(_("package: {path}").format(path=result.package))
    return "\n".join(lines)
