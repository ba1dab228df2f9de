"""The outbox stands in line per channel: its indexes begin with the channel.

Revision ID: r0002
Revises: r0001
"""

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None

PENDING = sa.text("status = 'pending'")
INDEXES = {
    "ix_outbox_due": ["channel", "priority", "next_at", "id"],
    "ix_outbox_head": ["contact_id", "channel", "priority", "id"],
}


def upgrade() -> None:
    """Make the two indexes anew."""
    for name, columns in INDEXES.items():
        op.drop_index(name, "outbox")
        op.create_index(name, "outbox", columns, sqlite_where=PENDING, postgresql_where=PENDING)
