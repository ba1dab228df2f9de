"""Builds the web pages of newcomers and staff, and joins all routes to one HTTP application."""

import hmac
from collections.abc import Sequence
from functools import partial
from ipaddress import ip_address

from aiohttp import web

from bot.app.logins import town_login
from bot.app.messengers import Messenger
from bot.app.minds import operator_of
from bot.app.parts import CAPABILITIES, Parts
from bot.channels.telegram import Links
from bot.channels.web import WebChannel, WebDeps
from bot.domain.received import LARGEST
from bot.knowledge.asking import TEST_QUESTIONS
from bot.knowledge.model import Knowledge
from bot.operations.health import Watched
from bot.operations.health import routes as health_routes
from bot.operations.metrics import Metrics
from bot.service import entering, examples
from bot.service.checking import Checking
from bot.service.desk import Desk
from bot.service.entering import Entrance
from bot.service.group_joining import Joining
from bot.service.masks import Masks
from bot.service.passwords import Passwords
from bot.service.ports import Clock, Conflict, Source, Store
from bot.service.proposing import Proposing
from bot.service.received import ReceivedFiles
from bot.settings import Settings
from bot.staff.mail import Mail
from bot.staff.web import (
    DeskDeps,
    DeskPages,
    Gate,
    KnowledgeDeps,
    KnowledgePages,
    ProposalDeps,
    ProposalPages,
    StaffDeps,
    invitation_link,
)
from bot.storage.files import EncryptedFiles

LARGEST_REQUEST = 64 * 1024  # bytes


def web_page(parts: Parts, messengers: Sequence[Links]) -> WebChannel:
    """Build the web channel, with links to where its conversations can go on."""
    settings = parts.settings
    return WebChannel(
        WebDeps(
            store=parts.database,
            notifier=parts.notifier,
            clock=parts.clock,
            receive=parts.receive,
            texts=parts.texts,
            knowledge=lambda: parts.keeper.mind.world.knowledge,
            offered=lambda: parts.keeper.mind.world.offered,
            welcome=parts.welcome,
            courses=parts.courses.book.courses,
            operator=operator_of(settings),
            retention=parts.retention,
            cookie_key=parts.database.vault.derive("web cookie"),
            secure=settings.public_url.startswith("https://"),
            proxies=settings.trusted_proxies,
            public_url=settings.public_url.rstrip("/"),
            messengers=messengers,
            team_in_telegram=bool(settings.telegram_token) and settings.staff_telegram_words == "all",
        )
    )


def staff_gate(parts: Parts, *, writes_letters: bool = False) -> Gate:
    """Build the way in to the pages of the staff."""
    settings = parts.settings
    entrance = Entrance(parts.database, parts.clock, Passwords())
    provider, provided = town_login(parts, entrance) or (None, None)
    return Gate(
        StaffDeps(
            store=parts.database,
            clock=parts.clock,
            texts=parts.texts,
            knowledge=lambda: parts.keeper.mind.world.knowledge,
            entrance=entrance,
            joining=Joining(parts.database, parts.notifier, parts.clock) if settings.telegram_token else None,
            csrf_key=parts.database.vault.derive("staff forms"),
            secure=settings.public_url.startswith("https://"),
            proxies=settings.trusted_proxies,
            public_url=settings.public_url.rstrip("/"),
            provider=provider,
            provided=provided,
            passwords=settings.staff_passwords,
            writes_letters=writes_letters,
        )
    )


def desk_pages(parts: Parts, gate: Gate, sources: Sequence[Source]) -> DeskPages:
    """Build the pages on which staff answer; `sources` keep what newcomers sent."""
    database = parts.database
    files = EncryptedFiles(database, database.folder, LARGEST)
    deps = DeskDeps(
        store=parts.database,
        notifier=parts.notifier,
        clock=parts.clock,
        desk=Desk(parts.database, parts.notifier, parts.clock, parts.texts),
        registrar=parts.courses.registrar,
        files=ReceivedFiles(database, files, sources, parts.clock),
        knowledge=lambda: parts.keeper.mind.world.knowledge,
        may_expire=[name for name, can in CAPABILITIES.items() if can.needs_second_way],
        examples=partial(examples.fill, parts.database, parts.notifier, parts.clock),
        translating=parts.translating,
    )
    return DeskPages(gate, deps)


def knowledge_pages(parts: Parts, gate: Gate) -> KnowledgePages:
    """Build the pages on which the knowledge is kept."""
    keeper = parts.keeper
    folder = parts.settings.knowledge
    deps = KnowledgeDeps(
        store=parts.database,
        clock=parts.clock,
        editing=parts.editing,
        checking=Checking(
            folder, TEST_QUESTIONS, CAPABILITIES, parts.clock, lambda: keeper.mind.world.knowledge
        ),
        mind=lambda: keeper.mind,
        capabilities=CAPABILITIES,
    )
    return KnowledgePages(gate, deps)


def proposal_pages(parts: Parts, gate: Gate) -> ProposalPages:
    """Build the pages on which answers become entries."""
    store, clock = parts.database, parts.clock

    def knowledge() -> Knowledge:
        return parts.keeper.mind.world.knowledge

    masks = Masks(knowledge)
    proposing = Proposing(store, parts.notifier, clock, knowledge, masks, parts.editing)
    return ProposalPages(gate, ProposalDeps(store, clock, lambda: parts.keeper.mind, masks, proposing))


async def demo_link(store: Store, clock: Clock, settings: Settings, origin: str) -> str:
    """Return a link that opens the desk once, for whoever tries the bot out; empty with real staff, or in public.

    A public address means that it is no trial: an account without a second factor has no place there.
    """
    try:
        async with store.write() as unit:
            if settings.public_url:
                await entering.end_demo(unit, clock.now())
                return ""
            token = await entering.demo_link(unit, clock.now())
    except Conflict:  # another process was faster, and told its own
        return ""
    return invitation_link(origin, token) if token else ""


def application(
    parts: Parts, page: WebChannel, messenger: Messenger, mail: Mail | None = None
) -> web.Application:
    """Return the HTTP application: the page, the pages of the staff, deliveries of a messenger, health and metrics."""
    names = [page.name, *messenger.channels]
    watched = Watched(
        parts.database,
        parts.clock,
        parts.keeper,
        names,
        messenger.troubles,
        (lambda: mail.trouble or "ok") if mail else (lambda: "off"),
    )
    token = parts.settings.metrics_token
    secret = token.get_secret_value() if token else ""
    allowed = partial(_may_look_inside, token=secret)
    app = web.Application(client_max_size=LARGEST_REQUEST)
    app.on_shutdown.append(page.close_streams)
    app.add_routes(page.routes())
    gate = staff_gate(parts, writes_letters=mail is not None)
    desk = desk_pages(parts, gate, messenger.sources)
    app.on_shutdown.append(desk.live.close)
    app.add_routes([*gate.routes(), *desk.routes(), *knowledge_pages(parts, gate).routes()])
    app.add_routes(proposal_pages(parts, gate).routes())
    app.add_routes(messenger.routes)
    app.add_routes(health_routes(watched, lambda request: not allowed(request)))
    app.add_routes(Metrics(watched, partial(_is_bearer, token=secret)).routes())
    return app


def _may_look_inside(request: web.Request, token: str) -> bool:
    """True for the bearer of the token; without a token for a direct call from this machine."""
    if token:
        return _is_bearer(request, token)
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not forwarded and request.remote is not None and ip_address(request.remote).is_loopback


def _is_bearer(request: web.Request, token: str) -> bool:
    """True for the bearer of the token; without a token nobody is."""
    given = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
