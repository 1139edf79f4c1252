"""``gateway review``: what was held back, and the decision about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gateway.cli.context import Session
from gateway.cli.output import emit, json_option, print_json
from gateway.i18n import _

if TYPE_CHECKING:
    from gateway.people.person import Person
    from gateway.suppression.reviews import Decided, Hold

_SIDES = ("name", "kana", "postal_code", "address", "building", "phones", "emails")


@click.group(help=_("Decide about records that were held back."))
def review() -> None:
    """Group the commands about the review queue."""


@review.command("list", help=_("Show what waits for a decision, the opt-out and the record side by side."))
@json_option
@click.pass_obj
def list_holds(session: Session, *, as_json: bool) -> None:
    """Show the review queue."""
    from gateway.db.engine import reading
    from gateway.suppression.reviews import open_holds

    with reading(session.database()) as connection:
        found = list(open_holds(connection))
    for each in found:
        if as_json:
            print_json(_as_dict(each))
        else:
            click.echo(_side_by_side(each))
    if not found and not as_json:
        click.echo(_("nothing waits for a decision"))


@review.command(
    help=_("Let a record be delivered: it is somebody else. Binds this pair until its data change.")
)
@click.argument("id_", metavar="ID")
@click.option("--why", required=True, help=_("The reason, for the journal."))
@json_option
@click.pass_obj
def release(session: Session, *, id_: str, why: str, as_json: bool) -> None:
    """Release a hold."""
    _decide(session, id_, "deliver", why, as_json=as_json)


@review.command(help=_("Suppress a record: it is the person who opted out."))
@click.argument("id_", metavar="ID")
@click.option("--why", default="", help=_("The reason, for the journal."))
@json_option
@click.pass_obj
def suppress(session: Session, *, id_: str, why: str, as_json: bool) -> None:
    """Suppress a hold's record."""
    _decide(session, id_, "suppress", why, as_json=as_json)


def _decide(session: Session, name: str, verdict: Decided, why: str, *, as_json: bool) -> None:
    from gateway.suppression.reviews import decide_hold, hold_name, hold_number

    identifier = hold_number(name)
    number, erased = decide_hold(
        session.database(), identifier, verdict, why=why, actor=session.actor, now=session.now()
    )
    data = {"id": hold_name(identifier), "number": number, "verdict": verdict, "erased": erased}
    text = _("{id} released") if verdict == "deliver" else _("{id} suppressed")
    lines = [text.format(id=data["id"])]
    lines += [
        _("erased from {list}: {count}").format(list=name, count=count) for name, count in erased.items()
    ]
    emit(as_json, data, "\n".join(lines))


def _as_dict(found: Hold) -> dict[str, object]:
    from gateway.suppression.register import opt_out_name
    from gateway.suppression.reviews import hold_name

    return {
        "id": hold_name(found.id),
        "opt_out": opt_out_name(found.opt_out.id),
        "list": found.list_name,
        "record_id": found.record_id,
        "rule": found.rule,
        "origin": found.origin,
        "opened_at": found.opened_at,
        "opt_out_person": _person(found.opt_out.person),
        "record_person": _person(found.record.person) if found.record else None,
    }


def _person(person: Person) -> dict[str, object]:
    return {
        name: list(value) if isinstance(value := getattr(person, name), tuple) else value for name in _SIDES
    }


def _side_by_side(found: Hold) -> str:
    from gateway.suppression.register import opt_out_name
    from gateway.suppression.reviews import hold_name

    head = _("{id}  rule {rule}  opt-out {opt_out}  list {list}  record {record}").format(
        id=hold_name(found.id),
        rule=found.rule,
        opt_out=opt_out_name(found.opt_out.id),
        list=found.list_name or "-",
        record=found.record_id or "-",
    )
    lines = [head]
    for name in _SIDES:
        left = _text(found.opt_out.person, name)
        right = _text(found.record.person, name) if found.record else ""
        if left or right:
            lines.append(f"  {name}: {left or '-'} | {right or '-'}")
    if found.record is None:
        lines.append("  " + _("the record is in no list any more, or has changed"))
    return "\n".join(lines)


def _text(person: Person, name: str) -> str:
    value = getattr(person, name)
    return ", ".join(value) if isinstance(value, tuple) else str(value)
