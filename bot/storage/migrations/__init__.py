"""The history of the schema, one module per step in `versions`, run by `upgrade` on either database.

A new step: change `tables.py`, write `versions/rNNNN_word.py` by hand after the pattern of the last one, with
types of its own (a step must not change when `tables.py` does); tests/storage/test_migrations.py tells
whether the two agree.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from bot.storage.engine import Database

# Any number that nothing else in this PostgreSQL database locks: two starts must not migrate at the same
# time.
ADVISORY_LOCK = 4_150_271_849


async def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to a revision in one transaction; safe to run in several processes at once."""
    async with database.migrating() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        await connection.run_sync(_upgrade, revision)


def _upgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
