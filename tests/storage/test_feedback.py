"""What newcomers say is wrong, on both databases."""

from sqlalchemy import select

from bot.domain.feedback import NewFeedback
from bot.service.ports import Retention
from bot.storage.engine import Database
from bot.storage.tables import feedback
from tests.storage.people import NOW, after, new_contact

WRONG = NewFeedback("vhs-by-town", "ar", "duelmen", "web")
DAY = 86_400


async def noted(store: Database, contact: int, new: NewFeedback = WRONG, seconds: float = 0) -> None:
    async with store.write() as unit:
        await unit.feedback.note(contact, new, after(seconds))


async def test_it_is_kept_with_what_was_shown(store: Database) -> None:
    contact, _ = await new_contact(store)
    await noted(store, contact.id)
    async with store.read() as unit:
        [found] = await unit.feedback.listed()
        assert await unit.feedback.of(contact.id) == [found]
    assert (found.entry, found.language, found.town, found.channel, found.text, found.at, found.done_at) == (
        "vhs-by-town",
        "ar",
        "duelmen",
        "web",
        "",
        NOW,
        None,
    )


async def test_words_come_to_the_note_that_is_there(store: Database) -> None:
    """The press makes the note, the words follow; a second press makes no second one."""
    contact, _ = await new_contact(store)
    other, _ = await new_contact(store, "karim")
    for text in ("", "Die Nummer ist alt", "", "die Strasse auch"):
        await noted(store, contact.id, NewFeedback("vhs-by-town", "ar", text=text), 1)
    await noted(store, other.id)
    await noted(store, contact.id, NewFeedback("poison", "ar"))
    async with store.read() as unit:
        found = await unit.feedback.listed()
    assert [(one.entry, one.text) for one in found] == [
        ("vhs-by-town", "Die Nummer ist alt\ndie Strasse auch"),
        ("vhs-by-town", ""),
        ("poison", ""),
    ]


async def test_what_is_done_is_closed_once_and_may_be_said_again(store: Database) -> None:
    contact, _ = await new_contact(store)
    await noted(store, contact.id)
    async with store.write() as unit:
        [found] = await unit.feedback.listed()
        assert await unit.feedback.done(found.id, after(1))
        assert not await unit.feedback.done(found.id, after(2))
        assert not await unit.feedback.done(found.id + 1, after(2))
        assert await unit.feedback.listed() == []
        [closed] = await unit.feedback.listed(only_open=False)
        assert closed.done_at == after(1)
    await noted(store, contact.id, NewFeedback("vhs-by-town", "ar", text="immer noch"))
    async with store.read() as unit:
        assert [one.text for one in await unit.feedback.listed()] == ["immer noch"]


async def test_the_words_are_not_readable_in_the_database(store: Database) -> None:
    contact, _ = await new_contact(store)
    await noted(store, contact.id, NewFeedback("vhs-by-town", "ar", text="geheim"))
    async with store.transaction() as transaction:
        [row] = await transaction.rows(select(feedback))
    assert b"geheim" not in row.text


async def test_it_goes_with_forget_me_and_after_as_long_as_messages(store: Database) -> None:
    gone, _ = await new_contact(store)
    kept, _ = await new_contact(store, "karim")
    for contact, seconds in ((gone, 0), (kept, 0), (kept, 20 * DAY)):
        await noted(store, contact.id, NewFeedback(f"entry-{seconds}", "de", text="alt"), seconds)
    async with store.write() as unit:
        held = await unit.held(gone.id)
        assert held is not None
        assert [one.text for one in held.feedback] == ["alt"]
        await unit.erase(gone.id)
        assert len(await unit.feedback.listed()) == 2
        await unit.purge(Retention(messages=30), after(31 * DAY))
        assert [one.entry for one in await unit.feedback.listed()] == [f"entry-{20 * DAY}"]


async def test_it_goes_along_when_two_contacts_become_one(store: Database) -> None:
    kept, _ = await new_contact(store)
    other, _ = await new_contact(store, "karim")
    await noted(store, kept.id, NewFeedback("poison", "de", text="eins"))
    await noted(store, other.id, NewFeedback("poison", "de", text="zwei"))
    async with store.write() as unit:
        await unit.join(kept.id, other.id)
        assert [one.text for one in await unit.feedback.of(kept.id)] == ["eins", "zwei"]
