"""Answers that become entries: the list, the page of one, and what its buttons do."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from aiohttp import web
from markupsafe import Markup, escape

from bot.domain.proposal import OPEN, WRITES, NotAllowed, Proposal, State, Step, Wording
from bot.domain.staff import KEEPS_KNOWLEDGE, READS_KNOWLEDGE, Staff
from bot.http.form import read_form
from bot.knowledge.fill import fill
from bot.knowledge.languages import GERMAN
from bot.knowledge.masking import MARK
from bot.knowledge.model import Knowledge
from bot.knowledge.placeholder import placeholders
from bot.knowledge.problem import Problem
from bot.markup import to_html
from bot.service import learning
from bot.service.editing import Refused
from bot.service.masks import Masks
from bot.service.mind import MindSource
from bot.service.ports import Clock, Conflict, Store
from bot.service.proposal_sight import Sight, look
from bot.service.proposing import Incomplete, Invalid, NoSuchProposal, Proposing
from bot.service.refusals import NoSuchTicket
from bot.staff.web.gate import Gate
from bot.staff.web.tickets import names_of_staff
from bot.staff.web.visit import ROOT, Session
from bot.staff.web.words import Words, moment

KNOWLEDGE: Final = f"{ROOT}/knowledge"
DRAFTS: Final = f"{KNOWLEDGE}/drafts"
LEARN: Final = f"{KNOWLEDGE}/questions"
STEPS: Final = {"approve": Step.APPROVE, "back": Step.SEND_BACK, "drop": Step.DROP}
COUNTED: Final = timedelta(days=90)
LEAST: Final = 5  # a smaller number could point to a person
ASKER: Final = re.compile(r"question-([0-9]{1,18})")
NUMBER: Final = re.compile(r"[0-9]{1,15}")

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ProposalDeps:
    """Handed over by the composition root."""

    store: Store
    clock: Clock
    mind: MindSource
    masks: Masks
    proposing: Proposing


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something was not done. missing: keys of what is to be done; problems: of the check of the knowledge."""

    missing: Sequence[str] = ()
    problems: Sequence[Problem] = ()
    why: str = ""


class ProposalPages:
    """The handlers of /staff/knowledge/drafts and /staff/knowledge/questions."""

    def __init__(self, gate: Gate, deps: ProposalDeps) -> None:
        self._gate = gate
        self._deps = deps
        self._proposing = deps.proposing

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; each says whose it is."""
        guarded, one = self._gate.guarded, f"{DRAFTS}/{{id:[0-9]{{1,15}}}}"
        return [
            web.get(DRAFTS, guarded(self.listed, *WRITES)),
            web.post(DRAFTS, guarded(self.begin, *WRITES)),
            web.get(one, guarded(self.page, *WRITES)),
            web.post(f"{one}/publish", guarded(self.publish, *KEEPS_KNOWLEDGE)),
            web.post(f"{one}/{{act:[a-z]+}}", guarded(self.act, *WRITES)),
            web.get(LEARN, guarded(self.questions, *READS_KNOWLEDGE)),
            web.post(LEARN, guarded(self.learn, *KEEPS_KNOWLEDGE)),
        ]

    # --- what is shown

    async def listed(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/knowledge/drafts: what waits, and what was published of late."""
        async with self._deps.store.read() as unit:
            found = await unit.proposals.listed([*OPEN, State.PUBLISHED])
            names = await names_of_staff(unit)
        return self._page("proposals.html", staff, session, proposals=found, names=names, states=tuple(State))

    async def page(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/knowledge/drafts/N."""
        return await self._show(request, staff, session, Trouble(why=request.query.get("wrong", "")))

    async def questions(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """GET /staff/knowledge/questions: what went to people or did not help, by the nearest entry."""
        knowledge = self._deps.mind().world.knowledge
        groups = await learning.unlearned(self._deps.store, self._deps.masks, knowledge)
        async with self._deps.store.read() as unit:
            since = self._deps.clock.now() - COUNTED
            counted = await unit.events.by_entry(learning.Why.NOT_HELPED.value, since, LEAST)
        return self._page(
            "learn.html",
            staff,
            session,
            groups=groups,
            unhelpful=sorted(counted.items(), key=lambda one: -one[1]),
            counted_days=COUNTED.days,
            least=LEAST,
            root=KNOWLEDGE,
            broken=(),
            entries=sorted(knowledge.entries, key=lambda id: knowledge.entries[id].texts[GERMAN].title),
            said=request.query.get("said", ""),
            wrong=request.query.get("wrong", ""),
            may_learn=staff.role in KEEPS_KNOWLEDGE,
        )

    async def _show(
        self, request: web.Request, staff: Staff, session: Session, trouble: Trouble
    ) -> web.Response:
        deps = self._deps
        sight = await look(deps.store, deps.masks, deps.mind(), int(request.match_info["id"]), staff)
        if sight is None:
            raise web.HTTPNotFound
        async with deps.store.read() as unit:
            names = await names_of_staff(unit)
        knowledge = deps.mind().world.knowledge
        return self._page(
            "proposal.html",
            staff,
            session,
            sight=sight,
            proposal=sight.proposal,
            names=names,
            areas=self._areas(session),
            can={step.value: sight.proposal.can(step, staff) for step in Step},
            doubts=_doubts(sight),
            body=_preview(sight.proposal, knowledge),
            trouble=trouble,
            said=request.query.get("said", ""),
            reads_entry=sight.proposal.state is State.PUBLISHED and staff.role in READS_KNOWLEDGE,
        )

    def _page(self, template: str, staff: Staff, session: Session, **values: object) -> web.Response:
        now = self._deps.clock.now()
        texts = self._gate.pages.texts(session)
        return self._gate.pages.page(
            template,
            staff,
            session,
            200,
            words=Words(self._deps.mind().world.knowledge, texts),
            time=lambda at: moment(at, now),
            marked=marked,
            **values,
        )

    def _areas(self, session: Session) -> dict[str, str]:
        areas = self._deps.mind().world.knowledge.areas
        return {id: names.get(session.language, names[GERMAN]) for id, names in areas.items()}

    # --- what is done

    async def begin(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/knowledge/drafts: make one of a ticket, or go on with the one that is there."""
        form = await read_form(request)
        try:
            id = await self._proposing.begin(_number(form, "ticket"), staff, form.get("entry", ""))
        except (NoSuchTicket, Incomplete, Conflict):
            raise web.HTTPNotFound from None
        return _to(id)

    async def act(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/knowledge/drafts/N/<act>: carry it out; what was written is kept even if it cannot be sent."""
        form, act, id = await read_form(request), request.match_info["act"], int(request.match_info["id"])
        acts: Mapping[str, Callable[[int, Staff, Form], Awaitable[str]]] = {
            "write": self._write,
            "join": self._join,
            "part": self._part,
            **{name: self._step(name) for name in STEPS},
        }
        if act not in acts:
            raise web.HTTPNotFound
        if act == "approve" and not form.get("looked"):  # that nobody can be recognised
            return _to(id, wrong="looked")
        return await self._done(request, staff, session, lambda: acts[act](id, staff, form))

    async def publish(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/knowledge/drafts/N/publish: write it into the knowledge."""
        form, id = await read_form(request), int(request.match_info["id"])
        if not form.get("looked"):
            return _to(id, wrong="looked")

        async def published() -> str:
            saved = await self._proposing.publish(id, staff)
            if isinstance(saved, Refused):
                raise Invalid(saved)
            return "published"

        return await self._done(request, staff, session, published)

    async def learn(self, request: web.Request, staff: Staff, session: Session) -> web.Response:
        """POST /staff/knowledge/questions: make a question an example of an entry, with one press."""
        form = await read_form(request)
        entry, text = form.get("entry", ""), " ".join(form.get("text", "").split())
        if not entry or not text:
            return web.Response(status=303, headers={"Location": f"{LEARN}?wrong=empty"})
        try:
            saved = await self._proposing.learn(_number(form, "ticket"), entry, text, staff.name, staff.id)
        except (NoSuchTicket, Conflict):
            raise web.HTTPNotFound from None
        told = "wrong=refused" if isinstance(saved, Refused) else "said=learned"
        return web.Response(status=303, headers={"Location": f"{LEARN}?{told}"})

    async def _done(
        self, request: web.Request, staff: Staff, session: Session, do: Callable[[], Awaitable[str]]
    ) -> web.Response:
        """Do it and lead back to the page, or show there why it was not done."""
        try:
            return _to(int(request.match_info["id"]), said=await do())
        except (NoSuchProposal, NoSuchTicket):
            raise web.HTTPNotFound from None
        except NotAllowed as refused:
            return _to(int(request.match_info["id"]), wrong=refused.reason)
        except Incomplete as incomplete:
            trouble = Trouble(missing=incomplete.missing)
        except Invalid as invalid:
            trouble = Trouble(problems=invalid.refused.problems, why=invalid.refused.why.value)
        return await self._show(request, staff, session, trouble)

    async def _write(self, id: int, staff: Staff, form: Form) -> str:
        lines = form.get("questions", "").replace("\r\n", "\n").split("\n")
        wording = Wording(
            form.get("entry", "").strip(),
            form.get("area", ""),
            " ".join(form.get("title", "").split()),
            " ".join(form.get("short", "").split()),
            form.get("body", "").replace("\r\n", "\n").strip(),
            tuple(lines),
        )
        asked = {int(found[1]): text for name, text in form.items() if (found := ASKER.fullmatch(name))}
        await self._proposing.write(id, staff, wording, asked)
        if form.get("then") != "send":
            return "written"
        if not form.get("looked"):
            raise Incomplete(["looked"])
        await self._proposing.step(id, staff, Step.SEND)
        return "sent"

    async def _join(self, id: int, staff: Staff, form: Form) -> str:
        await self._proposing.join(id, _number(form, "ticket"), staff)
        return "joined"

    async def _part(self, id: int, staff: Staff, form: Form) -> str:
        await self._proposing.part(id, _number(form, "ticket"), staff)
        return "parted"

    def _step(self, act: str) -> Callable[[int, Staff, Form], Awaitable[str]]:
        async def do(id: int, staff: Staff, form: Form) -> str:
            await self._proposing.step(id, staff, STEPS[act], form.get("note", ""))
            return act

        return do


def marked(text: str) -> Markup:
    """Return a text as HTML in which everybody sees what was taken out."""
    parts, end = [], 0
    for found in MARK.finditer(text):
        parts += [escape(text[end : found.start()]), Markup("<mark>"), escape(found[0]), Markup("</mark>")]
        end = found.end()
    return Markup("").join((*parts, escape(text[end:])))


def _preview(proposal: Proposal, knowledge: Knowledge) -> Markup:
    """Return the answer as newcomers see it; with marks or unknown places in it as it was typed."""
    body = proposal.wording.body
    if all(found.place in knowledge.places for found in placeholders(body)):
        body = fill(body, knowledge, GERMAN)
    return Markup(to_html(body, rtl=False))  # noqa: S704 - to_html escapes


def _doubts(sight: Sight) -> list[str]:
    found = (word for masked in sight.masked.values() for word in masked.doubts)
    return list(dict.fromkeys(found))


def _number(form: Form, name: str) -> int:
    value = form.get(name, "")
    return int(value) if NUMBER.fullmatch(value) else 0


def _to(id: int, **told: str) -> web.Response:
    query = f"?{urlencode(told)}" if told else ""
    return web.Response(status=303, headers={"Location": f"{DRAFTS}/{id}{query}"})
