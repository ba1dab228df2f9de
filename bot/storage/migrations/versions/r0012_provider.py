"""People of the team whom the town's own provider lets in (OpenID Connect).

Revision ID: r0012
Revises: r0013
"""

import sqlalchemy as sa
from alembic import op

revision = "r0012"
down_revision = "r0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    """Add the columns and make the table."""
    op.add_column("staff", sa.Column("issuer", sa.String(255), nullable=True))
    op.add_column("staff", sa.Column("subject", sa.String(255), nullable=True))
    op.create_index("uq_staff_issuer_subject", "staff", ["issuer", "subject"], unique=True)
    op.add_column("staff_sessions", sa.Column("sid", sa.String(255), nullable=True))
    op.add_column("staff_sessions", sa.Column("check_by", MOMENT, nullable=True))
    op.create_table(
        "staff_logouts",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_staff_logouts"),
    )
    op.create_index("ix_staff_logouts_until", "staff_logouts", ["until"])


def downgrade() -> None:
    """Go back to passwords for all; who came by the provider has none, and stays outside."""
    op.drop_table("staff_logouts")
    op.drop_column("staff_sessions", "check_by")
    op.drop_column("staff_sessions", "sid")
    op.drop_index("uq_staff_issuer_subject", "staff")
    op.drop_column("staff", "subject")
    op.drop_column("staff", "issuer")
