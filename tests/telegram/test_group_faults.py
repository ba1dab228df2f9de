"""What can go wrong with the team's group: bursts, limits, dead topics, a new number, missing rights, a crash."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.staff import Role
from bot.domain.staff_group import Code
from bot.storage.engine import Database
from bot.storage.files import Folder
from bot.storage.vault import Vault, keys_from_file
from tests.reliability.server import PATIENCE, Server
from tests.telegram.driver import Lotse
from tests.telegram.fake import FakeTelegram, faults
from tests.telegram.fake.pace import Pace
from tests.telegram.office import QUESTION, Office


@pytest.fixture
async def office(fake: FakeTelegram, lotse: Lotse) -> Office:
    """A connected group."""
    return await Office(lotse, fake, fake.group("Team", forum=True)).open()


class Counting(Pace):
    """The limits by the test's clock, with a note of each message that a group took."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(lambda: now().timestamp())
        self.on = True
        self.now = now
        self.taken: list[datetime] = []

    def check(self, chat: object) -> None:
        """Note a message that may pass."""
        super().check(chat)  # type: ignore[arg-type]
        if not chat.is_private:  # type: ignore[attr-defined]
            self.taken.append(self.now())

    def most_in_a_minute(self) -> int:
        """Return how many there were in the fullest minute."""
        minute = timedelta(seconds=60)
        return max(sum(begin <= one < begin + minute for one in self.taken) for begin in self.taken)


async def test_a_burst_stays_within_twenty_a_minute_and_loses_nothing(office: Office) -> None:
    """Fifty messages to four tickets, while the team reads along: few posts, each word in them."""
    lotse = office.lotse
    people = [await office.asked(question=f"Frage {number}?") for number in range(4)]
    pace = office.fake.world.pace = Counting(lotse.clock.now)
    said = []
    for number in range(50):
        text = f"Nachricht {number}."
        said.append((1001 + number % 4, text))
        people[number % 4].says(text)
    await lotse.answered()
    office.fake.faults.add(faults.too_many(30), "sendMessage", office.group)
    begun = lotse.clock.now()
    await lotse.mirrored()
    assert (lotse.clock.now() - begun).total_seconds() >= 30  # Telegram's wish to wait was kept
    assert 0 < pace.most_in_a_minute() <= 20
    assert len(pace.taken) <= 20
    for number in range(1001, 1005):
        posts = "\n".join(office.posts(number))
        assert all(posts.count(text) == 1 for of, text in said if of == number)


async def test_fifty_to_one_ticket_are_few_posts(office: Office) -> None:
    newcomer = await office.asked()
    for number in range(50):
        newcomer.says(f"Zeile {number}.")
    newcomer.says("Lang. " * 600)
    await office.lotse.answered()
    await office.lotse.mirrored()
    posts = office.posts()
    assert len(posts) <= 3
    assert all("\n".join(posts).count(f"Zeile {number}.") == 1 for number in range(50))
    assert "".join(posts).count("Lang.") == 600


async def test_a_deleted_topic_is_made_anew_with_all_that_was_in_it(office: Office) -> None:
    anna = await office.joins("Frau A")
    newcomer = await office.asked()
    await office.writes(anna, "Kommen Sie am Montag.")
    await office.lotse.send()
    office.group.delete_topic(office.thread())
    newcomer.says("Um wie viel Uhr?")
    await office.lotse.answered()
    await office.lotse.mirrored()
    assert QUESTION in office.head().text
    posts = "\n".join(office.posts())
    assert posts.index("Kommen Sie am Montag.") < posts.index("Um wie viel Uhr?")
    await office.writes(anna, "Um neun.")
    await office.lotse.send()
    assert "Um neun." in newcomer.hears()[-1]
    # Somebody deletes the first message only: it is written once more.
    held = office.group.chat.messages[office.head().message_id]
    held.deleted = True
    await office.lotse.desk.release(1001, office.staff["Frau A"].id)
    await office.lotse.mirrored()
    heads = [
        one for one in office.group.sees(office.thread()) if one.button("✋ Übernehmen") and not one.deleted
    ]
    assert len(heads) == 1


async def test_a_group_that_becomes_a_supergroup(fake: FakeTelegram, lotse: Lotse) -> None:
    """It happens when topics are switched on: the group gets another number, and all begins anew there."""
    office = Office(lotse, fake, fake.group("Team"))
    await office.open()
    assert "Themen" not in lotse.mirror.trouble
    assert lotse.mirror.trouble == "topics are off"
    newcomer = await office.asked()
    office.group = office.group.upgrade(forum=True)
    await office.settled()
    assert lotse.mirror.trouble == ""
    assert QUESTION in office.head().text
    anna = await office.joins("Frau A")
    await office.writes(anna, "Kommen Sie.")
    await lotse.send()
    assert "Kommen Sie." in newcomer.hears()[-1]


async def test_a_move_that_only_a_refusal_tells(office: Office) -> None:
    """The update may be lost; and numbers of messages begin anew, so that none is taken for an old one."""
    anna = await office.joins("Frau A")
    newcomer = await office.asked()
    await office.writes(anna, "// eine Notiz")
    new = office.fake.world.new_room("supergroup", "Team", True)
    new.known, new.bot_status, new.members = True, "administrator", dict(office.group.chat.members)
    office.fake.world.post(new, anna.user, {"migrate_from_chat_id": office.group.id})
    office.group.chat.migrated_to = new.id
    newcomer.says("Hallo?")
    await office.lotse.answered()
    await office.lotse.mirrored()
    office.group = type(office.group)(office.fake.world, new)
    assert QUESTION in office.head().text
    assert "Hallo?" in "\n".join(office.posts())
    assert "eine Notiz" in "\n".join(office.posts())
    for text in ("Eins.", "Zwei.", "Drei."):
        await office.writes(anna, text)
    await office.lotse.send()
    assert [text.split("\n")[-1] for text in newcomer.hears()[-3:]] == ["Eins.", "Zwei.", "Drei."]


async def test_thrown_out_and_back_again(office: Office) -> None:
    lotse = office.lotse
    newcomer = await office.asked()
    office.group.kick_bot()
    await lotse.taken()
    newcomer.says("Ist da jemand?")
    await lotse.answered()
    await lotse.mirrored()
    assert lotse.mirror.trouble == "removed from the chat"
    async with lotse.store.read() as unit:
        [group] = await unit.groups.listed()
    assert (group.trouble, group.trouble_since is not None) == ("removed from the chat", True)
    calls = len(office.fake.calls.to("getChat"))
    await lotse.mirrored()
    assert len(office.fake.calls.to("getChat")) == calls  # left alone for some minutes
    office.group.add_bot(admin=True)
    await office.settled()
    assert lotse.mirror.trouble == ""
    assert "Ist da jemand?" in office.posts()[-1]


async def test_rights_that_are_missing(office: Office) -> None:
    lotse = office.lotse
    office.group.chat.bot_lacks = {"can_manage_topics"}
    await office.asked()
    assert office.group.topics == []
    assert lotse.mirror.trouble == "the bot may not do that"
    office.group.chat.bot_lacks = set()
    lotse.clock.advance(minutes=5)
    await lotse.mirrored()
    assert QUESTION in office.head().text
    office.group.chat.bot_lacks = {"can_delete_messages"}
    ticket = await office.ticket()
    async with lotse.store.write() as unit:
        await unit.erase(ticket.contact)
    await lotse.mirrored()
    assert len(office.group.topics) == 1  # not forgotten: tried again
    office.group.chat.bot_lacks = set()
    lotse.clock.advance(minutes=5)
    await lotse.mirrored()
    assert office.group.topics == []


async def test_a_ticket_that_telegram_refuses_holds_up_no_other(office: Office) -> None:
    office.fake.faults.add(faults.bad_request("something new"), "createForumTopic")
    await office.asked()
    await office.asked(question="Eine andere Frage?")
    assert [one.name.split(" ")[0] for one in office.group.topics] == ["#1002"]
    office.lotse.clock.advance(minutes=5)
    await office.lotse.mirrored()
    assert sorted(one.name.split(" ")[0] for one in office.group.topics) == ["#1001", "#1002"]


async def test_an_answer_of_telegrams_that_is_lost(office: Office) -> None:
    """What was accepted and not confirmed is done again: rather twice than not at all, and one topic is used."""
    lotse = office.lotse
    for method in ("createForumTopic", "sendMessage"):
        office.fake.faults.add(faults.lost_answer(), method, office.group)
    await office.asked()
    with_words = {one.thread_id for one in office.group.sees() if QUESTION in one.text}
    assert len(with_words) == 1
    anna = await office.joins("Frau A")
    [left] = [topic.thread_id for topic in office.group.topics if topic.thread_id not in with_words]
    lost = anna.says("Ist das hier richtig?", office.group, thread_id=left)
    await office.settled()
    assert any("gehört zu keiner Frage" in one.text for one in office.group.sees(left))
    assert lost
    async with lotse.store.read() as unit:
        ticket = await unit.tickets.get(1001)
    assert ticket
    assert ticket.answered_at is None


async def test_an_update_that_comes_twice_has_one_effect(office: Office) -> None:
    anna = await office.joins("Frau A")
    newcomer = await office.asked()
    office.fake.faults.add(faults.twice(), times=None)
    await office.writes(anna, "Kommen Sie am Montag.")
    await office.writes(anna, "// einmal")
    await office.writes(office.someone(), "Hallo")
    await office.lotse.send()
    assert sum("Kommen Sie" in text for text in newcomer.hears()) == 1
    assert await office.notes() == ["einmal"]
    assert sum("Nicht gesendet" in text for text in office.posts()) == 1


async def test_who_is_revoked_writes_to_nobody(office: Office) -> None:
    anna = await office.joins("Frau A", Role.LEAD)
    newcomer = await office.asked()
    await office.writes(anna, "Kommen Sie.")
    async with office.lotse.store.write() as unit:
        await unit.staff.revoke(office.staff["Frau A"].id, office.lotse.clock.now())
    assert await office.sign(await office.writes(anna, "Und noch etwas.")) == ("👎",)
    await office.lotse.send()
    assert not any("Und noch etwas" in text for text in newcomer.hears())


async def _code(data: Path) -> str:
    """Return a code for a group, as the command makes one."""
    url = f"sqlite:///{data / 'lotse.db'}"
    store = Database(url, Vault(keys_from_file(data / "master.key")), Folder(data / "files"))
    async with store.write() as unit:
        code = await unit.groups.issue(Code(None, language="de"), datetime.now(UTC) + timedelta(hours=1))
    await store.close()
    return code


async def test_killed_in_the_middle(fake: FakeTelegram, tmp_path: Path) -> None:
    """The running product: killed between the topics and first messages of two tickets, it shows both."""
    settings = {
        "LOTSE_TELEGRAM_TOKEN": fake.token,
        "LOTSE_TELEGRAM_API": fake.address,
        "LOTSE_TELEGRAM_RATE": "1000",
        "LOTSE_STAFF_TELEGRAM_WORDS": "all",
    }
    server = Server(tmp_path / "data", settings)
    group = fake.group("Team", forum=True)
    people = [fake.person("de") for _ in range(2)]
    await server.start()
    try:
        code = await _code(tmp_path / "data")
        group.add_bot(admin=True)
        fake.person("de").says(f"/connect {code}", group)
        await group.until(lambda seen: any("verbunden" in one.text for one in seen), PATIENCE)
        for person in people:
            person.start("de_duelmen")
            await person.until(lambda seen, person=person: person.hears(), PATIENCE)
            welcome = next(one for one in person.sees() if one.from_bot)
            person.forges("person", welcome)
            person.says("Mein Klavier muss in den dritten Stock, wer hilft mir?")
        await group.until(lambda seen: group.topics, PATIENCE)
        await server.kill()
        await server.start()
        async with asyncio.timeout(PATIENCE):
            await group.until(lambda seen: sum("Klavier" in one.text for one in seen) >= 2, PATIENCE)
    finally:
        await server.close()
    shown = {one.thread_id for one in group.sees() if "Klavier" in one.text}
    assert len(shown) == 2
