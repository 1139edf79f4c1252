"""The report of what did not leave: ids, rules and reason codes only, for the operator and never for the client."""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path

from sqlalchemy import Engine, select

from gateway.db.engine import reading
from gateway.db.tables import left_out, list_
from gateway.suppression.register import opt_out_name

REPORT = "held.csv"
"""The file's name in the delivery's folder of reports."""
LeftOut = tuple[str, str]
"""What became of a record that did not leave, and the rule: ``("refused", "no_phone")``."""
_PAGE = 5000


def write_report(engine: Engine, reports: Path, serial: int, delivery: str) -> Counter[LeftOut]:
    """Write ``held.csv`` of a delivery; returns how many were left out by which rule."""
    counts: Counter[LeftOut] = Counter()
    folder = reports / delivery
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / REPORT
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as handle, reading(engine) as connection:
        writer = csv.writer(handle)
        writer.writerow(["list", "record_id", "outcome", "rule", "opt_out"])
        names = {row.id: row.name for row in connection.execute(select(list_.c.id, list_.c.name))}
        last = (-1, -1)
        while True:
            after = (left_out.c.list_id > last[0]) | (
                (left_out.c.list_id == last[0]) & (left_out.c.record_number > last[1])
            )
            rows = connection.execute(
                select(left_out)
                .where(left_out.c.delivery == serial, after)
                .order_by(left_out.c.list_id, left_out.c.record_number)
                .limit(_PAGE)
            ).all()
            if not rows:
                return counts
            for row in rows:
                number = "" if row.opt_out_id is None else opt_out_name(row.opt_out_id)
                writer.writerow([names.get(row.list_id, ""), row.record_id, row.outcome, row.rule, number])
                counts[row.outcome, row.rule] += 1
            last = (rows[-1].list_id, rows[-1].record_number)
