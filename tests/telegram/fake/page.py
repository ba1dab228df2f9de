"""The page on which a person watches the chats, writes as one of the persons, and switches faults on."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.telegram.fake import faults
from tests.telegram.fake.calls import Calls
from tests.telegram.fake.chats import JSON, Chat, Topic
from tests.telegram.fake.faults import Fault, Faults
from tests.telegram.fake.groups import Group
from tests.telegram.fake.people import Person
from tests.telegram.fake.seen import SERVICE, Seen, look, see
from tests.telegram.fake.world import World

LOOK = Path(__file__).parent / "look"
FILES = {"page.css": "text/css", "page.js": "text/javascript"}
SHOWN_CHATS = 100
SHOWN_MESSAGES = 200
SHOWN_CALLS = 25
CALM = 0.1  # seconds between two signals to the page, however much goes on
VANISHED = 15.0  # seconds for which the switch "network gone" lasts: the page is gone with it

RTL_LANGUAGES = ("ar", "fa", "he", "ur", "ps", "ckb")

# What can be done on the page as a person, by its name in the request.
ACTS: dict[str, Callable[[Person, JSON], object]] = {
    "start": lambda person, given: person.start(given.get("text", "")),
    "says": lambda person, given: person.says(given["text"], **given["fields"]),
    "photo": lambda person, given: person.sends_photo(**given["fields"]),
    "voice": lambda person, given: person.sends_voice(**given["fields"]),
    "video": lambda person, given: person.sends_video(**given["fields"]),
    "document": lambda person, given: person.sends_document(**given["fields"]),
    "sticker": lambda person, given: person.sends_sticker(**given["fields"]),
    "location": lambda person, given: person.sends_location(**given["fields"]),
    "contact": lambda person, given: person.sends_contact(**given["fields"]),
    "poll": lambda person, given: person.sends_poll(**given["fields"]),
    "forward": lambda person, given: person.forwards(
        given.get("text") or "Weitergeleitet", **given["fields"]
    ),
    "press": lambda person, given: person.forges(
        given["data"], given["message"], given["fields"].get("room")
    ),
    "edit": lambda person, given: person.edits(given["message"], given["text"]),
    "delete": lambda person, given: person.deletes(given["message"]),
    "block": lambda person, given: person.blocks_bot(),
    "unblock": lambda person, given: person.unblocks_bot(),
    "leave": lambda person, given: person.deletes_account(),
}

FAULTS: dict[str, Callable[[], Fault]] = {
    "429, retry after 3 s": lambda: faults.too_many(3),
    "403, blocked": faults.blocked,
    "400, cannot parse": lambda: faults.bad_request("can't parse entities: switched on by hand"),
    "502, a page": faults.broken,
    "connection reset": faults.reset,
    "accepted, then silence": lambda: faults.silence(20),
    "accepted, answer lost": faults.lost_answer,
    "accepted, garbage": faults.garbage,
    "3 s late": lambda: faults.slow(3),
    "update comes twice": faults.twice,
}


class Page:
    """Serves the page, the state of the chats as JSON, a stream that says "changed", and what one does there."""

    def __init__(
        self, world: World, broken: Faults, calls: Calls, vanish: Callable[[float], Awaitable[None]]
    ) -> None:
        self.world = world
        self.faults = broken
        self.calls = calls
        self.vanish = vanish

    def routes(self) -> list[web.RouteDef]:
        """Return what is to be served beside the API."""
        return [
            web.get("/", self._page),
            web.get("/look/{name}", self._look),
            web.get("/page/state", self._state),
            web.get("/page/changes", self._changes),
            web.post("/page/person", self._new_person),
            web.post("/page/group", self._new_group),
            web.post("/page/act", self._act),
            web.post("/page/fault", self._fault),
        ]

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text=(LOOK / "page.html").read_text("utf-8"), content_type="text/html")

    async def _look(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in FILES:
            raise web.HTTPNotFound
        return web.Response(text=(LOOK / name).read_text("utf-8"), content_type=FILES[name])

    async def _state(self, request: web.Request) -> web.StreamResponse:
        chats = [chat for chat in self.world.chats.values() if not chat.migrated_to][-SHOWN_CHATS:]
        chosen = self.world.chats.get(int(request.query.get("chat") or 0))
        state = {
            "chats": [self._summary(chat) for chat in chats],
            "chat": self._chat(chosen) if chosen else None,
            "faults": list(FAULTS),
            "rules": [
                f"{rule.fault.name} × {rule.times or '∞'}" for rule in self.faults.rules if rule.times != 0
            ],
            "pace": self.world.pace.on,
            "webhook": self.world.webhook.url if self.world.webhook else "",
            "webhook_error": self.world.webhook_error[1] if self.world.webhook_error else "",
            "pending": len(self.world.updates.pending),
            "calls": [f"{call.method} → {call.outcome}" for call in self.calls.made[-SHOWN_CALLS:]],
        }
        return web.json_response(state)

    async def _changes(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        changed = self.world.changed
        while True:
            told = changed.count
            await response.write(b"data: changed\n\n")
            while changed.count == told:
                await changed.next()
            await asyncio.sleep(CALM)

    async def _new_person(self, request: web.Request) -> web.StreamResponse:
        given = await request.json()
        chat = self.world.new_person(given["name"] or "Samira", "", "", given["language"])
        self.world.changed.fire()
        return web.json_response({"chat": chat.id})

    async def _new_group(self, request: web.Request) -> web.StreamResponse:
        given = await request.json()
        kind = "supergroup" if given["forum"] else "group"
        group = Group(self.world, self.world.new_room(kind, given["title"] or "Team", given["forum"]))
        for chat in list(self.world.chats.values()):
            if chat.person:
                group.add(Person(self.world, chat))
        group.add_bot(admin=True)
        return web.json_response({"chat": group.id})

    async def _act(self, request: web.Request) -> web.StreamResponse:
        given = await request.json()
        chat = self.world.chats[int(given["chat"])]
        fields: dict[str, Any] = {} if chat.is_private else {"room": Group(self.world, chat)}
        if given.get("topic"):
            fields["thread_id"] = int(given["topic"])
        seen = {one.message_id: one for one in look(chat, self.world.bot)}
        try:
            person = Person(self.world, self.world.chats[int(given.get("as") or chat.id)])
            ACTS[given["act"]](person, given | {"fields": fields, "message": seen.get(given.get("message"))})
        except AssertionError as reason:  # what a person's app would not let them do
            return web.json_response({"no": str(reason)}, status=409)
        return web.json_response({})

    async def _fault(self, request: web.Request) -> web.StreamResponse:
        given = await request.json()
        if given["do"] == "clear":
            self.faults.clear()
            self.world.pace.on = False
        elif given["do"] == "pace":
            self.world.pace.on = not self.world.pace.on
        elif given["do"] == "vanish":
            await self.vanish(VANISHED)
        else:
            method = given["method"] if given["method"] != "all" else ()
            self.faults.add(FAULTS[given["name"]](), method, times=int(given["times"]) or None)
        self.world.changed.fire()
        return web.json_response({})

    def _summary(self, chat: Chat) -> JSON:
        last = next(reversed(chat.messages.values()), None)
        language = chat.person.language_code if chat.person else ""
        return {
            "id": chat.id,
            "name": chat.person.first_name if chat.person else chat.title,
            "type": "forum" if chat.is_forum else chat.type,
            "language": language,
            "rtl": language in RTL_LANGUAGES,
            "last": _headline(see(last, self.world.bot)) if last else "",
        }

    def _chat(self, chat: Chat) -> JSON:
        shown: JSON = self._summary(chat) | {
            "status": chat.bot_status,
            "action": chat.actions[-1] if chat.actions else "",
            "messages": [
                _message(seen, chat.topics) for seen in look(chat, self.world.bot)[-SHOWN_MESSAGES:]
            ],
            "people": [{"id": user.id, "name": user.first_name} for user in chat.members.values()],
            "topics": [{"id": t.thread_id, "name": t.name, "closed": t.closed} for t in chat.topics.values()],
            "keyboard": [[key["text"] for key in row] for row in (chat.keyboard or {}).get("keyboard", ())],
            "answers": self._answers(chat),
        }
        if chat.person:
            language = chat.person.language_code
            shown["menu"] = self.world.profile.menu(chat, language)
            shown["about"] = self.world.profile.text("description", language)
            shown["gone"] = chat.person.deactivated
        return shown

    def _answers(self, chat: Chat) -> list[JSON]:
        presses = [press for press in self.world.presses.values() if press.chat_id == chat.id]
        return [{"id": p.id} | answer for p in presses[-3:] for answer in p.answers if answer["text"]]


def _headline(seen: Seen) -> str:
    return seen.text[:60] or _note(seen)


def _note(seen: Seen) -> str:
    """Return in a few words what a message is that is no text, with the name that it carries."""
    kind = next((name for name in SERVICE if name in seen.content), seen.kind)
    if kind == "text":
        return ""
    what: Any = seen.content[kind]
    name = (what.get("file_name") or what.get("name") or "") if isinstance(what, dict) else ""
    return f"{kind.replace('_', ' ')} {name}".strip()


def _message(seen: Seen, topics: dict[int, Topic]) -> JSON:
    topic = topics.get(seen.thread_id or 0)
    return {
        "id": seen.message_id,
        "sender": seen.sender,
        "bot": seen.from_bot,
        "kind": seen.kind,
        "note": _note(seen),
        "html": seen.html,
        "buttons": [[{"label": b.label, "data": b.data, "url": b.url} for b in row] for row in seen.buttons],
        "edited": seen.edited,
        "deleted": seen.deleted,
        "silent": seen.silent,
        "topic": topic.name if topic else "",
        "reactions": seen.reactions,
        "forwarded": "forward_origin" in seen.content,
    }
