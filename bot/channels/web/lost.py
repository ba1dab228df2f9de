"""The page for an address that does not exist, such as a mistyped one from a poster: a way on, in their language."""

from aiohttp import web

from bot.channels.web.pages import Pages
from bot.channels.web.visit import Visits


class Lost:
    """The handler of whatever no other route takes."""

    def __init__(self, visits: Visits, pages: Pages) -> None:
        self._visits = visits
        self._pages = pages

    async def page(self, request: web.Request) -> web.Response:
        """GET any other path"""
        return self._pages.page("lost.html", await self._visits.of(request), 404)
