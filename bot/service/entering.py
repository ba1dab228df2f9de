"""Getting in: invitations, logging in with two factors, one's own account; every step braked and written down."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.entering import (
    INVITATION,
    NAME_LENGTH,
    PER_ACCOUNT,
    PER_ADDRESS,
    Account,
    Brake,
    StaffSession,
    folded,
    misfit,
)
from bot.domain.staff import Role, Staff
from bot.service import examples, second_factor
from bot.service.passwords import Passwords, weakness
from bot.service.ports import Clock, Store, Unit

SEEN_EVERY: Final = timedelta(minutes=1)  # so that not every request writes
DEMO: Final = "Demo"
DEMO_LINK: Final = timedelta(days=1)
# The acts of getting in, as the audit log has them; what it is about is always "staff:<id>".
INVITED, JOINED, REVOKED = "staff.invited", "staff.joined", "staff.revoked"
LOGGED_IN, LOGGED_OUT = "staff.logged_in", "staff.logged_out"
WRONG_PASSWORD, WRONG_CODE, RECOVERED = "staff.wrong_password", "staff.wrong_code", "staff.recovery_code_used"
NEW_PASSWORD, NEW_CODES, NEW_PHONE = "staff.new_password", "staff.new_recovery_codes", "staff.new_phone"
ENDED_SESSIONS = "staff.ended_sessions"


class Wrong(Exception):
    """What was given is not right; `what` tells the page's text and no more than whoever asks may know."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class TooOften(Exception):
    """Somebody tried too often; `wait` tells for how long nothing is looked at."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"{wait.total_seconds():.0f} s")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Entered:
    """A new session. codes: recovery codes that are told this once; empty: none are new."""

    token: str
    staff: Staff
    codes: Sequence[str] = ()


class Entrance:
    """The use cases of getting in; a page or a command calls one and shows how it went."""

    def __init__(self, store: Store, clock: Clock, passwords: Passwords) -> None:
        self._store = store
        self._clock = clock
        self._passwords = passwords

    # --- sessions

    def new_token(self) -> str:
        """Return a token for a browser that nobody has logged in with; no session knows it."""
        return secrets.token_urlsafe(32)

    async def session(self, token: str, *, by_hand: bool = True) -> tuple[Account, StaffSession] | None:
        """Return whose session a token opens; None if it is over or unknown.

        by_hand: a person did something, which is noted; what a page fetches by itself keeps no session awake.
        """
        now = self._clock.now()
        async with self._store.read() as unit:
            found = await unit.door.session(token)
        if found is None:
            return None
        session = found[1]
        if session.is_over(now):  # its row stays until the purge: `lapsed` asks for it
            return None
        if by_hand and session.is_complete and now >= session.seen_at + SEEN_EVERY:
            async with self._store.write() as unit:
                await unit.door.seen(session.id, now)
        return found

    async def lapsed(self, token: str) -> Account | None:
        """Return whose whole session it was, if nothing but time has ended it; it opens nothing any more."""
        async with self._store.read() as unit:
            found = await unit.door.session(token)
        if found is None or not found[1].is_complete or not found[1].is_over(self._clock.now()):
            return None
        return found[0]

    async def log_in(self, name: str, password: str, address: str, device: str = "") -> str:
        """Check the password and return the token of a session that waits for the second factor.

        An unknown name, a revoked account and a wrong password are the same to whoever asks, in words and time.
        device: id of a browser that was inside under this name before; it has a brake of its own, so that nobody is
        kept out by others who guess. Raise Wrong or TooOften.
        """
        name = name[: 4 * NAME_LENGTH]
        account_key = f"device:{device}" if device else f"name:{folded(name)}"
        await self.knock(account_key, address)
        async with self._store.read() as unit:
            account = await unit.staff.named(name)
        hashed = account.password if account and account.is_ready else ""
        is_right = await self._passwords.fits(hashed, password)
        if not is_right or account is None:
            await self._note(account.staff.id if account else None, WRONG_PASSWORD)
            raise Wrong("login")
        fresh = await self._passwords.hash(password) if self._passwords.is_old(hashed) else ""
        async with self._store.write() as unit:
            await passed(unit, account_key, address)
            if fresh:
                await unit.staff.set_password(account.staff.id, fresh)
            return await unit.door.begin(account.staff.id, self._clock.now(), complete=False)

    async def second_factor(self, token: str, code: str, address: str) -> Entered:
        """Check the second factor, or a recovery code, and return the whole session in place of the half one.

        Raise Wrong("over") if the half session is over, Wrong("code"), or TooOften.
        """
        found = await self.session(token)
        if found is None or found[1].is_complete:
            raise Wrong("over")
        account, half = found
        staff = account.staff
        await self.knock(f"code:{staff.id}", address)
        now = self._clock.now()
        step = second_factor.step_of(account.totp, code, now)
        async with self._store.write() as unit:
            if step:
                is_right = await unit.staff.use_step(staff.id, step)
            else:
                is_right = await unit.staff.use_recovery(staff.id, second_factor.recovery_code(code))
            if is_right:
                await passed(unit, f"code:{staff.id}", address)
                await unit.door.end(half.id)
                whole = await unit.door.begin(staff.id, now, complete=True)
                if not step:
                    await unit.audit.note(staff.id, RECOVERED, _about(staff.id), now)
                await unit.audit.note(staff.id, LOGGED_IN, _about(staff.id), now)
                return Entered(whole, staff)
        await self._note(staff.id, WRONG_CODE)
        raise Wrong("code")

    async def log_out(self, staff: Staff, session: int) -> None:
        """End a session."""
        async with self._store.write() as unit:
            await unit.door.end(session)
            await unit.audit.note(staff.id, LOGGED_OUT, _about(staff.id), self._clock.now())

    # --- invitations

    async def invitation(self, token: str) -> tuple[Account, str] | None:
        """Return whom a link is for and the secret of the second factor that it sets up; None if it is over."""
        async with self._store.read() as unit:
            return await unit.door.invitation(token, self._clock.now())

    async def accept(self, token: str, password: str, code: str, address: str) -> Entered:
        """Take an invitation: set password and second factor, use the link up, and log in.

        A link of the demo account has neither and logs in at once. Raise Wrong("over"), Wrong("short"), "long",
        "guessable" or "code", or TooOften.
        """
        await self.knock("", address)
        found = await self.invitation(token)
        if found is None:
            raise Wrong("over")
        account, secret = found
        now = self._clock.now()
        step = second_factor.step_of(secret, code, now) if secret else 0
        if secret:
            if weak := weakness(password, account.staff.name):
                raise Wrong(weak)
            if not step:
                raise Wrong("code")
        hashed = await self._passwords.hash(password) if secret else ""
        codes = second_factor.new_codes() if secret else []
        async with self._store.write() as unit:
            if not await unit.door.redeem(token, now):
                raise Wrong("over")
            await passed(unit, "", address)
            return await _join(unit, account.staff, secret, step, hashed, codes, now)

    # --- one's own account

    async def change_password(self, account: Account, session: int, old: str, new: str, address: str) -> None:
        """Set a new password and end the other sessions; raise Wrong("password"), as `accept` does, or TooOften."""
        await self.prove(account, old, address)
        if weak := weakness(new, account.staff.name):
            raise Wrong(weak)
        hashed = await self._passwords.hash(new)
        id = account.staff.id
        async with self._store.write() as unit:
            await unit.staff.set_password(id, hashed)
            await unit.door.end_all(id, but=session)
            await unit.audit.note(id, NEW_PASSWORD, _about(id), self._clock.now())

    async def renew_codes(self, account: Account, password: str, address: str) -> list[str]:
        """Return new recovery codes, the only ones that hold from now on; raise Wrong("password") or TooOften."""
        await self.prove(account, password, address)
        codes = second_factor.new_codes()
        id = account.staff.id
        async with self._store.write() as unit:
            await unit.staff.set_recovery(id, codes)
            await unit.audit.note(id, NEW_CODES, _about(id), self._clock.now())
        return codes

    async def begin_phone(self, account: Account, password: str, address: str) -> None:
        """Make the secret of another telephone, which counts once it has shown a code; raise as `renew_codes`."""
        await self.prove(account, password, address)
        async with self._store.write() as unit:
            await unit.staff.prepare_totp(account.staff.id, second_factor.new_secret())

    async def finish_phone(self, account: Account, session: int, code: str, address: str) -> None:
        """Let the other telephone be the second factor, and end the other sessions.

        Raise Wrong("over") if none is being set up, Wrong("code") or TooOften.
        """
        id = account.staff.id
        if not account.totp_next:
            raise Wrong("over")
        await self.knock(f"code:{id}", address)
        now = self._clock.now()
        step = second_factor.step_of(account.totp_next, code, now)
        if not step:
            raise Wrong("code")
        async with self._store.write() as unit:
            await passed(unit, f"code:{id}", address)
            await unit.staff.set_totp(id, account.totp_next, step)
            await unit.door.end_all(id, but=session)
            await unit.audit.note(id, NEW_PHONE, _about(id), now)

    async def end_sessions(self, staff: Staff) -> None:
        """End all sessions of a person, this one too."""
        async with self._store.write() as unit:
            await unit.door.end_all(staff.id)
            await unit.audit.note(staff.id, ENDED_SESSIONS, _about(staff.id), self._clock.now())

    async def prove(self, account: Account, password: str, address: str) -> None:
        """Ask for the password once more, before what somebody at a deserted desk must not do; raise
        Wrong("password") or TooOften."""
        key = f"again:{account.staff.id}"
        await self.knock(key, address)
        if not await self._passwords.fits(account.password, password):
            await self._note(account.staff.id, WRONG_PASSWORD)
            raise Wrong("password")
        async with self._store.write() as unit:
            await passed(unit, key, address)

    async def knock(self, key: str, address: str) -> None:
        """Count a try for an account and for an address, before anything is looked at; raise TooOften.

        Counted first, so that many tries at once, over however many workers, are no more than one after another.
        """
        now = self._clock.now()
        brakes: list[tuple[str, Brake]] = [(f"address:{address}", PER_ADDRESS)]
        if key:
            brakes.append((key, PER_ACCOUNT))
        async with self._store.write() as unit:
            waits = [await unit.door.knock(name, brake, now) for name, brake in brakes]
        if wait := max(waits):
            raise TooOften(wait)

    async def _note(self, staff: int | None, what: str) -> None:
        async with self._store.write() as unit:
            about = _about(staff) if staff else "staff:"
            await unit.audit.note(None, what, about, self._clock.now())


async def passed(unit: Unit, key: str, address: str) -> None:
    """Note that a try was a good one: an office where thirty people log in is no thief."""
    await unit.door.give_back(f"address:{address}")
    if key:
        await unit.door.forgive(key)


async def _join(
    unit: Unit, staff: Staff, secret: str, step: int, hashed: str, codes: Sequence[str], now: datetime
) -> Entered:
    if secret:
        await unit.staff.set_password(staff.id, hashed)
        await unit.staff.set_totp(staff.id, secret, step)
        await unit.staff.set_recovery(staff.id, codes)
        await unit.door.end_all(staff.id)
    token = await unit.door.begin(staff.id, now, complete=True)
    await unit.audit.note(staff.id, JOINED if secret else LOGGED_IN, _about(staff.id), now)
    return Entered(token, staff, codes)


# --- who is of the team; the callers are commands and the program's start


async def invite(unit: Unit, staff: Staff, now: datetime, by: int | None = None) -> str:
    """Make an account, or let a known one begin anew (a lost telephone); return the token of its one-time link.

    A known one's password, second factor and sessions end at once. With the first real account the demo one ends.
    Raise Wrong with what `misfit` tells, "taken" for the demo account's name, or "provided" for somebody whom the
    town's provider lets in.
    """
    if wrong := misfit(staff):
        raise Wrong(wrong)
    known = await unit.staff.named(staff.name)
    if (known and known.staff.demo) or folded(staff.name) == folded(DEMO):
        raise Wrong("taken")
    if known and known.is_provided:  # else an invitation would be a second door to their account
        raise Wrong("provided")
    if known:
        id = known.staff.id
        await unit.staff.restore(id)
        await unit.staff.assign(id, staff)
    else:
        id = (await unit.staff.add(staff, now)).id
    await end_demo(unit, now)
    token = await unit.door.invite(id, second_factor.new_secret(), now + INVITATION)
    await unit.audit.note(by, INVITED, _about(id), now)
    return token


async def revoke(unit: Unit, account: Account, now: datetime, by: int | None = None) -> None:
    """End an account and its sessions at once."""
    await unit.staff.revoke(account.staff.id, now)
    await unit.audit.note(by, REVOKED, _about(account.staff.id), now)


async def end_demo(unit: Unit, now: datetime) -> None:
    """End the demo account, if there is one, and its examples."""
    demo = await unit.staff.named(DEMO)
    if demo and demo.revoked_at is None:
        await unit.staff.revoke(demo.staff.id, now)
        await examples.drop(unit)


async def demo_link(unit: Unit, now: datetime) -> str:
    """Return the token of a link that logs in once as the demo account; empty if there is, or was, a real account.

    Earlier links of it end.
    """
    if await unit.staff.count() > 0:
        return ""
    known = await unit.staff.named(DEMO)
    if known and known.revoked_at:
        await unit.staff.restore(known.staff.id)
    staff = known.staff if known else await unit.staff.add(Staff(0, DEMO, Role.LEAD, demo=True), now)
    return await unit.door.invite(staff.id, "", now + DEMO_LINK)


def _about(staff: int | None) -> str:
    return f"staff:{staff}"
