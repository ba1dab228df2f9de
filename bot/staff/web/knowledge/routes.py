"""The editors' pages: which address is whose, and who answers it."""

from aiohttp import web

from bot.domain.staff import KEEPS_KNOWLEDGE, READS_KNOWLEDGE
from bot.http.guard import Handler
from bot.staff.web.gate import Gate, StaffHandler
from bot.staff.web.knowledge.asked import Asked
from bot.staff.web.knowledge.deps import KNOWLEDGE, KnowledgeDeps
from bot.staff.web.knowledge.entries import Entries
from bot.staff.web.knowledge.history import Steps
from bot.staff.web.knowledge.overview import Overview
from bot.staff.web.knowledge.places import Places


class KnowledgePages:
    """All pages of those who keep the knowledge."""

    def __init__(self, gate: Gate, deps: KnowledgeDeps) -> None:
        self._gate = gate
        self._overview = Overview(gate, deps)
        self._entries = Entries(gate, deps)
        self._places = Places(gate, deps)
        self._asked = Asked(gate, deps)
        self._steps = Steps(gate, deps)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; each says whose it is."""
        id = "[a-z0-9-]{1,60}"
        entry = f"{KNOWLEDGE}/entries/{{entry:{id}}}"
        text, place = f"{entry}/{{language:[a-z]{{2,3}}}}", f"{KNOWLEDGE}/places/{{place:{id}}}"
        step = f"{KNOWLEDGE}/history/{{id:[0-9a-f]{{1,64}}}}"
        read, keep = self._read, self._keep
        return [
            web.get(KNOWLEDGE, read(self._overview.page_of_all)),
            web.get(f"{KNOWLEDGE}/check", read(self._overview.check)),
            web.get(f"{KNOWLEDGE}/new", keep(self._entries.new)),
            web.post(f"{KNOWLEDGE}/new", keep(self._entries.add)),
            web.get(entry, read(self._entries.page_of)),
            web.get(f"{entry}/preview", read(self._entries.preview)),
            web.post(f"{entry}/facts", keep(self._entries.save_facts)),
            web.post(f"{entry}/questions", keep(self._entries.add_questions)),
            web.get(text, keep(self._entries.form)),
            web.post(text, keep(self._entries.save)),
            web.get(f"{KNOWLEDGE}/places", read(self._places.listed)),
            web.get(place, keep(self._places.form)),
            web.post(place, keep(self._places.save)),
            web.get(f"{KNOWLEDGE}/try", read(self._asked.try_page)),
            web.post(f"{KNOWLEDGE}/try", read(self._asked.try_out)),
            web.get(f"{KNOWLEDGE}/notes", read(self._asked.notes)),
            web.post(f"{KNOWLEDGE}/notes/{{id:[0-9]{{1,15}}}}/done", keep(self._asked.done)),
            web.get(f"{KNOWLEDGE}/history", read(self._steps.listed)),
            web.get(step, read(self._steps.step)),
            web.post(f"{step}/undo", keep(self._steps.undo)),
        ]

    def _read(self, handler: StaffHandler) -> Handler:
        return self._gate.guarded(handler, *READS_KNOWLEDGE)

    def _keep(self, handler: StaffHandler) -> Handler:
        return self._gate.guarded(handler, *KEEPS_KNOWLEDGE)
