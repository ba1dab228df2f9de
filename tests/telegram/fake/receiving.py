"""The methods by which the bot gets its updates: polling, or a webhook."""

from typing import Any
from urllib.parse import urlsplit

from tests.telegram.fake import limits
from tests.telegram.fake.arguments import Arguments
from tests.telegram.fake.chats import JSON
from tests.telegram.fake.refusals import bad_request, conflict
from tests.telegram.fake.updates import allowed_updates
from tests.telegram.fake.world import Webhook, World

WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
LOCAL = ("127.0.0.1", "localhost", "::1")
LONGEST_POLL = 50  # seconds


async def get_updates(world: World, arguments: Arguments) -> list[JSON]:
    """getUpdates: `offset` confirms everything below it."""
    updates = world.updates
    if world.webhook:
        raise conflict(WEBHOOK_ACTIVE)
    updates.allowed = allowed_updates(arguments.structure("allowed_updates"), updates.allowed)
    timeout = min(arguments.number("timeout") or 0, LONGEST_POLL)
    offset, limit = arguments.number("offset") or 0, arguments.number("limit") or limits.UPDATES
    return [update.to_json() for update in await updates.poll(offset, limit, timeout)]


def set_webhook(world: World, arguments: Arguments) -> bool:
    """setWebhook. Telegram wants HTTPS; plain HTTP is taken for this machine, so that a test needs no certificate."""
    url, secret = arguments.text("url"), arguments.text("secret_token")
    if not url:
        return delete_webhook(world, arguments)
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if len(secret) > limits.SECRET_TOKEN:
        raise bad_request("secret token is too long")
    if not limits.SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = arguments.number("max_connections") or 40
    if not 1 <= connections <= limits.WEBHOOK_CONNECTIONS:
        raise bad_request("max_connections must be between 1 and 100")
    updates = world.updates
    updates.allowed = allowed_updates(arguments.structure("allowed_updates"), updates.allowed)
    updates.interrupt("terminated by setWebhook request")
    return _point(world, Webhook(url, secret, connections), arguments.flag("drop_pending_updates"))


def delete_webhook(world: World, arguments: Arguments) -> bool:
    """deleteWebhook."""
    return _point(world, None, arguments.flag("drop_pending_updates"))


def get_webhook_info(world: World, arguments: Arguments) -> JSON:
    """getWebhookInfo."""
    updates = world.updates
    info: dict[str, Any] = {
        "url": world.webhook.url if world.webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(updates.pending),
    }
    if world.webhook:
        info |= {"max_connections": world.webhook.max_connections, "ip_address": "127.0.0.1"}
        if world.webhook_error:
            info["last_error_date"], info["last_error_message"] = world.webhook_error
    return info | ({"allowed_updates": list(updates.allowed)} if updates.allowed else {})


def _point(world: World, webhook: Webhook | None, drop: bool) -> bool:
    world.webhook, world.webhook_error = webhook, None
    if drop:
        world.updates.drop()
    world.updates.arrived.fire()
    world.changed.fire()
    return True
