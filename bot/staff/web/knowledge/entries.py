"""An entry: its languages side by side, the form of one of them, new ones, the preview."""

from dataclasses import replace
from typing import Final

from aiohttp import web

from bot.dialogue.world import World
from bot.domain.staff import Staff
from bot.http.form import read_lists
from bot.i18n import BERLIN
from bot.knowledge.edits import (
    EntryFacts,
    EntryText,
    MoreQuestions,
    NewEntry,
    WholeFile,
    file_of,
    is_readable,
)
from bot.knowledge.folder import TextFile
from bot.knowledge.languages import GERMAN
from bot.knowledge.model import PAGE, Entry, Knowledge, Text
from bot.knowledge.new_entry import INVENTORY
from bot.knowledge.prose import read_text
from bot.knowledge.versions import entry_in, version_of, version_of_entry
from bot.knowledge.yamlfile import Findings
from bot.service.checking import Present
from bot.service.editing import Change, Judged, Refused, Why
from bot.service.preview import preview
from bot.staff.web.knowledge.bubbles import body_of, bubble
from bot.staff.web.knowledge.deps import KNOWLEDGE, Desk, back
from bot.staff.web.knowledge.forms import entry_facts, entry_text, lines, new_entry, one, text
from bot.staff.web.knowledge.overview import rows_of, shown_places
from bot.staff.web.knowledge.problems import told
from bot.staff.web.visit import Session

NOTHING: Final = Text("", "", "", 0, machine=True, questions=())


class Entries(Desk):
    """The handlers of /staff/knowledge/entries."""

    # --- one with all its languages

    async def page_of(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/knowledge/entries/<entry>: all languages side by side."""
        present = await self._deps.checking.present()
        entry = _entry(present.knowledge, request)
        content = await self._deps.editing.file(INVENTORY) or ""
        edit = EntryFacts(entry.id, version_of_entry(content, entry.id), {})
        return await self._page(staff, session, present, entry, edit, said=request.query.get("said", ""))

    async def save_facts(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/knowledge/entries/<entry>/facts: change what is shown below the answer, or the area."""
        present = await self._deps.checking.present()
        entry = _entry(present.knowledge, request)
        today = self._deps.clock.now().astimezone(BERLIN).date()
        edit = entry_facts(await read_lists(request), entry, today.isoformat())
        done = await self._deps.editing.save(Change((edit,)), staff.name)
        if isinstance(done, Refused):
            return await self._page(staff, session, present, entry, edit, done)
        await self.note(staff, done, f"entry:{entry.id}")
        return back(f"{KNOWLEDGE}/entries/{entry.id}", "saved" if done.id else "nothing")

    async def _page(
        self,
        staff: Staff,
        session: Session,
        present: Present,
        entry: Entry,
        edit: EntryFacts,
        refused: Refused | None = None,
        said: str = "",
    ) -> web.Response:
        theirs = ""
        if refused and refused.why is Why.STALE:
            # They see now what the other one wrote, beside their own: the next save may write over it.
            edit = replace(edit, base=version_of_entry(refused.theirs, entry.id))
            theirs = entry_in(refused.theirs, entry.id)
        known, today = present.knowledge, self._deps.clock.now().astimezone(BERLIN).date()
        async with self._deps.store.read() as unit:
            notes = [note for note in await unit.feedback.listed() if note.entry == entry.id]
        held = {
            "area": entry.area,
            "importance": entry.importance,
            "places": entry.places,
            "roles": entry.roles,
        }
        return self.page(
            "entry",
            staff,
            session,
            present,
            entry=entry,
            edit=edit,
            values={**held, **edit.values},
            row=next(row for row in rows_of(known, today) if row.entry is entry),
            places=shown_places(known, entry),
            body=lambda code: body_of(known, entry.texts[code].body, code),
            notes=notes,
            is_page=entry.kind == PAGE,
            refused=refused,
            judged=None,
            problems=told(refused.problems, present.reading.marks, refused.files) if refused else (),
            theirs=theirs,
            said=said,
        )

    async def add_questions(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/knowledge/entries/<entry>/questions: add example questions in a language."""
        present = await self._deps.checking.present()
        entry = _entry(present.knowledge, request)
        form = await read_lists(request)
        language = _code(present.knowledge, one(form, "language"))
        edit = MoreQuestions(entry.id, language, lines(form, "questions"))
        done = await self._deps.editing.save(Change((edit,)), staff.name)
        if isinstance(done, Refused):
            held = await self._deps.editing.file(file_of(entry.id, language))
            whole = _edit_of(present.knowledge, entry, language, held)
            if isinstance(whole, EntryText):
                questions = tuple(dict.fromkeys((*whole.questions, *edit.questions)))
                whole = replace(whole, questions=questions)
            return self._form(staff, session, present, entry, whole, done)
        await self.note(staff, done, f"entry:{entry.id}")
        return back(f"{KNOWLEDGE}/entries/{entry.id}", "questions" if done.id else "nothing")

    # --- the form of one language

    async def form(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/knowledge/entries/<entry>/<language>: the form, with the German text beside it."""
        present = await self._deps.checking.present()
        entry = _entry(present.knowledge, request)
        language = _code(present.knowledge, request.match_info["language"])
        held = await self._deps.editing.file(file_of(entry.id, language))
        edit = _edit_of(present.knowledge, entry, language, held)
        return self._form(staff, session, present, entry, edit)

    async def save(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/knowledge/entries/<entry>/<language>: look at the change, or write it."""
        present = await self._deps.checking.present()
        entry = _entry(present.knowledge, request)
        language = _code(present.knowledge, request.match_info["language"])
        form = await read_lists(request)
        edit: EntryText | WholeFile = entry_text(form, entry.id, language)
        if "whole" in form:
            edit = WholeFile(file_of(entry.id, language), one(form, "base"), text(form, "whole") + "\n")
        if one(form, "act") != "save":
            judged = await self._deps.editing.judge(Change((edit,)))
            return self._form(staff, session, present, entry, edit, judged)
        done = await self._deps.editing.save(Change((edit,)), staff.name)
        if isinstance(done, Refused):
            return self._form(staff, session, present, entry, edit, done)
        await self.note(staff, done, f"entry:{entry.id}")
        return back(f"{KNOWLEDGE}/entries/{entry.id}", "saved" if done.id else "nothing")

    def _form(
        self,
        staff: Staff,
        session: Session,
        present: Present,
        entry: Entry,
        edit: EntryText | WholeFile,
        found: Judged | Refused | None = None,
    ) -> web.Response:
        """Return the form with what is typed; what somebody else wrote meanwhile stands beside it."""
        if isinstance(found, Refused) and found.why is Why.STALE:
            # They have seen it now: the next save may write over it.
            edit = replace(edit, base=version_of(found.theirs or None))
        problems = told(found.problems, present.reading.marks, found.files) if found else ()
        judged = found if isinstance(found, Judged) else None
        language = edit.language if isinstance(edit, EntryText) else edit.name.split("/")[0]
        return self.page(
            "text",
            staff,
            session,
            present,
            entry=entry,
            edit=edit,
            language=language,
            is_whole=isinstance(edit, WholeFile),
            german=entry.texts.get(GERMAN, NOTHING),
            german_body=body_of(present.knowledge, entry.texts.get(GERMAN, NOTHING).body, GERMAN),
            is_german=language == GERMAN,
            is_page=entry.kind == PAGE,
            refused=found if isinstance(found, Refused) else None,
            judged=judged,
            problems=problems,
            shown=self._preview(judged.knowledge, entry.id, language) if judged and judged.knowledge else (),
        )

    # --- a new one

    async def new(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/knowledge/new: the form of an entry that is not there yet."""
        present = await self._deps.checking.present()
        empty = NewEntry("", "", "", "", "", ())
        return self._new(staff, session, present, empty)

    async def add(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/knowledge/new: look at it, or add it."""
        present = await self._deps.checking.present()
        form = await read_lists(request)
        edit = new_entry(form)
        if one(form, "act") != "save":
            return self._new(staff, session, present, edit, await self._deps.editing.judge(Change((edit,))))
        done = await self._deps.editing.save(Change((edit,)), staff.name)
        if isinstance(done, Refused):
            return self._new(staff, session, present, edit, done)
        await self.note(staff, done, f"entry:{edit.entry}")
        return back(f"{KNOWLEDGE}/entries/{edit.entry}", "saved")

    def _new(
        self,
        staff: Staff,
        session: Session,
        present: Present,
        edit: NewEntry,
        found: Judged | Refused | None = None,
    ) -> web.Response:
        judged = found if isinstance(found, Judged) else None
        return self.page(
            "new",
            staff,
            session,
            present,
            edit=edit,
            refused=found if isinstance(found, Refused) else None,
            judged=judged,
            problems=told(found.problems, present.reading.marks, found.files) if found else (),
            shown=self._preview(judged.knowledge, edit.entry, GERMAN) if judged and judged.knowledge else (),
        )

    # --- as newcomers see it

    async def preview(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/knowledge/entries/<entry>/preview: the answer in a language, for a town, in a channel."""
        present = await self._deps.checking.present()
        known = present.knowledge
        entry = _entry(known, request)
        query = request.query
        language = query.get("language", "") if query.get("language") in known.languages else GERMAN
        town = query.get("town", "") if query.get("town") in known.towns else ""
        channels = list(self._deps.capabilities)
        channel = query.get("channel", "") if query.get("channel") in channels else channels[0]
        return self.page(
            "preview",
            staff,
            session,
            present,
            entry=entry,
            language=language,
            town=town,
            channel=channel,
            channels=channels,
            shown=self._preview(known, entry.id, language, town, channel),
        )

    def _preview(
        self, known: Knowledge, entry: str, language: str, town: str = "", channel: str = ""
    ) -> list[dict[str, object]]:
        mind = self._deps.mind()
        world = World(known, mind.world.locales, mind.world.operator, mind.world.kept_days)
        channel = channel or next(iter(self._deps.capabilities))
        can = self._deps.capabilities[channel]
        try:
            found = preview(world, entry, language, town, channel, can, self._deps.clock.now())
        except KeyError:  # a placeholder of a file that was broken by hand
            return []
        return [bubble(message, known) for message in found]


def _edit_of(known: Knowledge, entry: Entry, language: str, held: str | None) -> EntryText | WholeFile:
    """Return the form of a text as its file is; of one that was broken by hand the file itself."""
    name = file_of(entry.id, language)
    read = NOTHING if held is None else _read(name, held, language, entry, known)
    if read is None:
        return WholeFile(name, version_of(held), held)
    return EntryText(
        entry.id,
        language,
        version_of(held),
        read.title,
        read.short,
        read.body,
        read.questions,
        checked=bool(read.body) and not read.machine,
        current=not read.body or read.revision >= entry.revision,
    )


def _read(name: str, held: str, language: str, entry: Entry, known: Knowledge) -> Text | None:
    """Return what a file says, None if a form would lose something of it."""
    found = read_text(TextFile(name, held, b""), language, entry, known.places, Findings())
    return found if is_readable(held) else None


def _entry(known: Knowledge, request: web.Request) -> Entry:
    found = known.entries.get(request.match_info["entry"])
    if found is None:
        raise web.HTTPNotFound
    return found


def _code(known: Knowledge, language: str) -> str:
    if language not in known.languages:
        raise web.HTTPNotFound
    return language
