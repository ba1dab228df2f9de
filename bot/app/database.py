"""Opens the database with its keys and files, and the wake-ups that go with it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from alembic.util.exc import CommandError
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.service.ports import Notifier
from bot.settings import DATABASE_URL, Settings
from bot.storage.engine import Database, database_url
from bot.storage.files import Folder
from bot.storage.listen import PostgresNotifier
from bot.storage.migrations import upgrade
from bot.storage.notify import LocalNotifier
from bot.storage.vault import Vault, keys_from_file, parse_keys


class Unusable(Exception):
    """Something that the bot needs from outside is not there or not fit; the message says what."""


@asynccontextmanager
async def stored(settings: Settings) -> AsyncIterator[Database]:
    """Open the database and bring its schema up to date."""
    try:
        database = _opened(settings)
    except OSError as error:  # no rights, a full disk
        raise Unusable(f"{error.filename or settings.data}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Unusable(f"{settings.data / 'master.key'} holds no master key") from error
    try:
        with _explained():
            await upgrade(database)
            await database.health()
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def held(settings: Settings) -> AsyncIterator[Database]:
    """Open a database that is there: a question about what is held must not make an empty one."""
    file = database_file(settings)
    if file and not _is_there(file):
        raise Unusable(
            f"There is no database {file}: the bot makes it at its first start. Is LOTSE_DATA right?"
        )
    async with stored(settings) as database:
        yield database


def _is_there(file: Path) -> bool:
    try:
        return file.exists()
    except OSError as error:  # a folder that we may not look into
        raise Unusable(f"{file}: {error.strerror}") from error


def _opened(settings: Settings) -> Database:
    database_file(settings)  # an address that is none leaves no folder and no key behind
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = (
        parse_keys(settings.master_key.get_secret_value())
        if settings.master_key
        else keys_from_file(settings.data / "master.key")
    )
    try:
        return Database(database_address(settings), Vault(keys), Folder(settings.data / "files"))
    except ModuleNotFoundError as error:
        raise Unusable(f"{DATABASE_URL} needs the module {error.name}: install lotse[postgres]") from error


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        # Of the driver the first line: who refused, and why. No statement has parameters of ours yet.
        reason, *_ = str(error.orig).splitlines() or [type(error.orig).__name__]
        raise Unusable(f"The database cannot be used: {reason}") from error
    except CommandError as error:
        raise Unusable(f"The database's schema is not one of this version: {error}") from error


@asynccontextmanager
async def listening(database: Database) -> AsyncIterator[Notifier]:
    """Give the wake-ups: between processes over PostgreSQL, within this one over SQLite."""
    if database.is_sqlite:
        yield LocalNotifier()
        return
    notifier = PostgresNotifier(database.url.render_as_string(hide_password=False))
    async with asyncio.TaskGroup() as group:
        hearing = group.create_task(notifier.run())
        yield notifier
        hearing.cancel()


def database_address(settings: Settings) -> str:
    """Return the URL of the database."""
    if settings.database_url:
        return settings.database_url.get_secret_value()
    return f"sqlite:///{settings.data.absolute() / 'lotse.db'}"


def database_file(settings: Settings) -> Path | None:
    """Return the file of the database; None if it is no file. Raise Unusable as `stored` does."""
    try:
        url = database_url(database_address(settings))
    except (ValueError, ArgumentError) as error:  # neither tells the address, which holds a password
        raise Unusable(f"{DATABASE_URL} is no address of a PostgreSQL database (postgresql://…)") from error
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
