"""What Telegram's refusals mean for us: the table, and its reading as a SendError."""

import re
from dataclasses import dataclass

from telegram.error import TelegramError

from bot.service.ports import SendError

NOT_MODIFIED = "not modified"
BROKEN_MARKUP = "broken markup"
MIGRATED = "migrated"
NO_TOPIC = "thread not found"
NO_TOPICS = "topics are off"
NO_RIGHTS = "the bot may not do that"
NO_MESSAGE = "message not found"
TOKEN_REFUSED = "token refused"  # noqa: S105 - a reason, not a token
NO_ANSWER = "no answer"
OTHER_POLLER = "another program fetches this bot's updates, or a webhook is set"


# What the operator should know of, because it stops everybody.
TROUBLES = (TOKEN_REFUSED, NO_ANSWER, OTHER_POLLER)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: `says` is looked for in Telegram's description, without regard to case.

    The reason is ours: Telegram's own words may quote the message. `wait` is in seconds; what Telegram itself
    asks to wait (`retry_after`) goes before it.
    """

    code: int
    says: str
    reason: str
    permanent: bool = False
    unreachable: bool = False
    wait: float | None = None


# The first line that fits counts. An empty text fits every description of its code.
TABLE = (
    Rule(429, "", "too many requests", wait=5),
    Rule(403, "blocked", "blocked", True, True),
    Rule(403, "deactivated", "account deactivated", True, True),
    Rule(403, "kicked|not a member", "removed from the chat", True, True),
    Rule(403, "initiate", "never written to us", True, True),
    Rule(403, "", "forbidden", True, True),
    Rule(400, "upgraded to a supergroup|migrated", MIGRATED, True),
    Rule(400, "chat not found|peer_id_invalid", "chat not found", True, True),
    Rule(400, "deactivated", "account deactivated", True, True),
    Rule(400, "not.modified", NOT_MODIFIED, True),
    Rule(400, "thread not found|topic_id_invalid|topic_deleted", NO_TOPIC, True),
    Rule(400, "not a forum|forum_missing", NO_TOPICS, True),
    Rule(400, "not enough rights|have no rights|admin_required|write_forbidden", NO_RIGHTS, True),
    Rule(400, "message to .* not found|message_id_invalid", NO_MESSAGE, True),
    Rule(400, "can't parse|unsupported start tag", BROKEN_MARKUP, True),
    Rule(400, "too long", "too long", True),
    Rule(400, "", "refused", True),
    Rule(413, "", "file too large", True),
    # The operator's fault, and for every message the same: it is tried seldom until the token is mended.
    Rule(401, "", TOKEN_REFUSED, wait=300),
    Rule(404, "", TOKEN_REFUSED, wait=300),  # so Telegram answers to a token that is not even one
    Rule(409, "", OTHER_POLLER, wait=5),
)


class ApiError(TelegramError):
    """Telegram answered with an error. `description` is its text, not for logs."""

    def __init__(
        self, code: int, description: str, retry_after: float | None = None, migrated_to: int | None = None
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.migrated_to = migrated_to


class NetworkTrouble(TelegramError):
    """No answer came. Whether Telegram has the request is then unknown: a time-out may follow its acceptance."""


class Migrated(SendError):
    """The group has another id now; the same message to `chat` arrives."""

    def __init__(self, chat: int) -> None:
        super().__init__(MIGRATED, permanent=True)
        self.chat = chat


def as_send_error(error: TelegramError) -> SendError:
    """Return what a failed call means; whatever is not in the table is worth another try."""
    if isinstance(error, ApiError):
        return _refusal(error)
    return SendError(NO_ANSWER if isinstance(error, NetworkTrouble) else "unreadable answer")


def _refusal(error: ApiError) -> SendError:
    if error.migrated_to is not None:
        return Migrated(error.migrated_to)
    for rule in TABLE:
        if rule.code == error.code and re.search(rule.says, error.description, re.IGNORECASE):
            wait = error.retry_after if error.retry_after is not None else rule.wait
            return SendError(
                rule.reason, permanent=rule.permanent, unreachable=rule.unreachable, retry_after=wait
            )
    return SendError(f"error {error.code}", retry_after=error.retry_after)
