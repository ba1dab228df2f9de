"""The tables: every column, key and index, for SQLite and PostgreSQL alike.

What people wrote and how to reach them is in LargeBinary columns only, encrypted (see `vault`). No foreign
key cascades: a table that `erasing` forgot makes the erase fail instead of leaving rows behind.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    and_,
    literal_column,
    text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

FIRST_TICKET = 1001

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts up only a column that is called INTEGER; it holds 64 bits there.
Id = BigInteger().with_variant(Integer(), "sqlite")


class Moment(TypeDecorator[datetime]):
    """A moment, aware and in UTC: timestamptz in PostgreSQL; in SQLite text of one length, whose order is
    time's."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        """Choose the column's type."""
        return String(27) if dialect.name == "sqlite" else DateTime(timezone=True)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Refuse naive times: they mean another moment on every machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone cannot be stored")
        value = value.astimezone(UTC)
        if dialect.name != "sqlite":
            return value
        return f"{value.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:
        """Return it in UTC, whatever zone the server's session is in."""
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC) if moment else None


contacts = Table(
    "contacts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("guest", Integer, nullable=False, unique=True),
    Column("language", String(16), nullable=False, default=""),
    Column("town", String(64), nullable=False, default=""),
    Column("state", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False, default=0),
    # Two counters per contact: the number of a row, part of what its ciphertexts are bound to, and the place
    # of a message in the visible history.
    Column("numbered", Integer, nullable=False, default=0),
    Column("shown", Integer, nullable=False, default=0),
    Column("created_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False, index=True),
    Column("expires_at", Moment, index=True),
    Column("lease_owner", String(100)),
    Column("lease_until", Moment),
    Column("send_owner", String(100)),
    Column("send_until", Moment),
    sqlite_autoincrement=True,
)

contact_keys = Table(
    "contact_keys",
    metadata,
    Column("contact_id", Id, ForeignKey("contacts.id"), primary_key=True, autoincrement=False),
    Column("key_id", String(16), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)

addresses = Table(
    "addresses",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False, index=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("blind", LargeBinary(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("reachable", Boolean, nullable=False, default=True),
    Column("reason", String(200), nullable=False, default=""),
    Column("used_at", Moment, nullable=False),
    UniqueConstraint("channel", "account", "blind"),
    sqlite_autoincrement=True,
)

tokens = Table(
    "tokens",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False, index=True),
    Column("purpose", String(32), nullable=False),
    Column("expires_at", Moment, index=True),
)

tickets = Table(
    "tickets",
    metadata,
    Column("number", Id, Identity(start=FIRST_TICKET), primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False, index=True),
    Column("no", Integer, nullable=False),
    Column("question", LargeBinary, nullable=False),
    Column("lines", LargeBinary),
    Column("language", String(16), nullable=False),
    Column("town", String(64), nullable=False),
    Column("entry", String(64), nullable=False),
    Column("candidates", JSON, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("team", String(64), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("promised_at", Moment),
    Column("added_at", Moment),
    Column("closed_at", Moment, index=True),
    Column("assignee", Id),
    Column("answered_at", Moment),
    Column("attended_at", Moment),
    Column("snoozed_until", Moment),
    Column("reached_at", Moment),  # by another way, after an answer did not arrive
    Column("previous", Id),  # without a foreign key: the older one is purged first
    Column("tags", JSON),  # null: none
    Column("second_way", LargeBinary),
    Column("rating", String(8)),
    Column("merged_into", Id),  # without a foreign key, like `previous`
    Column("merged", JSON),  # what parts them again
    Column("remind_at", Moment),
    Column("reminded_at", Moment),
    Column("escalated_at", Moment),
    sqlite_autoincrement=True,
)

notes = Table(
    "notes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", Id, ForeignKey("tickets.number"), nullable=False, index=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False, index=True),
    Column("no", Integer, nullable=False),
    Column("staff_id", Id),
    Column("text", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

# Who has a ticket before them, and what they have begun to write.
drafts = Table(
    "drafts",
    metadata,
    Column("ticket", Id, ForeignKey("tickets.number"), primary_key=True, autoincrement=False),
    Column("staff_id", Id, primary_key=True, autoincrement=False),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False, index=True),
    Column("no", Integer, nullable=False),
    Column("text", LargeBinary),
    Column("seen_at", Moment, nullable=False),
    Column("typed_at", Moment),
    Column("rendering", LargeBinary),  # what becomes of it in the newcomer's language
)

messages = Table(
    "messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False),
    Column("no", Integer, nullable=False),
    Column("shown", Integer),  # place in the visible history; null until it was sent
    Column("author", String(16), nullable=False),
    Column("staff_id", Id),
    Column("language", String(16), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("ticket", Id, ForeignKey("tickets.number"), index=True),
    Column("at", Moment, nullable=False, index=True),
    UniqueConstraint("contact_id", "no"),
    UniqueConstraint("contact_id", "shown"),
    sqlite_autoincrement=True,
)
_by_staff = messages.c.author == text("'staff'")
Index(
    "ix_messages_by_staff",
    messages.c.ticket,
    messages.c.id,
    sqlite_where=_by_staff,
    postgresql_where=_by_staff,
)

translations = Table(
    "translations",
    metadata,
    Column("message_id", Id, ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    Column("language", String(16), primary_key=True),
    Column("engine", String(32), primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("body", LargeBinary),
    Column("at", Moment, nullable=False),
    Column("reason", String(32)),  # a word; null: none
)

attachments = Table(
    "attachments",
    metadata,
    Column("message_id", Id, ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    Column("no", SmallInteger, primary_key=True, autoincrement=False),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", BigInteger),
    # One of the two: a random name in our own file store, or what the channel calls it, encrypted.
    Column("file", String(64)),
    Column("reference", LargeBinary),
)

intake = Table(
    "intake",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False),
    Column("address_id", Id, ForeignKey("addresses.id"), nullable=False),
    Column("message_id", Id, ForeignKey("messages.id"), index=True),  # null once the history was purged
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("blind", LargeBinary(16), nullable=False),  # of the external id
    Column("payload", LargeBinary),  # null once done
    Column("received_at", Moment, nullable=False),
    Column("ready_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("done_at", Moment, index=True),
    UniqueConstraint("channel", "account", "blind"),
    sqlite_autoincrement=True,
)
_waiting = intake.c.done_at.is_(None)
Index("ix_intake_waiting", intake.c.contact_id, intake.c.id, sqlite_where=_waiting, postgresql_where=_waiting)
Index("ix_intake_contact_id", intake.c.contact_id)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False, index=True),
    Column("address_id", Id, ForeignKey("addresses.id"), nullable=False),
    Column("message_id", Id, ForeignKey("messages.id"), nullable=False, unique=True),
    Column("idem", String(200), nullable=False, unique=True),
    Column("channel", String(32), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("status", String(16), nullable=False, default="pending"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("created_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("settled_at", Moment),  # sent, delivered or given up
    Column("external_id", String(200), nullable=False, default=""),
    Column("reason", String(200), nullable=False, default=""),
    sqlite_autoincrement=True,
)
_pending = outbox.c.status == text("'pending'")
Index(
    "ix_outbox_due",
    outbox.c.channel,
    outbox.c.priority,
    outbox.c.next_at,
    outbox.c.id,
    sqlite_where=_pending,
    postgresql_where=_pending,
)
Index(
    "ix_outbox_head",
    outbox.c.contact_id,
    outbox.c.channel,
    outbox.c.priority,
    outbox.c.id,
    sqlite_where=_pending,
    postgresql_where=_pending,
)
# What somebody may have to look after: it failed, or lies unread.
_unread = [outbox.c.status != text("'pending'"), outbox.c.status != text("'read'")]
Index(
    "ix_outbox_unread",
    outbox.c.status,
    outbox.c.channel,
    outbox.c.settled_at,
    sqlite_where=and_(*_unread),
    postgresql_where=and_(*_unread),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False, index=True),
    Column("no", Integer, nullable=False),
    Column("entry", String(64), nullable=False),
    Column("language", String(16), nullable=False),
    Column("town", String(64), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("done_at", Moment),
    sqlite_autoincrement=True,
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("key", String(200), nullable=False, unique=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), index=True),
    Column("run_at", Moment, nullable=False, index=True),
    Column("payload", JSON, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease_owner", String(100)),
    Column("lease_until", Moment),
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("channel", String(32), nullable=False),
    Column("language", String(16), nullable=False),
    Column("town", String(64), nullable=False),
    Column("entry", String(64), nullable=False),
    Column("detail", String(64), nullable=False),
)


courses = Table(
    "courses",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", String(64), nullable=False),
    Column("key", String(200), nullable=False),  # guid or knr: the same course in the next import
    Column("vhs", String(64), nullable=False),
    Column("number", String(64), nullable=False),
    Column("starts", Date),
    Column("ends", Date),  # its last day, for the purge
    Column("facts", JSON, nullable=False),  # all that the file tells of it
    Column("seats", Integer),  # set by staff, instead of the file's maximum
    Column("cancelled", Boolean, nullable=False, default=False),
    Column("gone", Boolean, nullable=False, default=False),
    Column("imported_at", Moment, nullable=False),
    # Of our registrations those exported before then are in the VHS's own count.
    Column("counted_at", Moment, nullable=False),
    UniqueConstraint("source", "key"),
    sqlite_autoincrement=True,
)

registrations = Table(
    "registrations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False, index=True),
    Column("no", Integer, nullable=False),
    Column("course_id", Id, ForeignKey("courses.id"), nullable=False, index=True),
    Column("receipt", Integer, nullable=False, index=True),  # one for all people of an application
    Column("application", LargeBinary, nullable=False),
    Column("blind", LargeBinary(16), nullable=False),  # of the person, to find a second registration
    Column("state", String(16), nullable=False),
    Column("priority", Integer, nullable=False, default=0),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False, index=True),
    Column("offer_until", Moment),
    Column("reason", LargeBinary),
    Column("exported_at", Moment),
    sqlite_autoincrement=True,
)
_active = registrations.c.state.in_(
    [literal_column(f"'{state}'") for state in ("submitted", "confirmed", "waitlisted", "offered")]
)
Index(
    "uq_registrations_active",
    registrations.c.course_id,
    registrations.c.blind,
    unique=True,
    sqlite_where=_active,
    postgresql_where=_active,
)

# Only ever added to. Without a foreign key: it outlives a person's registration, and names nobody.
registration_log = Table(
    "registration_log",
    metadata,
    Column("id", Id, primary_key=True),
    Column("registration_id", Id, nullable=False, index=True),
    Column("course_id", Id, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("actor", String(16), nullable=False),
    Column("staff_id", Id),
    Column("before", String(16)),
    Column("after", String(16), nullable=False),
    Column("detail", String(64), nullable=False, default=""),
    sqlite_autoincrement=True,
)

staff = Table(
    "staff",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("folded", String(200), nullable=False, unique=True),  # the name as it is compared
    Column("role", String(32), nullable=False),
    Column("towns", JSON, nullable=False),
    Column("vhs", JSON, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("demo", Boolean, nullable=False, default=False),
    Column("password", String(200), nullable=False, default=""),  # its argon2 hash
    Column("totp", LargeBinary),
    Column("totp_step", BigInteger, nullable=False, default=0),
    Column("totp_next", LargeBinary),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    # Who they are to the town's provider; null: they have a password here.
    Column("issuer", String(255)),
    Column("subject", String(255)),
    Index("uq_staff_issuer_subject", "issuer", "subject", unique=True),
    sqlite_autoincrement=True,
)

staff_recovery = Table(
    "staff_recovery",
    metadata,
    Column("staff_id", Id, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), primary_key=True),
)

staff_invitations = Table(
    "staff_invitations",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False, index=True),
    Column("secret", LargeBinary),  # of the second factor to set up; null: the link itself logs in
    Column("expires_at", Moment, nullable=False, index=True),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False, index=True),
    Column("complete", Boolean, nullable=False),
    Column("begun_at", Moment, nullable=False, index=True),
    Column("seen_at", Moment, nullable=False),
    Column("sid", String(255)),  # of the session at the town's provider; null: not by it, or it told none
    Column("check_by", Moment),  # when the provider is asked again
    sqlite_autoincrement=True,
)

# Words of the provider that somebody is logged out, each of which counts once.
staff_logouts = Table(
    "staff_logouts",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("until", Moment, nullable=False, index=True),
)

staff_attempts = Table(
    "staff_attempts",
    metadata,
    Column("blind", LargeBinary(16), primary_key=True),  # of an account's name or a network address
    Column("tries", Integer, nullable=False),
    Column("last_at", Moment, nullable=False, index=True),
)

# Where and how people of the team are written to.
staff_reach = Table(
    "staff_reach",
    metadata,
    Column("staff_id", Id, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("address", LargeBinary, nullable=False),
    Column("wish", String(16), nullable=False),
    Column("language", String(16), nullable=False),
    Column("mailed_at", Moment),
    Column("trouble", String(200), nullable=False),
)

# What they are to be told of. The ticket without a foreign key: it may be gone before the letter.
notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("cause", String(16), nullable=False),
    Column("ticket", Id, nullable=False),  # 0: none
    Column("send_at", Moment, nullable=False, index=True),
    Column("begun_at", Moment),  # a letter with it was handed over, and nobody has said what became of it
    Column("settled_at", Moment),  # told, or nothing to tell any more; kept, so that nobody is told twice
    UniqueConstraint("staff_id", "cause", "ticket"),
    sqlite_autoincrement=True,
)

# Only ever added to. Without a foreign key: a line tells a number, and outlives what it is about.
audit = Table(
    "audit",
    metadata,
    Column("no", Id, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False, index=True),
    Column("staff_id", Id),
    Column("what", String(48), nullable=False),
    Column("about", String(64), nullable=False),
    Column("mac", LargeBinary(16), nullable=False),
)

# One row: who adds a line locks it, so that lines follow one another; and a log that was cut off does not fit it.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("no", Id, nullable=False),
    Column("mac", LargeBinary(16), nullable=False),
)

# What becomes an entry. Its text is the staff's own and masked, so it is sealed with the staff's key, not a contact's.
proposals = Table(
    "proposals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("state", String(16), nullable=False, index=True),
    Column("is_new", Boolean, nullable=False),
    Column("authors", JSON, nullable=False),  # ids of all who have written
    Column("reviewer", Id),
    Column("wording", LargeBinary),  # null once it was dropped
    Column("note", LargeBinary),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False, index=True),
    sqlite_autoincrement=True,
)

proposal_askers = Table(
    "proposal_askers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("proposal_id", Id, ForeignKey("proposals.id"), nullable=False),
    Column("contact_id", Id, ForeignKey("contacts.id"), index=True),  # null: they are gone by age
    Column("ticket", Id, nullable=False),  # without a foreign key: it is purged first
    Column("language", String(16), nullable=False),
    Column("question", LargeBinary),  # masked
    Column("told_at", Moment),
    UniqueConstraint("proposal_id", "ticket"),
    sqlite_autoincrement=True,
)
# Groups of the team in a messenger. What they show is a mirror: all of it can be made anew from the tickets.
staff_groups = Table(
    "staff_groups",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat", BigInteger, nullable=False, unique=True),
    Column("towns", JSON, nullable=False),
    Column("language", String(16), nullable=False),
    Column("connected_at", Moment, nullable=False),
    Column("wait_until", Moment),
    Column("trouble", String(64), nullable=False, default=""),
    Column("trouble_since", Moment),
    sqlite_autoincrement=True,
)

staff_codes = Table(
    "staff_codes",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id"), index=True),  # null: it connects a group
    Column("towns", JSON, nullable=False),
    Column("language", String(16), nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)

staff_telegram = Table(
    "staff_telegram",
    metadata,
    Column("staff_id", Id, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("blind", LargeBinary(16), nullable=False, unique=True),  # of the account's number
    Column("account", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
)

staff_topics = Table(
    "staff_topics",
    metadata,
    Column("ticket", Id, ForeignKey("tickets.number"), primary_key=True, autoincrement=False),
    Column("group_id", Id, ForeignKey("staff_groups.id"), nullable=False, index=True),
    Column("thread", BigInteger),
    Column("head", BigInteger),
    Column("shown", String(32), nullable=False, default=""),
    Column("message", Id, nullable=False, default=0),  # without foreign keys: messages and notes are purged
    Column("part", Integer, nullable=False, default=0),
    Column("note", Id, nullable=False, default=0),
    Column("told", Id, nullable=False, default=0),
    Column("closed", Boolean, nullable=False, default=False),
    Column("signature", String(32), nullable=False, default=""),
)

# What somebody wrote in a group, by its number there: written once, however often it is told to us.
staff_written = Table(
    "staff_written",
    metadata,
    Column("group_id", Id, ForeignKey("staff_groups.id"), primary_key=True, autoincrement=False),
    Column("message", BigInteger, primary_key=True, autoincrement=False),
    Column("ticket", Id, ForeignKey("tickets.number"), nullable=False, index=True),
    Column("staff_id", Id, nullable=False),
    Column("answer", Id, index=True),
    Column("note", Id),
)

staff_sayings = Table(
    "staff_sayings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("group_id", Id, ForeignKey("staff_groups.id"), nullable=False, index=True),
    Column("ticket", Id, ForeignKey("tickets.number"), index=True),
    Column("thread", BigInteger),
    Column("reply_to", BigInteger),
    Column("key", String(64), nullable=False),
    Column("details", JSON, nullable=False),
    Column("choices", JSON, nullable=False),
    Column("once", String(200), nullable=False, unique=True),  # said already, or about to be
    Column("at", Moment, nullable=False, index=True),
    Column("said_at", Moment),
    sqlite_autoincrement=True,
)

# Topics whose ticket is gone; a number without a person.
staff_left_topics = Table(
    "staff_left_topics",
    metadata,
    Column("group_id", Id, ForeignKey("staff_groups.id"), primary_key=True, autoincrement=False),
    Column("thread", BigInteger, primary_key=True, autoincrement=False),
)
