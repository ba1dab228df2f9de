"""What the services rely on for groups of the team in a messenger; storage keeps it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from bot.domain.entering import Account
from bot.domain.staff_group import Code, Glance, Group, Saying, Topic, Written


class StaffGroups(Protocol):
    """Groups, the codes that connect them, and whose account at the messenger is whose."""

    async def issue(self, code: Code, expires_at: datetime) -> str:
        """Return a new one-time code, easy to type; an earlier one of the same person ends."""

    async def redeem(self, word: str, now: datetime, *, group: bool) -> Code | None:
        """Use a code up and return what it is for; None if it is over, unknown, or not for that."""

    async def awaited(self, now: datetime) -> bool:
        """True while a code for a group can be used."""

    async def connect(self, chat: int, towns: Iterable[str], language: str, at: datetime) -> Group:
        """Store a group, or what has changed about one that is there."""

    async def listed(self) -> list[Group]:
        """Return all groups, the oldest first."""

    async def of_chat(self, chat: int) -> Group | None:
        """Return the group of this number."""

    async def leave_alone(self, group: int, until: datetime | None) -> None:
        """Note until when nothing may be sent."""

    async def ail(self, group: int, trouble: str, at: datetime) -> None:
        """Note what keeps us from writing there, since when; "" for nothing any more."""

    async def move(self, group: int, chat: int) -> None:
        """Give a group its new number; all of its topics are to be made anew."""

    async def disconnect(self, group: int) -> None:
        """Forget a group and what it was shown."""

    async def link(self, id: int, account: int, at: datetime) -> None:
        """Note that an account at the messenger is somebody's of the team, and nobody else's."""

    async def linked(self, account: int) -> Account | None:
        """Return whose account it is; None for nobody's, or if theirs with us is revoked."""

    async def is_linked(self, id: int) -> bool:
        """True if somebody of the team has an account there."""

    async def unlink(self, id: int) -> bool:
        """Forget somebody's account there; False if there was none."""

    def mark(self, account: int) -> str:
        """Return by what a stranger is known again, and cannot be found."""


class Mirror(Protocol):
    """How far each ticket stands in a group's topic."""

    async def glances(self) -> list[Glance]:
        """Return the open tickets and those whose topic is not closed, oldest first."""

    async def ended(self, before: datetime) -> list[Topic]:
        """Return the topics of tickets that were closed before that."""

    async def topic(self, ticket: int) -> Topic | None:
        """Return the topic of a ticket."""

    async def in_thread(self, group: int, thread: int) -> Topic | None:
        """Return the topic that has this number."""

    async def keep(self, topic: Topic) -> None:
        """Store how far a ticket is mirrored; raise Conflict if the ticket is gone."""

    async def begin_anew(self, topic: Topic) -> None:
        """Note that a topic is gone with all that was written in it; it is to be made anew."""

    async def let_go(self, ticket: int) -> None:
        """Forget the topic of a ticket; it is to be deleted in the group."""

    async def left(self, group: int) -> list[int]:
        """Return the numbers of topics that are to be deleted."""

    async def gone(self, group: int, thread: int) -> None:
        """Note that a topic is deleted."""

    async def wrote(self, written: Written) -> bool:
        """Note what came of a message in the group; False if that is known already."""

    async def written(self, group: int, message: int) -> Written | None:
        """Return what came of a message in the group."""

    async def all_written(self, ticket: int) -> list[Written]:
        """Return everything that was written in the group about a ticket."""

    async def taken_back(self, answer: int) -> None:
        """Forget that an answer was written in the group: it will not go out."""

    async def say(self, saying: Saying, once: str, at: datetime, ticket: int | None = None) -> None:
        """Have something said in a group, unless the same `once` was said already."""

    async def to_say(self, group: int) -> list[Saying]:
        """Return what is still to be said, oldest first."""

    async def said(self, saying: int, at: datetime) -> None:
        """Note that it was said, or cannot be."""
