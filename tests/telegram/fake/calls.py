"""What the bot called, and what it got for it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Call:
    """One call. `outcome` is the HTTP status that was answered, or the name of the fault that met it."""

    method: str
    values: dict[str, Any]
    chat_id: int | None
    outcome: str = "under way"


@dataclass(slots=True)
class Delivery:
    """One attempt to bring an update to the webhook; `status` 0 means that nothing was answered."""

    update_id: int
    chat_id: int
    status: int


@dataclass(slots=True)
class Calls:
    """All calls in their order."""

    made: list[Call] = field(default_factory=list)

    def __iter__(self) -> Iterator[Call]:
        return iter(self.made)

    def __len__(self) -> int:
        return len(self.made)

    def to(self, method: str, chat_id: int | None = None) -> list[Call]:
        """Return the calls of one method, to one chat or to all."""
        named = [call for call in self.made if call.method.lower() == method.lower()]
        return [call for call in named if chat_id is None or call.chat_id == chat_id]
