"""What the staff desk needs of tickets: notes, drafts, snoozing, tags, a second way to the newcomer.

Revision ID: r0006
Revises: r0005
"""

import sqlalchemy as sa
from alembic import op

revision = "r0006"
down_revision = "r0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BY_STAFF = sa.text("author = 'staff'")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    """Add the columns and make the two tables."""
    for name in ("answered_at", "attended_at", "snoozed_until", "reached_at"):
        op.add_column("tickets", sa.Column(name, MOMENT, nullable=True))
    op.add_column("tickets", sa.Column("previous", ID, nullable=True))
    op.add_column("tickets", sa.Column("tags", sa.JSON(), nullable=True))
    op.add_column("tickets", sa.Column("second_way", sa.LargeBinary(), nullable=True))
    op.add_column("tickets", sa.Column("rating", sa.String(8), nullable=True))
    op.create_index(
        "ix_messages_by_staff", "messages", ["ticket", "id"], sqlite_where=BY_STAFF, postgresql_where=BY_STAFF
    )
    op.create_table(
        "notes",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket", ID, nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("staff_id", ID, nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name="fk_notes_ticket_tickets"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_notes_contact_id_contacts"),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
        sqlite_autoincrement=True,
    )
    for column in ("ticket", "contact_id"):
        op.create_index(f"ix_notes_{column}", "notes", [column])
    op.create_table(
        "drafts",
        sa.Column("ticket", ID, autoincrement=False, nullable=False),
        sa.Column("staff_id", ID, autoincrement=False, nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("typed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"], name="fk_drafts_ticket_tickets"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_drafts_contact_id_contacts"),
        sa.PrimaryKeyConstraint("ticket", "staff_id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_contact_id", "drafts", ["contact_id"])
