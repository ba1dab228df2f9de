"""What people of the team are told of by e-mail: that there is something to do, never what it says."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.staff import Role, Staff
from bot.domain.ticket import Ticket

LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3


# What every mail server takes; with other letters (RFC 6531) some do, and the notice would be lost.
ADDRESS = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def is_address(text: str) -> bool:
    """True for an e-mail address that a letter can be sent to."""
    return len(text) <= LONGEST_ADDRESS and ADDRESS.fullmatch(text) is not None


class Wish(StrEnum):
    """How somebody wants to hear of new questions; of a promised time they hear in time, unless it is `none`."""

    AT_ONCE = "at_once"
    DIGEST = "digest"  # one letter, at the beginning of each working day
    NONE = "none"


class Cause(StrEnum):
    """Why somebody is written to, in the order of a letter."""

    ESCALATION = "escalation"  # a promised time has passed
    REMINDER = "reminder"  # one is near
    NEW = "new"
    HELLO = "hello"  # they have told this address


@dataclass(frozen=True, slots=True)
class Reach:
    """Where and how somebody of the team is written to.

    language: of the letters. mailed_at: when the last one about new questions went. trouble: why their address is not
    written to any more, in the words of the mail server; "" if it is.
    """

    staff: int
    address: str
    wish: Wish
    language: str = "de"
    mailed_at: datetime | None = None
    trouble: str = ""

    @property
    def is_on(self) -> bool:
        """True if letters go there."""
        return bool(self.address) and self.wish is not Wish.NONE and not self.trouble


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that somebody is to be told; it goes out with the first letter from `send_at` on.

    ticket: its number, 0 for none. begun_at: when the letter with it was handed over, if what became of it is unknown.
    """

    id: int
    cause: Cause
    ticket: int
    send_at: datetime
    begun_at: datetime | None = None

    def is_wanted(self, ticket: Ticket | None) -> bool:
        """True while there is still something to do about it."""
        if self.cause is Cause.HELLO:
            return True
        if ticket is None or not ticket.is_awaited:
            return False
        return self.cause is not Cause.NEW or ticket.assignee is None


def told_of(team: Iterable[Staff], ticket: Ticket, cause: Cause) -> list[Staff]:
    """Return who of the team is told of a ticket.

    New: everybody who may answer it. A reminder: whoever has it, else the clerks. When the time has passed: the leads.
    Where nobody is of that kind, everybody who may answer.
    """
    able = [one for one in team if one.may_answer(ticket.town)]
    if cause is Cause.REMINDER:
        owner = [one for one in able if one.id == ticket.assignee]
        return owner or [one for one in able if one.role is Role.CLERK] or able
    if cause is Cause.ESCALATION:
        return [one for one in able if one.role is Role.LEAD] or able
    return able
