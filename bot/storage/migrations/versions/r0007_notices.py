"""Reminders before a promised time, and where people of the team are written to.

Revision ID: r0007
Revises: r0009
"""

import sqlalchemy as sa
from alembic import op

revision = "r0007"
down_revision = "r0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNREAD = sa.text("status != 'pending' AND status != 'read'")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    """Add the columns and make the two tables."""
    for name in ("remind_at", "reminded_at", "escalated_at"):
        op.add_column("tickets", sa.Column(name, MOMENT, nullable=True))
    op.create_table(
        "staff_reach",
        sa.Column("staff_id", ID, autoincrement=False, nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("wish", sa.String(16), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("mailed_at", MOMENT, nullable=True),
        sa.Column("trouble", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_reach_staff_id_staff"),
        sa.PrimaryKeyConstraint("staff_id", name="pk_staff_reach"),
    )
    op.create_table(
        "notices",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("ticket", ID, nullable=False),
        sa.Column("send_at", MOMENT, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_notices_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("staff_id", "cause", "ticket", name="uq_notices_staff_id_cause_ticket"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notices_send_at", "notices", ["send_at"])
    op.create_index(
        "ix_outbox_unread",
        "outbox",
        ["status", "channel", "settled_at"],
        sqlite_where=UNREAD,
        postgresql_where=UNREAD,
    )
