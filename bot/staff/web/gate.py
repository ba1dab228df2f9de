"""Stands before every page of the staff: who may see it, whose form it is, and the headers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from aiohttp import web

from bot.domain.entering import Account, StaffSession
from bot.domain.staff import ANSWERS_TICKETS, Role, Staff
from bot.http.form import read_form
from bot.http.guard import LARGEST_BODY, Handler, harden, same_origin
from bot.staff.oidc import Flows
from bot.staff.web.deps import StaffDeps
from bot.staff.web.entry import Entry
from bot.staff.web.own import Own
from bot.staff.web.pages import AUDIT, PEOPLE, Pages
from bot.staff.web.people import People
from bot.staff.web.record import Record
from bot.staff.web.sso import SSO, Sso
from bot.staff.web.visit import ROOT, Cookies, Session, here, language_of

StaffHandler = Callable[[web.Request, Staff, Session], Awaitable[web.StreamResponse]]
# Is told who wrote, if only time has ended their session, and saves the words of a form that came too late.
LateHandler = Callable[[web.Request, Staff | None, Session], Awaitable[web.StreamResponse | None]]
OpenHandler = Callable[[web.Request, Session], Awaitable[web.StreamResponse]]

EVERYBODY: Final = frozenset(Role)
SAFE: Final = ("GET", "HEAD")
RULE: Final = "staff_rule"


def rule_of(handler: object) -> frozenset[Role] | None:
    """Return whose a handler is; nobody's: of everybody who stands outside. None: it was not made by a gate."""
    return getattr(handler, RULE, None)


@dataclass(frozen=True, slots=True)
class _Caller:
    """Who asks: the token of the cookie, and whose complete session it opens, if any.

    is_due: the town's provider should be asked whether they still may.
    """

    token: str
    account: Account | None
    session: Session
    is_due: bool = False


class Gate:
    """Lets people of the team in."""

    def __init__(self, deps: StaffDeps) -> None:
        self._deps = deps
        self._cookies = Cookies(deps.csrf_key, deps.secure)
        self.pages = Pages(deps.texts)
        self._entry = Entry(deps, self.pages, self._cookies)
        self._own = Own(deps, self.pages, self._cookies)
        self._sso = Sso(deps, self.pages, self._cookies, Flows(deps.csrf_key))
        self._people = People(deps, self.pages)
        self._record = Record(deps, self.pages)

    def routes(self) -> list[web.RouteDef]:
        """Return the way in, the pages of one's own account, those of all accounts and the audit log."""
        entry, own, people = self._entry, self._own, self._people
        link = f"{ROOT}/invitation/{{token:[A-Za-z0-9_-]{{43}}}}"
        return [
            web.get(f"{ROOT}/login", self.open(entry.login_page)),
            web.post(f"{ROOT}/login", self.open(entry.login)),
            web.get(f"{ROOT}/second", self.open(entry.second_page)),
            web.post(f"{ROOT}/second", self.open(entry.second)),
            web.get(link, self.open(entry.invitation_page)),
            web.get(f"{link}/qr.svg", self.open(entry.invitation_code)),
            web.post(f"{ROOT}/invitation", self.open(entry.invitation)),
            web.post(f"{ROOT}/language", self.open(entry.language)),
            web.get(f"{SSO}/start", self.open(self._sso.start)),
            web.get(f"{SSO}/callback", self.open(self._sso.callback)),
            web.get(f"{SSO}/logout", self.open(self._sso.logout)),
            web.post(f"{SSO}/backchannel", self._outside(_small(self._sso.told))),
            web.get(self.pages.assets.path, self._outside(self.pages.assets.serve)),
            web.post(f"{ROOT}/logout", self.guarded(own.logout)),
            web.get(f"{ROOT}/account", self.guarded(own.page)),
            web.post(f"{ROOT}/account/password", self.guarded(own.password)),
            web.post(f"{ROOT}/account/codes", self.guarded(own.codes)),
            web.post(f"{ROOT}/account/notices", self.guarded(own.notices, *ANSWERS_TICKETS)),
            web.post(f"{ROOT}/account/sessions", self.guarded(own.sessions)),
            web.post(f"{ROOT}/account/languages", self.guarded(own.languages)),
            web.post(f"{ROOT}/account/telegram", self.guarded(own.telegram, *ANSWERS_TICKETS)),
            web.post(f"{ROOT}/account/phone", self.guarded(own.begin_phone)),
            web.get(f"{ROOT}/account/phone", self.guarded(own.phone_page)),
            web.get(f"{ROOT}/account/phone/qr.svg", self.guarded(own.phone_code)),
            web.post(f"{ROOT}/account/phone/done", self.guarded(own.phone)),
            web.get(PEOPLE, self.guarded(people.page, Role.ADMINISTRATOR)),
            web.post(PEOPLE, self.guarded(people.invite, Role.ADMINISTRATOR)),
            web.post(
                rf"{PEOPLE}/{{id:[0-9]{{1,18}}}}/revoke", self.guarded(people.revoke, Role.ADMINISTRATOR)
            ),
            web.get(AUDIT, self.guarded(self._record.page, Role.DATA_PROTECTION)),
        ]

    def guarded(self, handler: StaffHandler, *roles: Role, late: LateHandler | None = None) -> Handler:
        """Return the handler for those who are logged in and have one of the roles (none told: every role).

        Without a session it leads to the login and back; with another role it is the page 403. A POST must come
        from a page of ours with the session's `csrf`. Whatever is answered has the strict headers. late: what becomes
        of words that were typed while the session ended; it returns None if there are none.
        """
        allowed = frozenset(roles) or EVERYBODY

        async def let_in(request: web.Request, caller: _Caller) -> web.StreamResponse:
            if late and (answer := await self._late(request, caller, allowed, late)):
                return answer
            if caller.account is None:
                return _to_login(request)
            if caller.is_due and (elsewhere := await self._sso.ask_again(request, caller.session)):
                return elsewhere
            staff = caller.account.staff
            if staff.role not in allowed:
                return self.pages.page("refused.html", staff, caller.session, 403, reason="role")
            return await self._checked(request, caller, lambda: handler(request, staff, caller.session))

        return self._ruled(let_in, allowed)

    async def _late(
        self, request: web.Request, caller: _Caller, allowed: frozenset[Role], late: LateHandler
    ) -> web.StreamResponse | None:
        """Give a form to `late` that is of our own page, but not of a session that goes on."""
        if request.method in SAFE or not same_origin(request):
            return None
        is_own = await self._is_own_form(request, caller)
        if caller.account and is_own:
            return None
        lapsed = await self._deps.entrance.lapsed(caller.token) if is_own else None
        staff = lapsed.staff if lapsed and lapsed.staff.role in allowed else None
        try:
            return await late(request, staff, caller.session)
        except (ValueError, web.HTTPNotFound):
            return None

    def open(self, handler: OpenHandler) -> Handler:
        """Return the handler for everybody, with the same checks of forms and the same headers."""

        async def let_in(request: web.Request, caller: _Caller) -> web.StreamResponse:
            return await self._checked(request, caller, lambda: handler(request, caller.session))

        return self._ruled(let_in, frozenset())

    def harden(self, response: web.StreamResponse) -> None:
        """Add the headers, before `prepare`; only a handler that prepares its answer itself must do it."""
        harden(response, self._deps.secure)

    def _ruled(
        self,
        let_in: Callable[[web.Request, _Caller], Awaitable[web.StreamResponse]],
        allowed: frozenset[Role],
    ) -> Handler:
        async def serve(request: web.Request) -> web.StreamResponse:
            small = _limited(request)
            caller = await self._caller(small)
            response = await let_in(small, caller)
            # Every browser has a token from its first page on, for the forms before the login.
            if self._cookies.read(request) != caller.token and self._cookies.name not in response.cookies:
                self._cookies.remember(response, caller.token)
            return response

        return self._outside(serve, allowed)

    def _outside(self, handler: Handler, allowed: frozenset[Role] = frozenset()) -> Handler:
        async def guard(request: web.Request) -> web.StreamResponse:
            try:
                response = await handler(request)
            except web.HTTPException as refusal:
                self.harden(refusal)
                raise
            if not response.prepared:
                self.harden(response)
            return response

        setattr(guard, RULE, allowed)
        return guard

    async def _checked(
        self, request: web.Request, caller: _Caller, go_on: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        staff = caller.account.staff if caller.account else None
        if request.method not in SAFE and not await self._is_own_form(request, caller):
            return self.pages.page("refused.html", staff, caller.session, 403, reason="form")
        try:
            return await go_on()
        except web.HTTPNotFound:
            return self.pages.page("refused.html", staff, caller.session, 404, reason="gone")

    async def _is_own_form(self, request: web.Request, caller: _Caller) -> bool:
        if not same_origin(request):
            return False
        try:
            form = await read_form(request)
        except ValueError:
            return False
        return self._cookies.is_own_form(caller.token, form.get("csrf", ""))

    async def _caller(self, request: web.Request) -> _Caller:
        token = self._cookies.read(request)
        by_hand = not _is_fetched(request)
        found = await self._deps.entrance.session(token, by_hand=by_hand) if token else None
        account, held = found or (None, None)
        inside = account if held and held.is_complete else None
        token = token or self._deps.entrance.new_token()
        # Only what shows a new page: a form that is sent, or a part of a page, must not end up somewhere else.
        shows_page = request.method in SAFE and by_hand and _is_page(request)
        is_due = shows_page and held is not None and held.is_due(self._deps.clock.now())
        return _Caller(token, inside, self._session(request, token, held), is_due)

    def _session(self, request: web.Request, token: str, held: StaffSession | None) -> Session:
        return Session(held.id if held else 0, self._cookies.csrf(token), language_of(request), here(request))


def _is_page(request: web.Request) -> bool:
    """True for what the window will show; a browser that does not say so is believed."""
    return request.headers.get("Sec-Fetch-Dest", "document") == "document"


def _limited(request: web.Request) -> web.Request:
    return request.clone(client_max_size=LARGEST_BODY)


def _small(handler: Handler) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        return await handler(_limited(request))

    return serve


def _is_fetched(request: web.Request) -> bool:
    """True for what an open page asks for by itself, with nobody before it."""
    if request.method not in SAFE:
        return False
    return "HX-Request" in request.headers or "text/event-stream" in request.headers.get("Accept", "")


def _to_login(request: web.Request) -> web.StreamResponse:
    """Lead to the login and back. What a script fetches is told so instead: it would show the login inside a page."""
    back = here(request)
    login = f"{ROOT}/login" + (f"?next={quote(back, safe='/')}" if back else "")
    if "HX-Request" in request.headers:
        return web.Response(status=401, headers={"HX-Redirect": login})
    if "text/event-stream" in request.headers.get("Accept", ""):
        return web.Response(status=401)
    return web.Response(status=303, headers={"Location": login})
