"""How a group of the team is connected, and how an account at the messenger becomes somebody's of the team."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.entering import PER_ACCOUNT
from bot.domain.staff import Staff
from bot.domain.staff_group import CODE, CONNECTING, Code, Group, Saying
from bot.service.ports import DESK, Clock, Notifier, Store

LINKED, UNLINKED = "staff.telegram_linked", "staff.telegram_unlinked"  # as the audit log has them
CONNECTED, DISCONNECTED = "group.connected", "group.disconnected"


@dataclass(frozen=True, slots=True)
class Told:
    """What whoever sent a code is told: the key of a text, and their name."""

    key: str
    name: str = ""


class Joining:
    """The use cases."""

    def __init__(self, store: Store, notifier: Notifier, clock: Clock) -> None:
        self._store = store
        self._notifier = notifier
        self._clock = clock

    async def code_for(self, staff: Staff) -> str:
        """Return a code by which somebody makes their account at the messenger known, for a quarter of an hour."""
        async with self._store.write() as unit:
            return await unit.groups.issue(Code(staff.id), self._clock.now() + CODE)

    async def code_for_group(self, towns: Iterable[str], language: str) -> str:
        """Return a code that connects a group, for an hour."""
        async with self._store.write() as unit:
            code = Code(None, frozenset(towns), language)
            return await unit.groups.issue(code, self._clock.now() + CONNECTING)

    async def awaits_group(self) -> bool:
        """True while somebody may be about to connect a group."""
        async with self._store.read() as unit:
            return await unit.groups.awaited(self._clock.now())

    async def link(self, account: int, word: str) -> Told:
        """Make an account that of the person whose code it is."""
        now, key = self._clock.now(), f"telegram:{account}"
        async with self._store.write() as unit:
            if await unit.door.knock(key, PER_ACCOUNT, now):
                return Told("group.link.wait")
            code = await unit.groups.redeem(word, now, group=False)
            owner = await unit.staff.get(code.staff) if code and code.staff else None
            if owner is None or owner.revoked_at:
                known = await unit.groups.linked(account)
                return Told("group.link.known", known.staff.name) if known else Told("group.link.wrong")
            await unit.door.forgive(key)
            await unit.groups.link(owner.staff.id, account, now)
            await unit.audit.note(owner.staff.id, LINKED, f"staff:{owner.staff.id}", now)
        return Told("group.link.done", owner.staff.name)

    async def unlink(self, staff: Staff) -> None:
        """Forget somebody's account at the messenger."""
        now = self._clock.now()
        async with self._store.write() as unit:
            if await unit.groups.unlink(staff.id):
                await unit.audit.note(staff.id, UNLINKED, f"staff:{staff.id}", now)

    async def connect(self, chat: int, account: int, word: str, trouble: str) -> Group | None:
        """Connect a group, if the code is for one; None if not. What is wrong with it is said there.

        trouble: what keeps us from mirroring there, "" if nothing does.
        """
        now, key = self._clock.now(), f"telegram:{account or chat}"
        async with self._store.write() as unit:
            if await unit.door.knock(key, PER_ACCOUNT, now):
                return None
            code = await unit.groups.redeem(word, now, group=True)
            if code is None:
                return None
            await unit.door.forgive(key)
            group = await unit.groups.connect(chat, code.towns, code.language, now)
            await unit.groups.ail(group.id, trouble, now)
            await unit.mirror.say(
                Saying(0, group.id, None, None, "group.connected"), f"connected:{group.id}:{now}", now
            )
            await unit.audit.note(None, CONNECTED, f"group:{group.id}", now)
        await self._notifier.publish(DESK)
        return group

    async def disconnect(self, group: Group) -> None:
        """Forget a group."""
        async with self._store.write() as unit:
            await unit.groups.disconnect(group.id)
            await unit.audit.note(None, DISCONNECTED, f"group:{group.id}", self._clock.now())
