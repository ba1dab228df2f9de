"""What the editors' pages need of the rest, and what all of them do alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from bot.domain.capabilities import Capabilities
from bot.domain.staff import KEEPS_KNOWLEDGE, Staff
from bot.service.checking import Checking, Present
from bot.service.editing import Editing, Saved
from bot.service.mind import MindSource
from bot.service.ports import Clock, Store
from bot.staff.web.gate import Gate
from bot.staff.web.visit import ROOT, Session
from bot.staff.web.words import Words

KNOWLEDGE: Final = f"{ROOT}/knowledge"
CHANGED: Final = "knowledge.changed"  # in the audit log


@dataclass(frozen=True, slots=True)
class KnowledgeDeps:
    """Handed over by the composition root. capabilities: by a channel's name, for previews."""

    store: Store
    clock: Clock
    editing: Editing
    checking: Checking
    mind: MindSource
    capabilities: Mapping[str, Capabilities]


class Desk:
    """What every page of an editor shows, and how it ends."""

    def __init__(self, gate: Gate, deps: KnowledgeDeps) -> None:
        self._gate = gate
        self._deps = deps

    def words(self, session: Session, present: Present) -> Words:
        """Return names in the language of a session."""
        return Words(present.knowledge, self._gate.pages.texts(session))

    def page(
        self, name: str, staff: Staff, session: Session, present: Present, **values: Any
    ) -> web.Response:
        """Return one of the pages; each has the names and the errors of the files as they are."""
        return self._gate.pages.page(
            f"knowledge/{name}.html",
            staff,
            session,
            root=KNOWLEDGE,
            words=self.words(session, present),
            known=present.knowledge,
            broken=present.errors,
            may_edit=staff.role in KEEPS_KNOWLEDGE,
            **values,
        )

    async def note(self, staff: Staff, done: Saved, about: str) -> None:
        """Let the audit log say that something was changed; what, the history knows."""
        if done.id:
            async with self._deps.store.write() as unit:
                await unit.audit.note(staff.id, CHANGED, about, self._deps.clock.now())


def back(path: str, said: str = "") -> web.Response:
    """Lead to a page of ours."""
    sign = "&" if "?" in path else "?"
    return web.Response(status=303, headers={"Location": f"{path}{sign}said={said}" if said else path})
