"""What it takes to get to the desk: an account, a session, and the patience with who guesses."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.staff import Role, Staff

# OWASP ASVS 5.0, 7.3.1 and 7.3.2: after so long without a request, and however busy.
IDLE = timedelta(minutes=30)
WHOLE_DAY = timedelta(hours=10)
# From the password to the second factor.
HALFWAY = timedelta(minutes=5)
INVITATION = timedelta(days=7)
# A session through the town's provider that could not be looked at again there ends so long after it was due.
UNCHECKED = timedelta(minutes=30)
NAME_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Account:
    """A person of the team with what they prove themselves by.

    password: the argon2 hash; empty until the invitation is taken. totp: the secret in base32; empty as well.
    totp_step: the last time step that was used. totp_next: the secret of a telephone that is being set up.
    issuer, subject: who they are to the town's provider, if they come in by it; then they have no password here.
    """

    staff: Staff
    password: str = field(default="", repr=False)
    totp: str = field(default="", repr=False)
    totp_step: int = 0
    totp_next: str = field(default="", repr=False)
    created_at: datetime | None = None
    revoked_at: datetime | None = None
    issuer: str = ""
    subject: str = ""

    @property
    def is_provided(self) -> bool:
        """True if the town's provider lets them in, and nobody else."""
        return bool(self.issuer)

    @property
    def is_ready(self) -> bool:
        """True if they can log in with password and second factor."""
        return self.revoked_at is None and bool(self.password) and bool(self.totp)


@dataclass(frozen=True, slots=True)
class StaffSession:
    """One browser of a person. is_complete: the second factor was given, too.

    check_by: when the town's provider is asked again whether they may; None: it did not let them in.
    """

    id: int
    staff: int
    is_complete: bool
    begun_at: datetime
    seen_at: datetime
    check_by: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """True if the provider should be asked again."""
        return self.check_by is not None and now >= self.check_by

    def is_over(self, now: datetime) -> bool:
        """True if it must not be used any more."""
        if not self.is_complete:
            return now >= self.begun_at + HALFWAY
        if self.check_by is not None and now >= self.check_by + UNCHECKED:
            return True
        return now >= self.begun_at + WHOLE_DAY or now >= self.seen_at + IDLE


@dataclass(frozen=True, slots=True)
class Brake:
    """How many tries are free, and how the wait grows with each further one, up to `longest`.

    Counting starts anew when nobody tried for `forgotten_after`.
    """

    free: int
    first: timedelta
    longest: timedelta
    forgotten_after: timedelta = timedelta(hours=12)

    def wait(self, tries: int, last: datetime, now: datetime) -> timedelta:
        """Return how long to wait before the next try, after so many; zero: none."""
        if tries < self.free or now >= last + self.forgotten_after:
            return timedelta(0)
        needed = min(self.longest, self.first * (1 << min(tries - self.free, 20)))
        return max(timedelta(0), last + needed - now)


# An account: a person who mistypes is not held up; a machine gets some ninety guesses a day.
PER_ACCOUNT = Brake(free=5, first=timedelta(seconds=30), longest=timedelta(minutes=15))
# An address: an office shares one, so that only failed tries count.
PER_ADDRESS = Brake(free=30, first=timedelta(seconds=10), longest=timedelta(minutes=5))


def folded(name: str) -> str:
    """Return a name as it is compared: without a difference of capitals, blanks and compatible letters."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:200]


def misfit(staff: Staff) -> str:
    """Return what is wrong with somebody who shall be invited: "name", "towns" or "vhs"; empty: nothing.

    A clerk without towns would see nothing; and towns of a role that sees all of them would seem to limit it.
    """
    if not staff.name or len(staff.name) > NAME_LENGTH or not staff.name.isprintable():
        return "name"
    if bool(staff.towns) != (staff.role is Role.CLERK):
        return "towns"
    return "vhs" if bool(staff.vhs) != (staff.role is Role.COURSE_CLERK) else ""
