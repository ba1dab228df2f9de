"""The pages of one's own account: password, recovery codes, telephone, sessions, logging out."""

from dataclasses import replace
from typing import Final

from aiohttp import web

from bot.domain.entering import Account
from bot.domain.notice import Reach, Wish, is_address
from bot.domain.staff import ANSWERS_TICKETS, Staff
from bot.http.client import client_address
from bot.http.form import read_form, read_lists
from bot.i18n import BERLIN
from bot.service.entering import TooOften, Wrong
from bot.service.notices import set_reach
from bot.service.passwords import LEAST
from bot.staff.web.deps import StaffDeps
from bot.staff.web.entry import picture, status_of, told
from bot.staff.web.pages import Pages
from bot.staff.web.sso import LOGIN, said
from bot.staff.web.visit import ACCOUNT, Cookies, Session

DONE: Final = ("password", "languages", "notices")  # what the page says was changed
PHONE: Final = f"{ACCOUNT}/phone"


class Own:
    """Handlers behind the gate, for every role."""

    def __init__(self, deps: StaffDeps, pages: Pages, cookies: Cookies) -> None:
        self._deps = deps
        self._pages = pages
        self._cookies = cookies

    async def page(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/account."""
        done = request.query.get("done", "")
        return await self._page(staff, session, done=done if done in DONE else "")

    async def logout(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/logout."""
        await self._deps.entrance.log_out(staff, session.id)
        return await self._out(staff)

    async def password(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/account/password: change it."""
        form = await read_form(request)
        try:
            if form.get("password", "") != form.get("again", ""):
                raise Wrong("again")
            await self._deps.entrance.change_password(
                await self._account(staff),
                session.id,
                form.get("old", ""),
                form.get("password", ""),
                self._address(request),
            )
        except (Wrong, TooOften) as refusal:
            return await self._page(staff, session, "password", refusal)
        return _lead(f"{ACCOUNT}?done=password")

    async def codes(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/account/codes: make new recovery codes and show them this once."""
        form = await read_form(request)
        try:
            codes = await self._deps.entrance.renew_codes(
                await self._account(staff), form.get("old", ""), self._address(request)
            )
        except (Wrong, TooOften) as refusal:
            return await self._page(staff, session, "codes", refusal)
        return self._pages.page("codes.html", staff, session, codes=codes, is_first=False)

    async def notices(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/account/notices: where and how to write to them, in the language of the page."""
        form = await read_form(request)
        address, wish = form.get("address", "").strip(), form.get("wish", "")
        reach = Reach(staff.id, address, Wish(wish) if wish in set(Wish) else Wish.NONE, session.language)
        if reach.wish is not Wish.NONE and not is_address(address):
            return await self._page(staff, session, "notices", Wrong("address"), reach=reach)
        if not self._deps.writes_letters:
            raise web.HTTPNotFound
        async with self._deps.store.write() as unit:
            await set_reach(unit, reach, self._deps.clock.now(), by=staff.id)
        return _lead(f"{ACCOUNT}?done=notices")

    async def sessions(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/account/sessions: end all of them, this one too."""
        await self._deps.entrance.end_sessions(staff)
        return await self._out(staff)

    async def languages(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/account/languages: say which languages one speaks."""
        told = (await read_lists(request)).get("spoken", ())
        spoken = tuple(code for code in self._deps.knowledge().languages if code in told)
        async with self._deps.store.write() as unit:
            await unit.staff.assign(staff.id, replace(staff, languages=spoken))
        return _lead(f"{ACCOUNT}?done=languages")

    async def telegram(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/account/telegram: make a code for one's account at Telegram, or (unlink) forget that account."""
        joining = self._deps.joining
        if joining is None:
            raise web.HTTPNotFound
        if (await read_form(request)).get("unlink"):
            await joining.unlink(staff)
            return _lead(ACCOUNT)
        return await self._page(staff, session, "telegram", telegram_code=await joining.code_for(staff))

    async def begin_phone(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/account/phone: make the secret of another telephone."""
        form = await read_form(request)
        try:
            await self._deps.entrance.begin_phone(
                await self._account(staff), form.get("old", ""), self._address(request)
            )
        except (Wrong, TooOften) as refusal:
            return await self._page(staff, session, "phone", refusal)
        return _lead(PHONE)

    async def phone_page(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/account/phone: show the secret that is being set up, ask for a code."""
        return await self._phone(staff, session)

    async def phone_code(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/account/phone/qr.svg: what the telephone photographs."""
        secret = (await self._account(staff)).totp_next
        if not secret:
            raise web.HTTPNotFound
        return picture(secret, staff.name)

    async def phone(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/account/phone/done: let it be the second factor."""
        form = await read_form(request)
        try:
            await self._deps.entrance.finish_phone(
                await self._account(staff), session.id, form.get("code", ""), self._address(request)
            )
        except (Wrong, TooOften) as refusal:
            return await self._phone(staff, session, refusal)
        return _lead(ACCOUNT)

    async def _page(
        self,
        staff: Staff,
        session: Session,
        about: str = "",
        refusal: Wrong | TooOften | None = None,
        *,
        done: str = "",
        reach: Reach | None = None,
        telegram_code: str = "",
    ) -> web.Response:
        async with self._deps.store.read() as unit:
            reach = reach or await unit.notices.reach(staff.id)
            linked = await unit.groups.is_linked(staff.id)
            sessions = await unit.door.sessions(staff.id)
            codes_left = await unit.staff.recovery_left(staff.id)
        account = await self._account(staff)
        return self._pages.page(
            "account.html",
            staff,
            session,
            status_of(refusal),
            sessions=[
                (held.begun_at.astimezone(BERLIN), held.seen_at.astimezone(BERLIN), held.id == session.id)
                for held in sessions
                if not held.is_over(self._deps.clock.now())
            ],
            codes_left=codes_left,
            has_password=bool(account.password),
            provider=self._deps.provider.label if account.is_provided and self._deps.provider else "",
            least=LEAST,
            about=about,
            done=done,
            languages={code: language.name for code, language in self._deps.knowledge().languages.items()},
            wishes=tuple(Wish),
            reach=reach or Reach(staff.id, "", Wish.NONE),
            is_told=staff.role in ANSWERS_TICKETS and not staff.demo,
            writes_letters=self._deps.writes_letters,
            has_telegram=self._deps.joining is not None and staff.role in ANSWERS_TICKETS,
            linked=linked,
            telegram_code=telegram_code,
            **told(refusal),
        )

    async def _phone(
        self, staff: Staff, session: Session, refusal: Wrong | TooOften | None = None
    ) -> web.Response:
        secret = (await self._account(staff)).totp_next
        if not secret:
            return _lead(ACCOUNT)
        status = status_of(refusal)
        return self._pages.page("phone.html", staff, session, status, secret=secret, **told(refusal))

    async def _account(self, staff: Staff) -> Account:
        async with self._deps.store.read() as unit:
            account = await unit.staff.get(staff.id)
        if account is None:
            raise web.HTTPNotFound
        return account

    async def _out(self, staff: Staff) -> web.Response:
        is_provided = (await self._account(staff)).is_provided
        response = said("out") if is_provided and self._deps.provider else _lead(LOGIN)
        self._cookies.forget(response)
        return response

    def _address(self, request: web.Request) -> str:
        return client_address(request, self._deps.proxies)


def _lead(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})
