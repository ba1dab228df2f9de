"""Offices and advice centres: the list, and the form of one; what is changed here changes in every language."""

from dataclasses import replace

from aiohttp import web

from bot.domain.staff import Staff
from bot.http.form import read_lists
from bot.i18n import BERLIN
from bot.knowledge.edits import PLACES, PlaceFacts
from bot.knowledge.model import Place
from bot.knowledge.places import CHECKABLE, HOURS_OF, STATUS
from bot.knowledge.versions import place_in, version_of_place
from bot.service.checking import Present
from bot.service.editing import Change, Judged, Refused, Why
from bot.staff.web.knowledge.deps import KNOWLEDGE, Desk, back
from bot.staff.web.knowledge.forms import one, place_facts, typed
from bot.staff.web.knowledge.overview import LONGEST_SEARCH, is_expired, shown_places, unsure_facts
from bot.staff.web.knowledge.problems import told
from bot.staff.web.visit import Session


class Places(Desk):
    """The handlers of /staff/knowledge/places."""

    async def listed(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/knowledge/places: all, or those that are looked for."""
        present = await self._deps.checking.present()
        search = request.query.get("q", "").strip()[:LONGEST_SEARCH]
        today = self._deps.clock.now().astimezone(BERLIN).date()
        found = [
            (place, is_expired(place, today), unsure_facts(place))
            for place in present.knowledge.places.values()
            if search.casefold() in " ".join((place.id, place.name, place.address, place.phone)).casefold()
        ]
        return self.page("places", staff, session, present, places=found, search=search)

    async def form(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/knowledge/places/<place>: its form."""
        present = await self._deps.checking.present()
        place = _place(present, request)
        content = await self._deps.editing.file(PLACES) or ""
        edit = PlaceFacts(place.id, version_of_place(content, place.id), {})
        return self._form(staff, session, present, place, edit, said=request.query.get("said", ""))

    async def save(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/knowledge/places/<place>: look at the change, or write it."""
        present = await self._deps.checking.present()
        place = _place(present, request)
        form = await read_lists(request)
        today = self._deps.clock.now().astimezone(BERLIN).date()
        edit = place_facts(form, place, tuple(present.knowledge.languages), today.isoformat())
        if one(form, "act") != "save":
            judged = await self._deps.editing.judge(Change((edit,)))
            return self._form(staff, session, present, place, edit, judged)
        done = await self._deps.editing.save(Change((edit,)), staff.name)
        if isinstance(done, Refused):
            return self._form(staff, session, present, place, edit, done)
        await self.note(staff, done, f"place:{place.id}")
        return back(f"{KNOWLEDGE}/places/{place.id}", "saved" if done.id else "nothing")

    def _form(
        self,
        staff: Staff,
        session: Session,
        present: Present,
        place: Place,
        edit: PlaceFacts,
        found: Judged | Refused | None = None,
        said: str = "",
    ) -> web.Response:
        theirs = ""
        if isinstance(found, Refused) and found.why is Why.STALE:
            # They see now what the other one wrote, beside their own: the next save may write over it.
            edit = replace(edit, base=version_of_place(found.theirs, place.id))
            theirs = place_in(found.theirs, place.id)
        shown_in = [
            entry
            for entry in present.knowledge.entries.values()
            if place in shown_places(present.knowledge, entry)
        ]
        return self.page(
            "place",
            staff,
            session,
            present,
            place=place,
            edit=edit,
            values={**typed(place), **edit.values},
            shown_in=shown_in,
            checkable=CHECKABLE,
            states=STATUS,
            hours_of=HOURS_OF,
            refused=found if isinstance(found, Refused) else None,
            judged=found if isinstance(found, Judged) else None,
            problems=told(found.problems, present.reading.marks, found.files) if found else (),
            theirs=theirs,
            said=said,
        )


def _place(present: Present, request: web.Request) -> Place:
    found = present.knowledge.places.get(request.match_info["place"])
    if found is None:
        raise web.HTTPNotFound
    return found
