"""The report of rejected lines: ids, codes and field names, for the operator and never for the client."""

from __future__ import annotations

import csv
import os
from pathlib import Path

from sqlalchemy import Engine, select

from gateway.db.engine import reading
from gateway.db.tables import push_line
from gateway.log.line_code import LineCodes

_PAGE = 5000


def write_rejected(engine: Engine, reports: Path, serial: int, delivery: str) -> Path:
    """Write ``rejected.csv`` of a push; returns its path."""
    folder = reports / delivery
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "rejected.csv"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as handle, reading(engine) as connection:
        codes = LineCodes.of(connection)
        writer = csv.writer(handle)
        writer.writerow(["line_code", "key", "attempts", "reason"])
        last = -1
        while True:
            rows = connection.execute(
                select(push_line.c.number, push_line.c.key, push_line.c.attempts, push_line.c.reason)
                .where(
                    push_line.c.delivery == serial,
                    push_line.c.state == "rejected",
                    push_line.c.number > last,
                )
                .order_by(push_line.c.number)
                .limit(_PAGE)
            ).all()
            if not rows:
                return path
            last = rows[-1].number
            for row, code in zip(rows, codes.encode(serial, [row.number for row in rows]), strict=True):
                writer.writerow([code, row.key, row.attempts, row.reason])
