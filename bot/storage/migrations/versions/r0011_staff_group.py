"""Groups of the team in a messenger: which ones, whose account is whose, and how far each ticket is mirrored.

Revision ID: r0011
Revises: r0007
"""

import sqlalchemy as sa
from alembic import op

revision = "r0011"
down_revision = "r0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "staff_groups",
        sa.Column("id", ID, nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("towns", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("connected_at", MOMENT, nullable=False),
        sa.Column("wait_until", MOMENT, nullable=True),
        sa.Column("trouble", sa.String(64), nullable=False),
        sa.Column("trouble_since", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_staff_groups"),
        sa.UniqueConstraint("chat", name="uq_staff_groups_chat"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "staff_codes",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("staff_id", ID, nullable=True),
        sa.Column("towns", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_codes_staff_id_staff"),
        sa.PrimaryKeyConstraint("hash", name="pk_staff_codes"),
    )
    for column in ("staff_id", "expires_at"):
        op.create_index(f"ix_staff_codes_{column}", "staff_codes", [column])
    op.create_table(
        "staff_telegram",
        sa.Column("staff_id", ID, autoincrement=False, nullable=False),
        sa.Column("blind", sa.LargeBinary(16), nullable=False),
        sa.Column("account", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_telegram_staff_id_staff"),
        sa.PrimaryKeyConstraint("staff_id", name="pk_staff_telegram"),
        sa.UniqueConstraint("blind", name="uq_staff_telegram_blind"),
    )
    _mirror()


def _group_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["group_id"], ["staff_groups.id"], name=f"fk_{table}_group_id_staff_groups"
    )


def _ticket_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name=f"fk_{table}_ticket_tickets")


def _mirror() -> None:
    op.create_table(
        "staff_topics",
        sa.Column("ticket", ID, autoincrement=False, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("thread", sa.BigInteger(), nullable=True),
        sa.Column("head", sa.BigInteger(), nullable=True),
        sa.Column("shown", sa.String(32), nullable=False),
        sa.Column("message", ID, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("note", ID, nullable=False),
        sa.Column("told", ID, nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("signature", sa.String(32), nullable=False),
        _ticket_key("staff_topics"),
        _group_key("staff_topics"),
        sa.PrimaryKeyConstraint("ticket", name="pk_staff_topics"),
    )
    op.create_index("ix_staff_topics_group_id", "staff_topics", ["group_id"])
    op.create_table(
        "staff_written",
        sa.Column("group_id", ID, autoincrement=False, nullable=False),
        sa.Column("message", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ticket", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("answer", ID, nullable=True),
        sa.Column("note", ID, nullable=True),
        _group_key("staff_written"),
        _ticket_key("staff_written"),
        sa.PrimaryKeyConstraint("group_id", "message", name="pk_staff_written"),
    )
    for column in ("ticket", "answer"):
        op.create_index(f"ix_staff_written_{column}", "staff_written", [column])
    op.create_table(
        "staff_sayings",
        sa.Column("id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("ticket", ID, nullable=True),
        sa.Column("thread", sa.BigInteger(), nullable=True),
        sa.Column("reply_to", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("once", sa.String(200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("said_at", MOMENT, nullable=True),
        _group_key("staff_sayings"),
        _ticket_key("staff_sayings"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_sayings"),
        sa.UniqueConstraint("once", name="uq_staff_sayings_once"),
        sqlite_autoincrement=True,
    )
    for column in ("group_id", "ticket", "at"):
        op.create_index(f"ix_staff_sayings_{column}", "staff_sayings", [column])
    op.create_table(
        "staff_left_topics",
        sa.Column("group_id", ID, autoincrement=False, nullable=False),
        sa.Column("thread", sa.BigInteger(), autoincrement=False, nullable=False),
        _group_key("staff_left_topics"),
        sa.PrimaryKeyConstraint("group_id", "thread", name="pk_staff_left_topics"),
    )
