"""Logging in through the town's own provider: there and back, asking again, and what it tells us by itself."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import structlog
from aiohttp import web

from bot.http.client import client_address
from bot.http.form import read_form
from bot.service.entering import TooOften, Wrong
from bot.service.provided import Provided
from bot.staff.oidc import Flow, Flows, Provider, ProviderDown, Untrue
from bot.staff.web.deps import StaffDeps
from bot.staff.web.pages import Pages, home
from bot.staff.web.visit import ROOT, Cookies, Session, is_inside

LOGIN: Final = f"{ROOT}/login"
SSO: Final = f"{ROOT}/oidc"
# What the page of the login may be told to say; last part of a text's key.
SAID: Final = ("state", "denied", "down", "untrue", "role", "ended", "often", "again", "out")
# Of the errors of an authorisation only this one is somebody's own doing (RFC 6749, 4.1.2.1).
DENIED: Final = "access_denied"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sso:
    """Handlers that ask for nothing; all of them are there without a provider, too, and then find nothing."""

    deps: StaffDeps
    pages: Pages
    cookies: Cookies
    flows: Flows

    async def start(self, request: web.Request, session: Session) -> web.StreamResponse:
        """GET /staff/oidc/start: lead to the provider."""
        provider, _ = self._both()
        back = request.query.get("next", "")
        try:
            flow, way, cookie = await self._way(
                request, provider, back if is_inside(back) else "", quiet=False
            )
        except ProviderDown as fault:
            log.warning("oidc.down", reason=str(fault))
            return said("down", back)
        response = _lead(way)
        self.cookies.begin_flow(response, flow.state, cookie)
        return response

    async def ask_again(self, request: web.Request, session: Session) -> web.StreamResponse | None:
        """Lead to the provider and straight back, to hear whether somebody still may; None: it is not there now.

        By a page of its own: the page that was asked for may be what a form leads to, and browsers let no form lead
        to another server (`form-action`).
        """
        provider = self.deps.provider
        if provider is None:
            return said("again", session.here)
        try:
            flow, way, cookie = await self._way(request, provider, session.here, quiet=True)
        except ProviderDown as fault:
            log.warning("oidc.down", reason=str(fault))
            return None
        response = self.pages.page("moment.html", None, session, way=way, provider=provider.label)
        self.cookies.begin_flow(response, flow.state, cookie)
        return response

    async def callback(self, request: web.Request, session: Session) -> web.StreamResponse:
        """GET /staff/oidc/callback: the provider sends somebody back."""
        provider, provided = self._both()
        state = request.query.get("state", "")
        flow = self.flows.known(self.cookies.flow(request, state), state, self.deps.clock.now())
        if flow is None:
            return said("state")
        response = await self._come_back(request, session, provider, provided, flow)
        self.cookies.end_flow(response, state)
        return response

    async def logout(self, request: web.Request, session: Session) -> web.StreamResponse:
        """GET /staff/oidc/logout: lead to where the provider logs somebody out."""
        provider, _ = self._both()
        try:
            away = await provider.leaving(self._origin(request) + LOGIN)
        except ProviderDown as fault:
            log.warning("oidc.down", reason=str(fault))
            away = ""
        return _lead(away) if away else said("down")

    async def told(self, request: web.Request) -> web.StreamResponse:
        """POST /staff/oidc/backchannel: the provider itself says that somebody is logged out.

        No cookie, no form token: what counts is its signature. Nobody is braked here: it costs us little, and a
        brake that forgers set off would keep the true word out.
        """
        provider, provided = self._both()
        try:
            form = await read_form(request)
            heard = await provider.logged_out(form.get("logout_token", ""))
        except ProviderDown as fault:
            log.warning("oidc.down", reason=str(fault))
            return web.json_response({"error": "temporarily_unavailable"}, status=503)
        except (Untrue, ValueError) as fault:
            log.warning("oidc.untrue_logout", reason=fault.what if isinstance(fault, Untrue) else "form")
            return web.json_response({"error": "invalid_request"}, status=400)
        if not await provided.log_out(heard):
            return web.json_response({"error": "invalid_request"}, status=400)
        return web.Response(status=200)

    def _both(self) -> tuple[Provider, Provided]:
        if self.deps.provider is None or self.deps.provided is None:
            raise web.HTTPNotFound
        return self.deps.provider, self.deps.provided

    async def _way(
        self, request: web.Request, provider: Provider, back: str, *, quiet: bool
    ) -> tuple[Flow, str, str]:
        """Return a new way, the address that it begins at, and its cookie; raise ProviderDown."""
        flow, cookie = self.flows.begin(back, self.deps.clock.now(), quiet=quiet)
        return flow, await provider.way(flow, self._return_to(request)), cookie

    async def _come_back(
        self, request: web.Request, session: Session, provider: Provider, provided: Provided, flow: Flow
    ) -> web.StreamResponse:
        issuer = request.query.get("iss", provider.registered.issuer)  # RFC 9207
        code = request.query.get("code", "")
        if issuer != provider.registered.issuer or not code:
            if flow.quiet and session.id:
                await provided.end(session.id)
            denied = request.query.get("error", "") == DENIED
            return said("again" if flow.quiet else "denied" if denied else "untrue", flow.back)
        address = client_address(request, self.deps.proxies)
        try:
            await provided.knock(address)
            who = await provider.identity(code, flow, self._return_to(request))
            entered = await provided.come_in(who, address, self.cookies.read(request))
        except TooOften:
            return said("often", flow.back)
        except ProviderDown as fault:
            log.warning("oidc.down", reason=str(fault))
            return said("down", flow.back)
        except Untrue as fault:
            log.warning("oidc.untrue", reason=fault.what)
            await provided.refuse()
            return said("untrue", flow.back)
        except Wrong as refusal:
            return said(refusal.what)
        response = _lead(flow.back or home(entered.staff))
        self.cookies.remember(response, entered.token)
        return response

    def _return_to(self, request: web.Request) -> str:
        return f"{self._origin(request)}{SSO}/callback"

    def _origin(self, request: web.Request) -> str:
        return self.deps.public_url or f"{request.scheme}://{request.host}"


def said(what: str, back: str = "") -> web.Response:
    """Lead to the login, which says what happened; so that nothing of the way back stays in the address."""
    return _lead(f"{LOGIN}?said={what}" + (f"&next={quote(back, safe='/')}" if is_inside(back) else ""))


def _lead(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address})
