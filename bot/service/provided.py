"""Getting in through the town's own provider of logins: what it says of somebody becomes an account and a session."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.entering import Account, folded, misfit
from bot.domain.identity import PLACED, Duty, Identity, LoggedOut, names_of
from bot.domain.staff import Role, Staff
from bot.service.entering import DEMO, LOGGED_IN, Entered, Entrance, Wrong, end_demo, passed
from bot.service.ports import Clock, Conflict, Store, Unit

# In the audit log; what it is about is always "staff:<id>".
ADDED, REASSIGNED, READMITTED = "staff.provided", "staff.reassigned", "staff.readmitted"
NOT_ADMITTED, REFUSED = "staff.not_admitted", "staff.provider_refused"
PROVIDER_LOGGED_OUT = "staff.provider_logged_out"

# Of the places that a duty names those that there are: town ids for a clerk, VHS ids for a course clerk.
KnownPlaces = Callable[[Role], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Provided:
    """The use cases. check_every: so often the provider is asked whether somebody still may."""

    store: Store
    clock: Clock
    entrance: Entrance
    places: KnownPlaces
    check_every: timedelta

    async def knock(self, address: str) -> None:
        """Count a try, before the provider is asked; raise TooOften."""
        await self.entrance.knock("", address)

    async def come_in(self, who: Identity, address: str, token: str = "") -> Entered:
        """Let somebody in whom the provider let in; their role and places are taken anew each time.

        token: of the browser's session; if it is theirs, it goes on, else a new one begins. Raise Wrong("role") if
        nothing here is theirs, which ends all their sessions, and Wrong("ended") if their account was ended here.
        """
        now = self.clock.now()
        wished = self._work(who.duty)
        async with self.store.write() as unit:
            account = await unit.staff.provided(who.issuer, who.subject)
            refused = "role" if wished is None else "ended" if account and account.revoked_at else ""
            if wished and not refused:
                return await self._admitted(unit, account, who, wished, address, token, now)
            if account:
                await unit.door.end_all(account.staff.id)
            about = f"staff:{account.staff.id if account else ''}"
            await unit.audit.note(None, NOT_ADMITTED, about, now)
        raise Wrong(refused)

    async def refuse(self) -> None:
        """Write down that what came in the provider's name did not hold."""
        async with self.store.write() as unit:
            await unit.audit.note(None, REFUSED, "staff:", self.clock.now())

    async def log_out(self, told: LoggedOut) -> bool:
        """End the sessions that the provider's word is about; False if the word was used before."""
        now = self.clock.now()
        async with self.store.write() as unit:
            if not await unit.door.is_news(told):
                return False
            for id in await unit.door.end_provided(told):
                await unit.audit.note(None, PROVIDER_LOGGED_OUT, f"staff:{id}", now)
        return True

    async def end(self, session: int) -> None:
        """End a session whose person the provider no longer vouches for."""
        async with self.store.write() as unit:
            await unit.door.end(session)

    async def _admitted(
        self,
        unit: Unit,
        account: Account | None,
        who: Identity,
        wished: Staff,
        address: str,
        token: str,
        now: datetime,
    ) -> Entered:
        staff, act = await _brought_up_to_date(unit, account, who, wished, now)
        await passed(unit, "", address)
        check_by = now + self.check_every
        held = await unit.door.session(token) if token else None
        goes_on = held is not None and held[0].staff.id == staff.id and not held[1].is_over(now)
        if held and goes_on:
            await unit.door.checked(held[1].id, who.sid, check_by)
        else:
            token = await unit.door.begin(staff.id, now, complete=True, sid=who.sid, check_by=check_by)
        for what in filter(None, (act, "" if goes_on else LOGGED_IN)):
            await unit.audit.note(staff.id, what, f"staff:{staff.id}", now)
        return Entered(token, staff)

    def _work(self, duty: Duty | None) -> Staff | None:
        """Return what somebody with this duty does here; None if nothing is left of it."""
        if duty is None:
            return None
        places = duty.places & self.places(duty.role) if duty.role in PLACED else frozenset()
        towns = places if duty.role is Role.CLERK else frozenset()
        work = Staff(0, "?", duty.role, towns, places - towns)
        return None if misfit(work) else work


async def _brought_up_to_date(
    unit: Unit, account: Account | None, who: Identity, wished: Staff, now: datetime
) -> tuple[Staff, str]:
    """Return the account as it is from now on, and the act that made it so; empty: nothing changed."""
    if account is None:
        return await _added(unit, who, wished, now), ADDED
    known = account.staff
    # The provider tells neither what somebody is called at the desk nor which languages they speak.
    staff = replace(known, role=wished.role, towns=wished.towns, vhs=wished.vhs)
    if staff == known:
        return known, ""
    await unit.staff.assign(known.id, staff)
    return staff, REASSIGNED


async def _added(unit: Unit, who: Identity, wished: Staff, now: datetime) -> Staff:
    """Make an account under the first name that is free; raise Conflict if none is."""
    for name in names_of(who):
        if folded(name) == folded(DEMO) or await unit.staff.named(name):
            continue
        try:
            staff = await unit.staff.add(replace(wished, name=name), now, who.issuer, who.subject)
        except Conflict:  # another worker was faster: with the name, or with this very person
            if account := await unit.staff.provided(who.issuer, who.subject):
                return account.staff
            continue
        await end_demo(unit, now)
        return staff
    raise Conflict("no name is free")


async def readmit(unit: Unit, account: Account, now: datetime) -> None:
    """Let somebody in again whose account was ended here, if the provider lets them in."""
    await unit.staff.restore(account.staff.id)
    await unit.audit.note(None, READMITTED, f"staff:{account.staff.id}", now)
