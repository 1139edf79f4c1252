"""Create a database and bring an older one up to date, through the migrations and nothing else."""

from __future__ import annotations

import secrets
from pathlib import Path

from sqlalchemy import Engine, insert
from sqlalchemy.engine import URL

from gateway.db.engine import make_engine, writing
from gateway.db.revision import HEAD, stored_revision
from gateway.db.tables import ledger_head, setting
from gateway.errors import Refused
from gateway.i18n import _

_MIGRATIONS = Path(__file__).parent / "migrations"


def create_database(url: str | URL) -> Engine:
    """Create all tables, the ledger at 0 and the secrets of a new database; ``Refused`` when it has tables already."""
    engine = make_engine(url)
    try:
        _fill(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _fill(engine: Engine) -> None:
    with writing(engine) as connection:
        if stored_revision(connection) is not None:
            raise Refused(
                "database_exists",
                _("the database already has tables of the gateway"),
                hint=_("name another database, or remove this one first"),
            )
    upgrade(engine)
    with writing(engine) as connection:
        connection.execute(insert(ledger_head).values(id=1, number=0))
        connection.execute(
            insert(setting),
            [
                {"key": "line_code_key", "value": secrets.token_hex(32)},
                {"key": "digest_salt", "value": secrets.token_hex(32)},
            ],
        )


def upgrade(engine: Engine, revision: str = HEAD) -> None:
    """Run the migrations up to ``revision``; each runs in a transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
