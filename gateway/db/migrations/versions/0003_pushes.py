"""Pushes: lines on their way to a client's own system, documents stored there, and a guard over accepted lines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ACCEPTED = (
    "EXISTS (SELECT 1 FROM push_line WHERE push_line.delivery = OLD.delivery"
    " AND push_line.number = OLD.number AND push_line.state = 'accepted')"
)

_SQLITE_TRIGGERS = (
    (
        f"CREATE TRIGGER accepted_line_no_update BEFORE UPDATE ON line WHEN {_ACCEPTED}"
        " BEGIN SELECT RAISE(ABORT, 'provision records are never changed'); END"
    ),
    (
        f"CREATE TRIGGER accepted_line_no_delete BEFORE DELETE ON line WHEN {_ACCEPTED}"
        " AND NOT EXISTS (SELECT 1 FROM purge WHERE delivery = OLD.delivery)"
        " BEGIN SELECT RAISE(ABORT, 'provision records are kept until they are purged'); END"
    ),
)

_POSTGRESQL_TRIGGERS = (
    (
        "CREATE FUNCTION guard_accepted_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {_ACCEPTED} THEN"
        " IF TG_OP = 'UPDATE' THEN RAISE EXCEPTION 'provision records are never changed'; END IF;"
        " IF NOT EXISTS (SELECT 1 FROM purge WHERE delivery = OLD.delivery) THEN"
        " RAISE EXCEPTION 'provision records are kept until they are purged'; END IF;"
        " END IF;"
        " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    ),
    (
        "CREATE TRIGGER accepted_line_kept BEFORE UPDATE OR DELETE ON line"
        " FOR EACH ROW EXECUTE FUNCTION guard_accepted_line()"
    ),
)


def upgrade() -> None:
    op.create_table(
        "push_line",
        sa.Column("delivery", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        *(
            sa.Column(name, sa.Text(), server_default="", nullable=False)
            for name in ("remote_id", "operation", "reason", "withdrawal")
        ),
        sa.ForeignKeyConstraint(["delivery"], ["delivery.serial"], name="fk_push_line_delivery"),
        sa.PrimaryKeyConstraint("delivery", "number", name="pk_push_line"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "push_document",
        sa.Column("delivery", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["delivery.serial"], name="fk_push_document_delivery"),
        sa.PrimaryKeyConstraint("delivery", "name", name="pk_push_document"),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in _SQLITE_TRIGGERS if sqlite else _POSTGRESQL_TRIGGERS:
        op.execute(trigger)
