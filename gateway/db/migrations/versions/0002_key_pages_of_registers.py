"""Keys of registers in pages, hashed refusals, products, and which normaliser made a fingerprint.

The keys themselves are not carried over: pages of version 0 tell the software to make them anew from the persons.
"""

from __future__ import annotations

import struct

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_PAGE = 4096


def upgrade() -> None:
    op.create_table(
        "opt_out_page", *_page_columns(), sa.PrimaryKeyConstraint("first_number", name="pk_opt_out_page")
    )
    op.create_table(
        "client_refusal_page",
        sa.Column("client_id", sa.Text(), nullable=False),
        *_page_columns(),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_client_refusal_page_client_id"),
        sa.PrimaryKeyConstraint("client_id", "first_number", name="pk_client_refusal_page"),
    )
    op.create_table(
        "client_refusal_hash",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_client_refusal_hash_client_id"),
        sa.PrimaryKeyConstraint("client_id", "product", "hash", name="pk_client_refusal_hash"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_client_refusal_hash_number", "client_refusal_hash", ["number"], unique=False)
    _empty_pages("opt_out", "opt_out_page", "")
    _empty_pages("client_refusal", "client_refusal_page", "client_id")
    op.drop_table("opt_out_key")
    op.drop_table("client_refusal_key")
    op.add_column("delivery", sa.Column("product", sa.Text(), server_default="", nullable=False))
    for table in ("decision", "hold"):
        op.add_column(
            table, sa.Column("normaliser_version", sa.Integer(), server_default="1", nullable=False)
        )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("opt_out_page", "client_refusal_page"):
            op.execute(f"ALTER TABLE {table} ALTER COLUMN match_keys SET STORAGE EXTERNAL")


def _page_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("first_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("normaliser_version", sa.Integer(), nullable=False),
        sa.Column("numbers", sa.LargeBinary(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.Column("match_keys", sa.LargeBinary(), nullable=False),
    ]


def _empty_pages(table: str, pages: str, owner: str) -> None:
    """Write pages of version 0 that name the entries and have no keys."""
    connection = op.get_bind()
    columns = f"id, {owner}" if owner else "id"
    grouped: dict[str, list[int]] = {}
    for row in connection.execute(sa.text(f"SELECT {columns} FROM {table} ORDER BY id")).all():
        grouped.setdefault(row[1] if owner else "", []).append(row[0])
    names = "first_number, normaliser_version, numbers, counts, match_keys"
    values = ":first_number, 0, :numbers, :counts, :match_keys"
    if owner:
        names, values = f"{owner}, {names}", f":owner, {values}"
    for key, numbers in grouped.items():
        for start in range(0, len(numbers), _PAGE):
            some = numbers[start : start + _PAGE]
            given = {
                "first_number": some[0],
                "numbers": struct.pack(f"<{len(some)}q", *some),
                "counts": bytes(len(some)),
                "match_keys": b"",
            }
            if owner:
                given["owner"] = key
            connection.execute(sa.text(f"INSERT INTO {pages} ({names}) VALUES ({values})"), given)
