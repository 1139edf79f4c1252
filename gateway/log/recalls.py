"""Recalls (回収通知): delivered lines whose person has since opted out, told to each client once, answers kept."""

from __future__ import annotations

import csv
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from sqlalchemy import Connection, Engine, Select, and_, select, update

from gateway.config import Filing, Provider
from gateway.db.clock import legal_date, stamp
from gateway.db.engine import reading, writing
from gateway.db.ids import read_id
from gateway.db.ledger import take_number
from gateway.db.tables import client, delivery, recall
from gateway.documents.data import RecalledLine, RecallNotice, Recipient
from gateway.documents.recall import write_recall_notice
from gateway.errors import Failed, WrongUsage
from gateway.i18n import _
from gateway.log.journal import append
from gateway.log.line_code import LineCodes

Status = Literal["deleted", "opted_out", "not_found", "exempted"]
STATUSES: tuple[Status, ...] = get_args(Status)

ANSWER_DAYS = 14
"""How long a client is given to answer a notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """One delivered line to be recalled; ``notice`` and ``status`` are empty until written and answered."""

    id: int
    client: str
    delivery: str
    line_code: str
    opt_out_id: int
    found_at: str
    notice: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A written notice to one client."""

    id: str
    client: str
    lines: int
    folder: Path


def all_recalls(connection: Connection) -> Iterator[Recall]:
    """Read all recalls in the order they were found."""
    return _recalls(connection, _RECALLS)


def write_notices(
    engine: Engine,
    folder: Path,
    *,
    provider: Provider,
    filing: Filing,
    actor: str,
    now: datetime,
    only_client: str = "",
) -> list[Notice]:
    """Write one notice for each client (or one of them) that has lines to recall and has not been told of them.

    Lines that were withdrawn from the client's own system are settled and need no notice.

    The files are complete before the notice is recorded; a notice holds line codes and no personal data.
    """
    with reading(engine) as connection:
        if not _untold(connection, only_client):
            return []
    notices: list[Notice] = []
    try:
        with writing(engine) as connection:
            number = take_number(connection)
            for place, (client_id, lines) in enumerate(
                sorted(_untold(connection, only_client).items()), start=1
            ):
                notice = Notice(
                    id=f"R{number:06d}-{place}",
                    client=client_id,
                    lines=len(lines),
                    folder=folder / f"R{number:06d}-{place}",
                )
                notices.append(notice)
                _write_files(notice.folder, _notice(connection, notice, lines, provider, filing, now))
                for start in range(0, len(lines), 500):
                    these = [each.id for each in lines[start : start + 500]]
                    connection.execute(update(recall).where(recall.c.id.in_(these)).values(notice=notice.id))
            content = {"notices": {each.id: {"client": each.client, "lines": each.lines} for each in notices}}
            append(connection, number, "recall", content, actor=actor, now=now)
    except BaseException:
        for notice in notices:
            shutil.rmtree(notice.folder, ignore_errors=True)
        raise
    return notices


def _untold(connection: Connection, only_client: str) -> dict[str, list[Recall]]:
    """Return by client the recalls that stand in no notice and are not settled."""
    untold = and_(recall.c.notice == "", recall.c.status == "")
    if only_client:
        untold = and_(untold, recall.c.client_id == only_client)
    grouped: defaultdict[str, list[Recall]] = defaultdict(list)
    for found in _recalls(connection, _RECALLS.where(untold)):
        grouped[found.client].append(found)
    return grouped


def _notice(
    connection: Connection,
    notice: Notice,
    lines: Sequence[Recall],
    provider: Provider,
    filing: Filing,
    now: datetime,
) -> RecallNotice:
    recipient = connection.execute(select(client).where(client.c.id == notice.client)).one()
    return RecallNotice(
        number=notice.id,
        created_at=now,
        provider=provider,
        filing=filing,
        client=Recipient(
            name=recipient.name, address=recipient.address, representative=recipient.representative
        ),
        lines=tuple(RecalledLine(delivery=each.delivery, line_code=each.line_code) for each in lines),
        answer_by=legal_date(now) + timedelta(days=ANSWER_DAYS),
    )


def answer(engine: Engine, identifier: str, status: Status, *, actor: str, now: datetime) -> int:
    """Record a client's answer about one line (by recall id) or a whole notice; returns how many lines it settles."""
    one = read_id(identifier)
    if one is None and not identifier.strip():
        raise _unknown(identifier)
    condition = recall.c.notice == identifier.strip().upper() if one is None else recall.c.id == one
    with writing(engine) as connection:
        number = take_number(connection)
        settled = connection.execute(
            update(recall)
            .where(condition)
            .values(status=status, answered_at=stamp(now))
            .returning(recall.c.id)
        ).all()
        if not settled:
            raise _unknown(identifier)
        content = {"recall": identifier, "status": status, "lines": len(settled)}
        append(connection, number, "recall_answer", content, actor=actor, now=now)
    return len(settled)


def _unknown(identifier: str) -> WrongUsage:
    return WrongUsage(
        "unknown_recall",
        _("there is no recall or notice {id}").format(id=identifier),
        hint=_("see: gateway recall list"),
    )


_RECALLS = (
    select(
        recall.c.id,
        recall.c.client_id,
        delivery.c.id.label("delivery_id"),
        recall.c.delivery,
        recall.c.line_number,
        recall.c.opt_out_id,
        recall.c.found_at,
        recall.c.notice,
        recall.c.status,
    )
    .join_from(recall, delivery)
    .order_by(recall.c.id)
)


def _recalls(connection: Connection, statement: Select[*tuple[object, ...]]) -> Iterator[Recall]:
    codes = LineCodes.of(connection)
    for row in connection.execute(statement).all():
        (code,) = codes.encode(row.delivery, [row.line_number])
        yield Recall(
            id=row.id,
            client=row.client_id,
            delivery=row.delivery_id,
            line_code=code,
            opt_out_id=row.opt_out_id,
            found_at=row.found_at,
            notice=row.notice,
            status=row.status,
        )


def _write_files(folder: Path, notice: RecallNotice) -> None:
    """Write the notice for people and the same lines for programs.

    A folder of that number is what an attempt left behind that ended before its notice was recorded.
    """
    try:
        if folder.is_dir():
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700, parents=True)
        write_recall_notice(folder / "recall-notice.pdf", notice)
        (folder / "recall-notice.pdf").chmod(0o600)
        descriptor = os.open(folder / "lines.csv", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(["delivery", "line_code", "status"])
            writer.writerows([line.delivery, line.line_code, ""] for line in notice.lines)
    except OSError as error:
        raise Failed(
            "unwritable_recalls",
            _("the notice cannot be written to {path} ({reason})").format(path=folder, reason=error.strerror),
            hint=_("check the folder, its owner, and the space left"),
        ) from error
