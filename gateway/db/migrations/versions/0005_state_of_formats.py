"""Small texts that a format keeps from delivery to delivery, such as where a used sheet of labels goes on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plugin_state",
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_plugin_state_client_id")),
        sa.ForeignKeyConstraint(["delivery"], ["delivery.serial"], name=op.f("fk_plugin_state_delivery")),
        sa.PrimaryKeyConstraint("format", "client_id", "name", name=op.f("pk_plugin_state")),
    )
