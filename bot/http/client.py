"""Tells who asks, behind proxies of ours."""

from aiohttp import web


def client_address(request: web.Request, proxies: int) -> str:
    """Return who asks, as the outermost of our own proxies saw it; what stands before is a mere claim."""
    # A proxy may add a line of its own instead of a part: only all lines together are the list.
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
    hops = [*(hop.strip() for hop in forwarded), request.remote or ""]
    return hops[max(0, len(hops) - 1 - proxies)]
