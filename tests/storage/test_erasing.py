"""What is held, erased and purged, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from bot.domain.conversation import Asked, Conversation
from bot.domain.event import Event
from bot.domain.feedback import NewFeedback
from bot.domain.message import Attachment, Inbound
from bot.domain.proposal import Wording
from bot.domain.registration import State
from bot.domain.staff_group import Saying, Topic, Written
from bot.domain.ticket import NewTicket
from bot.service.ports import Retention
from bot.storage.engine import Database
from bot.storage.erasing import OF_CONTACT, OF_MESSAGE
from bot.storage.tables import contacts, metadata, translations
from tests.courses.people import application, courses, listed
from tests.storage.people import (
    LEASE,
    NOW,
    address,
    after,
    came_in,
    claimed,
    inbound,
    new_contact,
    outbound,
    send_all,
    to_send,
)

DAY = 86_400
RULES = Retention(messages=30, closed_tickets=90, contacts=180)
TICKET = NewTicket("eine Frage", "de")
# Nothing in them is a contact's.
OF_STAFF = {
    *("staff", "staff_recovery", "staff_invitations", "staff_sessions", "staff_attempts"),
    "staff_logouts",
    *("staff_reach", "notices"),
    *("audit", "audit_head"),
    *("staff_groups", "staff_codes", "staff_telegram", "staff_left_topics"),
}


async def _counts(store: Database) -> dict[str, int]:
    async with store.transaction() as transaction:
        rows = {
            name: await transaction.first(select(func.count()).select_from(table))
            for name, table in metadata.tables.items()
        }
    return {name: row[0] for name, row in rows.items() if row and row[0]}


async def _everything(store: Database, name: str) -> int:
    """Store something in every table for a new contact; return its id."""
    contact, place = await new_contact(store, name)
    photo = Inbound(address(name), f"{name}:photo", NOW, "?", attachments=(Attachment("photo", "remote"),))
    async with store.write() as unit:
        line = await unit.intake.put(contact.id, place, photo, NOW, NOW)
        assert line
        ticket = await unit.tickets.open(contact.id, TICKET, [line], NOW)
        await unit.tickets.note(ticket.number, 1, "eine Notiz", NOW)
        await unit.tickets.draft(ticket.number, 1, "ein Entwurf", NOW)
        group = await unit.groups.connect(-1001, (), "de", NOW)
        await unit.mirror.keep(Topic(ticket.number, group.id, thread=line))
        await unit.mirror.wrote(Written(group.id, line, ticket.number, 1))
        await unit.mirror.say(Saying(0, group.id, line, None, "group.taken"), name, NOW, ticket.number)
        await unit.feedback.note(contact.id, NewFeedback("poison", "de"), NOW)
        await unit.proposals.ask(
            await unit.proposals.add(1, Wording(), NOW, is_new=False), contact.id, ticket.number, "de", "?"
        )
        await unit.tokens.issue(contact.id, "web", None)
        await unit.jobs.put("remind", f"remind:{name}", NOW, {"contact": contact.id})
        await unit.events.record(Event("started", NOW))
    await to_send(store, contact.id, place, outbound("sent"))
    await send_all(store)
    await to_send(store, contact.id, place, outbound("pending"))
    async with store.transaction() as transaction:
        row = {"message_id": line, "language": "de", "engine": "x", "contact_id": contact.id}
        await transaction.connection.execute(insert(translations).values(**row, state="done", at=NOW))
    async with store.write() as unit:
        await unit.courses.reload("test", [listed()], NOW, NOW)
        (course,) = await unit.courses.listed()
        await unit.registrations.put(
            contact.id, [application(course.id, name + " Haddad")], State.WAITLISTED, NOW
        )
    return contact.id


def test_no_table_with_a_contact_or_message_is_forgotten() -> None:
    tables = metadata.tables.values()
    assert {table for table in tables if "contact_id" in table.c} == set(OF_CONTACT)
    assert {table for table in tables if "message_id" in table.c and table.name != "intake"} == set(
        OF_MESSAGE
    )


async def test_erase_takes_everything_of_one_contact_and_nothing_else(store: Database) -> None:
    contact = await _everything(store, "amina")
    before = await _counts(store)
    assert set(before) == set(metadata.tables) - OF_STAFF | {"staff_groups"}
    other = await _everything(store, "karim")
    async with store.write() as unit:
        erased = await unit.erase(other)
        assert await unit.held(other) is None
        assert await unit.contacts.find(address("karim")) is None
    assert (erased.messages, erased.tickets, erased.attachments) == (3, 1, 1)
    # Counts without a person stay, and the course and what staff wrote are nobody's; the topic is to be deleted in the
    # team's group.
    left = {"events": 2, "registration_log": 2, "proposals": 2, "staff_left_topics": 1}
    assert await _counts(store) == before | left
    async with store.read() as unit:
        held = await unit.held(contact)
    assert held
    assert len(held.messages) == 3


async def test_erasing_nobody_is_no_error(store: Database) -> None:
    async with store.write() as unit:
        erased = await unit.erase(99)
    assert (erased.messages, erased.tickets, erased.attachments) == (0, 0, 0)


async def test_an_id_is_never_given_to_somebody_else(store: Database) -> None:
    contact, _ = await new_contact(store)
    async with store.write() as unit:
        await unit.erase(contact.id)
    again, _ = await new_contact(store)
    assert again.id > contact.id


async def test_all_that_is_held_is_shown(store: Database) -> None:
    contact = await _everything(store, "amina")
    async with store.write() as unit:
        [(place, _)] = await unit.contacts.addresses(contact)
        await unit.contacts.unreachable(place, "blocked", NOW)
        held = await unit.held(contact)
    assert held
    assert held.contact.id == contact
    assert held.since == NOW
    assert held.addresses == (address("amina"),)
    assert [message.body.text for message in held.messages] == ["?", "sent", "pending"]
    assert [ticket.question for ticket in held.tickets] == ["eine Frage"]
    assert held.waiting == 1


async def _purge(store: Database, days: float, rules: Retention = RULES) -> int:
    async with store.write() as unit:
        return await unit.purge(rules, after(days * DAY))


async def _texts(store: Database, contact: int) -> list[str]:
    async with store.read() as unit:
        held = await unit.held(contact)
    return [message.body.text for message in held.messages] if held else []


async def _answered(store: Database) -> None:
    async with store.write() as unit:
        while claim := await claimed(unit, "w", NOW, LEASE):
            await unit.intake.done(claim, NOW)


async def test_old_messages_go_but_not_what_waits_or_belongs_to_an_open_ticket(store: Database) -> None:
    contact, place = await new_contact(store)
    await came_in(store, contact.id, place, "question", "for a person")
    await to_send(store, contact.id, place, outbound("answer"))
    await send_all(store)
    await _answered(store)
    async with store.write() as unit:
        number = (await unit.tickets.open(contact.id, TICKET, [2], NOW)).number
    await came_in(store, contact.id, place, "waits")
    await to_send(store, contact.id, place, outbound("pending"))
    assert await _purge(store, 29.9) > 0  # the hashes of what was answered
    assert await _texts(store, contact.id) == ["question", "for a person", "answer", "waits", "pending"]
    await _purge(store, 30.1)
    assert await _texts(store, contact.id) == ["for a person", "waits", "pending"]
    async with store.write() as unit:
        await unit.tickets.close(number, after(DAY))
    await _purge(store, 30.1)
    assert await _texts(store, contact.id) == ["waits", "pending"]
    async with store.read() as unit:
        assert [ticket.number for ticket in await unit.tickets.of(contact.id)] == [number]


async def test_a_cursor_that_was_purged_shows_what_is_left(store: Database) -> None:
    contact, place = await new_contact(store)
    await came_in(store, contact.id, place, "old")
    await _answered(store)
    async with store.read() as unit:
        [old] = await unit.messages.after(contact.id, 0)
    await _purge(store, 31)
    async with store.write() as unit:
        await unit.intake.put(contact.id, place, inbound("new"), after(32 * DAY), after(32 * DAY))
        assert [message.body.text for message in await unit.messages.after(contact.id, old.id)] == ["new"]


async def test_counted_happenings_are_kept_for_their_time(store: Database) -> None:
    async with store.write() as unit:
        await unit.events.record(Event("started", NOW))
        await unit.events.record(Event("started", after(5 * DAY)))
    rules = replace(RULES, statistics=10)
    assert await _purge(store, 9.9, rules) == 0
    assert await _purge(store, 10.1, rules) == 1
    assert (await _counts(store))["events"] == 1


async def test_what_was_answered_is_forgotten_after_a_week(store: Database) -> None:
    contact, place = await new_contact(store)
    await came_in(store, contact.id, place, "hallo")
    await _answered(store)
    again = inbound("hallo", f"{contact.id}:hallo")
    await _purge(store, 6.9)
    async with store.write() as unit:
        assert await unit.intake.put(contact.id, place, again, NOW, NOW) is None
    await _purge(store, 7.1)
    async with store.write() as unit:
        assert await unit.intake.put(contact.id, place, again, NOW, NOW)


async def test_closed_tickets_go_by_their_own_age(store: Database) -> None:
    contact, _ = await new_contact(store)
    async with store.write() as unit:
        closed = (await unit.tickets.open(contact.id, TICKET, [], NOW)).number
        still_open = (await unit.tickets.open(contact.id, TICKET, [], NOW)).number
        await unit.tickets.close(closed, NOW)
    rules = replace(RULES, contacts=999)
    for days, numbers in [(89.9, [still_open, closed]), (90.1, [still_open])]:
        await _purge(store, days, rules)
        async with store.read() as unit:
            assert [ticket.number for ticket in await unit.tickets.of(contact.id)] == numbers


@pytest.mark.parametrize(("with_ticket", "left"), [(False, False), (True, True)])
async def test_silent_contacts_go_unless_a_ticket_is_open(
    store: Database, with_ticket: bool, left: bool
) -> None:
    contact, place = await new_contact(store)
    async with store.write() as unit:
        if with_ticket:
            await unit.tickets.open(contact.id, TICKET, [], NOW)
        await unit.intake.put(contact.id, place, inbound("hallo"), after(DAY), after(DAY))
    await _purge(store, 180.9)
    async with store.read() as unit:
        assert await unit.contacts.get(contact.id)
    await _purge(store, 181.1)
    async with store.read() as unit:
        assert bool(await unit.contacts.get(contact.id)) is left


async def test_a_contact_with_a_term_goes_unless_they_write(store: Database) -> None:
    contact, _ = await new_contact(store)
    other, place = await new_contact(store, "karim")
    async with store.write() as unit:
        for one in (contact, other):
            await unit.contacts.keep_until(one.id, after(DAY))
        await unit.intake.put(other.id, place, inbound("noch da"), after(60), after(60))
    await _purge(store, 1.1)
    async with store.read() as unit:
        assert await unit.contacts.get(contact.id) is None
        assert await unit.contacts.get(other.id)


async def test_tokens_that_ran_out_go(store: Database) -> None:
    contact, _ = await new_contact(store)
    async with store.write() as unit:
        await unit.tokens.issue(contact.id, "resume", after(60))
        lasting = await unit.tokens.issue(contact.id, "web", None)
    assert await _purge(store, 1) == 1
    async with store.read() as unit:
        assert await unit.tokens.redeem(lasting, "web", NOW, once=False) == contact.id


SAID = Conversation(
    greeted=True,
    language="ar",
    language_chosen=True,
    town="duelmen",
    asked=Asked("town", "my words"),
    last_question="my words",
    last_entry="first-steps",
    handed_over="my words",
)


async def _said(store: Database, name: str) -> tuple[int, int]:
    """Store a contact whose conversation holds words, with the message that they come from."""
    contact, place = await new_contact(store, name)
    async with store.write() as unit:
        line = await unit.intake.put(contact.id, place, inbound("my words", name, address(name)), NOW, NOW)
        assert line
        await unit.contacts.save(replace(contact, conversation=SAID))
        claim = await claimed(unit, "w", NOW, LEASE)
        assert claim
        await unit.intake.done(claim, NOW)
    return contact.id, line


async def _conversation(store: Database, contact: int) -> Conversation:
    async with store.read() as unit:
        found = await unit.contacts.get(contact)
    assert found
    return found.conversation


async def test_the_purge_takes_words_out_of_the_conversation_too(store: Database) -> None:
    """They go with the last message of the newcomer; language and town stay, and what a ticket needs."""
    silent, _ = await _said(store, "amina")
    waiting, line = await _said(store, "karim")
    async with store.write() as unit:
        await unit.tickets.open(waiting, TICKET, [line], NOW)
        await unit.purge(RULES, after(29 * DAY))
    assert await _conversation(store, silent) == SAID
    async with store.write() as unit:
        await unit.purge(RULES, after(31 * DAY))
    assert await _conversation(store, silent) == replace(SAID, asked=None, last_question="", handed_over="")
    assert await _conversation(store, waiting) == SAID


async def test_a_contact_that_cannot_be_read_does_not_stop_the_purge(store: Database) -> None:
    broken, _ = await _said(store, "amina")
    sound, _ = await _said(store, "karim")
    async with store.transaction() as transaction:
        await transaction.change(update(contacts).where(contacts.c.id == broken).values(state=b"x" * 60))
    async with store.write() as unit:
        await unit.purge(RULES, after(31 * DAY))
    assert (await _conversation(store, sound)).last_question == ""


async def test_registrations_go_so_many_days_after_they_ended(store: Database) -> None:
    """Withdrawn; the course is over; a course without dates, which no list has had for as long."""
    contact, _ = await new_contact(store)
    last_day = (NOW + timedelta(days=40)).date()
    wanted = (
        listed("withdrawn"),
        listed("over", starts=None, meetings=(), ends=last_day),
        listed("undated", starts=None, meetings=(), ends=None),
    )
    ids = await courses(store, *wanted)
    async with store.write() as unit:
        for course in ids:
            await unit.registrations.put(contact.id, [application(course)], State.CONFIRMED, NOW)
        (first,) = await unit.registrations.of_course(ids[0])
        await unit.registrations.move(first, State.WITHDRAWN, NOW, "newcomer")
        await unit.courses.reload("test", wanted, after(10 * DAY), after(10 * DAY))

    async def kept(days: float) -> list[int]:
        await _purge(store, days)
        async with store.read() as unit:
            return [ids.index(one.course) for one in await unit.registrations.of(contact.id)]

    assert await kept(89) == [0, 1, 2]
    assert await kept(91) == [1, 2]
    assert await kept(101) == [1]
    assert await kept(129) == [1]
    assert await kept(132) == []
