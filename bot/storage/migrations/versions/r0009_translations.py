"""What translating needs: why a translation failed, and what becomes of a draft in the newcomer's language.

Revision ID: r0009
Revises: r0008
"""

import sqlalchemy as sa
from alembic import op

revision = "r0009"
down_revision = "r0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("translations", sa.Column("reason", sa.String(32), nullable=True))
    op.add_column("drafts", sa.Column("rendering", sa.LargeBinary(), nullable=True))
