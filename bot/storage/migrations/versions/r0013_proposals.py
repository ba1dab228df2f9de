"""Answers that become entries: proposals, and who asked.

Revision ID: r0013
Revises: r0006
"""

import sqlalchemy as sa
from alembic import op

revision = "r0013"
down_revision = "r0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "proposals",
        sa.Column("id", ID, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("reviewer", ID, nullable=True),
        sa.Column("wording", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
        sqlite_autoincrement=True,
    )
    for column in ("state", "changed_at"):
        op.create_index(f"ix_proposals_{column}", "proposals", [column])
    op.create_table(
        "proposal_askers",
        sa.Column("id", ID, nullable=False),
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("contact_id", ID, nullable=True),
        sa.Column("ticket", ID, nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("question", sa.LargeBinary(), nullable=True),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name="fk_proposal_askers_proposal_id_proposals"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name="fk_proposal_askers_contact_id_contacts"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_proposal_askers"),
        sa.UniqueConstraint("proposal_id", "ticket", name="uq_proposal_askers_proposal_id_ticket"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_proposal_askers_contact_id", "proposal_askers", ["contact_id"])
