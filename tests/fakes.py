"""Stand-ins for what is outside: time, and a channel that keeps what it was given."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.domain.capabilities import Capabilities
from bot.domain.message import Address, Outbound
from bot.service.ports import Later, SendError


class FakeClock:
    """A clock that moves only when told to. Starts on Monday 2026-11-23, 10:00 in Berlin."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self.moment

    def advance(self, **delta: float) -> None:
        """Move on."""
        self.moment += timedelta(**delta)


@dataclass
class KeepingChannel:
    """A provider that accepts everything, or refuses what it is told to refuse."""

    name: str = "kept"
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(shows_welcome=True))
    sent: list[tuple[Address, Outbound]] = field(default_factory=list)
    faults: list[SendError | Later] = field(default_factory=list)

    async def send(self, address: Address, message_id: int, message: Outbound) -> str:
        """Keep the message, or raise the next fault."""
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append((address, message))
        return str(message_id)
