"""The schema: steps and tables agree, on both databases, whoever comes first."""

import asyncio
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from bot.storage.engine import Database, database_url
from bot.storage.files import Folder
from bot.storage.migrations import upgrade
from bot.storage.tables import metadata
from bot.storage.vault import Vault
from tests.databases import MASTER_KEY
from tests.storage.people import new_contact

UPGRADE = """
import asyncio, pathlib, sys
from bot.storage.engine import Database
from bot.storage.files import Folder
from bot.storage.migrations import upgrade
from bot.storage.vault import Vault

async def main():
    database = Database(sys.argv[1], Vault([bytes(32)]), Folder(pathlib.Path("unused")))
    await upgrade(database)
    await database.close()

asyncio.run(main())
"""


def _differences(connection: Connection) -> list[object]:
    # The only default is the Identity that counts the tickets; SQLite has none, and counts by its own table.
    options = {"compare_server_default": connection.dialect.name == "postgresql"}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, metadata))


async def test_steps_and_tables_agree(store: Database) -> None:
    async with store.migrating() as connection:
        assert await connection.run_sync(_differences) == []
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert set(names) == {*metadata.tables, "alembic_version"}


async def test_an_upgrade_twice_changes_nothing(store: Database) -> None:
    contact, _ = await new_contact(store)
    await upgrade(store)
    async with store.read() as unit:
        assert await unit.contacts.get(contact.id) == contact


async def test_several_processes_may_start_on_an_empty_database_at_once(empty_url: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", UPGRADE, empty_url, stderr=asyncio.subprocess.PIPE
        )
        for _ in range(2)
    ]
    for process in processes:
        _, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
    database = Database(empty_url, Vault([MASTER_KEY]), Folder(Path("unused")))
    await new_contact(database)
    await database.close()


async def test_a_failed_step_leaves_nothing_behind(empty_url: str) -> None:
    database = Database(empty_url, Vault([MASTER_KEY]), Folder(Path("unused")))

    async def fail() -> None:
        async with database.migrating() as connection:
            await connection.exec_driver_sql("CREATE TABLE half (id INTEGER)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.migrating() as connection:
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == []
    await database.close()


def test_plain_urls_get_our_drivers() -> None:
    assert database_url("sqlite:///lotse.db").drivername == "sqlite+pysqlite"
    assert database_url("postgresql://db/lotse").drivername == "postgresql+psycopg"
    assert database_url("postgres://db/lotse").drivername == "postgresql+psycopg"
    with pytest.raises(ValueError, match="mysql"):
        database_url("mysql://db/lotse")
