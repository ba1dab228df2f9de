"""Translations as jobs: never in the way, tried again, checked, encrypted, and gone with the contact."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.domain.job import Job
from bot.domain.locked import Kind, Wrong
from bot.domain.message import Author, Outbound
from bot.domain.registration import State as Registered
from bot.domain.translation import Rendering, State, Translation
from bot.service.desk import Desk, Reply
from bot.service.jobs import JobWorker
from bot.service.mind import Mind
from bot.service.ports import TranslationError
from bot.service.refusals import NoSuchTicket
from bot.service.translating import NotReady, Translating
from bot.storage.engine import Database
from bot.translators import DeepL
from tests.courses.people import application, listed
from tests.dialogues.replay import ServiceDriver
from tests.staff.desk_wiring import translating_for
from tests.translators.fakes import FakeDeepL

QUESTION = "جاري أعطاني بيانو، كيف أحمله إلى الطابق الثالث؟ رقمي 0157 71234567"
STAFF = 7
GERMAN = "Kommen Sie am 12. März um 10:30 Uhr in die Borkener Straße 13. Telefon 02541 939-0."
ARABIC = "تعال يوم {0} الساعة {1} إلى {2}. الهاتف {3}."
TAG = '<x id="{}"/>'


def tags(pattern: str, count: int = 9) -> str:
    """Put DeepL's tags into a pattern."""
    return pattern.format(*(TAG.format(number) for number in range(count)))


@dataclass
class Talk:
    """A newcomer who asks the team in Arabic, a translator over HTTP, and what works between them."""

    store: Database
    mind: Mind
    deepl: FakeDeepL
    newcomer: ServiceDriver = field(init=False)
    translating: Translating = field(init=False)
    worker: JobWorker = field(init=False)

    def __post_init__(self) -> None:
        self.newcomer = driver = ServiceDriver(self.store, lambda: self.mind)
        self.clock = driver.clock
        self.translating = translating_for(driver, DeepL(self.deepl.KEY, self.deepl.url, within=5.0))
        self.worker = JobWorker(self.store, driver.clock, self.translating.jobs(), "t")
        self.desk = Desk(self.store, driver.notifier, driver.clock, self.mind.world.texts)

    async def ask(self, language: str = "ar") -> None:
        """Ask for a person."""
        assert await self.translating.refresh()
        await self.newcomer.start(f"{language}_duelmen")
        await self.newcomer.say(QUESTION)
        await self.newcomer.press("handoff:yes")

    async def work(self) -> int:
        """Do what is due; return how many jobs ran."""
        count = 0
        while await self.worker.run_once():
            count += 1
        return count

    async def translations(self) -> list[Translation]:
        """All there are."""
        async with self.store.read() as unit:
            contact = (await unit.tickets.get(1001)).contact  # type: ignore[union-attr]
            return await unit.translations.of_contact(contact)

    async def only(self) -> Translation:
        """The one there is."""
        (found,) = await self.translations()
        return found

    async def rendering(self) -> Rendering:
        """What became of the draft."""
        found = await self.translating.rendering(1001, STAFF)
        assert found
        return found

    async def render(self, text: str = GERMAN, source: str = "de") -> Rendering:
        """Ask for a draft's translation and work until it is there."""
        await self.translating.render(1001, STAFF, text, source)
        assert (await self.rendering()).state is State.PENDING
        await self.work()
        return await self.rendering()


@pytest.fixture
async def talk(sqlite_store: Database, mind: Mind) -> AsyncIterator[Talk]:
    async with FakeDeepL().running() as deepl:
        assert isinstance(deepl, FakeDeepL)
        deepl.answer = both_ways
        yield Talk(sqlite_store, mind, deepl)


def both_ways(text: str, source: str, target: str) -> str:
    """Know the sentences of these tests, with their marks."""
    if target == "DE":
        known = {
            "جاري": "Mein Nachbar gab mir ein Klavier, wie trage ich es in den dritten Stock? Meine Nummer {0}"
        }
        known["تعال"] = (
            GERMAN.replace("12. März", "{0}")
            .replace("10:30", "{1}")
            .replace("Borkener Straße 13", "{2}")
            .replace("02541 939-0", "{3}")
        )
        known["شكرا"] = "Vielen Dank für Ihre Hilfe"
        return tags(known[text.split()[0]])
    return tags(ARABIC)


# --- what newcomers write


async def test_a_question_is_translated_after_its_commit(talk: Talk) -> None:
    await talk.ask()
    assert talk.deepl.asked == []  # nobody has waited for it
    pending = await talk.only()
    assert (pending.state, pending.language, pending.engine) == (State.PENDING, "de", "DeepL")
    assert await talk.work() == 1
    done = await talk.only()
    assert done.state is State.DONE
    assert (
        done.text
        == "Mein Nachbar gab mir ein Klavier, wie trage ich es in den dritten Stock? Meine Nummer 0157 71234567"
    )
    assert "71234567" not in str(talk.deepl.asked)  # no number has left the machine
    await talk.desk.take(1001, STAFF)  # from here on all goes to the team
    await talk.newcomer.say("شكرا لكم على المساعدة الكبيرة")
    await talk.work()
    assert [one.text for one in await talk.translations()][1] == "Vielen Dank für Ihre Hilfe"
    assert await talk.work() == 0


async def test_names_from_a_registration_stay_here(talk: Talk) -> None:
    await talk.ask()
    async with talk.store.write() as unit:
        contact = (await unit.tickets.get(1001)).contact  # type: ignore[union-attr]
        await unit.courses.reload("test", [listed()], talk.clock.now(), talk.clock.now())
        (course,) = await unit.courses.listed()
        await unit.registrations.put(
            contact, [application(course.id, "Zuhal Haddad")], Registered.WAITLISTED, talk.clock.now()
        )
    talk.deepl.answer = lambda text, source, target: tags("Ich heiße {0} {1} und frage", 2)
    await talk.desk.take(1001, STAFF)
    await talk.newcomer.say("أنا اسمي Zuhal Haddad وأسأل")
    await talk.work()
    assert "Zuhal" not in str(talk.deepl.asked[-1])
    assert (await talk.translations())[-1].text == "Ich heiße Zuhal Haddad und frage"


async def test_what_passes_is_tried_again_and_then_given_up(talk: Talk) -> None:
    await talk.ask()
    for status in (500, 503, 429, 500, 500):
        talk.deepl.fail(status, None, Retry_After="400" if status == 429 else "")
        assert await talk.work() == 1
        assert await talk.work() == 0  # not at once
        talk.clock.advance(seconds=400)
    failed = await talk.only()
    assert (failed.state, failed.reason) == (State.FAILED, "unavailable")
    assert await talk.work() == 0
    await talk.translating.again(1001, failed.message)
    assert (await talk.only()).state is State.PENDING
    await talk.work()
    assert (await talk.only()).state is State.DONE


async def test_a_wait_that_the_service_asks_for_is_kept(talk: Talk) -> None:
    await talk.ask()
    talk.deepl.fail(429, None, Retry_After="100")
    await talk.work()
    waits = await talk.only()
    assert (waits.state, waits.reason) == (State.PENDING, "busy")
    talk.clock.advance(seconds=60)
    assert await talk.work() == 0
    talk.clock.advance(seconds=41)
    assert await talk.work() == 1
    assert (await talk.only()).state is State.DONE


async def test_what_will_not_pass_is_told_at_once(talk: Talk) -> None:
    await talk.ask()
    talk.deepl.fail(456, {"message": "Quota Exceeded"})
    await talk.work()
    failed = await talk.only()
    assert (failed.state, failed.reason) == (State.FAILED, "quota")


async def test_a_translation_that_changes_something_is_none(talk: Talk) -> None:
    await talk.ask()
    talk.deepl.answer = lambda *_: "Mein Nachbar gab mir ein Klavier. Meine Nummer ist 0157 71234568."
    await talk.work()
    failed = await talk.only()
    assert (failed.state, failed.reason, failed.text) == (State.FAILED, "missing", "")


async def test_german_needs_no_translation(talk: Talk) -> None:
    await talk.ask()
    await talk.work()
    await talk.desk.take(1001, STAFF)
    await talk.newcomer.say("Ich möchte bitte morgen um zehn Uhr kommen, geht das?")
    assert await talk.work() == 0
    async with talk.store.read() as unit:
        contact = (await unit.tickets.get(1001)).contact  # type: ignore[union-attr]
        lines = await unit.messages.of_ticket(contact, 1001, 0)
    line = [one for one in lines if one.author is Author.NEWCOMER][-1]
    await talk.translating.again(1001, line.id)  # somebody asks for it all the same
    assert len(await talk.translations()) == 2
    assert await talk.work() == 1
    assert len(await talk.translations()) == 1
    assert len(talk.deepl.asked) == 1


async def test_a_flood_uses_up_no_quota(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.service.translating.MOST_OF_TICKET", 2)
    await talk.ask()
    await talk.desk.take(1001, STAFF)
    for number in range(3):
        await talk.newcomer.say(f"شكرا لكم على المساعدة الكبيرة {number}")
    assert len(await talk.translations()) == 2


async def test_without_the_language_nothing_is_planned(talk: Talk) -> None:
    await talk.ask("ti")
    assert not talk.translating.covers("ti")
    assert not talk.translating.covers("de")
    assert await talk.translations() == []


async def test_only_trusted_languages(talk: Talk) -> None:
    talk.translating._trusted = frozenset({"uk"})
    await talk.translating.refresh()
    assert talk.translating.covers("uk")
    assert not talk.translating.covers("ar")


async def test_erased_meanwhile(talk: Talk) -> None:
    await talk.ask()
    await talk.newcomer.say("لا تنسوا")
    (first, *_) = await talk.translations()
    async with talk.store.write() as unit:
        contact = (await unit.tickets.get(1001)).contact  # type: ignore[union-attr]
        await unit.erase(contact)
    assert await talk.work() == 0  # their jobs went with them
    with pytest.raises(NoSuchTicket):
        await talk.translating.again(1001, first.message)
    payload: dict[str, str | int] = {"contact": contact, "message": first.message}
    job = Job(1, "translate", f"translate:{first.message}", talk.clock.now(), payload, 0)
    await talk.translating.jobs()["translate"](job)  # one that was on its way
    assert talk.deepl.asked == []
    await talk.translating._keep(contact, replace(first, text="x", state=State.DONE))


async def test_my_data_has_the_translations(talk: Talk) -> None:
    await talk.ask()
    await talk.work()
    shown = (await talk.newcomer.press("cmd:my_data"))[-1]
    assert "Mein Nachbar" in shown.document
    assert '"engine": "DeepL"' in shown.document
    assert talk.mind.world.texts("ar").say("data.translations", engine="DeepL", number=1) in shown.text


# --- drafts of the team


async def test_a_draft_is_shown_both_ways(talk: Talk) -> None:
    await talk.ask()
    await talk.work()
    done = await talk.render()
    assert done.may_go
    assert done.shown.startswith("تعال يوم \u206612.03.\u2069 الساعة \u206610:30\u2069")
    assert "02541 939-0" in done.shown
    assert done.back == GERMAN.replace("12. März", "12.03.")
    assert "02541" not in str(talk.deepl.asked)
    assert "Borkener" not in str(talk.deepl.asked)
    ready = await talk.translating.ready(1001, STAFF, GERMAN)
    assert ready == done
    for text, why in ((GERMAN + "!", "changed"), ("", "changed")):
        with pytest.raises(NotReady) as not_ready:
            await talk.translating.ready(1001, STAFF, text)
        assert not_ready.value.why == why
    with pytest.raises(NotReady) as none:
        await talk.translating.ready(1001, STAFF + 1, GERMAN)
    assert none.value.why == "none"


BAD: dict[str, tuple[Callable[[str], str], Wrong, Kind | None]] = {
    "another number": (
        lambda _: tags(ARABIC).replace(TAG.format(3), "02541 93990"),
        Wrong.MISSING,
        Kind.PHONE,
    ),
    "digits in words of another script": (
        lambda _: tags(ARABIC) + " ٠٢٥٤١ ٩٣٩٩٠",
        Wrong.EXTRA,
        Kind.PHONE,
    ),
    "a dropped time": (lambda _: tags(ARABIC).replace(TAG.format(1), ""), Wrong.MISSING, Kind.TIME),
    "a link": (lambda _: tags(ARABIC) + " https://evil.example.com", Wrong.EXTRA, Kind.LINK),
    "nothing": (lambda _: "", Wrong.EMPTY, None),
    "the same": (lambda text: text, Wrong.UNCHANGED, None),
    "another language": (
        lambda _: tags("Lütfen {0} saat {1} buraya {2} gelin ve telefon edin {3}"),
        Wrong.LANGUAGE,
        None,
    ),
    "a sermon": (lambda _: tags(ARABIC) + " نعم نعم" * 60, Wrong.LONG, None),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_draft_that_was_changed_does_not_go(talk: Talk, name: str) -> None:
    await talk.ask()
    await talk.work()
    change, wrong, kind = BAD[name]
    talk.deepl.answer = lambda text, source, target: change(text)
    found = await talk.render()
    assert (found.state, found.faults[0].wrong, found.faults[0].kind) == (State.FAILED, wrong, kind)
    with pytest.raises(NotReady) as not_ready:
        await talk.translating.ready(1001, STAFF, GERMAN)
    assert not_ready.value.why == "faulty"
    async with talk.store.read() as unit:
        (draft,) = await unit.tickets.drafts(1001)
    assert draft.text == GERMAN  # the words are not lost


async def test_a_draft_whose_service_is_away(talk: Talk) -> None:
    await talk.ask()
    await talk.work()
    for _ in range(3):
        talk.deepl.fail(500)
    await talk.render()
    with pytest.raises(NotReady) as pending:
        await talk.translating.ready(1001, STAFF, GERMAN)
    assert pending.value.why == "pending"
    for _ in range(2):
        talk.clock.advance(seconds=10)
        assert await talk.work() == 1
    found = await talk.rendering()
    assert (found.state, found.reason, found.text) == (State.FAILED, "unavailable", GERMAN)


async def test_a_back_translation_that_fails_is_no_check(talk: Talk) -> None:
    await talk.ask()
    await talk.work()
    talk.deepl.answer = lambda text, source, target: tags(ARABIC)  # in both directions
    await talk.render()
    for _ in range(2):
        talk.clock.advance(seconds=10)
        await talk.work()
    found = await talk.rendering()
    assert (found.state, found.reason, found.may_go) == (State.FAILED, "answer", False)


async def test_the_latest_draft_wins(talk: Talk) -> None:
    await talk.ask()
    await talk.work()
    asked: list[str] = []

    def slow(text: str, source: str, target: str) -> str:
        asked.append(text)
        return both_ways(text, source, target)

    talk.deepl.answer = slow
    await talk.translating.render(1001, STAFF, GERMAN, "de")
    await talk.translating.render(1001, STAFF, GERMAN + " Bitte pünktlich.", "de")
    await talk.work()
    assert (await talk.rendering()).text == GERMAN + " Bitte pünktlich."
    assert len(asked) == 2  # there and back, once


async def test_what_is_only_numbers_needs_no_translator(talk: Talk) -> None:
    await talk.ask()
    await talk.work()
    done = await talk.render("02541 939-0")
    assert (done.may_go, done.shown) == (True, "02541 939-0")
    assert len(talk.deepl.asked) == 1


async def test_a_very_long_draft_is_refused(talk: Talk) -> None:
    await talk.ask()
    await talk.work()
    found = await talk.render("Wort " * 900)
    assert (found.state, found.reason) == (State.FAILED, "too_long")


async def test_the_newcomer_gets_the_translation_with_its_original(talk: Talk) -> None:
    await talk.ask()
    await talk.work()
    ready = await talk.render()
    reply = Reply(ready.shown, STAFF, "ar", undo=timedelta(seconds=10), original=ready.text, source="de")
    message = await talk.desk.reply(1001, reply)
    await talk.desk.undo(1001, message, STAFF)
    async with talk.store.read() as unit:
        (draft,) = await unit.tickets.drafts(1001)
    assert draft.text == GERMAN  # what was taken back is what was written
    assert await talk.translating.rendering(1001, STAFF) is None
    await talk.desk.reply(1001, replace(reply, undo=timedelta(0)))
    sent: list[Outbound] = await talk.newcomer.settle()
    answer = next(one for one in sent if one.kind == "staff")
    assert (answer.machine_translated, answer.original, answer.original_language) == (True, GERMAN, "de")
    assert answer.footnote == talk.mind.world.texts("ar").say("reply.machine")
    shown = (await talk.newcomer.press("cmd:my_data"))[-1]
    assert "Kommen Sie am 12. März" in shown.document


async def test_a_ticket_that_is_not_there(talk: Talk) -> None:
    with pytest.raises(NoSuchTicket):
        await talk.translating.render(1001, STAFF, GERMAN, "de")
    async with talk.store.write() as unit:
        await unit.translations.render(1001, STAFF, None)  # no draft, nothing to keep
    await talk.ask()
    with pytest.raises(NoSuchTicket):
        await talk.translating.again(1001, 99)


async def test_a_translator_that_does_not_say_its_languages(talk: Talk) -> None:
    async def silent() -> frozenset[str]:
        raise TranslationError("unavailable")

    await talk.translating.refresh()
    talk.translating._translator.languages = silent  # type: ignore[method-assign]
    assert not await talk.translating.refresh()
    assert talk.translating.covers("ar")  # as it was
