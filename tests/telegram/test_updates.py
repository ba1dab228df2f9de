"""What newcomers do besides writing: each thing gets a sensible reaction in their language, and none is a crash."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Update

from bot.channels.telegram import newcomers
from bot.channels.telegram.reading import Nothing, Reach, Said, read
from bot.domain.message import Address, Attachment, Author, Inbound, Outbound
from bot.i18n import Texts
from bot.service.join import JOIN, invite
from tests.telegram.driver import Lotse, TelegramDriver, until
from tests.telegram.fake import FakeTelegram, Person
from tests.telegram.fake.faults import broken

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
async def person(fake: FakeTelegram, lotse: Lotse) -> Person:
    """Somebody who has been welcomed, with an Arabic phone."""
    somebody = fake.person("ar", "Samira", "Al-Masri", "samira_ms")
    somebody.start()
    await lotse.answered()
    return somebody


@pytest.fixture
def texts(lotse: Lotse) -> Texts:
    """The Arabic texts."""
    return lotse.mind.world.texts("ar")


def plain(text: str) -> str:
    """Return a text as the screen shows it, without marks of direction."""
    return text.replace("\u200f", "").replace("**", "")


SENT = (
    "photo",
    "voice",
    "video",
    "video_note",
    "audio",
    "document",
    "sticker",
    "location",
    "contact",
    "poll",
)


@pytest.mark.parametrize("kind", SENT)
async def test_what_cannot_be_read_is_said_kindly(
    lotse: Lotse, person: Person, texts: Texts, kind: str
) -> None:
    getattr(person, f"sends_{kind}")()
    await lotse.answered()
    assert plain(person.hears()[-1]) == texts.say("file.not_read")


async def test_files_are_kept_by_reference(lotse: Lotse, person: Person) -> None:
    """Enough to fetch them for a ticket; of places and telephone numbers nothing."""
    photo = person.sends_photo(size=123_456)
    person.sends_location(51.83, 7.28)
    person.sends_contact("+4925417654321", "Onkel Karim")
    await lotse.answered()
    async with lotse.store.read() as unit:
        held = await unit.held(1)
    assert held is not None
    kept = [file for line in held.messages for file in line.attachments]
    largest = photo.content["photo"][-1]
    assert kept == [
        Attachment("photo", largest["file_id"], "image/jpeg", 123_456),
        Attachment("location"),
        Attachment("contact"),
    ]
    everything = repr(held)
    assert [word for word in ("51.83", "7654321", "Karim") if word in everything] == []


async def test_names_are_not_kept(lotse: Lotse, person: Person) -> None:
    person.says("مرحبا")
    await lotse.answered()
    async with lotse.store.read() as unit:
        everything = repr(await unit.held(1))
    assert [word for word in ("Samira", "Masri", "samira_ms") if word in everything] == []


async def test_a_picture_with_words_gets_both_answers(lotse: Lotse, person: Person, texts: Texts) -> None:
    """The answer to the words stands last."""
    person.sends_photo(caption="أين يمكنني تعلم الألمانية؟")
    before = len(person.hears())
    await lotse.answered()
    about_the_file, *answer = person.hears()[before:]
    assert plain(about_the_file) == texts.say("file.not_read")
    assert "VHS" in "".join(answer)


async def test_an_album_is_one_delivery(lotse: Lotse, person: Person, texts: Texts) -> None:
    """Five pictures, one reaction; all five are kept."""
    before = len(person.hears())
    for _ in range(5):
        person.sends_photo(album="album-1")
    await lotse.answered()
    assert [plain(text) for text in person.hears()[before:]] == [texts.say("file.not_read")]
    async with lotse.store.read() as unit:
        held = await unit.held(1)
    assert held is not None
    assert sum(len(line.attachments) for line in held.messages) == 5


async def test_commands(lotse: Lotse, person: Person, texts: Texts) -> None:
    """As chosen from the menu, with the bot's name behind, and words of the language."""
    for said, key in (
        ("/help", "help.text"),
        ("/privacy@lotse_test_bot", "privacy.text"),
        ("/hilfe", "help.text"),
        ("/language", "language.ask"),
    ):
        person.says(said)
        await lotse.answered()
        assert plain(texts.pattern(key).split("{")[0]) in plain(person.hears()[-1]), said


async def test_a_forwarded_text_is_a_question(lotse: Lotse, person: Person) -> None:
    before = len(person.hears())
    person.forwards("أين يمكنني تعلم الألمانية؟")
    await lotse.answered()
    assert "VHS" in "".join(person.hears()[before:])


async def test_a_changed_question_is_answered_again(lotse: Lotse, person: Person, texts: Texts) -> None:
    """An edit that changes nothing that is seen is no question."""
    said = person.says("شكرا")
    await lotse.answered()
    before = len(person.hears())
    person.edits(said, "شكرا")
    await lotse.answered()
    assert len(person.hears()) == before
    person.edits(said, "مع السلامة")
    await lotse.answered()
    assert plain(person.hears()[-1]) == texts.say("smalltalk.bye")


async def test_presses_are_acknowledged(lotse: Lotse, person: Person) -> None:
    press = person.presses("lang:de")
    await lotse.answered()
    await until(lambda: press.answered)


async def test_a_pressed_button_reads_well_in_the_history(lotse: Lotse, person: Person) -> None:
    """ "My data" told an empty line for each press; a button of a chat that Telegram has forgotten has no label."""
    person.presses("lang:de")
    await lotse.answered()
    async with lotse.store.read() as unit:
        held = await unit.held(1)
    assert held is not None
    assert [line.body.text for line in held.messages if line.author is Author.NEWCOMER][-1] == "Deutsch"


async def test_typing_is_shown_to_who_waits(
    fake: FakeTelegram, lotse: Lotse, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newcomers, "TYPING_AFTER", 0.01)
    person.says("danke")
    await until(lambda: fake.calls.to("sendChatAction", person.id))


async def test_an_answer_spares_the_typing(
    fake: FakeTelegram, lotse: Lotse, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newcomers, "TYPING_AFTER", 3600)
    person.says("danke")
    await lotse.answered()
    assert lotse.courtesies.planned == 0
    assert not fake.calls.to("sendChatAction", person.id)


async def test_blocking_and_coming_back(lotse: Lotse, person: Person) -> None:
    """Who blocks the bot is not written to any more; who lets it in again can be reached at once."""
    person.blocks_bot()
    await lotse.taken()
    assert await lotse.addresses() == 0
    person.unblocks_bot()
    await lotse.taken()
    assert await lotse.addresses() == 1


async def test_a_block_by_somebody_unknown(fake: FakeTelegram, lotse: Lotse) -> None:
    """Nobody is stored for it."""
    fake.person().blocks_bot()
    await lotse.taken()
    async with lotse.store.read() as unit:
        assert await unit.contacts.get(1) is None


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_in_a_group_it_says_once_that_it_works_in_private_and_leaves(
    fake: FakeTelegram, lotse: Lotse, kind: str
) -> None:
    """In the language of whoever added it; nobody is stored."""
    inviter = fake.person("en")
    group = (
        fake.channel() if kind == "channel" else fake.group(people=[inviter], supergroup=kind == "supergroup")
    )
    if kind == "channel":
        group.add(inviter)
    group.add_bot()
    await until(lambda: fake.calls.to("leaveChat", group.id))
    await lotse.taken()
    said = [seen.text for seen in group.sees() if seen.from_bot and seen.kind == "text"]
    if kind != "channel":  # there nobody is a sender
        assert said == [lotse.mind.world.texts("en").say("telegram.group")]
    async with lotse.store.read() as unit:
        assert await unit.contacts.get(1) is None


async def test_in_a_group_that_it_could_not_leave_it_is_silent(fake: FakeTelegram, lotse: Lotse) -> None:
    """Also when the group becomes a supergroup."""
    member = fake.person("de")
    group = fake.group(people=[member])
    fake.faults.add(broken(), "leaveChat")
    group.add_bot()
    await until(lambda: fake.calls.to("leaveChat", group.id))
    member.says("Ist hier jemand, @lotse_test_bot?", room=group)
    larger = group.upgrade()
    member.says("/help@lotse_test_bot", room=larger)
    await lotse.answered()
    assert [seen for seen in larger.sees() if seen.from_bot and seen.kind == "text"] == []


async def test_posts_of_a_channel_that_it_could_not_leave_are_not_answered(
    fake: FakeTelegram, lotse: Lotse
) -> None:
    """Nor changed ones; nobody is stored for them."""
    channel = fake.channel()
    fake.faults.add(broken(), "leaveChat")
    channel.add_bot()
    await until(lambda: fake.calls.to("leaveChat", channel.id))
    post = channel.posts("Wo kann ich Deutsch lernen?")
    channel.edits_post(post, "Wo kann ich jetzt Deutsch lernen?")
    await lotse.answered()
    assert [seen for seen in channel.sees() if seen.from_bot and seen.kind == "text"] == []
    async with lotse.store.read() as unit:
        assert await unit.contacts.get(1) is None


async def test_a_deleted_question_is_answered_all_the_same(
    lotse: Lotse, person: Person, texts: Texts
) -> None:
    """Telegram does not tell of it; the answer must not hang on a message that is gone."""
    person.deletes(person.says("شكرا"))
    await lotse.answered()
    assert plain(person.hears()[-1]) == texts.say("smalltalk.thanks")


async def test_a_button_of_a_deleted_message_works(fake: FakeTelegram, lotse: Lotse, person: Person) -> None:
    """A phone may still show it; the answer is a new message, never an edit of that one."""
    message = person.sees()[-1]
    fake.world.chats[person.id].messages[message.message_id].deleted = True
    press = person.forges("lang:de", message)
    before = len(person.hears())
    await lotse.answered()
    await until(lambda: press.answered)
    assert len(person.hears()) > before


async def test_continuing_on_telegram(fake: FakeTelegram, lotse: Lotse) -> None:
    """A web contact follows its link: one person with two addresses, who is answered where they last wrote."""
    web = Address("web", "page", "browser-1")
    async with lotse.store.write() as unit:
        contact, address_id = await unit.contacts.create(web, lotse.clock.now())
        await unit.intake.put(
            contact.id, address_id, Inbound(web, "1", lotse.clock.now(), "erste Frage"), NOW, NOW
        )
    assert await lotse.worker.work_once()
    person = fake.person("de")
    person.start(await invite(lotse.store, contact.id, lotse.clock.now()))
    await lotse.answered()
    # and no welcome: they know it
    assert person.hears() == [lotse.mind.world.texts("de").say("start.joined")]
    async with lotse.store.read() as unit:
        held = await unit.held(contact.id)
        addresses = await unit.contacts.addresses(contact.id)
    assert held is not None
    assert [line.body.text for line in held.messages if line.author is Author.NEWCOMER] == ["erste Frage", ""]
    assert [address.channel for _, address in addresses] == ["telegram", "web"]


async def test_a_used_link_joins_nobody(fake: FakeTelegram, lotse: Lotse, person: Person) -> None:
    """That is said, and it is a plain start besides."""
    async with lotse.store.write() as unit:
        token = await unit.tokens.issue(1, JOIN, None)
    for _ in range(2):
        person.start(f"join_{token}")
        await lotse.answered()
    stranger = fake.person("uk")
    driver = TelegramDriver(lotse, stranger)
    welcome, late = await driver.start(f"join_{token}")
    assert welcome.kind == "welcome"
    assert late.text == lotse.mind.world.texts("uk").say("start.joined_late")
    async with lotse.store.read() as unit:
        assert len(await unit.contacts.addresses(1)) == 1


# --- what a fake does not send: read as values

USER = {"id": 77, "is_bot": False, "first_name": "A", "language_code": "uk"}
PRIVATE = {"id": 77, "type": "private", "first_name": "A"}


def update(**content: Any) -> Update:
    """Return an update of number 5."""
    found = Update.de_json(json.loads(json.dumps({"update_id": 5, **content})), None)
    assert found is not None
    return found


def message(**content: Any) -> dict[str, Any]:
    """Return a message in a private chat."""
    return {"message_id": 1, "date": 1_790_000_000, "chat": PRIVATE, "from": USER, **content}


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ({"message": message(dice={"emoji": "🎲", "value": 3})}, "other"),
        ({"message": message(story={"chat": PRIVATE, "id": 3})}, "other"),
        (
            {
                "message": message(
                    animation={"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1, "duration": 1},
                    document={"file_id": "a", "file_unique_id": "b"},
                )
            },
            "video",
        ),
        (
            {
                "message": message(
                    location={"latitude": 1.0, "longitude": 2.0},
                    venue={
                        "location": {"latitude": 1.0, "longitude": 2.0},
                        "title": "Amt",
                        "address": "Weg 1",
                    },
                )
            },
            "location",
        ),
    ],
)
def test_rare_kinds(raw: dict[str, Any], kind: str) -> None:
    said = read(update(**raw), "1", NOW)
    assert isinstance(said, Said)
    assert [file.kind for inbound in said.inbounds for file in inbound.attachments] == [kind]


@pytest.mark.parametrize(
    "raw",
    [
        {"message": message(pinned_message=message(text="x"))},
        {"message": message(message_auto_delete_timer_changed={"message_auto_delete_time": 60})},
        {"edited_message": message(location={"latitude": 1.0, "longitude": 2.0})},
        {"edited_message": message(caption="neu")},
        {"callback_query": {"id": "1", "from": USER, "chat_instance": "1", "game_short_name": "x"}},
        {"poll_answer": {"poll_id": "1", "option_ids": [], "option_persistent_ids": [], "user": USER}},
        {"something_of_2030": {"anything": [1, 2]}},
    ],
)
def test_nothing_to_answer(raw: dict[str, Any]) -> None:
    assert isinstance(read(update(**raw), "1", NOW), Nothing)


def test_a_press_under_a_message_that_telegram_has_forgotten() -> None:
    query = {"id": "9", "from": USER, "chat_instance": "1", "data": "person"}
    gone = {"chat": PRIVATE, "message_id": 3, "date": 0}
    for told in (query, query | {"message": gone}):
        said = read(update(callback_query=told), "1", NOW)
        assert isinstance(said, Said)
        assert (said.inbounds[0].choice, said.address.id, said.press) == ("person", "77", "9")


def test_a_group_is_never_a_newcomer() -> None:
    group = {"id": -5, "type": "group", "title": "G"}
    read_one = read(update(message=message(text="hallo") | {"chat": group}), "1", NOW)
    assert read_one == Nothing("group")
    press = {"id": "9", "from": USER, "chat_instance": "1", "data": "person"}
    under = message(text="x") | {"chat": group}
    assert isinstance(read(update(callback_query=press | {"message": under}), "1", NOW), Nothing)


def test_blocked_is_no_message() -> None:
    was = {"user": USER | {"is_bot": True}, "status": "member"}
    now = {"user": USER | {"is_bot": True}, "status": "kicked", "until_date": 0}
    told = {"chat": PRIVATE, "from": USER, "date": 1_790_000_000}
    changed = update(my_chat_member=told | {"old_chat_member": was, "new_chat_member": now})
    reach = read(changed, "1", NOW)
    assert isinstance(reach, Reach)
    assert not reach.is_reachable


async def test_unreadable_and_unknown_updates_do_not_stop_the_others(
    fake: FakeTelegram, lotse: Lotse, person: Person
) -> None:
    """They are acknowledged, and the next one is answered."""
    before = len(person.hears())
    fake.world.updates.put("message", {"text": 5, "chat": "nonsense"}, person.id)
    fake.world.updates.allowed = ()
    fake.world.updates.put("update_of_2030", {"anything": []}, person.id)
    person.says("شكرا")
    await lotse.answered()
    assert len(person.hears()) == before + 1


async def test_a_translated_answer_has_its_original_below(lotse: Lotse, person: Person, texts: Texts) -> None:
    """Who speaks, the translation, that a program made it, and what was written, in one message that Telegram takes."""
    message = Outbound(
        "تعال غدا",
        "ar",
        kind="staff",
        author=Author.STAFF,
        machine_translated=True,
        footnote=texts.say("reply.machine"),
        original="Kommen Sie morgen & pünktlich.",
        original_language="de",
    )
    async with lotse.store.write() as unit:
        ((place, _),) = await unit.contacts.addresses(1)
        await unit.outbox.put(1, place, message, "test:translated", lotse.clock.now())
    await lotse.send()
    lines = [line for line in plain(person.hears()[-1]).split("\n") if line]
    assert lines == [
        f"🧑 {texts.say('author.staff')}",
        "تعال غدا",
        texts.say("reply.machine"),
        texts.say("reply.original"),
        "Kommen Sie morgen & pünktlich.",
    ]
    assert "<blockquote expandable>" in lotse.fake.calls.to("sendMessage")[-1].values["text"]
