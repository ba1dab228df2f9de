"""Where the knowledge stands: entries by language, what has expired, what the check says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from aiohttp import web

from bot.domain.staff import Staff
from bot.i18n import BERLIN
from bot.knowledge.coverage import Kept, coverage
from bot.knowledge.languages import GERMAN
from bot.knowledge.model import PAGE, Entry, Knowledge, Place
from bot.knowledge.place_rules import VERIFY_WITHIN
from bot.knowledge.text_rules import READ_WITHIN
from bot.staff.web.knowledge.deps import Desk
from bot.staff.web.knowledge.problems import told
from bot.staff.web.visit import Session

LONGEST_SEARCH: Final = 80


class Stand(StrEnum):
    """How an entry stands in a language; UNREAD: translated by a program, and nobody has compared it."""

    CURRENT = "current"
    UNREAD = "unread"
    BEHIND = "behind"
    QUESTIONS = "questions"
    MISSING = "missing"


class Flag(StrEnum):
    """What is to be done about an entry in every language."""

    EXPIRED = "expired"  # facts or answer were looked at too long ago
    UNSURE = "unsure"  # facts that are shown with "please check first"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; "" for all."""

    search: str = ""
    area: str = ""
    language: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as the overview shows it."""

    entry: Entry
    stands: Mapping[str, Stand]
    flags: frozenset[Flag]

    def fits(self, wanted: Wanted) -> bool:
        """True if it is among what is looked for."""
        told = " ".join((self.entry.id, *(text.title for text in self.entry.texts.values()))).casefold()
        if wanted.search.casefold() not in told or wanted.area not in ("", self.entry.area):
            return False
        if wanted.state in set(Flag):
            return wanted.state in self.flags
        stands = [self.stands[wanted.language]] if wanted.language in self.stands else self.stands.values()
        return wanted.state not in set(Stand) or wanted.state in stands


class Overview(Desk):
    """The handlers of what is only looked at."""

    async def page_of_all(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/knowledge: every entry in every language, or those that are looked for."""
        present = await self._deps.checking.present()
        known = present.knowledge
        rows = list(rows_of(known, self._today()))
        query = request.query
        wanted = Wanted(
            query.get("q", "").strip()[:LONGEST_SEARCH],
            query.get("area", "") if query.get("area") in known.areas else "",
            query.get("language", "") if query.get("language") in known.languages else "",
            query.get("state", "") if query.get("state") in {*Stand, *Flag} else "",
        )
        counts = {
            code: {stand: sum(row.stands[code] is stand for row in rows) for stand in Stand}
            for code in known.languages
        }
        return self.page(
            "overview",
            staff,
            session,
            present,
            rows=[row for row in rows if row.fits(wanted)],
            whole=len(rows),
            wanted=wanted,
            counts=counts,
            stands=list(Stand),
            flags={flag: sum(flag in row.flags for row in rows) for flag in Flag},
            said=query.get("said", ""),
        )

    async def check(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/knowledge/check: what `knowledge check` says, in the same words."""
        present = await self._deps.checking.present()
        problems = await self._deps.checking.problems()
        return self.page("check", staff, session, present, problems=told(problems, present.reading.marks))

    def _today(self) -> date:
        return self._deps.clock.now().astimezone(BERLIN).date()


def rows_of(known: Knowledge, today: date) -> Iterator[Row]:
    """Yield how every entry stands."""
    covered = coverage(known).rows
    for id, entry in known.entries.items():
        stands = {code: _stand(entry, code, kept) for code, kept in covered[id].items()}
        yield Row(entry, stands, frozenset(_flags(known, entry, today)))


def _stand(entry: Entry, language: str, kept: Kept) -> Stand:
    if kept is Kept.CURRENT and language != GERMAN and entry.texts[language].machine:
        return Stand.UNREAD
    return Stand(kept.value)


def _flags(known: Knowledge, entry: Entry, today: date) -> Iterator[Flag]:
    places = shown_places(known, entry)
    is_old = entry.kind != PAGE and (today - entry.reviewed).days > READ_WITHIN
    if is_old or any(is_expired(place, today) for place in places):
        yield Flag.EXPIRED
    if any(unsure_facts(place) for place in places):
        yield Flag.UNSURE


def shown_places(known: Knowledge, entry: Entry) -> Sequence[Place]:
    """Return the places that are shown below an entry's answer, of all towns."""
    ids = dict.fromkeys(entry.places)
    for role in entry.roles:
        ids |= {place.id: None for town in known.towns if (place := known.place_for(role, town))}
    return [known.places[id] for id in ids if id in known.places]


def is_expired(place: Place, today: date) -> bool:
    """True if one of its facts was looked at too long ago."""
    age = (today - place.verified_on).days
    return any(getattr(place, name) and age > limit for name, limit in VERIFY_WITHIN.items())


def unsure_facts(place: Place) -> list[str]:
    """Return the facts that are known and shown with "please check first"."""
    names = ("address", "phone", "email", "url", "hours")
    return [name for name in names if getattr(place, name) and place.unsure(name)]
