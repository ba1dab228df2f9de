"""The team's group in Telegram: take, answer, note and close there and at the desk at once, with one state."""

from datetime import timedelta

import pytest

from bot.domain.message import Address
from bot.domain.staff import Role
from bot.service.desk import UNDO_WITHIN, Reply
from bot.service.refusals import Taken
from tests.telegram.driver import Lotse
from tests.telegram.fake import FakeTelegram, faults
from tests.telegram.office import QUESTION, Office


@pytest.fixture
async def office(fake: FakeTelegram, lotse: Lotse) -> Office:
    """A connected group."""
    return await Office(lotse, fake, fake.group("Team", forum=True)).open()


async def test_from_the_question_to_the_end_in_the_group_and_at_the_desk(office: Office) -> None:
    lotse = office.lotse
    anna, bert = await office.joins("Frau A"), await office.joins("Herr B")
    newcomer = await office.asked()
    head = office.head()
    assert head.text.startswith("#1001 · Persisch · Dülmen")
    assert QUESTION in head.text
    assert "Noch bei niemandem" in head.text
    assert "https://lotse.example.org/staff/tickets/1001" in head.html
    assert all(len(button.data.encode()) <= 64 for row in head.buttons for button in row)

    press = await office.presses(anna, "take")
    assert "übernommen" in press.answers[0]["text"]
    assert (await office.ticket()).assignee == office.staff["Frau A"].id
    assert "Bei Frau A" in office.head().text
    with pytest.raises(Taken):  # at the desk it is hers, too
        await lotse.desk.take(1001, office.staff["Herr B"].id)

    refused = await office.writes(bert, "Ich mache das.")
    assert await office.sign(refused) == ("👎",)
    assert "Frau A hat die Frage" in office.posts()[-1]
    note = await office.writes(anna, "// ruft morgen an")
    assert await office.sign(note) == ("👌",)
    assert await office.notes() == ["ruft morgen an"]
    answer = await office.writes(anna, "Kommen Sie am Montag.")
    assert await office.sign(answer) == ("👍",)
    assert "Kommen Sie am Montag." not in "".join(newcomer.hears())  # it can be taken back
    await lotse.send()
    assert any("Kommen Sie am Montag." in text for text in newcomer.hears())
    await lotse.mirrored()
    assert not any("Kommen Sie" in text for text in office.posts())  # it stands there already
    assert "Der Gast ist dran" in office.head().text

    newcomer.says("Danke, und wo?")
    await lotse.answered()
    await lotse.mirrored()
    assert "Danke, und wo?" in office.posts()[-1]
    reply = Reply("Im Rathaus.", office.staff["Frau A"].id, "de", undo=UNDO_WITHIN)
    await lotse.desk.reply(1001, reply)
    await lotse.desk.note(1001, office.staff["Frau A"].id, "am Desk geschrieben")
    await lotse.mirrored()
    assert not any("Im Rathaus." in text for text in office.posts())  # it can still be taken back at the desk
    await lotse.send()
    await lotse.mirrored()
    shown = "\n".join(office.posts())
    assert "Frau A an den Gast" in shown
    assert "Im Rathaus." in shown
    assert "am Desk geschrieben" in shown

    await office.presses(anna, "tomorrow")
    assert (await office.ticket()).is_snoozed(lotse.clock.now())
    await office.presses(anna, "wake")
    assert not (await office.ticket()).is_snoozed(lotse.clock.now())
    await lotse.desk.close(1001, office.staff["Frau A"].id)
    await lotse.mirrored()
    assert "Abgeschlossen" in office.head().text
    assert [topic.closed for topic in office.group.topics] == [True]
    assert await office.sign(await office.writes(anna, "Noch etwas.")) == ("👎",)
    await office.presses(bert, "reopen")
    assert (await office.ticket()).is_open
    assert [topic.closed for topic in office.group.topics] == [False]
    await office.presses(anna, "close")
    assert not (await office.ticket()).is_open

    lotse.clock.advance(days=15)
    await lotse.mirrored()
    assert office.group.topics == []  # nobody can reopen it by a word: what was written there goes


async def test_who_answers_must_have_seen_what_was_said(office: Office) -> None:
    anna = await office.joins("Frau A")
    newcomer = await office.asked()
    newcomer.says("Ach, es hat sich erledigt.")
    await office.lotse.answered()  # stored, but not yet in the group
    late = anna.says("Kommen Sie am Montag.", office.group, thread_id=office.thread())
    await office.lotse.taken()
    assert await office.sign(late) == ("👎",)
    await office.lotse.mirrored()
    assert "Der Gast hat inzwischen geschrieben" in office.posts()[0]
    assert "Ach, es hat sich erledigt." in office.posts()[1]
    again = await office.writes(anna, "Gut!")
    second = await office.writes(anna, "Bis bald.")  # her own answer is no news to her
    assert [await office.sign(one) for one in (again, second)] == [("👍",), ("👍",)]
    await office.lotse.send()
    said = [text for text in newcomer.hears() if "Gut!" in text or "Bis bald." in text or "Montag" in text]
    assert len(said) == 2


async def test_an_answer_is_taken_back_or_changed_for_ten_seconds(office: Office) -> None:
    anna = await office.joins("Frau A")
    newcomer = await office.asked()
    lotse = office.lotse
    answer = anna.says("Kommen Sie am Motag.", office.group, thread_id=office.thread())
    await lotse.taken()
    anna.edits(answer, "Kommen Sie am Montag.")
    await lotse.taken()
    other = anna.says("So ein Unsinn.", office.group, thread_id=office.thread())
    await lotse.taken()
    anna.says("/undo", office.group, thread_id=office.thread())
    inside = anna.says("Der ist schwierig.", office.group, thread_id=office.thread())
    await lotse.taken()
    anna.edits(inside, "// Der ist schwierig.")
    await lotse.taken()
    await lotse.send()
    heard = "\n".join(newcomer.hears())
    assert "Kommen Sie am Montag." in heard
    assert not any(word in heard for word in ("Motag", "Unsinn", "schwierig"))
    assert await office.notes() == ["Der ist schwierig."]
    anna.edits(answer, "Kommen Sie am Dienstag.")
    anna.edits(answer, "Kommen Sie am Dienstag.")  # Telegram tells of changes that nobody sees
    anna.edits(inside, "// Der ist nett.")
    await office.writes(anna, "/undo")
    await office.writes(anna, "/weg")
    posts = office.posts()
    assert [text.split(":")[0] for text in posts] == [
        "Zurückgeholt",
        "Nicht geändert",
        "Die Notiz bleibt, wie sie zuerst war. Schreiben Sie eine neue.\nAuf den Team-Seiten öffnen",
        "Nichts zurückgeholt",
        "Nicht gesendet",
    ]
    assert other


async def test_whose_words_go_to_nobody_is_told_once(office: Office) -> None:
    newcomer = await office.asked()
    before = newcomer.hears()
    stranger, elsewhere = office.someone(), await office.joins("Frau C", towns=("coesfeld",))
    for text in ("Hallo?", "// auch keine Notiz"):
        assert await office.sign(await office.writes(stranger, text)) == ("👎",)
    assert await office.sign(await office.writes(elsewhere, "Nicht mein Ort.")) == ("👎",)
    for text in ("Ich bin niemand.", "Immer noch niemand."):
        office.group.anonymous(text, office.thread())
    office.group.other_bot("Es regnet.", office.thread())
    stranger.says("Mahlzeit", office.group)  # in the general topic they talk to one another
    await office.settled()
    press = await office.presses(stranger, "take")
    assert press.answers[0]["show_alert"]
    assert "verbunden" in press.answers[0]["text"]
    assert "Ort" in (await office.presses(elsewhere, "close")).answers[0]["text"]
    told = [text for text in office.posts() if "Nicht gesendet" in text]
    assert [("verbunden" in text, "Ort" in text, "anonym" in text) for text in told] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    await office.lotse.send()
    assert newcomer.hears() == before
    assert await office.notes() == []
    assert (await office.ticket()).assignee is None


async def test_only_words_of_ones_own_are_sent(office: Office) -> None:
    anna, bert = await office.joins("Frau A"), await office.joins("Herr B", Role.LEAD)
    newcomer = await office.asked()
    before, room = newcomer.hears(), {"room": office.group, "thread_id": office.thread()}
    for number in (1, 2, 3):
        anna.sends_photo("Sehen Sie" if number == 1 else "", album="1", **room)
    anna.sends_sticker(**room)
    anna.sends_document(**room)
    anna.forwards("Von jemand anderem", **room)
    said = await office.writes(bert, "// Wer kann das?")
    bert_answered = anna.says("Ich nicht.", reply_to=said.message_id, **room)
    assert await office.sign(bert_answered) == ("👎",)
    anna.says("// Du?", reply_to=said.message_id, **room)
    await office.settled()
    await office.lotse.send()
    assert newcomer.hears() == before
    posts = office.posts()
    assert [
        sum(word in text for text in posts) for word in ("nur Texte", "Weitergeleitetes", "aus dem Team")
    ] == [
        3,  # the album once
        1,
        1,
    ]
    assert await office.notes() == ["Wer kann das?", "Du?"]
    anna.says(
        "Kommen Sie.", reply_to=office.head().message_id, **room
    )  # an answer to the bot is for the guest
    await office.settled()
    await office.lotse.send()
    assert "Kommen Sie." in newcomer.hears()[-1]


async def test_without_words_the_group_shows_numbers_and_sends_nothing(office: Office) -> None:
    office.lotse.words = "none"
    anna = await office.joins("Frau A")
    newcomer = await office.asked()
    assert QUESTION not in office.head().text
    newcomer.says("Geheimes")
    await office.lotse.answered()
    newcomer.says("Noch mehr Geheimes")
    await office.lotse.answered()
    await office.lotse.desk.note(1001, office.staff["Frau A"].id, "interner Vermerk")
    await office.lotse.mirrored()
    assert office.posts() == ["Neue Nachrichten vom Gast: 2\nAuf den Team-Seiten öffnen"]
    assert await office.sign(await office.writes(anna, "Kommen Sie.")) == ("👎",)
    await office.writes(anna, "// nichts")
    assert await office.notes() == ["interner Vermerk"]
    await office.presses(anna, "take")
    assert (await office.ticket()).assignee == office.staff["Frau A"].id
    shown = "\n".join(one.text for one in office.group.sees())
    assert "Geheimes" not in shown
    assert "Vermerk" not in shown


async def test_only_the_words_of_those_who_chose_telegram(office: Office) -> None:
    office.lotse.words = "telegram"
    await office.asked()
    assert QUESTION in office.head().text
    async with office.lotse.store.write() as unit:
        ticket = await office.ticket()
        await unit.contacts.attach(
            ticket.contact, Address("web", "page", "x"), office.lotse.clock.now() + timedelta(1)
        )
        await unit.tickets.change(1001, assignee=5)
    await office.lotse.mirrored()
    assert QUESTION not in office.head().text


async def test_an_answer_that_does_not_arrive(office: Office) -> None:
    anna = await office.joins("Frau A")
    newcomer = await office.asked()
    await office.writes(anna, "Kommen Sie.")
    office.fake.faults.add(faults.blocked(), "sendMessage", newcomer, times=None)
    await office.lotse.send()
    await office.lotse.mirrored()
    assert "kam nicht an" in office.head().text
    assert "kam nicht beim Gast an" in office.posts()[-1]
    assert await office.sign(await office.writes(anna, "Hören Sie mich?")) == ("👎",)
    assert "nicht mehr zu erreichen" in office.posts()[-1]
    assert len(office.posts()) == 2


async def test_a_question_that_became_part_of_another(office: Office) -> None:
    await office.asked()
    async with office.lotse.store.write() as unit:
        await unit.tickets.change(1001, merged_into=1002, closed_at=office.lotse.clock.now())
    await office.lotse.mirrored()
    assert "weiter geht es bei #1002" in office.head().text
    assert office.head().buttons == ()
    assert [topic.closed for topic in office.group.topics] == [True]


async def test_each_town_in_its_group(fake: FakeTelegram, lotse: Lotse) -> None:
    duelmen = await Office(lotse, fake, fake.group("Dülmen", forum=True)).open(("duelmen",))
    everybody = await Office(lotse, fake, fake.group("Kreis", forum=True)).open()
    await duelmen.asked()
    await everybody.asked(town="coesfeld", question="بلیت اتوبوس چند است؟")
    assert [one.name for one in duelmen.group.topics] == ["#1001 · Persisch · Dülmen"]
    assert [one.name for one in everybody.group.topics] == ["#1002 · Persisch · Coesfeld"]
    anna = await everybody.joins("Frau A")
    forged = anna.forges("desk:take:1001:0", everybody.head(1002), everybody.group)
    await lotse.taken()
    assert (await duelmen.ticket()).assignee is None  # a button of another group's ticket
    assert forged


async def test_forget_me_reaches_the_group(office: Office) -> None:
    await office.asked()
    ticket = await office.ticket()
    async with office.lotse.store.write() as unit:
        await unit.erase(ticket.contact)
    await office.lotse.mirrored()
    assert office.group.topics == []
    assert all(one.deleted for one in office.group.sees() if one.thread_id)


async def test_codes_are_guessed_by_nobody(office: Office) -> None:
    stranger = office.someone()
    for number in range(7):
        stranger.says(f"/link AAAAA-AAAA{number + 2}")
    await office.lotse.taken()
    await stranger.until(lambda seen: len(stranger.hears()) == 7)
    assert ["Viertelstunde" in text for text in stranger.hears()] == [False] * 5 + [True] * 2
    office.group.anonymous("/link AAAAA-AAAAA")
    await office.lotse.taken()
    await office.group.until(lambda seen: any("anonym" in one.text for one in seen))
