"""What can go wrong between a bot and Telegram, on demand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tests.telegram.fake import refusals
from tests.telegram.fake.refusals import Refusal

TWICE = "twice"
DELIVERY = "delivery"  # the name under which an update's way to the webhook can be disturbed


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of failure. `accepted` says whether the call still has its effect."""

    name: str
    accepted: bool = False
    refusal: Refusal | None = None
    status: int = 0
    seconds: float = 0.0


class HasId(Protocol):
    """A person or a group: whatever a chat can be named by."""

    @property
    def id(self) -> int:
        """Return the chat's id."""
        ...


def too_many(retry_after: int = 1) -> Fault:
    """429 with retry_after, in seconds."""
    return Fault("429", refusal=refusals.too_many(retry_after))


def blocked() -> Fault:
    """403 as after a block, without the person's having blocked the bot."""
    return Fault("403", refusal=refusals.forbidden("bot was blocked by the user"))


def bad_request(text: str) -> Fault:
    """400 with a reason of the test's own."""
    return Fault("400", refusal=refusals.bad_request(text))


def broken(status: int = 502) -> Fault:
    """A 5xx with a page instead of JSON, as a proxy in front of Telegram answers."""
    return Fault(str(status), status=status)


def reset() -> Fault:
    """The connection breaks before the call is accepted."""
    return Fault("reset")


def silence(seconds: float = 60.0) -> Fault:
    """The call is accepted (the message stands in the chat), the answer never comes; then the line is cut."""
    return Fault("silence", accepted=True, seconds=seconds)


def lost_answer() -> Fault:
    """The call is accepted, the connection breaks before the answer."""
    return Fault("lost answer", accepted=True)


def garbage() -> Fault:
    """The call is accepted, the answer is cut in the middle of its JSON."""
    return Fault("garbage", accepted=True)


def slow(seconds: float) -> Fault:
    """Everything goes well, later."""
    return Fault("slow", accepted=True, seconds=seconds)


def twice() -> Fault:
    """An update that was confirmed comes once more: in the next poll whatever its offset, or by the webhook."""
    return Fault(TWICE, accepted=True)


@dataclass(slots=True)
class Rule:
    """A fault, and the calls that it meets: of these methods (all if none), in this chat (in all if None)."""

    fault: Fault
    methods: frozenset[str] = frozenset()
    chat_id: int | None = None
    times: int | None = 1
    skip: int = 0
    met: int = 0

    def fits(self, method: str, chat_id: int | None) -> bool:
        """Return whether a call is one of those."""
        in_chat = self.chat_id is None or self.chat_id == chat_id
        return self.times != 0 and in_chat and (not self.methods or method.lower() in self.methods)

    def take(self) -> bool:
        """Count a call; return whether the fault meets it."""
        if self.skip > 0:
            self.skip -= 1
            return False
        self.met += 1
        self.times = None if self.times is None else self.times - 1
        return True


@dataclass(slots=True)
class Faults:
    """The rules that hold now, the oldest first. `shuffled` mixes webhook deliveries of different chats."""

    rules: list[Rule] = field(default_factory=list)
    shuffled: bool = False

    def add(
        self,
        fault: Fault,
        method: str | Sequence[str] = (),
        chat: HasId | None = None,
        times: int | None = 1,
        skip: int = 0,
    ) -> Rule:
        """Let `fault` meet the next `times` calls (None: all from now on) after `skip` that go well."""
        methods = [method] if isinstance(method, str) else method
        named = frozenset(name.lower() for name in methods)
        rule = Rule(fault, named, chat.id if chat else None, times, skip)
        self.rules.append(rule)
        return rule

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """Return the fault that meets this call."""
        for rule in self.rules:
            # A rule that names no method is about calls, not about the other direction.
            named = rule.methods or method != DELIVERY
            if rule.fault.name != TWICE and named and rule.fits(method, chat_id) and rule.take():
                return rule.fault
        return None

    def take_twice(self, chat_id: int) -> bool:
        """Return whether an update of this chat, just confirmed, comes once more."""
        return any(
            rule.take() for rule in self.rules if rule.fault.name == TWICE and rule.fits(DELIVERY, chat_id)
        )

    def clear(self) -> None:
        """Let everything go well again."""
        self.rules.clear()
        self.shuffled = False
