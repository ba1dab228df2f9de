"""A ticket may become part of another one of the same newcomer.

Revision ID: r0008
Revises: r0012
"""

import sqlalchemy as sa
from alembic import op

revision = "r0008"
down_revision = "r0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add where it went, and what parts them again."""
    op.add_column("tickets", sa.Column("merged_into", ID, nullable=True))
    op.add_column("tickets", sa.Column("merged", sa.JSON(), nullable=True))
