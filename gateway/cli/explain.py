"""``gateway explain``: why a record is delivered, suppressed or held."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from gateway.cli.context import Session
from gateway.cli.output import emit, json_option
from gateway.errors import WrongUsage
from gateway.i18n import _

if TYPE_CHECKING:
    from gateway.suppression.explanation import Explanation, Meeting, Normal, Refusal


@click.command(
    help=_("Tell why a record is delivered, suppressed or held, and what normalising made of both sides.")
)
@click.option("--line-code", help=_("The code of a delivered line."))
@click.option("--list", "list_name", help=_("The list of the record."))
@click.option("--id", "record_id", help=_("The record's own id in its list."))
@json_option
@click.pass_obj
def explain(
    session: Session, *, line_code: str | None, list_name: str | None, record_id: str | None, as_json: bool
) -> None:
    """Explain one record or one delivered line."""
    from gateway.db.engine import reading
    from gateway.suppression.explanation import explain_line, explain_record

    with reading(session.screening_database()) as connection:
        if line_code is not None and list_name is None and record_id is None:
            found = explain_line(connection, line_code)
        elif line_code is None and list_name is not None and record_id is not None:
            found = explain_record(connection, list_name, record_id)
        else:
            raise WrongUsage(
                "one_record", _("name a line with --line-code, or a record with --list and --id")
            )
    emit(as_json, _as_dict(found), _as_text(found))


def _as_dict(found: Explanation) -> dict[str, object]:
    return {
        "number": found.number,
        "list": found.list_name,
        "record_id": found.record_id,
        "in_list": found.in_list,
        "delivery": found.delivery or None,
        "verdicts": dict(found.verdicts),
        "normal": found.normal,
        "opt_outs": [dataclasses.asdict(each) for each in found.meetings],
        "refusals": [dataclasses.asdict(each) for each in found.refusals],
    }


def _as_text(found: Explanation) -> str:
    lines = [_("record {id} of list {list}").format(id=found.record_id or "-", list=found.list_name or "-")]
    if found.delivery:
        lines.append(_("delivered in {id}").format(id=found.delivery))
    if not found.in_list:
        lines.append(_("the record is in its list no more; judged as delivered"))
    lines += [
        _("{purpose}: {verdict} at number {number}").format(
            purpose=purpose, verdict=verdict, number=found.number
        )
        for purpose, verdict in found.verdicts.items()
    ]
    lines += [_("normalised:"), *_flat(found.normal)]
    for each in found.meetings:
        lines += ["", *_meeting(each)]
    if not found.meetings:
        lines.append(_("no opt-out shares a key with it"))
    for refusal in found.refusals:
        lines += ["", *_refusal(refusal)]
    return "\n".join(lines)


def _refusal(each: Refusal) -> list[str]:
    head = _("refused client {client}: {verdict} by rule {rule} ({why})").format(
        client=each.client, verdict=each.verdict, rule=each.rule, why=each.why
    )
    product = _("product {product}").format(product=each.product) if each.product else _("all products")
    lines = [
        head,
        f"  {product}",
        "  " + _("keys that met: {kinds}").format(kinds=", ".join(each.keys) or "-"),
    ]
    if each.refusal_normal:
        lines += ["  " + _("normalised:"), *(f"  {line}" for line in _flat(each.refusal_normal))]
    return lines


def _meeting(each: Meeting) -> list[str]:
    head = _("{id}: {verdict} by rule {rule} ({why})").format(
        id=each.opt_out, verdict=each.verdict, rule=each.rule, why=each.why
    )
    kind = _("scope {scope}, purpose {purpose}").format(scope=each.scope, purpose=each.purpose)
    if each.lifted:
        kind += ", " + _("lifted")
    return [
        head,
        f"  {kind}",
        "  " + _("keys that met: {kinds}").format(kinds=", ".join(each.keys) or "-"),
        "  " + _("normalised:"),
        *(f"  {line}" for line in _flat(each.opt_out_normal)),
    ]


def _flat(normal: Normal, prefix: str = "") -> list[str]:
    lines: list[str] = []
    for name, value in normal.items():
        if isinstance(value, dict):
            lines += _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for place, each in enumerate(value):
                lines += _flat(each, f"{prefix}{name}[{place}].")
        else:
            text = " / ".join(map(str, value)) if isinstance(value, list) else str(value)
            lines.append(f"  {prefix}{name}: {text}")
    return lines
