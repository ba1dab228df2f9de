"""What a program translated: of messages, and of drafts before they go out; encrypted with the contact's key."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update

from bot.domain.locked import Fault, Kind, Wrong
from bot.domain.translation import Rendering, State, Translation
from bot.storage.tables import drafts, translations
from bot.storage.transaction import INSERT, AnyRow, Transaction

_PLAIN = ("text", "source", "language", "engine", "shown", "back", "reason")


class StoredTranslations:
    """The promise `Translations`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def put(self, contact: int, translation: Translation) -> None:
        """Store one in place of what is there for the same message and language."""
        await self._tx.number(contact)  # its lock: an erase waits, or this does
        one = translation
        sealed = (
            await self._tx.seal(contact, translations.c.body, _place(one), one.text) if one.text else None
        )
        key = {"message_id": one.message, "language": one.language, "engine": one.engine}
        values: dict[str, Any] = {
            "state": one.state.value,
            "body": sealed,
            "at": one.at,
            "reason": one.reason[:32] or None,
        }
        # Of another engine, from before the setting was changed.
        await self._tx.change(
            delete(translations).where(
                translations.c.message_id == one.message,
                translations.c.language == one.language,
                translations.c.engine != one.engine,
            )
        )
        insert = INSERT[self._tx.kind](translations).values(**key, contact_id=contact, **values)
        await self._tx.change(insert.on_conflict_do_update(index_elements=list(key), set_=values))

    async def drop(self, message: int) -> None:
        """Remove what is there for a message."""
        await self._tx.change(delete(translations).where(translations.c.message_id == message))

    async def of(self, messages: Sequence[int]) -> dict[int, Translation]:
        """Return message -> its latest translation."""
        rows = await self._tx.rows(
            select(translations).where(translations.c.message_id.in_(messages)).order_by(translations.c.at)
        )
        await self._tx.load_keys(row.contact_id for row in rows)
        return {row.message_id: await self._read(row) for row in rows}

    async def of_contact(self, contact: int) -> list[Translation]:
        """Return all of a contact's, by message."""
        mine = select(translations).where(translations.c.contact_id == contact)
        rows = await self._tx.rows(mine.order_by(translations.c.message_id, translations.c.at))
        return [await self._read(row) for row in rows]

    async def _read(self, row: AnyRow) -> Translation:
        found = Translation(
            row.message_id, row.language, row.engine, State(row.state), "", row.reason or "", row.at
        )
        if row.body is None:
            return found
        text = await self._tx.open(row.contact_id, translations.c.body, _place(found), row.body)
        return Translation(
            found.message, found.language, found.engine, found.state, text, found.reason, found.at
        )

    async def render(self, ticket: int, staff: int, rendering: Rendering | None) -> None:
        """Keep what becomes of somebody's draft; None: forget it."""
        row = await self._draft(ticket, staff)
        if row is None:
            return
        sealed = None
        if rendering is not None:
            sealed = await self._tx.seal(
                row.contact_id, drafts.c.rendering, f"{ticket}:{staff}", _to_json(rendering)
            )
        await self._tx.change(update(drafts).where(*_whose(ticket, staff)).values(rendering=sealed))

    async def rendering(self, ticket: int, staff: int) -> Rendering | None:
        """Return what becomes of somebody's draft, if that was asked for."""
        row = await self._draft(ticket, staff)
        if row is None or row.rendering is None:
            return None
        return _from_json(
            await self._tx.open(row.contact_id, drafts.c.rendering, f"{ticket}:{staff}", row.rendering)
        )

    async def _draft(self, ticket: int, staff: int) -> AnyRow | None:
        return await self._tx.first(select(drafts).where(*_whose(ticket, staff)))


def _place(translation: Translation) -> str:
    return f"{translation.message}:{translation.language}:{translation.engine}"


def _whose(ticket: int, staff: int) -> tuple[Any, Any]:
    return drafts.c.ticket == ticket, drafts.c.staff_id == staff


def _to_json(one: Rendering) -> str:
    values: dict[str, Any] = {name: getattr(one, name) for name in _PLAIN}
    values["state"] = one.state.value
    values["faults"] = [[fault.wrong, fault.kind, fault.value] for fault in one.faults]
    return json.dumps(values, ensure_ascii=False)


def _from_json(text: str) -> Rendering:
    values = json.loads(text)
    faults = tuple(
        Fault(Wrong(wrong), Kind(kind) if kind else None, value) for wrong, kind, value in values["faults"]
    )
    return Rendering(State(values["state"]), faults=faults, **{name: values[name] for name in _PLAIN})
