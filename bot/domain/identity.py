"""Who somebody is to the town's own provider of logins (OpenID Connect), and what that makes of them here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.entering import NAME_LENGTH, folded
from bot.domain.staff import Role

# Roles that look after certain places only; the others must not name any.
PLACED = frozenset({Role.CLERK, Role.COURSE_CLERK})


@dataclass(frozen=True, slots=True)
class Duty:
    """What a value of the provider means here. places: towns of a clerk, VHS of a course clerk."""

    role: Role
    places: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider has let in. Nothing of it may be chosen by the person, except what they are called.

    issuer, subject: together the one lasting name. sid: of their session there; empty: it tells none. name: as a
    colleague would call them. login: the name they log in with there. duty: None: nothing here is theirs.
    """

    issuer: str
    subject: str
    sid: str
    name: str
    login: str
    duty: Duty | None


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """The provider's word that somebody is logged out there.

    subject, sid: at least one; sid: only that session, without one all. id: of this word, which counts once; until:
    when it would be refused anyway.
    """

    issuer: str
    subject: str
    sid: str
    id: str
    until: datetime


def duties_from(text: str) -> dict[str, Duty]:
    """Read "value=role; value=role:place,place"; the order counts. Raise ValueError, saying what is wrong."""
    duties = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        value, equals, told = part.rpartition("=")
        role, _, listed = told.partition(":")
        places = frozenset(filter(None, (place.strip() for place in listed.split(","))))
        value, role = value.strip(), role.strip()
        if not equals or not value or role not in set(Role):
            raise ValueError(f"'{part}' is not VALUE=ROLE; roles are {', '.join(Role)}")
        if bool(places) != (role in PLACED):
            raise ValueError(
                f"'{part}': clerk needs towns and course_clerk needs VHS after a colon, no other"
            )
        duties[value] = Duty(Role(role), places)
    return duties


def duty_of(values: Iterable[str], duties: Mapping[str, Duty]) -> Duty | None:
    """Return what somebody with these values does here; None: nothing.

    An account has one role, and roles have no rank (who keeps the accounts sees no questions): so of several the one
    counts that is told first in `duties`, with the places of all that have this role.
    """
    held = set(values)
    theirs = [duty for value, duty in duties.items() if value in held]
    if not theirs:
        return None
    role = theirs[0].role
    return Duty(role, frozenset().union(*(duty.places for duty in theirs if duty.role is role)))


def names_of(identity: Identity) -> Iterator[str]:
    """Return what an account could be called, best first: a colleague may have the name already."""
    login = _cleaned(identity.login)
    name = _cleaned(identity.name) or login or "?"
    yield name[:NAME_LENGTH]
    if login and folded(login) != folded(name):
        yield _with(name, login)
    for number in range(2, 100):
        yield _with(name, str(number))


def _with(name: str, more: str) -> str:
    added = f" ({more[: NAME_LENGTH // 2]})"
    return name[: NAME_LENGTH - len(added)] + added


def _cleaned(name: str) -> str:
    return " ".join("".join(letter for letter in name if letter.isprintable()).split())
