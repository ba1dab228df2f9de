"""The fake Telegram, driven by python-telegram-bot: every answer is one of its objects, with nothing left over."""

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.error import BadRequest, InvalidToken

from tests.telegram.fake import FakeTelegram, Person, Seen
from tests.telegram.fake.judge import bot, client, durations_as_timedelta, fake, samira, strict, told

__all__ = ["bot", "durations_as_timedelta", "fake", "samira"]  # fixtures

YES_NO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Ja", callback_data="y:1"), InlineKeyboardButton("Nein", callback_data="n:1")]]
)


@pytest.mark.parametrize("path", [(), ("chat",), ("entities", 0), ("reply_to_message", "from")])
def test_the_judge_finds_what_telegram_does_not_have(path: tuple[str | int, ...]) -> None:
    chat = {"id": 1, "type": "private"}
    older = {"message_id": 1, "date": 1, "chat": chat, "from": {"id": 1, "is_bot": False, "first_name": "A"}}
    entity = {"type": "bold", "offset": 0, "length": 1}
    message: Any = {
        "message_id": 2,
        "date": 1,
        "chat": dict(chat),
        "entities": [entity],
        "reply_to_message": older,
    }
    strict(Message.de_json(message, None))
    part = message
    for step in path:
        part = part[step]
    part["invented"] = 1
    with pytest.raises(AssertionError, match="invented"):
        strict(Message.de_json(message, None))


async def test_the_bot_learns_who_it_is(bot: Bot, fake: FakeTelegram) -> None:
    assert strict(await bot.get_me()).username == fake.world.bot.username


@pytest.mark.parametrize(
    ("does", "field"),
    [
        (lambda p: p.start("one-time_token"), "text"),
        (lambda p: p.says("Guten Tag https://example.org"), "text"),
        (lambda p: p.forwards("Ein Brief"), "forward_origin"),
        (lambda p: p.sends_photo("Mein Brief", album="7"), "photo"),
        (lambda p: p.sends_voice(), "voice"),
        (lambda p: p.sends_video("Film"), "video"),
        (lambda p: p.sends_video_note(), "video_note"),
        (lambda p: p.sends_audio(), "audio"),
        (lambda p: p.sends_document(caption="bitte lesen"), "document"),
        (lambda p: p.sends_sticker(), "sticker"),
        (lambda p: p.sends_location(), "location"),
        (lambda p: p.sends_contact(), "contact"),
        (lambda p: p.sends_poll(), "poll"),
        (lambda p: p.says("dazu", reply_to=p.sees()[0].message_id), "reply_to_message"),
    ],
)
async def test_whatever_a_person_sends_arrives(
    bot: Bot, samira: Person, does: Callable[[Person], Seen], field: str
) -> None:
    seen = does(samira)
    (update,) = await told(bot)
    message = update.message
    assert message
    assert getattr(message, field)
    assert (message.chat.id, message.message_id) == (samira.id, seen.message_id)
    assert message.from_user
    assert message.from_user.language_code == "ar"


async def test_edits_reactions_and_blocks_arrive(bot: Bot, samira: Person) -> None:
    first = samira.says("Wo ist das Amt?")
    samira.edits(first, "Wo ist das Jobcenter?")
    samira.blocks_bot()
    samira.start("again")
    _, edited, blocked, unblocked, started = await told(bot)
    assert edited.edited_message
    assert edited.edited_message.text == "Wo ist das Jobcenter?"
    assert blocked.my_chat_member
    assert blocked.my_chat_member.new_chat_member.status == "kicked"
    assert unblocked.my_chat_member
    assert unblocked.my_chat_member.new_chat_member.status == "member"
    assert started.message
    assert started.message.text == "/start again"
    samira.reacts(first, "👍")
    assert await told(bot) == []
    await bot.get_updates(allowed_updates=["message_reaction"])
    samira.reacts(first, "👍")
    (update,) = await told(bot)
    assert update.message_reaction


async def test_what_a_message_may_have_besides_its_text(bot: Bot, samira: Person) -> None:
    bold = MessageEntity(MessageEntity.BOLD, 1, 2)
    options = LinkPreviewOptions(is_disabled=True)
    sent = await bot.send_message(
        samira.id,
        "\na b ",
        entities=[bold],
        link_preview_options=options,
        protect_content=True,
        reply_parameters=ReplyParameters(999, allow_sending_without_reply=True),
    )
    assert strict(sent).has_protected_content
    assert (sent.link_preview_options, sent.reply_to_message) == (options, None)
    assert samira.sees()[-1].html == "<b>a </b>b"
    with pytest.raises(BadRequest, match="protected content"):
        await bot.forward_message(samira.id, samira.id, sent.message_id)
    old_style = await bot.send_message(samira.id, "https://example.org", disable_web_page_preview=True)
    assert old_style.link_preview_options == options


async def test_all_ways_to_call(fake: FakeTelegram, samira: Person) -> None:
    url = f"{fake.base_url}{fake.token}/SendMessage"
    markup = YES_NO.to_dict()
    async with aiohttp.ClientSession() as session:
        await session.get(url, params={"chat_id": samira.id, "text": "query"})
        await session.post(url, data={"chat_id": samira.id, "text": "form", "reply_markup": YES_NO.to_json()})
        await session.post(url, json={"chat_id": samira.id, "text": "json", "reply_markup": markup})
        with aiohttp.MultipartWriter("form-data") as parts:
            for name, value in (("chat_id", str(samira.id)), ("text", "parts")):
                parts.append(value).set_content_disposition("form-data", name=name)
        await session.post(url, data=parts)
        answers = [
            await session.post(url, data=b"{", headers={"Content-Type": "application/json"}),
            await session.get(f"{fake.base_url}{fake.token}/noSuchMethod"),
            await session.get(f"{fake.base_url}12:wrong/getMe"),
        ]
        said = [(answer.status, (await answer.json())["description"]) for answer in answers]
    assert samira.hears() == ["query", "form", "json", "parts"]
    assert [seen.labels for seen in samira.sees()[1:]] == [[], ["Ja", "Nein"], ["Ja", "Nein"], []]
    assert [code for code, _ in said] == [400, 404, 401]
    assert said[1][1] == "Not Found"
    bot = client(fake, "12:wrong")
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await bot.shutdown()


async def test_buttons_edits_and_deletions(bot: Bot, samira: Person) -> None:
    sent = await bot.send_message(samira.id, "Wirklich?", reply_markup=YES_NO, disable_notification=True)
    old = samira.sees()[-1]
    assert (old.silent, old.labels) == (True, ["Ja", "Nein"])
    press = samira.presses("Ja")
    (update,) = await told(bot)
    assert update.callback_query
    assert (update.callback_query.data, press.answered) == ("y:1", False)
    await update.callback_query.answer("Gut", show_alert=True)
    assert press.answers == [{"text": "Gut", "show_alert": True}]
    strict(await bot.edit_message_reply_markup(samira.id, sent.message_id))
    strict(await bot.edit_message_text("<i>Ja</i>", samira.id, sent.message_id, parse_mode="HTML"))
    now = samira.sees()[-1]
    assert (now.html, now.edited, now.labels) == ("<i>Ja</i>", True, [])
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_text("<i>Ja</i>", samira.id, sent.message_id, parse_mode="HTML")
    samira.presses("Nein", old)  # her phone still showed it
    await bot.delete_message(samira.id, sent.message_id)
    samira.presses("Nein", old)
    stale, gone = await told(bot)
    assert stale.callback_query
    assert gone.callback_query
    assert gone.callback_query.message
    assert not gone.callback_query.message.is_accessible
    assert samira.sees()[-1].deleted
    with pytest.raises(AssertionError, match="no button"):
        samira.presses("Nein")


async def test_what_cannot_be_changed_is_refused(bot: Bot, samira: Person) -> None:
    hers = samira.says("Hallo")
    sent = await bot.send_document(samira.id, b"x", filename="x.txt")
    for message_id, reason in (
        (hers.message_id, "can't be edited"),
        (999, "to edit not found"),
        (sent.message_id, "there is no text"),
    ):
        with pytest.raises(BadRequest, match=rf"(?i){reason}"):
            await bot.edit_message_text("x", samira.id, message_id)
    with pytest.raises(BadRequest, match="to delete not found"):
        await bot.delete_message(samira.id, 999)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query("1")
    with pytest.raises(BadRequest, match=r"(?i)message_too_long"):
        await bot.answer_callback_query(
            samira.world.press(samira.chat.messages[1], "x", samira.user).id, "x" * 201
        )
    with pytest.raises(BadRequest, match=r"(?i)wrong parameter action"):
        await bot.send_chat_action(samira.id, "dancing")
    with pytest.raises(BadRequest, match=r"(?i)reaction_invalid"):
        await bot.set_message_reaction(samira.id, hers.message_id, "💶")
    with pytest.raises(BadRequest, match=r"(?i)not modified"):
        await bot.edit_message_reply_markup(samira.id, sent.message_id)


async def test_typing_is_shown_until_the_message_comes(bot: Bot, samira: Person) -> None:
    await bot.send_chat_action(samira.id, "typing")
    assert samira.action == "typing"
    keys = ReplyKeyboardMarkup([[KeyboardButton("Menü")]])
    first = samira.sees()[0].message_id
    await bot.send_message(samira.id, "x", reply_markup=keys, reply_parameters=ReplyParameters(first))
    assert samira.action == ""
    assert samira.sees()[-1].reply_to == first
    assert samira.chat.keyboard
    await bot.set_message_reaction(samira.id, first, "👍")
    assert samira.sees()[0].reactions == ("👍",)


async def test_commands_and_profile_per_language(bot: Bot, samira: Person, fake: FakeTelegram) -> None:
    await bot.set_my_commands([BotCommand("help", "Hilfe")])
    await bot.set_my_commands([BotCommand("help", "مساعدة")], language_code="ar")
    assert samira.menu == {"help": "مساعدة"}
    assert fake.person("uk").menu == {"help": "Hilfe"}
    scope = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand("privat", "Nur hier")], scope)
    assert list(samira.menu) == ["privat"]
    assert [strict(c).command for c in await bot.get_my_commands(scope)] == ["privat"]
    assert await bot.get_my_commands(language_code="uk") == ()
    await bot.delete_my_commands(scope)
    assert list(samira.menu) == ["help"]
    await bot.set_my_name("Wegweiser", "ar")
    await bot.set_my_description("Ich bin ein Programm.")
    await bot.set_my_short_description("Hilfe")
    assert (strict(await bot.get_my_name("ar")).name, (await bot.get_my_name()).name) == (
        "Wegweiser",
        "Lotse",
    )
    assert strict(await bot.get_my_description("ar")).description == "Ich bin ein Programm."
    assert strict(await bot.get_my_short_description()).short_description == "Hilfe"
    assert samira.reads_profile("description") == "Ich bin ein Programm."


async def test_wrong_profiles_are_refused(bot: Bot) -> None:
    for commands, language, reason in (
        ([BotCommand("Help", "x")], "", "bot_command_invalid"),
        ([BotCommand("a" * 32, "x" * 256)], "fa_AF", "invalid language code"),
        ([BotCommand(f"c{i}", "x") for i in range(101)], "", "bot_commands_too_much"),
    ):
        with pytest.raises(BadRequest, match=rf"(?i){reason}"):
            await bot.set_my_commands(commands, language_code=language)
    with pytest.raises(BadRequest, match="at most 120"):
        await bot.set_my_short_description("x" * 121)


async def test_files_go_both_ways(bot: Bot, samira: Person) -> None:
    samira.sends_document("brief.pdf", b"%PDF-letter")
    samira.sends_document("film.mkv", size=20_000_001)
    small, large = await told(bot)
    assert small.message
    assert small.message.document
    file = strict(await small.message.document.get_file())
    assert bytes(await file.download_as_bytearray()) == b"%PDF-letter"
    assert large.message
    assert large.message.document
    with pytest.raises(BadRequest, match=r"(?i)file is too big"):
        await large.message.document.get_file()
    calendar, caption = b"BEGIN:VCALENDAR", "<b>Kurs</b>"
    sent = strict(
        await bot.send_document(samira.id, calendar, caption, filename="kurs.ics", parse_mode="HTML")
    )
    assert sent.document
    assert (sent.document.file_name, samira.sees()[-1].html) == ("kurs.ics", "<b>Kurs</b>")
    again = strict(await bot.send_document(samira.id, sent.document.file_id))
    assert again.document == sent.document
    assert strict(await bot.send_photo(samira.id, b"jpeg")).photo
    with pytest.raises(BadRequest, match=r"(?i)wrong file identifier"):
        await bot.send_photo(samira.id, "https://example.org/x.jpg")
