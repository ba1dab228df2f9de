"""Answers that become entries, on both databases: what is kept of whom, and for how long."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.domain.proposal import OPEN, Proposal, State, Wording
from bot.domain.ticket import NewTicket
from bot.service.ports import Conflict, Retention
from bot.storage.engine import Database
from bot.storage.tables import proposal_askers, proposals
from bot.storage.vault import Vault
from tests.databases import MASTER_KEY
from tests.storage.people import NOW, after, new_contact

DAY = 86_400
RULES = Retention(messages=30, closed_tickets=90, contacts=180)
WORDING = Wording(
    "piano", "everyday-life", "Ein Klavier", "Klavier", "Fragen Sie.", ("Wer trägt mein Klavier?",)
)
QUESTION = "پیانو [Name]"


async def _asked(store: Database, name: str = "amina") -> tuple[int, int]:
    """Return a contact with a ticket, and its number."""
    contact, _ = await new_contact(store, name)
    async with store.write() as unit:
        ticket = await unit.tickets.open(contact.id, NewTicket("پیانو", "fa"), [], NOW)
    return contact.id, ticket.number


async def _proposed(store: Database, contact: int, ticket: int) -> Proposal:
    async with store.write() as unit:
        id = await unit.proposals.add(7, WORDING, NOW, is_new=True)
        await unit.proposals.ask(id, contact, ticket, "fa", QUESTION)
        await unit.proposals.ask(id, contact, ticket, "fa", "zweimal zählt nicht")
        found = await unit.proposals.get(id)
    assert found
    return found


async def _get(store: Database, id: int) -> Proposal | None:
    async with store.read() as unit:
        return await unit.proposals.get(id)


async def test_it_is_kept_sealed_and_changes(store: Database) -> None:
    contact, ticket = await _asked(store)
    made = await _proposed(store, contact, ticket)
    assert (made.state, made.authors, made.wording, made.reviewer) == (State.DRAFT, (7,), WORDING, None)
    assert [(one.contact, one.ticket, one.question) for one in made.askers] == [(contact, ticket, QUESTION)]
    async with store.transaction() as transaction:
        for table in (proposals, proposal_askers):
            for row in await transaction.rows(select(table)):
                assert not any(b"Klavier" in bytes(each) for each in row if isinstance(each, bytes))
                assert "piano" not in str(row)
    other = replace(WORDING, body="Fragen Sie die Nachbarn.", questions=())
    async with store.write() as unit:
        held = await unit.proposals.lock(made.id)
        assert held
        await unit.proposals.change(
            held, after(1), state=State.BACK, wording=other, author=8, reviewer=9, note="Wo?"
        )
        await unit.proposals.reword(made.askers[0].id, "")
    found = await _get(store, made.id)
    assert found
    assert (found.state, found.authors, found.reviewer, found.note) == (State.BACK, (7, 8), 9, "Wo?")
    assert (found.wording, found.askers[0].question, found.changed_at) == (other, "", after(1))
    async with store.read() as unit:
        assert await unit.proposals.listed(OPEN) == [found]
        assert await unit.proposals.listed([State.REVIEW]) == []
        assert await unit.proposals.of_tickets([ticket, 5]) == {ticket: [found]}
        assert await unit.proposals.get(99) is None


async def test_dropped_ones_keep_no_word(store: Database) -> None:
    made = await _proposed(store, *await _asked(store))
    async with store.write() as unit:
        await unit.proposals.drop(made, NOW)
    found = await _get(store, made.id)
    assert found
    assert (found.state, found.wording, found.askers) == (State.DROPPED, Wording(), ())
    async with store.read() as unit:
        assert await unit.proposals.of_tickets([made.askers[0].ticket]) == {}


async def test_forget_me_takes_the_words_out_of_a_draft(store: Database) -> None:
    contact, ticket = await _asked(store)
    made = await _proposed(store, contact, ticket)
    other, second = await _asked(store, "karim")
    async with store.write() as unit:
        await unit.proposals.ask(made.id, other, second, "de", "Klavier")
        held = await unit.held(contact)
        assert held
        assert held.examples == (QUESTION,)
        await unit.erase(contact)
    found = await _get(store, made.id)
    assert found
    assert [one.question for one in found.askers] == ["Klavier"]
    assert found.wording == WORDING
    with pytest.raises(Conflict):
        async with store.write() as unit:
            await unit.proposals.ask(made.id, contact, ticket, "fa", QUESTION)


async def test_it_outlives_the_ticket_and_its_asker_by_age_but_not_for_ever(store: Database) -> None:
    contact, ticket = await _asked(store)
    made = await _proposed(store, contact, ticket)
    async with store.write() as unit:
        await unit.tickets.close(ticket, NOW)
        await unit.purge(RULES, after(179 * DAY))
        assert await unit.tickets.get(ticket) is None
    async with store.write() as unit:
        held = await unit.proposals.lock(made.id)
        assert held
        await unit.proposals.change(held, after(179 * DAY))
    async with store.write() as unit:
        await unit.purge(RULES, after(181 * DAY))
        assert await unit.contacts.get(contact) is None
    found = await _get(store, made.id)
    assert found
    assert [(one.contact, one.question) for one in found.askers] == [(None, QUESTION)]
    async with store.write() as unit:
        await unit.proposals.change(found, after(181 * DAY), state=State.PUBLISHED)
        await unit.purge(RULES, after(270 * DAY))
        assert await unit.proposals.get(made.id)
        await unit.purge(RULES, after(272 * DAY))
        assert await unit.proposals.get(made.id) is None


async def test_two_contacts_that_are_one_stay_both_askers(store: Database) -> None:
    contact, ticket = await _asked(store)
    made = await _proposed(store, contact, ticket)
    kept, _ = await new_contact(store, "777", "telegram")
    async with store.write() as unit:
        await unit.join(kept.id, contact)
    found = await _get(store, made.id)
    assert found
    assert [(one.contact, one.question) for one in found.askers] == [(kept.id, QUESTION)]
    async with store.write() as unit:
        await unit.proposals.told(found.askers[0].id, NOW)
        await unit.proposals.leave(made.id, ticket)
        again = await unit.proposals.get(made.id)
    assert again
    assert again.askers == ()


async def test_another_master_key_takes_over(store: Database) -> None:
    made = await _proposed(store, *await _asked(store))
    url, keys, folder = store.url.render_as_string(hide_password=False), [bytes(32), MASTER_KEY], store.folder
    both = Database(url, Vault(keys), folder)
    await both.rewrap()
    await both.close()
    only_new = Database(url, Vault(keys[:1]), folder)
    assert await _get(only_new, made.id) == made
    await only_new.close()
