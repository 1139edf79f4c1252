"""Wrong numbers bind by name and number instead of one record, so that they outlive a list."""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
import xxhash
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MARKED = sa.text(
    "SELECT record.name, contact.value, contact.e164, contact.wrong_on FROM contact JOIN record"
    " ON record.list_id = contact.list_id AND record.number = contact.number WHERE contact.wrong_on <> ''"
)


def upgrade() -> None:
    table = op.create_table(
        "wrong_number",
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reported_on", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_wrong_number")),
    )
    marks = {
        _mark(name, number): reported_on
        for name, value, e164, reported_on in op.get_bind().execute(_MARKED)
        for number in e164.split() or (value,)
    }
    if marks:
        op.bulk_insert(table, [{"mark": mark, "reported_on": on} for mark, on in marks.items()])
    op.execute("ALTER TABLE contact DROP COLUMN wrong_on")


def _mark(name: str, number: str) -> int:
    """Hash a name and a number as the marks were hashed at this revision."""
    folded = "".join(unicodedata.normalize("NFKC", name).split())
    value = xxhash.xxh3_64_intdigest(f"{folded}\x1f{number}".encode())
    return value - (1 << 64) if value >> 63 else value
