"""From a solved ticket to an entry: masked, read by a second person, published, and those who asked are told once."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.app import CAPABILITIES
from bot.domain.message import Address, Outbound
from bot.domain.proposal import NotAllowed, Proposal, State, Step, Wording
from bot.domain.staff import Role, Staff
from bot.knowledge.files import load
from bot.service import answered, learning
from bot.service.desk import Desk, Reply
from bot.service.editing import Editing, Refused, Saved, Why
from bot.service.jobs import JobWorker
from bot.service.masks import Masks
from bot.service.mind import Mind
from bot.service.ports import Store
from bot.service.proposal_sight import Sight, look
from bot.service.proposing import Incomplete, Invalid, NoSuchProposal, Proposing, slug
from bot.service.refusals import NoSuchTicket
from tests.dialogues.replay import ServiceDriver

ROOT = Path(__file__).parents[2]
QUESTION = "نام من احمد رحیمی است، شماره 0171 2345678. چگونه پیانو را به طبقه سوم ببرم؟"
MASKED = "نام من [Name] است، شماره [Telefon]. چگونه پیانو را به طبقه سوم ببرم؟"
ANSWER = "Guten Tag Herr Rahimi, fragen Sie eine Umzugsfirma. Ich bin unter 0172 9876543 da. Amina"
TITLE = "Klavier und große Möbel tragen"
ENTRY = "klavier-und-grosse-moebel-tragen"
WORDING = Wording(
    "", "living", TITLE, "Möbel tragen", "Fragen Sie eine Umzugsfirma.", ("Wer trägt mein Klavier?",)
)


@dataclass
class Bench:
    """A newcomer who asked in Persian, a team of three, and a knowledge folder of the test's own."""

    store: Store
    mind: Mind
    folder: Path
    newcomer: ServiceDriver = field(init=False)
    team: dict[str, Staff] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.newcomer = ServiceDriver(self.store, lambda: self.mind)
        self.clock = self.newcomer.clock
        self.masks = Masks(lambda: self.mind.world.knowledge)
        self.editing = Editing(self.folder, CAPABILITIES, self.clock)
        self.proposing = Proposing(
            self.store,
            self.newcomer.notifier,
            self.clock,
            lambda: self.mind.world.knowledge,
            self.masks,
            self.editing,
        )
        self.desk = Desk(self.store, self.newcomer.notifier, self.clock, self.mind.world.texts)

    async def begin(self) -> None:
        """Let the newcomer ask and Amina answer."""
        async with self.store.write() as unit:
            for name, role in (("Amina", Role.CLERK), ("Boris", Role.LEAD), ("Clara", Role.EDITOR)):
                new = Staff(0, name, role, frozenset({"duelmen"} if role is Role.CLERK else ()))
                self.team[name] = await unit.staff.add(new, self.clock.now())
        await ask(self.newcomer)
        await self.desk.reply(1001, Reply(ANSWER, self.team["Amina"].id, "de", close=True))
        await self.newcomer.settle()

    async def written(self) -> Proposal:
        """Return Amina's proposal, written and fit to be read."""
        id = await self.proposing.begin(1001, self.team["Amina"])
        await self.proposing.write(id, self.team["Amina"], WORDING, {})
        return await self.get(id)

    async def approved(self) -> Proposal:
        """Return the same when Boris has read it."""
        proposal = await self.written()
        await self.proposing.step(proposal.id, self.team["Amina"], Step.SEND)
        await self.proposing.step(proposal.id, self.team["Boris"], Step.APPROVE)
        return await self.get(proposal.id)

    async def get(self, id: int) -> Proposal:
        async with self.store.read() as unit:
            found = await unit.proposals.get(id)
        assert found
        return found

    async def look(self, id: int, name: str) -> Sight:
        found = await look(self.store, self.masks, self.mind, id, self.team[name])
        assert found
        return found

    def reload(self) -> None:
        """Let the answers be made from the folder as it is now."""
        self.mind = replace(self.mind, world=replace(self.mind.world, knowledge=load(self.folder)))

    async def work(self) -> None:
        """Run the jobs that are due."""
        notifier = self.newcomer.notifier
        run = answered.tell(self.store, notifier, self.clock, lambda: self.mind)
        worker = JobWorker(self.store, self.clock, {answered.KIND: run}, "jobs")
        while await worker.run_once():
            pass

    async def told(self) -> list[Outbound]:
        """Run the jobs; return what the newcomer hears of it."""
        await self.work()
        return [message for message in await self.newcomer.settle() if message.choices[:1] != ()]


async def ask(newcomer: ServiceDriver, question: str = QUESTION) -> None:
    await newcomer.start("fa_duelmen")
    await newcomer.press("person")
    await newcomer.say(question)


def _addresses(bench: Bench, choice: str) -> list[Address]:
    """Return to whom a message with this button went."""
    sent = bench.newcomer.channel.sent
    return [address for address, message in sent if choice in {one.id for one in message.choices}]


@pytest.fixture
async def bench(sqlite_store: Store, mind: Mind, tmp_path: Path) -> Bench:
    found = Bench(sqlite_store, mind, Path(shutil.copytree(ROOT / "knowledge", tmp_path / "knowledge")))
    await found.begin()
    return found


async def test_the_whole_way(store: Store, mind: Mind, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(ROOT / "knowledge", tmp_path / "knowledge"))
    bench = Bench(store, mind, folder)
    await bench.begin()
    amina, boris, clara = bench.team.values()
    id = await bench.proposing.begin(1001, amina)
    assert await bench.proposing.begin(1001, boris) == id  # gone on with, not made twice
    made = await bench.get(id)
    assert [one.question for one in made.askers] == [MASKED]
    assert made.wording.body == (
        "Guten Tag Herr [Name], fragen Sie eine Umzugsfirma. Ich bin unter [Telefon] da. [Name]"
    )
    sight = await bench.look(id, "Amina")
    assert [mask.text for mask in sight.masked[made.askers[0].id].masks] == ["احمد", "رحیمی", "0171 2345678"]
    assert sight.near
    assert {"fa", "ar", "en"} <= set(sight.languages)
    assert "de" not in sight.languages
    assert (await bench.look(id, "Clara")).masked == {}  # an editor does not see the newcomer's own words

    with pytest.raises(Incomplete) as incomplete:
        await bench.proposing.step(id, amina, Step.SEND)
    assert set(incomplete.value.missing) >= {"title", "short", "marks"}
    await bench.proposing.write(id, amina, WORDING, {})
    await bench.proposing.step(id, amina, Step.SEND)
    with pytest.raises(NotAllowed):
        await bench.proposing.step(id, amina, Step.APPROVE)
    with pytest.raises(Incomplete):
        await bench.proposing.step(id, boris, Step.SEND_BACK, " ")
    await bench.proposing.step(id, boris, Step.SEND_BACK, "Was kostet es?")
    assert (await bench.get(id)).note == "Was kostet es?"
    await bench.proposing.write(
        id, amina, replace(WORDING, entry=ENTRY, body="Fragen Sie. Es kostet Geld."), {}
    )
    await bench.proposing.step(id, amina, Step.SEND)
    await bench.proposing.step(id, boris, Step.APPROVE)
    with pytest.raises(NotAllowed):
        await bench.proposing.publish(id, boris)
    assert isinstance(await bench.proposing.publish(id, clara), Saved)
    with pytest.raises(NotAllowed):
        await bench.proposing.publish(id, clara)

    entry = load(folder).entries[ENTRY]
    assert entry.area == "living"
    assert (entry.texts["de"].title, entry.texts["de"].questions) == (TITLE, WORDING.questions)
    assert entry.texts["de"].body == "Fragen Sie. Es kostet Geld."
    assert entry.texts["fa"].questions == ("نام من … است، شماره …. چگونه پیانو را به طبقه سوم ببرم؟",)
    assert await bench.told() == []  # not before the entry is live
    bench.reload()
    bench.clock.advance(seconds=10)
    (message,) = await bench.told()
    assert (message.language, message.choices[0].id) == ("fa", f"entry:{ENTRY}")
    assert TITLE in message.text
    answers = await bench.newcomer.press(message.choices[0].id)
    assert any("Es kostet Geld" in answer.text for answer in answers)
    published = await bench.get(id)
    assert (published.state, published.askers[0].question, published.reviewer) == (
        State.PUBLISHED,
        "",
        boris.id,
    )
    async with store.read() as unit:
        acts = [act.what for act in await unit.audit.listed() if act.about == f"proposal:{id}"]
    assert acts[::-1] == [
        *("proposal.begun", "proposal.send", "proposal.send_back", "proposal.send"),
        *("proposal.approve", "proposal.published"),
    ]


async def test_known_contact_data_cannot_be_written_back(bench: Bench) -> None:
    async with bench.store.write() as unit:
        await unit.tickets.tell_way(1001, "0160 5556677 oder Cousin Zarif")
    made = await bench.written()
    again = replace(WORDING, body="Zarif hilft unter 0160/5556677. Amina auch.", questions=("Hilft Zarif?",))
    await bench.proposing.write(
        made.id, bench.team["Boris"], again, {made.askers[0].id: "پیانو 0160 555 6677"}
    )
    found = await bench.get(made.id)
    assert found.wording.body == "[Name] hilft unter [Telefon]. [Name] auch."
    assert found.wording.questions == ("Hilft [Name]?",)
    assert found.askers[0].question == "پیانو [Telefon]"
    assert found.authors == (bench.team["Amina"].id, bench.team["Boris"].id)
    async with bench.store.write() as unit:
        await unit.proposals.change(found, bench.clock.now(), state=State.REVIEW)
    with pytest.raises(NotAllowed):  # whoever has written a word of it is no second person
        await bench.proposing.step(made.id, bench.team["Boris"], Step.APPROVE)


async def test_what_the_check_refuses_is_not_sent(bench: Bench) -> None:
    made = await bench.written()
    bad = replace(WORDING, body="# Eine Überschrift\n\nund {nirgends.phone}")
    await bench.proposing.write(made.id, bench.team["Amina"], bad, {})
    with pytest.raises(Invalid) as invalid:
        await bench.proposing.step(made.id, bench.team["Amina"], Step.SEND)
    assert invalid.value.refused.why is Why.INVALID
    assert len(invalid.value.refused.problems) == 2
    await bench.proposing.write(made.id, bench.team["Amina"], replace(WORDING, entry="kindergeld"), {})
    taken = next(iter(bench.mind.world.knowledge.entries))
    await bench.proposing.write(made.id, bench.team["Amina"], replace(WORDING, entry=taken), {})
    with pytest.raises(Incomplete) as incomplete:
        await bench.proposing.step(made.id, bench.team["Amina"], Step.SEND)
    assert incomplete.value.missing == ("taken",)


async def test_a_crash_between_the_files_and_the_database(bench: Bench) -> None:
    """Published again, nothing is there twice; and two who press at once are no fault."""
    made = await bench.approved()
    saved = await bench.editing.save(await bench.proposing._change(made), "Clara")
    assert isinstance(saved, Saved)
    again = await bench.proposing.publish(made.id, bench.team["Clara"])
    assert isinstance(again, Saved)
    assert again.files == ()
    assert (await bench.get(made.id)).state is State.PUBLISHED


async def test_who_cannot_or_will_not_hear_is_not_told(bench: Bench) -> None:
    others: dict[str, ServiceDriver] = {}
    made = await bench.written()
    for number, name in enumerate(("blocked", "stopped", "erased", "glad"), 1002):
        others[name] = ServiceDriver(bench.store, lambda: bench.mind, bench.clock)
        await ask(others[name], f"پیانو را چگونه ببرم {name}")
        await bench.proposing.join(made.id, number, bench.team["Amina"])
    assert len((await bench.get(made.id)).askers) == 5
    await bench.proposing.part(made.id, 1001, bench.team["Amina"])
    await bench.proposing.step(made.id, bench.team["Amina"], Step.SEND)
    await bench.proposing.step(made.id, bench.team["Boris"], Step.APPROVE)
    await others["stopped"].press("cmd:stop")
    async with bench.store.write() as unit:
        found = await unit.contacts.find(others["blocked"].address)
        gone = await unit.contacts.find(others["erased"].address)
        assert found
        assert gone
        await unit.contacts.unreachable(found[1], "blocked", bench.clock.now())
        await unit.erase(gone[0].id)
    assert isinstance(await bench.proposing.publish(made.id, bench.team["Clara"]), Saved)
    bench.reload()
    await bench.work()
    await bench.newcomer.settle()  # delivers what waits for anybody
    assert _addresses(bench, f"entry:{ENTRY}") == [others["glad"].address]


async def test_the_job_may_be_killed_anywhere(bench: Bench) -> None:
    other = ServiceDriver(bench.store, lambda: bench.mind, bench.clock)
    made = await bench.written()
    await ask(other, "پیانو را چگونه ببرم؟")
    await bench.proposing.join(made.id, 1002, bench.team["Amina"])
    await bench.proposing.step(made.id, bench.team["Amina"], Step.SEND)
    await bench.proposing.step(made.id, bench.team["Boris"], Step.APPROVE)
    await bench.proposing.publish(made.id, bench.team["Clara"])
    bench.reload()
    run = answered.tell(bench.store, bench.newcomer.notifier, bench.clock, lambda: bench.mind)
    async with bench.store.write() as unit:
        job = await unit.jobs.claim("dies", bench.clock.now(), answered.BUSY, (answered.KIND,))
    assert job
    proposal = await bench.get(made.id)
    first = await answered._tell_one(
        bench.store, lambda: bench.mind, proposal, proposal.askers[0], bench.clock.now()
    )
    assert first == "kept"  # here the process dies: one is told, the job is not done
    await run(job)
    await run(job)
    await bench.newcomer.settle()
    assert _addresses(bench, f"entry:{ENTRY}") == [bench.newcomer.address, other.address]


async def test_who_is_with_a_person_is_told_later(bench: Bench) -> None:
    made = await bench.approved()
    await bench.newcomer.press("person")
    await bench.newcomer.say("یک سؤال دیگر")
    async with bench.store.read() as unit:
        (ticket,) = await unit.tickets.listed()
    await bench.desk.take(ticket.number, bench.team["Amina"].id)
    await bench.newcomer.settle()
    await bench.proposing.publish(made.id, bench.team["Clara"])
    bench.reload()
    assert await bench.told() == []
    await bench.desk.close(ticket.number, bench.team["Amina"].id)
    await bench.newcomer.settle()
    bench.clock.advance(hours=1)
    (message,) = await bench.told()
    assert message.choices[0].id == f"entry:{ENTRY}"


async def test_an_entry_that_never_comes_alive_ends_in_silence(bench: Bench) -> None:
    made = await bench.approved()
    await bench.proposing.publish(made.id, bench.team["Clara"])
    await bench.work()
    bench.clock.advance(days=8)
    await bench.work()
    async with bench.store.read() as unit:
        assert await unit.jobs.next_due((answered.KIND,)) is None


async def test_the_right_thing_is_often_an_example(bench: Bench) -> None:
    """One press makes it, an editor takes it over; who asked is not told: nothing new is there."""
    amina, _, clara = bench.team.values()
    id = await bench.proposing.begin(1001, amina, "housing-benefit")
    assert await bench.proposing.begin(1001, amina, "housing-benefit") == id
    assert (await bench.get(id)).state is State.REVIEW
    await bench.proposing.step(id, clara, Step.APPROVE)
    assert isinstance(await bench.proposing.publish(id, clara), Saved)
    questions = load(bench.folder).entries["housing-benefit"].texts["fa"].questions
    assert "نام من … است، شماره …. چگونه پیانو را به طبقه سوم ببرم؟" in questions
    async with bench.store.read() as unit:
        assert await unit.jobs.next_due((answered.KIND,)) is None


async def test_forget_me_takes_the_question_out_of_a_draft(bench: Bench) -> None:
    made = await bench.written()
    async with bench.store.write() as unit:
        assert made.askers[0].contact
        await unit.erase(made.askers[0].contact)
    found = await bench.get(made.id)
    assert found.askers == ()
    assert found.wording.title == TITLE
    await bench.proposing.write(made.id, bench.team["Amina"], WORDING, {made.askers[0].id: QUESTION})
    assert (await bench.get(made.id)).askers == ()


async def test_what_is_refused(bench: Bench) -> None:
    amina, _, clara = bench.team.values()
    far = Staff(9, "Dora", Role.CLERK, frozenset({"coesfeld"}))
    other = ServiceDriver(bench.store, lambda: bench.mind, bench.clock)
    await ask(other)
    refused: list[tuple[Callable[[], object], type[Exception]]] = [
        (lambda: bench.proposing.begin(1001, far), NoSuchTicket),
        (lambda: bench.proposing.begin(1001, clara), NoSuchTicket),
        (lambda: bench.proposing.begin(9999, amina), NoSuchTicket),
        (lambda: bench.proposing.begin(1002, amina), Incomplete),  # nobody has answered it
        (lambda: bench.proposing.begin(1002, amina, "no-entry"), Incomplete),
        (lambda: bench.proposing.publish(99, clara), NoSuchProposal),
        (lambda: bench.proposing.step(99, amina, Step.DROP), NoSuchProposal),
        (lambda: bench.proposing.learn(9999, "housing-benefit", "?", "Clara", clara.id), NoSuchTicket),
    ]
    for call, error in refused:
        with pytest.raises(error):
            await call()  # type: ignore[misc]
    made = await bench.written()
    await bench.proposing.step(made.id, clara, Step.DROP)
    with pytest.raises(NotAllowed):
        await bench.proposing.write(made.id, amina, WORDING, {})
    assert await bench.proposing.begin(1001, amina) != made.id


async def test_learning_from_use(bench: Bench) -> None:
    """Listed by the nearest entry, masked; one command makes an example, and it is listed no more."""
    other = ServiceDriver(bench.store, lambda: bench.mind, bench.clock)
    await ask(other, "اسم من زهرا است. هزینه خانه")
    groups = await learning.unlearned(bench.store, bench.masks, bench.mind.world.knowledge)
    listed = {one.ticket: one for group in groups for one in group.questions}
    assert set(listed) == {1001, 1002}
    assert listed[1001].text == MASKED
    assert listed[1001].why is learning.Why.FORWARDED
    saved = await bench.proposing.learn(1001, "housing-benefit", f"{MASKED} 0171 2345678", "Clara", None)
    assert isinstance(saved, Saved)
    questions = load(bench.folder).entries["housing-benefit"].texts["fa"].questions
    assert any(question.startswith("نام من … است") for question in questions)
    groups = await learning.unlearned(bench.store, bench.masks, bench.mind.world.knowledge)
    assert [one.ticket for group in groups for one in group.questions] == [1002]
    refused = await bench.proposing.learn(1002, "no-entry", "?", "Clara", None)
    assert isinstance(refused, Refused)
    await other.press("rate:1002:no")
    async with bench.store.write() as unit:
        await unit.tickets.change(1002, rating="no")
    question = await learning.one(bench.store, bench.masks, 1002)
    assert question
    assert (question.why, question.text) == (learning.Why.NOT_HELPED, "اسم من [Name] است. هزینه خانه")
    assert await learning.one(bench.store, bench.masks, 9999) is None


async def test_the_same_asked_elsewhere_is_shown_beside_it(bench: Bench) -> None:
    other = ServiceDriver(bench.store, lambda: bench.mind, bench.clock)
    await ask(other, "پیانو را به طبقه سوم چگونه ببرم؟")
    await ask(ServiceDriver(bench.store, lambda: bench.mind, bench.clock), "ساعت چند است؟")
    made = await bench.written()
    assert [one.ticket for one in (await bench.look(made.id, "Amina")).alike] == [1002]
    await bench.proposing.join(made.id, 1002, bench.team["Amina"])
    assert (await bench.look(made.id, "Amina")).alike == ()
    assert await look(bench.store, bench.masks, bench.mind, 99, bench.team["Amina"]) is None


@pytest.mark.parametrize(
    ("title", "id"),
    [
        ("Wohnsitz für Größere", "wohnsitz-fuer-groessere"),
        ("1. Hilfe", "hilfe"),
        ("پیانو", ""),
        ("x " * 40, "x-" * 19 + "x"),
    ],
)
def test_an_id_from_a_title(title: str, id: str) -> None:
    assert slug(title) == id
