"""Courses of the Volkshochschulen, registrations for them and their log.

Revision ID: r0004
Revises: r0003
"""

import sqlalchemy as sa
from alembic import op

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
ACTIVE = sa.text("state IN ('submitted', 'confirmed', 'waitlisted', 'offered')")


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "courses",
        sa.Column("id", ID, nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("vhs", sa.String(64), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("counted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_courses"),
        sa.UniqueConstraint("source", "key", name="uq_courses_source_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "registrations",
        sa.Column("id", ID, nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("receipt", sa.Integer(), nullable=False),
        sa.Column("application", sa.LargeBinary(), nullable=False),
        sa.Column("blind", sa.LargeBinary(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("offer_until", MOMENT, nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("exported_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_registrations_contact_id_contacts"),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_registrations_course_id_courses"),
        sa.PrimaryKeyConstraint("id", name="pk_registrations"),
        sqlite_autoincrement=True,
    )
    for column in ("contact_id", "course_id", "receipt", "changed_at"):
        op.create_index(f"ix_registrations_{column}", "registrations", [column])
    op.create_index(
        "uq_registrations_active",
        "registrations",
        ["course_id", "blind"],
        unique=True,
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
    op.create_table(
        "registration_log",
        sa.Column("id", ID, nullable=False),
        sa.Column("registration_id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(16), nullable=False),
        sa.Column("staff_id", ID, nullable=True),
        sa.Column("before", sa.String(16), nullable=True),
        sa.Column("after", sa.String(16), nullable=False),
        sa.Column("detail", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_registration_log"),
        sqlite_autoincrement=True,
    )
    for column in ("registration_id", "at"):
        op.create_index(f"ix_registration_log_{column}", "registration_log", [column])
