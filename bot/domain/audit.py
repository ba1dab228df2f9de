"""The audit log: who did what to what, and when; never a word of anybody."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Act:
    """One line. no: counted from 1 without gaps. staff: the account's id, None for the command line and the program.

    what: such as "contact.shown". about: a kind and an id, such as "ticket:1001". mac: over this line and the mac of
    the line before it.
    """

    no: int
    at: datetime
    staff: int | None
    what: str
    about: str
    mac: bytes

    def text(self, before: bytes) -> str:
        """Return what the mac is over."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        who = "" if self.staff is None else str(self.staff)
        return "\n".join((before.hex(), str(self.no), at, who, self.what, self.about))


@dataclass(frozen=True, slots=True)
class Chain:
    """What a check of the log found. first, last: numbers of the lines that are there (0: none).

    broken_at: the number of the first line that is not as it was written, or missing; None: the log is whole.
    """

    first: int
    last: int
    broken_at: int | None
    head: str
