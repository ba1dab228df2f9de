"""The commands for accounts of the staff."""

import asyncio
import json
import re
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.app import Unusable, demo_link, stored
from bot.app.notices import make_mail
from bot.cli import cli
from bot.domain.staff import Role, Staff
from bot.settings import Settings, read_settings
from tests.fakes import FakeClock
from tests.operations.process import as_before

NAME = "Frau Beispiel"


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reads_once: None) -> dict[str, str]:
    """A data folder of its own, not made yet."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return {"LOTSE_DATA": str(tmp_path / "data")}


def told(environment: dict[str, str], *command: str) -> Result:
    with as_before():
        return CliRunner().invoke(cli, ["staff", *command], env=environment)


def refused(environment: dict[str, str], *command: str) -> str:
    result = told(environment, *command)
    assert (result.exit_code, result.stdout) == (2, ""), (result.output, result.exception)
    return result.stderr


def test_invite_list_and_revoke(environment: dict[str, str]) -> None:
    invited = told(
        environment, "invite", f"  {NAME} ", "--role", "clerk", "--town", "duelmen", "--language", "ar"
    )
    assert invited.exit_code == 0, invited.output
    assert re.search(r"^http://127\.0\.0\.1:8080/staff/invitation/[\w-]{43}$", invited.stdout, re.M)
    assert "LOTSE_PUBLIC_URL" in invited.stderr
    listed = told(environment, "list").stdout
    assert listed == f"{NAME}  Sachbearbeitung  duelmen  eingeladen\n"
    [line] = told(environment, "list", "--json").stdout.splitlines()
    held = json.loads(line)
    assert (held["name"], held["role"], held["towns"], held["ready"]) == (NAME, "clerk", ["duelmen"], False)
    public = {**environment, "LOTSE_PUBLIC_URL": "https://lotse.example.org/"}
    again = told(public, "invite", NAME.upper(), "--role", "lead")
    assert "beginnt neu" in again.stdout
    assert "https://lotse.example.org/staff/invitation/" in again.stdout
    assert told(environment, "list").stdout == f"{NAME}  Leitung  eingeladen\n"
    assert told(environment, "revoke", NAME).exit_code == 0
    assert told(environment, "list").stdout.startswith("Noch niemand")
    assert f"'{NAME}' gibt es nicht" in refused(environment, "revoke", NAME)
    checked = told(environment, "audit", "check")
    assert checked.exit_code == 0
    assert "Zeilen 1 bis 3" in checked.stdout


@pytest.mark.parametrize(
    ("command", "told_"),
    [
        (("--role", "clerk"), "mindestens einen Ort"),
        (("--role", "clerk", "--town", "dulmen"), "Meinten Sie 'duelmen'?"),
        (("--role", "lead", "--town", "duelmen"), "nur dazu"),
        (("--role", "course_clerk"), "mindestens eine VHS"),
        (("--role", "course_clerk", "--vhs", "vhs"), "keine VHS"),
        (("--role", "lead", "--language", "xx"), "keine Sprache"),
    ],
)
def test_an_invitation_that_makes_no_sense(
    environment: dict[str, str], command: tuple[str, ...], told_: str
) -> None:
    assert told_ in refused(environment, "invite", NAME, *command)


def test_names_that_are_none(environment: dict[str, str]) -> None:
    for name in ("", "  ", "x" * 65, "a\u202eb"):
        assert "1 bis 64 Zeichen" in refused(environment, "invite", name, "--role", "lead")
    assert "Demo-Konto" in refused(environment, "invite", "demo", "--role", "lead")


def test_a_changed_log_is_told(environment: dict[str, str]) -> None:
    told(environment, "invite", NAME, "--role", "lead")
    told(environment, "revoke", NAME)
    with sqlite3.connect(Path(environment["LOTSE_DATA"]) / "lotse.db") as database:
        database.execute("UPDATE audit SET staff_id = 99 WHERE no = 2")
    database.close()
    checked = told(environment, "audit", "check")
    assert checked.exit_code == 1
    assert "Ab Zeile 2" in checked.stderr


async def _link(**settings: str) -> str:
    chosen = Settings(**settings)  # type: ignore[arg-type]
    async with stored(chosen) as database:
        return await demo_link(database, FakeClock(), chosen, "http://127.0.0.1:8080")


def test_the_demo_link_is_for_trials_only(tmp_path: Path) -> None:
    """Neither beside real accounts nor where the public reaches it."""
    data = str(tmp_path / "data")
    trial = asyncio.run(_link(data=data))
    assert re.fullmatch(r"http://127\.0\.0\.1:8080/staff/invitation/[\w-]{43}", trial)
    assert asyncio.run(_link(data=data)) != trial
    environment = {"LOTSE_DATA": data}
    assert "Demo  Leitung  Demo" in told(environment, "list").stdout
    assert asyncio.run(_link(data=data, public_url="https://lotse.example.org")) == ""
    assert told(environment, "list").stdout.startswith("Noch niemand")
    assert asyncio.run(_link(data=data))
    told(environment, "invite", NAME, "--role", "lead")
    assert asyncio.run(_link(data=data)) == ""
    told(environment, "revoke", NAME)
    assert asyncio.run(_link(data=data)) == ""


async def _provided(data: str) -> None:
    async with stored(Settings(data=Path(data))) as database, database.write() as unit:
        await unit.staff.add(Staff(0, NAME, Role.LEAD), FakeClock().now(), "https://a", "1")


def test_whoever_comes_by_the_town_s_provider_is_readmitted_not_invited(environment: dict[str, str]) -> None:
    asyncio.run(_provided(environment["LOTSE_DATA"]))
    assert told(environment, "list").stdout == f"{NAME}  Leitung  über die Anmeldung der Verwaltung\n"
    assert "staff readmit" in refused(environment, "invite", NAME, "--role", "lead")
    assert "gibt es nicht" in refused(environment, "readmit", NAME)  # nobody ended it
    told(environment, "revoke", NAME)
    assert f"Meinten Sie '{NAME}'?" in refused(environment, "readmit", NAME[:-1])
    assert "wieder anmelden" in told(environment, "readmit", NAME).stdout
    assert NAME in told(environment, "list").stdout
    only = {**environment, "LOTSE_STAFF_PASSWORDS": "false"}
    assert "LOTSE_STAFF_PASSWORDS" in refused(only, "invite", "Frau Neu", "--role", "lead")


MAIL = {
    "LOTSE_SMTP_HOST": "127.0.0.1",
    "LOTSE_SMTP_FROM": "lotse@kreis.example",
    "LOTSE_PUBLIC_URL": "https://lotse.example.org",
}


def test_where_somebody_is_written_to(environment: dict[str, str]) -> None:
    told(environment, "invite", NAME, "--role", "clerk", "--town", "duelmen")
    told(environment, "invite", "Herr Konten", "--role", "administrator")
    sends = {**environment, **MAIL}
    set_up = ("notices", NAME, "--mail", "beispiel@example.org")
    assert "LOTSE_SMTP_HOST" in refused(environment, *set_up)
    assert (
        told(sends, *set_up, "--wish", "digest").stdout
        == f"'{NAME}': neue Fragen einmal am Tag per E-Mail.\n"
    )
    assert _reach(environment) == [("beispiel@example.org", "digest")]
    assert "gleich" in told(sends, *set_up).stdout
    assert _reach(environment) == [("beispiel@example.org", "at_once")]
    assert "keine E-Mail-Adresse" in refused(sends, "notices", NAME, "--mail", "beispiel")
    assert _reach(environment) == [("beispiel@example.org", "at_once")]
    assert "keine Mitteilungen" in told(sends, "notices", NAME, "--wish", "none").stdout
    assert _reach(environment) == [("", "none")]
    assert "beantwortet keine Fragen" in refused(sends, "notices", "Herr Konten", "--mail", "k@example.org")
    assert f"Meinten Sie '{NAME}'?" in refused(sends, "notices", "Frau Beispeil", "--mail", "k@example.org")


def _reach(environment: dict[str, str]) -> list[tuple[str, str]]:
    """Return who is written to, and how."""

    async def read() -> list[tuple[str, str]]:
        async with (
            stored(Settings(data=Path(environment["LOTSE_DATA"]))) as database,
            database.read() as unit,
        ):
            accounts = await unit.staff.listed()
            reaches = [await unit.notices.reach(account.staff.id) for account in accounts]
        return [(reach.address, reach.wish.value) for reach in reaches if reach]

    return asyncio.run(read())


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"LOTSE_SMTP_FROM": ""}, "LOTSE_SMTP_FROM"),
        ({"LOTSE_PUBLIC_URL": ""}, "LOTSE_PUBLIC_URL"),
        ({"LOTSE_SMTP_PASSWORD": "geheim", "LOTSE_SMTP_SECURITY": "none"}, "without encryption"),
    ],
)
def test_a_mail_server_that_is_half_set_is_refused(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], says: str
) -> None:
    for name, value in {**MAIL, **changed}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Unusable, match=says):
        make_mail(read_settings())


def test_without_a_mail_server_nobody_is_written_to() -> None:
    assert make_mail(Settings()) is None
