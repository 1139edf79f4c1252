"""Phones as they are dialled, and what clients report about the people they called."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("e164", "phone_kind", "wrong_on"):
        op.add_column("contact", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "outcome",
        sa.Column("delivery", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reported_on", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["delivery.serial"], name=op.f("fk_outcome_delivery")),
        sa.PrimaryKeyConstraint("delivery", "line_number", "kind", name=op.f("pk_outcome")),
    )
