"""Groups, forums, channels and people who go, in the fake Telegram."""

import pytest
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.telegram.fake import FakeTelegram, Person
from tests.telegram.fake.judge import bot, durations_as_timedelta, fake, samira, strict, told

__all__ = ["bot", "durations_as_timedelta", "fake", "samira"]  # fixtures


async def test_who_has_gone_cannot_be_written_to(bot: Bot, fake: FakeTelegram, samira: Person) -> None:
    stranger = fake.person("uk")
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(stranger.id, "x")
    samira.blocks_bot()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(samira.id, "x")
    samira.unblocks_bot()
    await bot.send_message(samira.id, "wieder da")
    samira.deletes_account()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_chat_action(samira.id, "typing")
    assert samira.hears() == ["wieder da"]


async def test_a_forum_has_topics(bot: Bot, fake: FakeTelegram, samira: Person) -> None:
    team = fake.group("Team Dülmen", [samira], forum=True)
    team.add_bot(admin=True)
    assert [bool(u.my_chat_member) for u in await told(bot)] == [True, False]
    topic = strict(await bot.create_forum_topic(team.id, "Gast 4711"))
    message = strict(await bot.send_message(team.id, "Frage", message_thread_id=topic.message_thread_id))
    assert message.is_topic_message
    samira.says("Antwort", team, thread_id=topic.message_thread_id)
    (update,) = await told(bot)
    assert update.message
    assert update.message.message_thread_id == topic.message_thread_id
    await bot.edit_forum_topic(team.id, topic.message_thread_id, "Gast 4711 (fertig)")
    await bot.close_forum_topic(team.id, topic.message_thread_id)
    with pytest.raises(BadRequest, match=r"(?i)topic_not_modified"):
        await bot.close_forum_topic(team.id, topic.message_thread_id)
    await bot.reopen_forum_topic(team.id, topic.message_thread_id)
    texts = [seen.text for seen in team.sees(topic.message_thread_id) if seen.kind == "text"]
    assert texts == ["Frage", "Antwort"]
    assert [(t.name, t.closed) for t in team.topics] == [("Gast 4711 (fertig)", False)]
    await bot.delete_forum_topic(team.id, topic.message_thread_id)
    with pytest.raises(BadRequest, match=r"(?i)message thread not found"):
        await bot.send_message(team.id, "x", message_thread_id=topic.message_thread_id)


async def test_what_people_do_with_topics_is_told(bot: Bot, fake: FakeTelegram, samira: Person) -> None:
    team = fake.group("Team", [samira], forum=True)
    team.add_bot(admin=True)
    await told(bot)
    topic = team.topic("Allgemeines", samira)
    team.close_topic(topic.thread_id, samira)
    opened, closed = await told(bot)
    assert opened.message
    assert opened.message.forum_topic_created
    assert closed.message
    assert closed.message.forum_topic_closed is not None
    team.delete_topic(topic.thread_id)
    assert await told(bot) == []
    for name, reason in ((" ", "topic_title_empty"), ("x" * 129, "topic_title_too_long")):
        with pytest.raises(BadRequest, match=rf"(?i){reason}"):
            await bot.create_forum_topic(team.id, name)


async def test_in_a_group_the_bot_hears_only_what_is_meant_for_it(
    bot: Bot, fake: FakeTelegram, samira: Person
) -> None:
    group = fake.group("Deutschkurs", [samira])
    group.add_bot()
    await told(bot)
    mine = await bot.send_message(group.id, "Hallo")
    samira.says("Wer bringt Kuchen mit?", group)
    samira.says("/help", group)
    samira.says("/help@another_bot", group)
    samira.says(f"@{bot.username} hilf", group)
    samira.says("danke", group, reply_to=mine.message_id)
    texts = [update.message.text for update in await told(bot) if update.message]
    assert texts == ["/help", f"@{bot.username} hilf", "danke"]
    assert strict(await bot.get_chat(group.id)).title == "Deutschkurs"
    assert strict(await bot.get_chat_member(group.id, samira.id)).status == "member"
    with pytest.raises(BadRequest, match=r"(?i)the chat is not a forum"):
        await bot.create_forum_topic(group.id, "x")
    await bot.leave_chat(group.id)
    with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
        await bot.send_message(group.id, "x")


async def test_a_group_becomes_a_supergroup(bot: Bot, fake: FakeTelegram, samira: Person) -> None:
    group = fake.group("Team", [samira])
    group.add_bot(admin=True)
    await told(bot)
    new = group.upgrade(forum=True)
    old_note, new_note = await told(bot)
    assert old_note.message
    assert old_note.message.migrate_to_chat_id == new.id
    assert new_note.message
    assert new_note.message.migrate_from_chat_id == group.id
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.id, "x")
    assert moved.value.new_chat_id == new.id
    await bot.send_message(new.id, "hier")
    new.kick_bot()
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(new.id, "x")
    (update,) = await told(bot)
    assert strict(update).my_chat_member


async def test_a_channel_posts(bot: Bot, fake: FakeTelegram) -> None:
    channel = fake.channel("Kreis Coesfeld")
    channel.add_bot()
    post = channel.posts("Neue Kurse")
    channel.edits_post(post, "Neue Kurse ab Montag")
    joined, posted, edited = await told(bot)
    assert joined.my_chat_member
    assert posted.channel_post
    assert posted.channel_post.sender_chat
    assert edited.edited_channel_post
    assert edited.edited_channel_post.text == "Neue Kurse ab Montag"
    message = strict(await bot.send_message(channel.id, "vom Bot"))
    strict(await bot.edit_message_text("geändert", channel.id, message.message_id))


async def test_copies_hide_and_forwards_tell_the_origin(bot: Bot, fake: FakeTelegram, samira: Person) -> None:
    photo = samira.sends_photo("Mein Brief")
    team = fake.group("Team", forum=True)
    team.add_bot(admin=True)
    copied = strict(await bot.copy_message(team.id, samira.id, photo.message_id))
    forwarded = strict(await bot.forward_message(team.id, samira.id, photo.message_id))
    assert forwarded.forward_origin
    copy, forward = team.sees()[-2:]
    assert (copy.message_id, copy.kind, copy.text) == (copied.message_id, "photo", "Mein Brief")
    assert (forward.kind, "forward_origin" in copy.content) == ("photo", False)
    with pytest.raises(BadRequest, match="to copy not found"):
        await bot.copy_message(team.id, samira.id, 999)
