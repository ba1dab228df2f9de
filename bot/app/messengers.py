"""Builds the messengers that have a token."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from aiohttp import web

from bot.app.loops import _owner
from bot.app.parts import Loop, Parts
from bot.app.team import group_deps
from bot.channels.telegram import Links, Newcomers, NewcomersDeps, TelegramChannel, check_delivery
from bot.service.ports import Channel, Source
from bot.service.position import Position
from bot.settings import Settings
from bot.staff.telegram import Mirror, Team
from bot.telegram import Client, Courtesies, Dispatcher, Limits, Poller, Webhook


@dataclass(frozen=True, slots=True)
class Messenger:
    """What a messenger adds to a server; all empty without one."""

    channels: Mapping[str, Channel] = field(default_factory=dict)
    routes: Sequence[web.RouteDef] = ()
    loops: Sequence[Loop] = ()
    troubles: Callable[[], Mapping[str, str]] = dict
    links: Sequence[Links] = ()  # of the page's menu
    sources: Sequence[Source] = ()  # of files that newcomers sent


@asynccontextmanager
async def telegram(parts: Parts) -> AsyncIterator[Messenger]:
    """Build Telegram, if there is a token: its channel, and the one way by which updates come."""
    client = telegram_client(parts.settings)
    if client is None:
        yield Messenger()
        return
    courtesies = Courtesies()
    links = Links(client)
    deps = NewcomersDeps(parts.database, parts.clock, parts.receive, parts.texts_for)
    # Who takes an update, the first one that it is for.
    team = group_deps(parts)
    takers = [Team(client, courtesies, team).take, Newcomers(client, courtesies, deps).take]
    dispatcher = Dispatcher(takers)
    limits = Limits(parts.settings.telegram_rate)
    channel = TelegramChannel(client, limits, courtesies, parts.texts)
    mirror = Mirror(client, limits, _position(parts, f"group:{client.account}"), team)
    secret = parts.settings.telegram_webhook_secret
    webhook = None
    if secret:
        webhook = Webhook(secret.get_secret_value(), dispatcher.take)
        courtesies.do(partial(check_delivery, client, secret.get_secret_value()))
    async with client:
        yield Messenger(
            {channel.name: channel},
            webhook.routes() if webhook else (),
            (
                courtesies.run,
                links.run,
                mirror.run,
                *([] if webhook else [_polling(parts, client, dispatcher)]),
            ),
            lambda: _troubles(channel.name, client, mirror),
            (links,),
            (client,),
        )


def telegram_client(settings: Settings) -> Client | None:
    """Return the bot of the token, if one is set."""
    token = settings.telegram_token
    return Client(token.get_secret_value(), settings.telegram_api) if token else None


def _polling(parts: Parts, client: Client, dispatcher: Dispatcher) -> Loop:
    return Poller(client, _position(parts, f"telegram:{client.account}"), dispatcher.take).run


def _position(parts: Parts, name: str) -> Position:
    return Position(parts.database, parts.clock, name, _owner())


def _troubles(name: str, client: Client, mirror: Mirror) -> dict[str, str]:
    if client.trouble:
        return {name: client.trouble}
    return {name: f"staff group: {mirror.trouble}"} if mirror.trouble else {}
