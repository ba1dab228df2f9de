"""The pages before one is inside: login, second factor, invitation, language."""

import io

import segno
from aiohttp import web

from bot.http.client import client_address
from bot.http.form import read_form
from bot.service import second_factor
from bot.service.entering import Entered, TooOften, Wrong
from bot.service.passwords import LEAST
from bot.staff.web.deps import StaffDeps
from bot.staff.web.pages import Pages, home
from bot.staff.web.sso import LOGIN, SAID
from bot.staff.web.visit import LANGUAGES, ROOT, Cookies, Session, is_inside


class Entry:
    """Handlers that ask for nothing but a form of ours."""

    def __init__(self, deps: StaffDeps, pages: Pages, cookies: Cookies) -> None:
        self._deps = deps
        self._pages = pages
        self._cookies = cookies

    async def login_page(self, request: web.Request, session: Session) -> web.Response:
        """GET /staff/login: ask for name and password."""
        said = request.query.get("said", "")
        return self._login(session, _wished(request.query.get("next", "")), said=said if said in SAID else "")

    async def login(self, request: web.Request, session: Session) -> web.Response:
        """POST /staff/login: check them, go on to the second factor."""
        self._only_with_passwords()
        form = await read_form(request)
        name, back = form.get("name", ""), _wished(form.get("next", ""))
        try:
            device = self._cookies.device(request, name)
            password = form.get("password", "")
            token = await self._deps.entrance.log_in(name, password, self._address(request), device)
        except (Wrong, TooOften) as refusal:
            return self._login(session, back, refusal, name)
        response = _lead(f"{ROOT}/second" + (f"?next={back}" if back else ""))
        self._cookies.remember(response, token)
        return response

    async def second_page(self, request: web.Request, session: Session) -> web.Response:
        """GET /staff/second: ask for the code of the telephone."""
        found = await self._deps.entrance.session(self._cookies.read(request))
        if found is None or found[1].is_complete:
            return _lead(LOGIN)
        return self._second(session, _wished(request.query.get("next", "")))

    async def second(self, request: web.Request, session: Session) -> web.Response:
        """POST /staff/second: check it, let in."""
        self._only_with_passwords()
        form = await read_form(request)
        back = _wished(form.get("next", ""))
        token = self._cookies.read(request)
        try:
            entered = await self._deps.entrance.second_factor(
                token, form.get("code", ""), self._address(request)
            )
        except (Wrong, TooOften) as refusal:
            if isinstance(refusal, Wrong) and refusal.what == "over":
                return self._login(session, back, refusal)
            return self._second(session, back, refusal)
        return self._inside(request, entered, back)

    async def invitation_page(self, request: web.Request, session: Session) -> web.Response:
        """GET /staff/invitation/<token>: say whom it is for and ask; programs open links for a preview, so that
        nothing changes yet."""
        self._only_with_passwords()
        return await self._invitation(request.match_info["token"], session)

    async def invitation_code(self, request: web.Request, session: Session) -> web.Response:
        """GET /staff/invitation/<token>/qr.svg: what the telephone photographs."""
        found = await self._deps.entrance.invitation(request.match_info["token"])
        if found is None or not found[1]:
            raise web.HTTPNotFound
        return picture(found[1], found[0].staff.name)

    async def invitation(self, request: web.Request, session: Session) -> web.Response:
        """POST /staff/invitation: set password and second factor, let in."""
        self._only_with_passwords()
        form = await read_form(request)
        token = form.get("token", "")
        try:
            if form.get("password", "") != form.get("again", ""):
                raise Wrong("again")
            entered = await self._deps.entrance.accept(
                token, form.get("password", ""), form.get("code", ""), self._address(request)
            )
        except (Wrong, TooOften) as refusal:
            return await self._invitation(token, session, refusal)
        if not entered.codes:
            return self._inside(request, entered, "")
        new = Session(0, self._cookies.csrf(entered.token), session.language, "")
        response = self._pages.page("codes.html", entered.staff, new, codes=entered.codes, is_first=True)
        self._remember(request, response, entered)
        return response

    async def language(self, request: web.Request, session: Session) -> web.Response:
        """POST /staff/language: choose one, go back."""
        form = await read_form(request)
        back = form.get("next", "")
        response = _lead(back if is_inside(back) else LOGIN)
        if form.get("language", "") in LANGUAGES:
            self._cookies.choose_language(response, form["language"])
        return response

    def _only_with_passwords(self) -> None:
        """Refuse if the town's provider alone lets people in."""
        if not self._deps.passwords:
            raise web.HTTPNotFound

    def _login(
        self,
        session: Session,
        back: str,
        refusal: Wrong | TooOften | None = None,
        name: str = "",
        said: str = "",
    ) -> web.Response:
        provider = self._deps.provider
        values = {
            "back": back,
            "name": name,
            "said": said,
            "provider": provider.label if provider else "",
            "passwords": self._deps.passwords,
            **told(refusal),
        }
        return self._pages.page("login.html", None, session, status_of(refusal), **values)

    def _second(self, session: Session, back: str, refusal: Wrong | TooOften | None = None) -> web.Response:
        return self._pages.page("second.html", None, session, status_of(refusal), back=back, **told(refusal))

    async def _invitation(
        self, token: str, session: Session, refusal: Wrong | TooOften | None = None
    ) -> web.Response:
        found = await self._deps.entrance.invitation(token)
        account, secret = found or (None, "")
        return self._pages.page(
            "invitation.html",
            None,
            session,
            status_of(refusal) if found else 404,
            token=token,
            invited=account.staff if account else None,
            secret=secret,
            least=LEAST,
            **told(refusal),
        )

    def _inside(self, request: web.Request, entered: Entered, back: str) -> web.Response:
        response = _lead(back or home(entered.staff))
        self._remember(request, response, entered)
        return response

    def _remember(self, request: web.Request, response: web.Response, entered: Entered) -> None:
        self._cookies.remember(response, entered.token)
        self._cookies.know_device(request, response, entered.staff.name)

    def _address(self, request: web.Request) -> str:
        return client_address(request, self._deps.proxies)


def picture(secret: str, name: str) -> web.Response:
    """Return the QR code of a second factor; dark on white in a dark page as well, as telephones want it."""
    out = io.BytesIO()
    code = segno.make(second_factor.link(secret, name), error="m")
    code.save(out, kind="svg", scale=5, border=4, dark="#000", light="#fff")
    return web.Response(body=out.getvalue(), content_type="image/svg+xml")


def told(refusal: Wrong | TooOften | None) -> dict[str, object]:
    """Return what a template needs to say what was not right: `wrong`, the last part of a text's key, and `minutes`."""
    if isinstance(refusal, TooOften):
        return {"wrong": "often", "minutes": int(refusal.wait.total_seconds() // 60) + 1}
    return {"wrong": refusal.what if refusal else "", "minutes": 0}


def status_of(refusal: Wrong | TooOften | None) -> int:
    """Return the HTTP status of a page that refuses, or not."""
    if refusal is None:
        return 200
    return 429 if isinstance(refusal, TooOften) else 422


def _wished(path: str) -> str:
    return path if is_inside(path) and not path.startswith(LOGIN) else ""


def _lead(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})
