"""The pages of the staff over the real store and the real services; only time is the test's own."""

import re
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from html import unescape
from pathlib import Path
from types import MappingProxyType

import pyotp
from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from bot.domain.staff import Role, Staff
from bot.i18n import Texts, read_locales
from bot.knowledge.files import load
from bot.knowledge.model import Knowledge
from bot.service import entering
from bot.service.entering import Entrance
from bot.service.group_joining import Joining
from bot.service.passwords import Passwords
from bot.service.provided import Provided
from bot.staff.oidc import Provider
from bot.staff.web import Gate, StaffDeps
from bot.storage.engine import Database
from bot.storage.notify import LocalNotifier
from tests.fakes import FakeClock

ROOT = Path(__file__).parent.parent.parent
LOCALES = read_locales(ROOT / "locales")
KEY = bytes(32)
PASSWORD = "neunundneunzig Kraniche am See"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CHECK_EVERY = timedelta(minutes=15)
NOTHING: MappingProxyType[str, str] = MappingProxyType({})


@cache
def knowledge() -> Knowledge:
    """The knowledge that ships."""
    return load(ROOT / "knowledge")


def places(role: Role) -> frozenset[str]:
    """The ids that a role can be for."""
    return frozenset(knowledge().towns if role is Role.CLERK else knowledge().vhs_places())


Client = TestClient[web.Request, web.Application]
# More routes of a test's own, or of the desk.
Routes = Callable[[Gate], Iterable[web.RouteDef]]


@dataclass
class Office:
    """A server with the pages of the staff. Two of them over one store are two workers."""

    store: Database
    clock: FakeClock = field(default_factory=FakeClock)
    secure: bool = False
    more: Routes = lambda gate: ()
    provider: Provider | None = None
    passwords: bool = True
    public_url: str = ""
    writes_letters: bool = True

    def __post_init__(self) -> None:
        self.locales = LOCALES
        self.entrance = Entrance(self.store, self.clock, Passwords(CHEAP))
        self.provided = Provided(self.store, self.clock, self.entrance, places, CHECK_EVERY)
        self.gate = Gate(
            StaffDeps(
                self.store,
                self.clock,
                self.texts,
                knowledge,
                self.entrance,
                KEY,
                self.secure,
                proxies=1,
                public_url=self.public_url,
                provider=self.provider,
                provided=self.provided if self.provider else None,
                passwords=self.passwords,
                writes_letters=self.writes_letters,
                joining=Joining(self.store, LocalNotifier(), self.clock),
            )
        )
        self.app = web.Application()
        self.app.add_routes([*self.gate.routes(), *self.more(self.gate)])

    def texts(self, language: str) -> Texts:
        """Interface texts."""
        return self.locales.texts((language, "de"), {}, frozenset(), NOTHING)

    async def invite(self, name: str, role: Role = Role.CLERK, **more: Iterable[str]) -> str:
        """Invite somebody as the command does; return the token of the link."""
        towns = frozenset(more.get("towns", ["duelmen"] if role is Role.CLERK else []))
        vhs = frozenset(more.get("vhs", ["vhs-duelmen"] if role is Role.COURSE_CLERK else []))
        staff = Staff(0, name, role, towns, vhs)
        async with self.store.write() as unit:
            return await entering.invite(unit, staff, self.clock.now())

    async def join(self, name: str, role: Role = Role.CLERK, **more: Iterable[str]) -> "Person":
        """Invite somebody and take the invitation as the page does."""
        token = await self.invite(name, role, **more)
        found = await self.entrance.invitation(token)
        assert found
        person = Person(self, name, found[1], found[0].staff)
        entered = await self.entrance.accept(token, PASSWORD, person.code(), "192.0.2.1")
        self.clock.advance(seconds=30)  # its code is used up
        person.token = entered.token
        person.codes = tuple(entered.codes)
        return person

    @asynccontextmanager
    async def browser(self, address: str = "192.0.2.1") -> AsyncIterator["Browser"]:
        """A browser with a cookie jar of its own, behind our proxy."""
        jar = CookieJar(unsafe=True)  # cookies of 127.0.0.1
        headers = {"X-Forwarded-For": address, "Accept-Language": "de"}
        async with TestClient(TestServer(self.app), cookie_jar=jar, headers=headers) as client:
            yield Browser(client, self)


@dataclass
class Person:
    """Somebody of the team with their telephone."""

    office: Office
    name: str
    secret: str
    staff: Staff
    token: str = ""
    codes: tuple[str, ...] = ()

    def code(self) -> str:
        """What the telephone shows now."""
        return pyotp.TOTP(self.secret).at(self.office.clock.now())


@dataclass
class Browser:
    """Fills in forms as a person does: the fields that the page has, and those that are typed."""

    client: Client
    office: Office

    async def get(self, path: str, **headers: str) -> ClientResponse:
        """Open a page without following where it leads."""
        return await self.client.get(path, allow_redirects=False, headers=headers)

    async def html(self, path: str) -> str:
        """Return a page's HTML."""
        answer = await self.get(path)
        assert answer.status == 200, answer.status
        return await answer.text()

    async def csrf(self, path: str = "/staff/login") -> str:
        """Return the form token of a page."""
        answer = await self.get(path)
        return csrf_in(await answer.text())

    async def post(
        self, path: str, fields: dict[str, str] | None = None, *, page: str = "/staff/login", **headers: str
    ) -> ClientResponse:
        """Send a form with the token that stands in `page`."""
        data = {"csrf": await self.csrf(page), **(fields or {})}
        return await self.client.post(path, data=data, allow_redirects=False, headers=headers)

    async def log_in(
        self, person: Person, password: str = PASSWORD, code: str = "", back: str = ""
    ) -> ClientResponse:
        """Go the whole way in; return the last answer."""
        fields = {"name": person.name, "password": password, "next": back}
        answer = await self.post("/staff/login", fields)
        if answer.status != 303:
            return answer
        second = answer.headers["Location"]
        return await self.post("/staff/second", {"code": code or person.code(), "next": back}, page=second)

    @property
    def cookie(self) -> str:
        """The session's token."""
        return next(cookie.value for cookie in self.client.session.cookie_jar if cookie.key == "lotse-staff")

    def take(self, token: str) -> None:
        """Have somebody's session, rightly or not."""
        self.client.session.cookie_jar.update_cookies({"lotse-staff": token})


def csrf_in(html: str) -> str:
    """Return the form token in a page."""
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', html)
    assert found, html
    return unescape(found.group(1))
