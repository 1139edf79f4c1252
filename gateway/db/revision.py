"""Which revision of the schema a database has; read without alembic, because every command asks."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

HEAD = "0007"
"""The revision this software needs: the last file in ``migrations/versions``."""

VERSIONS = Path(__file__).parent / "migrations" / "versions"


def known_revisions() -> frozenset[str]:
    """Return the revisions that this software can migrate from; files are named ``NNNN_what.py``."""
    return frozenset(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


def stored_revision(connection: Connection) -> str | None:
    """Return the revision written in the database, or ``None`` when there is none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
