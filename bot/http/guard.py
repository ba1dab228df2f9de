"""Stands before every handler: who may post, how much, and the headers that keep a browser from harm."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LARGEST_BODY = 64 * 1024  # bytes: 4,000 letters of three bytes each, percent-encoded, are 36,000

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with that, browsers send "Origin: null" with a form, and the check below knows nothing.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"


def harden(response: web.StreamResponse, secure: bool) -> None:
    """Add the headers; what a handler set itself (Cache-Control) stays."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    if secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)


def guarded(handler: Handler, secure: bool) -> Handler:
    """Return the handler with the checks before it and the headers after it, whatever it raises."""

    async def guard(request: web.Request) -> web.StreamResponse:
        try:
            if request.method == "POST" and not same_origin(request):
                raise web.HTTPForbidden(text="403: this request came from another page.")
            response = await handler(request.clone(client_max_size=LARGEST_BODY))
        except web.HTTPException as refusal:
            harden(refusal, secure)
            raise
        if not response.prepared:
            harden(response, secure)
        return response

    return guard


def same_origin(request: web.Request) -> bool:
    """True if a page of ours sent the request.

    Sec-Fetch-Site tells, and where a browser does not send it (plain HTTP), Origin does. A client that sends
    neither is no browser of today, and the cookie's SameSite keeps an old one from sending the session along.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.host
