"""Who may open what: every route under /staff against every role, from the router of the real application."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import cast

import pytest
from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from bot.app import Messenger, Parts, SystemClock, application, course_services, web_page
from bot.domain.staff import Role, Staff
from bot.service.mind import Mind, MindKeeper
from bot.settings import Settings
from bot.staff.web.gate import rule_of
from bot.storage.engine import Database
from bot.storage.notify import LocalNotifier
from tests.staff.rules import PARTS, RULES
from tests.staff.wiring import Client, csrf_in


@dataclass(frozen=True)
class Keeper:
    """Keeps the mind that the tests share."""

    mind: Mind


def keeping(mind: Mind) -> MindKeeper:
    """Keep it."""
    return cast(MindKeeper, Keeper(mind))


@pytest.fixture
def app(sqlite_store: Database, mind: Mind) -> web.Application:
    """What the server serves."""
    clock = SystemClock()
    courses = course_services(sqlite_store, clock, lambda: mind)
    parts = Parts(Settings(), clock, sqlite_store, LocalNotifier(), keeping(mind), courses)
    return application(parts, web_page(parts, ()), Messenger())


@pytest.fixture
async def client(app: web.Application) -> AsyncIterator[Client]:
    """A browser."""
    async with TestClient(TestServer(app), cookie_jar=CookieJar(unsafe=True)) as found:
        yield found


def routes(app: web.Application) -> Iterator[tuple[str, web.AbstractRoute]]:
    for route in app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if route.method != "HEAD" and (path == "/staff" or path.startswith("/staff/")):
            yield f"{route.method} {path}", route


async def ask(client: Client, name: str, csrf: str) -> ClientResponse:
    method, path = name.split(" ")
    data = {"csrf": csrf} if method == "POST" else None
    return await client.request(method, path.format_map(PARTS), data=data, allow_redirects=False)


def test_every_route_has_its_rule(app: web.Application) -> None:
    assert {name: rule_of(route.handler) for name, route in routes(app)} == RULES


async def test_without_a_session_everything_leads_to_the_login(client: Client) -> None:
    csrf = csrf_in(await (await client.get("/staff/login")).text())
    for name, allowed in RULES.items():
        answer = await ask(client, name, csrf)
        if allowed:
            assert answer.status == 303, name
            assert answer.headers["Location"].startswith("/staff/login"), name
        else:
            assert "/staff/account" not in answer.headers.get("Location", ""), name


@pytest.mark.parametrize("role", Role)
async def test_every_route_against_every_role(sqlite_store: Database, client: Client, role: Role) -> None:
    now = SystemClock().now()
    async with sqlite_store.write() as unit:
        staff = await unit.staff.add(Staff(0, "Frau Beispiel", role), now)
    for name, allowed in RULES.items():
        async with sqlite_store.write() as unit:  # anew: some routes end it
            token = await unit.door.begin(staff.id, now, complete=True)
        client.session.cookie_jar.update_cookies({"lotse-staff": token})
        csrf = csrf_in(await (await client.get("/staff/account")).text())
        answer = await ask(client, name, csrf)
        is_refused = bool(allowed) and role not in allowed
        assert (answer.status == 403) == is_refused, name
        assert answer.status < 500, name
