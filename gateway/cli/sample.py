"""Fill a new workspace with a synthetic source, client, list and opt-outs, through the functions of the commands."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.acquisition.intake import ImportRequest, import_list
from gateway.acquisition.sources import SourceRequest, add_source
from gateway.cli.sample_people import sample_opt_outs, sample_people, write_people
from gateway.cli.sample_settings import SAMPLE_CLIENT, SAMPLE_LIST, SAMPLE_SOURCE
from gateway.db.clock import legal_date
from gateway.delivery.clients import Client, add_client, add_pledge
from gateway.suppression.opting_out import opt_out

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from gateway.config import Workspace
    from gateway.plugins import Manager

_PLEDGE = """確約書（見本）

株式会社見本名簿　御中

当社は、提供を受けた個人データを宛名の印刷による広告の送付および電話による勧誘の目的にのみ利用し、
本人から停止の求めを受けたときは、直ちにその求めに応じ、貴社に通知することを確約します。

株式会社見本ダイレクト　代表取締役　見本　次郎
"""


def fill_with_sample(
    workspace: Workspace, engine: Engine, manager: Manager, *, actor: str, now: datetime
) -> dict[str, object]:
    """Add everything that ``gateway deliver --format labels`` needs; return counts of what was added."""
    folder = workspace.root / "sample"
    folder.mkdir(mode=0o700)
    _add_client(engine, folder, actor=actor, now=now)
    _add_source(engine, actor=actor, now=now)
    people = sample_people()
    write_people(folder / "people.csv", people)
    request = ImportRequest(path=folder / "people.csv", list_name=SAMPLE_LIST, source_id=SAMPLE_SOURCE)
    imported = import_list(engine, request, manager, actor=actor, now=now)
    requests = sample_opt_outs(people, legal_date(now))
    taken = opt_out(engine, requests, actor=actor, now=now)
    counts = asdict(imported)
    return {
        "client": SAMPLE_CLIENT,
        "source": SAMPLE_SOURCE,
        "list": SAMPLE_LIST,
        **{
            name: counts[name] for name in ("rows", "imported", "suppressed", "held", "refused", "duplicates")
        },
        "opt_outs": len(taken.ids),
    }


def _add_client(engine: Engine, folder: Path, *, actor: str, now: datetime) -> None:
    client = Client(
        id=SAMPLE_CLIENT,
        name="株式会社見本ダイレクト",
        address="東京都港区見本台4丁目5番6号",
        representative="代表取締役　見本　次郎",
    )
    add_client(engine, client, actor=actor, now=now)
    pledge = folder / "pledge.txt"
    pledge.write_text(_PLEDGE, encoding="utf-8")
    today = legal_date(now)
    add_pledge(
        engine,
        SAMPLE_CLIENT,
        pledge,
        purposes=("dm", "telemarketing"),
        signed_on=today,
        valid_until=today + timedelta(days=365),
        actor=actor,
        now=now,
    )


def _add_source(engine: Engine, *, actor: str, now: datetime) -> None:
    request = SourceRequest(
        id=SAMPLE_SOURCE,
        basis="direct_from_person",
        name="見本懸賞事務局",
        address="東京都千代田区見本町1丁目2番3号",
        representative="見本　三郎",
        acquired_on=legal_date(now),
        circumstances="懸賞の応募者が自ら記入したもの（見本）",
    )
    add_source(engine, request, actor=actor, now=now)
