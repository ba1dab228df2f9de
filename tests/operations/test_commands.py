"""What whoever runs the bot reads when something is not as it should be: one line, and exit code 2."""

import asyncio
import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.app import stored
from bot.cli import cli
from bot.domain.message import Address
from bot.domain.ticket import NewTicket
from bot.settings import Settings, read_settings
from tests.fakes import FakeClock
from tests.operations.process import as_before

DATABASE = ("tickets", "erase 1", "export 1", "db upgrade")
SECRET = "SehrGeheim4711"


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The data folder, not made yet; a test may add more."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return {"LOTSE_DATA": str(tmp_path / "data")}


def told(command: str, environment: dict[str, str], answer: str = "") -> Result:
    """Run a command as the shell would."""
    with as_before():
        return CliRunner().invoke(cli, command.split(), input=answer, env=environment)


def refused(command: str, environment: dict[str, str]) -> str:
    """Return the one line in which a command is refused."""
    result = told(command, environment)
    assert result.exit_code == 2, (result.output, result.exception)
    assert result.stdout == ""
    line: str = result.stderr.removesuffix("\n")
    assert "\n" not in line
    assert "Fault" not in line
    return line


@pytest.mark.parametrize("command", DATABASE)
def test_an_address_of_no_database(command: str, environment: dict[str, str], tmp_path: Path) -> None:
    for address in (f"mysql://lotse:{SECRET}@db/lotse", SECRET, "http://"):
        line = refused(command, {**environment, "DATABASE_URL": address})
        assert "DATABASE_URL" in line
        assert SECRET not in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", DATABASE)
def test_a_database_that_is_down(command: str, environment: dict[str, str]) -> None:
    address = f"postgresql://lotse:{SECRET}@127.0.0.1:9/lotse"
    line = refused(command, {**environment, "DATABASE_URL": address})
    assert "refused" in line
    assert SECRET not in line


@pytest.mark.parametrize("command", DATABASE[:3])
def test_a_question_makes_no_database(command: str, environment: dict[str, str], tmp_path: Path) -> None:
    """A mistyped folder must not look like one in which nobody is known."""
    assert str(tmp_path / "data" / "lotse.db") in refused(command, environment)
    address = f"sqlite:///{tmp_path}/other.db"
    assert str(tmp_path / "other.db") in refused(command, {**environment, "DATABASE_URL": address})
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_that_is_none(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    assert str(tmp_path / "data") in refused("db upgrade", environment)


def test_a_file_that_is_no_database(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "lotse.db").write_text("not a database" * 100)
    assert "not a database" in refused("tickets", environment)


def test_a_key_that_is_none(environment: dict[str, str], tmp_path: Path) -> None:
    line = refused("db upgrade", {**environment, "LOTSE_MASTER_KEY": SECRET})
    assert "32 bytes" in line
    assert SECRET not in line
    key = tmp_path / "data" / "master.key"
    key.write_bytes(b"\xff" * 32)
    key.chmod(0o600)
    assert "master.key" in refused("db upgrade", environment)


@pytest.mark.parametrize("command", ["run", "chat", "ask Hallo", "knowledge preview poison"])
def test_a_folder_without_texts(command: str, environment: dict[str, str], tmp_path: Path) -> None:
    assert "no .po file" in refused(command, {**environment, "LOTSE_LOCALES": str(tmp_path)})


@pytest.mark.parametrize("command", ["run", "chat", "ask Hallo"])
def test_a_folder_without_knowledge(command: str, environment: dict[str, str], tmp_path: Path) -> None:
    result = told(command, {**environment, "LOTSE_KNOWLEDGE": str(tmp_path / "none")})
    assert result.exit_code == 2
    assert "none" in result.stderr
    assert "Traceback" not in result.stderr


def _settings(environment: dict[str, str]) -> Settings:
    return Settings(data=Path(environment["LOTSE_DATA"]))


async def _meet(settings: Settings) -> int:
    """Let somebody be known, with an open question; return their number."""
    clock = FakeClock()
    async with stored(settings) as database, database.write() as unit:
        contact, _ = await unit.contacts.create(Address("web", "page", "x"), clock.now())
        return contact.guest


@pytest.fixture
def guest(environment: dict[str, str]) -> int:
    """The number of somebody who is known."""
    return asyncio.run(_meet(_settings(environment)))


def test_a_database_of_another_key(environment: dict[str, str], guest: int) -> None:
    """A bot that could read nothing does not start and fail with every message."""
    foreign = base64.b64encode(b"k" * 32).decode()
    for command in DATABASE:
        assert "master key" in refused(command, {**environment, "LOTSE_MASTER_KEY": foreign})


def test_a_new_master_key_is_put_in_use(environment: dict[str, str], guest: int) -> None:
    """The new one before the old one, `keys rewrap`, and the new one alone opens everything."""
    old = (Path(environment["LOTSE_DATA"]) / "master.key").read_text().strip()
    new = base64.b64encode(b"n" * 32).decode()
    alone = told("keys rewrap", environment)
    assert "0 contacts" in alone.stdout
    assert "Only one master key is given" in alone.stdout
    both = {**environment, "LOTSE_MASTER_KEY": f"{new} {old}"}
    first = told("keys rewrap", both)
    assert first.exit_code == 0, first.output
    assert "1 contacts" in first.stdout
    assert "Keep the older key" in first.stdout
    assert old not in first.output
    assert "0 contacts" in told("keys rewrap", both).stdout
    only = {**environment, "LOTSE_MASTER_KEY": new}
    assert told(f"export {guest}", only).exit_code == 0
    assert "master key" in refused(f"export {guest}", environment)


def test_times_are_those_of_here(environment: dict[str, str]) -> None:
    """Nobody in Coesfeld lives in UTC; the machine's own zone does not matter."""

    async def ask() -> None:
        async with stored(_settings(environment)) as database, database.write() as unit:
            at = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
            contact, _ = await unit.contacts.create(Address("web", "page", "x"), at)
            await unit.tickets.open(contact.id, NewTicket("Wohin mit dem Klavier?", "de"), [], at)

    asyncio.run(ask())
    assert ", 2026-07-02 00:30\n" in told("tickets", environment).stdout


def test_erase_tells_whom_before_it_asks(environment: dict[str, str], guest: int) -> None:
    kept = told(f"erase {guest}", environment, "n\n")
    assert kept.exit_code == 1
    assert f"Guest {guest}, no language, no town, open tickets: none" in kept.stderr
    assert "Nothing was deleted" in kept.stderr
    assert told(f"erase {guest}", environment, "").exit_code == 1  # the end of input is no yes
    assert told(f"export {guest}", environment).exit_code == 0
    gone = told(f"erase {guest}", environment, "y\n")
    assert gone.exit_code == 0
    assert "the key is destroyed" in gone.stdout
    assert refused(f"erase {guest}", environment) == f"There is no guest {guest}."
    assert refused(f"export {guest}", environment) == f"There is no guest {guest}."


def test_an_empty_variable_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an env file has it: `LOTSE_TELEGRAM_TOKEN=`."""
    names = ("DATABASE_URL", "LOTSE_MASTER_KEY", "LOTSE_TELEGRAM_TOKEN", "LOTSE_WORKERS", "LOTSE_DATA")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    unset = read_settings()
    for name in names:
        monkeypatch.setenv(name, "")
    assert read_settings() == unset
