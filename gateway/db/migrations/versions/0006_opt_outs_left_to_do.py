"""Indexes that lead to the few opt-outs with something left to do, so that a long register is not read for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_opt_out_lifted_number", table_name="opt_out")
    op.create_index(
        "ix_opt_out_lifted",
        "opt_out",
        ["lifted_number"],
        sqlite_where=sa.text("lifted_number IS NOT NULL"),
        postgresql_where=sa.text("lifted_number IS NOT NULL"),
    )
    op.create_index(
        "ix_opt_out_not_searched",
        "opt_out",
        ["id"],
        sqlite_where=sa.text("recalled_at IS NULL"),
        postgresql_where=sa.text("recalled_at IS NULL"),
    )
