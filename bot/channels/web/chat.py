"""The conversation itself: the page, and the two ways to send (a form, and JSON from the script)."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from bot.channels.web.deps import WebDeps
from bot.channels.web.limits import PER_ADDRESS, PER_SESSION, SEEN, Buckets
from bot.channels.web.pages import LONGEST, MENU, SILENCE, Notice, Pages
from bot.channels.web.session import Sessions, address_of, is_client_id
from bot.channels.web.stream import awaits_answer
from bot.channels.web.visit import Visit, Visits
from bot.domain.message import DOCUMENTS, UNREAD, Author, Inbound, StoredMessage
from bot.http.client import client_address
from bot.http.form import read_form, read_object
from bot.service.ports import DESK
from bot.service.receive import Received, TooBusy, TooLong

SHOWN: Final = 100  # messages
PATIENCE: Final = 3.0  # seconds a form post waits for its answer
FOLLOWING: Final = 0.8  # seconds without a further message that end an answer
IMPATIENT: Final = 0.5  # seconds between looks: an erased contact can wake nobody
BUSY_WAIT: Final = 30  # seconds, when the intake is full
CHOICE_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class Said:
    """What the newcomer sends: words or a pressed button, under an id of the page's making."""

    client_id: str
    text: str = ""
    choice: str = ""

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "Said":
        """Read a form or a JSON object; raise ValueError if it is not what our page sends."""
        client_id, text, choice = (values.get(name, "") for name in ("id", "text", "choice"))
        if not (isinstance(client_id, str) and isinstance(text, str) and isinstance(choice, str)):
            raise ValueError("id, text and choice are strings")
        # Also no lone surrogates: UnicodeEncodeError is a ValueError.
        if not is_client_id(client_id) or len(choice.encode()) > CHOICE_BYTES or "\0" in choice:
            raise ValueError("id or choice is malformed")
        # Forms bring CR LF.
        return cls(client_id, text.replace("\r\n", "\n").strip() if not choice else "", choice)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not taken: a kind sentence, and after how many seconds to try again."""

    status: int
    text: str
    wait: int = 0

    @property
    def headers(self) -> dict[str, str]:
        """What the response says of it."""
        return {"Retry-After": str(self.wait)} if self.wait else {}


class Chat:
    """Handlers of the conversation."""

    def __init__(self, deps: WebDeps, sessions: Sessions, visits: Visits, pages: Pages) -> None:
        self._deps = deps
        self._sessions = sessions
        self._visits = visits
        self._pages = pages
        self._per_session = Buckets(PER_SESSION, deps.clock)
        self._per_address = Buckets(PER_ADDRESS, deps.clock)
        self._seen = Buckets(SEEN, deps.clock)

    async def page(self, request: web.Request) -> web.Response:
        """GET /"""
        visit = await self._visits.of(request)
        notice = Notice(visit.texts.say("web.erased")) if visit.was_forgotten else SILENCE
        response = await self._show(visit, notice)
        if visit.was_forgotten:
            self._sessions.forget(response)
        return response

    async def send(self, request: web.Request) -> web.Response:
        """POST /send, from a form: takes the words in, waits a little for the answer, leads back to it."""
        try:
            form = await read_form(request)
        except ValueError:
            visit = await self._visits.of(request)
            return await self._show(visit, Notice(visit.texts.say("web.refused")), 400)
        visit = await self._visits.of(request, form)
        try:
            said = Said.read(form)
        except ValueError:
            return await self._show(visit, Notice(visit.texts.say("web.refused"), form.get("text", "")), 400)
        if not (said.text or said.choice):
            raise web.HTTPSeeOther("/#end")
        taken = await self._take(request, visit, said)
        if isinstance(taken, Refusal):
            response = await self._show(visit, Notice(taken.text, said.text, said.client_id), taken.status)
            response.headers.update(taken.headers)
            return response
        session, received = taken
        anchor = await self._wait_for_answer(session, received)
        # Until its first answer a conversation has no language of its own.
        language = f"?lang={visit.chosen}" if visit.chosen and not anchor else ""
        location = f"/{language}#{anchor or f'm{received.message}'}"
        response = web.Response(status=303, headers={"Location": location})
        self._sessions.remember(response, session)
        return response

    async def send_json(self, request: web.Request) -> web.Response:
        """POST /api/send, from the script: 202 with the message's number, or a refusal with a kind word."""
        try:
            values = await read_object(request)
        except ValueError:
            visit = await self._visits.of(request)
            return web.json_response({"notice": visit.texts.say("web.refused")}, status=400)
        circumstances = {name: str(values.get(name, "")) for name in ("lang", "start")}
        visit = await self._visits.of(request, circumstances)
        try:
            said = Said.read(values)
        except ValueError:
            return web.json_response({"notice": visit.texts.say("web.refused")}, status=400)
        if not (said.text or said.choice):
            return web.json_response({"notice": visit.texts.say("web.refused")}, status=400)
        taken = await self._take(request, visit, said)
        if isinstance(taken, Refusal):
            return web.json_response({"notice": taken.text}, status=taken.status, headers=taken.headers)
        session, received = taken
        response = web.json_response({"message": received.message}, status=202)
        self._sessions.remember(response, session)
        return response

    async def seen(self, request: web.Request) -> web.Response:
        """POST /api/seen: the page shows everything up to this number."""
        visit = await self._visits.of(request)
        try:
            up_to = (await read_object(request)).get("up_to")
        except ValueError:
            up_to = None
        if not isinstance(up_to, int) or isinstance(up_to, bool) or not 0 < up_to < 2**63:
            return web.json_response({"notice": visit.texts.say("web.refused")}, status=400)
        if visit.contact and not self._seen.take(visit.session):
            await self._read(visit.contact.id, up_to)
        return web.Response(status=204)

    async def data(self, request: web.Request) -> web.Response:
        """GET /data/<message>: the document beside a message of this very conversation."""
        visit = await self._visits.of(request)
        messages: list[StoredMessage] = []
        if visit.contact:
            async with self._deps.store.read() as unit:
                messages = await unit.messages.latest(visit.contact.id, SHOWN)
        number = int(request.match_info["message"])
        body = next((message.body for message in messages if message.id == number), None)
        if body is None or not body.document:
            raise web.HTTPNotFound
        name, media_type = DOCUMENTS[body.document_kind]
        return web.Response(
            text=body.document,
            content_type=media_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    async def _show(self, visit: Visit, notice: Notice = SILENCE, status: int = 200) -> web.Response:
        messages: list[StoredMessage] = []
        is_coming = False
        if visit.contact:
            async with self._deps.store.read() as unit:
                messages = await unit.messages.latest(visit.contact.id, SHOWN)
                tickets = await unit.tickets.of(visit.contact.id, only_open=True)
            is_coming = awaits_answer(messages, tickets, self._deps.clock.now())
            # Whoever has no script says "seen" by loading the page.
            if unseen := [message.id for message in messages if message.delivery in UNREAD]:
                await self._read(visit.contact.id, max(unseen))
        return self._pages.chat(visit, messages, is_coming=is_coming, notice=notice, status=status)

    async def _take(self, request: web.Request, visit: Visit, said: Said) -> tuple[str, Received] | Refusal:
        if len(said.text) > LONGEST:
            return Refusal(413, visit.texts.say("web.long", limit=LONGEST))
        session = visit.session or self._sessions.begin(said.client_id)
        wait = self._per_address.take(client_address(request, self._deps.proxies))
        wait = wait or self._per_session.take(session)
        if wait:
            seconds = math.ceil(wait)
            return Refusal(429, visit.texts.say("web.slow", seconds=seconds), seconds)
        try:
            return session, await self._deps.receive(await self._inbound(session, visit, said))
        except TooLong:
            return Refusal(413, visit.texts.say("web.long", limit=LONGEST))
        except TooBusy:
            return Refusal(503, visit.texts.say("web.busy"), BUSY_WAIT)

    async def _inbound(self, session: str, visit: Visit, said: Said) -> Inbound:
        return Inbound(
            address=address_of(session),
            external_id=self._sessions.external_id(session, said.client_id, said.choice or said.text),
            sent_at=self._deps.clock.now(),
            text=said.text or await self._label(visit, said.choice),
            choice=said.choice,
            start="" if visit.contact else visit.start_payload(),
            language_hint=visit.language,
        )

    async def _label(self, visit: Visit, choice: str) -> str:
        """Return what stands on the pressed button, so that the history reads well; empty if unknown."""
        kind, _, value = choice.partition(":")
        if kind == "cmd" and value in MENU:
            return visit.texts.say(MENU[value])
        if kind == "lang" and value in (languages := self._deps.knowledge().languages):
            return languages[value].name
        if visit.contact is None:
            return ""
        async with self._deps.store.read() as unit:
            messages = await unit.messages.latest(visit.contact.id, SHOWN)
        buttons = (button for message in reversed(messages) for button in message.body.choices)
        return next((button.label for button in buttons if button.id == choice), "")

    async def _wait_for_answer(self, session: str, received: Received) -> str:
        """Return where on the page to look once there is an answer; empty if there is none after PATIENCE."""
        if received.message is None:
            return "end"
        end = time.monotonic() + PATIENCE
        async with self._deps.notifier.subscribe(f"web:{received.contact}") as news:
            while True:
                anchor = await self._answered(session, received.contact, received.message)
                left = end - time.monotonic()
                # An answer may be several messages, and this page shows none that comes after it.
                more = await news.wait(max(min(left, FOLLOWING if anchor else IMPATIENT), 0.0))
                if left <= 0 or (anchor and not more):
                    return anchor

    async def _answered(self, session: str, contact: int, message: int) -> str:
        async with self._deps.store.read() as unit:
            if await unit.contacts.get(contact):
                later = await unit.messages.after(contact, message)
                return f"m{message}" if any(line.author is not Author.NEWCOMER for line in later) else ""
            # Erased: the receipt goes to the same address, which belongs to a new contact by now.
            found = await unit.contacts.find(address_of(session))
            return "end" if found is None or await unit.messages.latest(found[0].id, 1) else ""

    async def _read(self, contact: int, up_to: int) -> None:
        now = self._deps.clock.now()
        async with self._deps.store.write() as unit:
            by_staff = await unit.outbox.read(contact, up_to, now)
        if by_staff:
            await self._deps.notifier.publish(DESK)
