"""``gateway calls``: what the format ``calls`` needs besides ``gateway deliver``."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import timedelta, timezone
from pathlib import Path

import click

from gateway.api import CommandSession, RefusalEffect, WrongUsage
from gateway.i18n import _

JAPAN = timezone(timedelta(hours=9))
_EFFECTS: dict[str, RefusalEffect] = {
    "client": "client_refusal",
    "telemarketing": "telemarketing_opt_out",
    "all": "opt_out",
}


@click.group(help=_("Take the results of calls back; list the profiles of call files."))
def calls() -> None:
    """Group the commands about call files."""


@calls.command(help=_("Take a client's file of call results: refusals, wrong numbers, people reached."))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--refused",
    type=click.Choice(list(_EFFECTS)),
    default="client",
    show_default=True,
    help=_(
        "What a refusal becomes: the client's refusal list, an opt-out from telemarketing, or from everything."
    ),
)
@click.option("--product", default="", help=_("The product that was refused; the delivery's own by default."))
@click.option(
    "--as",
    "names",
    multiple=True,
    metavar="NAME=KIND",
    help=_("What a result of the dialer means: refused, wrong_number, reached or nothing; may be repeated."),
)
@click.option("--json", "as_json", is_flag=True, help=_("Write one JSON object instead of text."))
@click.pass_obj
def outcome(
    session: CommandSession, *, file: Path, refused: str, product: str, names: tuple[str, ...], as_json: bool
) -> None:
    """Take call results by line code; a refusal is in force when this returns."""
    from gateway_calls.outcome_file import read_outcomes

    today = session.now().astimezone(JAPAN).date()
    read = read_outcomes(file, names=_names(names), today=today)
    summary = session.services().report_outcomes(
        read.outcomes,
        refused=_EFFECTS[refused],
        product=product,
        file_sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
    )
    rejected = {**read.unknown, **{read.lines[index]: why for index, why in summary.rejected.items()}}
    result = {
        "rows": len(read.outcomes) + read.ignored + len(read.unknown),
        "refused": summary.refused,
        "wrong_numbers": summary.wrong_numbers,
        "reached": summary.reached,
        "known": summary.known,
        "ignored": read.ignored,
        "rejected": len(rejected),
    }
    for line, why in sorted(rejected.items()):
        click.echo(_("{file}, line {line}: {reason}").format(file=file.name, line=line, reason=why), err=True)
    if as_json:
        reasons = dict(sorted(Counter(rejected.values()).items()))
        click.echo(json.dumps({**result, "reasons": reasons}, ensure_ascii=False))
    else:
        click.echo(
            _(
                "{rows} rows: {refused} refused, {wrong_numbers} wrong numbers, {reached} reached, {known} known before,"
                " {ignored} say nothing, {rejected} rejected"
            ).format(**result)
        )


@calls.command(help=_("List the profiles that come with the format; gateway.toml may add others."))
@click.option("--json", "as_json", is_flag=True, help=_("Write one JSON object a profile instead of text."))
def profiles(*, as_json: bool) -> None:
    """List the targets that the plugin knows."""
    from gateway_calls.profile import shipped_profiles

    for name, profile in shipped_profiles().items():
        columns = [column.name for column in profile.columns]
        if as_json:
            found = {"name": name, "summary": profile.summary, "columns": columns}
            click.echo(json.dumps(found, ensure_ascii=False))
        else:
            click.echo(f"{name:16} {profile.summary}")


def _names(given: tuple[str, ...]) -> dict[str, str]:
    names = {}
    for each in given:
        name, found, kind = each.rpartition("=")
        if not found or kind not in ("refused", "wrong_number", "reached", "nothing"):
            raise WrongUsage(
                "bad_value",
                _("--as {given} is not NAME=KIND").format(given=each),
                hint=_("KIND is one of: refused, wrong_number, reached, nothing"),
            )
        names[name] = kind
    return names
