"""Registrations: who wants which course, in what state; every change leaves a line in the log."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, func, literal, select, tuple_, update

from bot.domain.registration import (
    ACTIVE,
    Application,
    Happening,
    Person,
    Registration,
    State,
    follow,
)
from bot.storage.tables import contacts, registration_log, registrations
from bot.storage.transaction import AnyRow, AnySelect, Transaction

FIRST_RECEIPT = 20_000  # so that no receipt looks like a ticket's number
_APPLICATION = TypeAdapter(Application)
_ACTIVE = registrations.c.state.in_([state.value for state in ACTIVE])


class StoredRegistrations:
    """The promise `Registrations`."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def put(
        self, contact: int, applications: Sequence[Application], state: State, at: datetime
    ) -> tuple[Registration, ...]:
        """Store one registration a person under one receipt; raise Conflict if one of them is active already."""
        receipt = 0
        ids: list[int] = []
        for application in applications:
            row = await self._put_one(contact, application, state, receipt, at)
            receipt = receipt or FIRST_RECEIPT + row
            ids.append(row)
        await self._tx.change(
            update(registrations).where(registrations.c.id.in_(ids)).values(receipt=receipt)
        )
        for number in ids:
            await self._log(number, applications[0].course, at, "newcomer", None, state)
        return tuple(await self._read_all(registrations.c.id.in_(ids)))

    async def _put_one(
        self, contact: int, application: Application, state: State, receipt: int, at: datetime
    ) -> int:
        no = (await self._tx.number(contact, shown=False)).numbered
        sealed = await self._tx.seal(
            contact, registrations.c.application, no, _APPLICATION.dump_json(application).decode()
        )
        row = await self._tx.first(
            registrations.insert()
            .values(
                contact_id=contact,
                no=no,
                course_id=application.course,
                receipt=receipt,
                application=sealed,
                blind=self._blind(application.people[0], application.reach, contact),
                state=state.value,
                created_at=at,
                changed_at=at,
            )
            .returning(registrations.c.id)
        )
        assert row is not None  # noqa: S101 - an insert that succeeds returns its row
        number: int = row.id
        return number

    async def active(self, contact: int, application: Application) -> list[Registration]:
        """Return the active registrations of any of these people for this course, whoever handed them in."""
        blinds = [
            blind
            for person in application.people
            for blind in self._tx.vault.blinds("person", _who(person, application.reach, contact))
        ]
        return await self._read_all(
            registrations.c.course_id == application.course, registrations.c.blind.in_(blinds), _ACTIVE
        )

    async def waiting(self, course: int) -> list[Registration]:
        """Return the waiting list in its order."""
        return await self._read_all(
            registrations.c.course_id == course, registrations.c.state == State.WAITLISTED.value
        )

    async def of_course(self, course: int) -> list[Registration]:
        """Return all registrations of a course, in the order of the list."""
        return await self._read_all(registrations.c.course_id == course)

    async def of(self, contact: int) -> list[Registration]:
        """Return a contact's registrations, oldest first."""
        return await self._read_all(registrations.c.contact_id == contact)

    async def by_receipt(self, receipt: int) -> list[Registration]:
        """Return the registrations under a receipt."""
        return await self._read_all(registrations.c.receipt == receipt)

    async def get(self, registration: int) -> Registration | None:
        """Return one registration."""
        found = await self._read_all(registrations.c.id == registration)
        return found[0] if found else None

    async def move(
        self,
        registration: Registration,
        state: State,
        at: datetime,
        actor: str,
        *,
        offer_until: datetime | None = None,
        reason: str = "",
        detail: str = "",
    ) -> None:
        """Change the state; raise Refused if the rules do not allow it. Call it under the course's lock."""
        row = await self._tx.first(
            select(registrations).where(registrations.c.id == registration.id).with_for_update()
        )
        if row is None:
            return
        before = State(row.state)
        follow(before, state)
        sealed = (
            await self._tx.seal(row.contact_id, registrations.c.reason, row.no, reason) if reason else None
        )
        await self._tx.change(
            update(registrations)
            .where(registrations.c.id == registration.id)
            .values(state=state.value, changed_at=at, offer_until=offer_until, reason=sealed)
        )
        await self._log(registration.id, row.course_id, at, actor, before, state, detail)

    async def hold_offer(self, registration: Registration, until: datetime | None) -> None:
        """Set the end of an offer; None: it waits, since the offer could not be delivered."""
        await self._tx.change(
            update(registrations).where(registrations.c.id == registration.id).values(offer_until=until)
        )

    async def exported(self, ids: Iterable[int], at: datetime) -> None:
        """Note that the VHS has these now."""
        await self._tx.change(
            update(registrations).where(registrations.c.id.in_(list(ids))).values(exported_at=at)
        )

    async def courses_in_use(self) -> list[int]:
        """Return the ids of the courses for which anybody is active, in their order."""
        statement = select(registrations.c.course_id).where(_ACTIVE).distinct()
        return [row.course_id for row in await self._tx.rows(statement.order_by(registrations.c.course_id))]

    async def log_of(self, course: int) -> list[Happening]:
        """Return the log of a course, oldest first."""
        rows = await self._tx.rows(
            select(registration_log)
            .where(registration_log.c.course_id == course)
            .order_by(registration_log.c.id)
        )
        return [
            Happening(
                row.registration_id,
                row.at,
                row.actor,
                State(row.before) if row.before else None,
                State(row.after),
                row.detail,
            )
            for row in rows
        ]

    async def before(self, registration: Registration) -> int:
        """Return how many people stand before this one on the waiting list."""
        place = (registrations.c.priority, registrations.c.created_at, registrations.c.id)
        mine = (registration.priority, registration.created_at, registration.id)
        row = await self._tx.first(
            select(func.count())
            .select_from(registrations)
            .where(
                registrations.c.course_id == registration.course,
                registrations.c.state == State.WAITLISTED.value,
                registrations.c.receipt != registration.receipt,
                tuple_(*place) < tuple_(*map(literal, mine, (column.type for column in place))),
            )
        )
        return int(row[0]) if row else 0

    async def give(self, kept: int, other: int) -> None:
        """Give the registrations of `other` to `kept`, encrypted anew; for the join of two contacts."""
        for row in await self._tx.rows(select(registrations).where(registrations.c.contact_id == other)):
            no = (await self._tx.number(kept, shown=False)).numbered
            values: dict[str, object] = {"contact_id": kept, "no": no}
            for column in (registrations.c.application, registrations.c.reason):
                if (sealed := row._mapping[column.name]) is not None:
                    opened = await self._tx.open(other, column, row.no, sealed)
                    values[column.name] = await self._tx.seal(kept, column, no, opened)
            await self._tx.change(update(registrations).where(registrations.c.id == row.id).values(**values))

    async def _log(
        self,
        registration: int,
        course: int,
        at: datetime,
        actor: str,
        before: State | None,
        after: State,
        detail: str = "",
    ) -> None:
        await self._tx.add(
            registration_log,
            [
                {
                    "registration_id": registration,
                    "course_id": course,
                    "at": at,
                    "actor": actor,
                    "before": before.value if before else None,
                    "after": after.value,
                    "detail": detail,
                }
            ],
        )

    async def _read_all(self, *which: ColumnElement[bool]) -> list[Registration]:
        statement = _registrations().where(*which)
        rows = await self._tx.rows(
            statement.order_by(registrations.c.priority, registrations.c.created_at, registrations.c.id)
        )
        await self._tx.load_keys(row.contact_id for row in rows)
        return [await self._read(row) for row in rows]

    async def _read(self, row: AnyRow) -> Registration:
        opened = await self._tx.open(row.contact_id, registrations.c.application, row.no, row.application)
        reason = ""
        if row.reason is not None:
            reason = await self._tx.open(row.contact_id, registrations.c.reason, row.no, row.reason)
        return Registration(
            id=row.id,
            receipt=row.receipt,
            contact=row.contact_id,
            guest=row.guest,
            course=row.course_id,
            application=_APPLICATION.validate_json(opened),
            state=State(row.state),
            created_at=row.created_at,
            priority=row.priority,
            offer_until=row.offer_until,
            reason=reason,
            exported_at=row.exported_at,
        )

    async def renew_blinds(self, contact: int) -> None:
        """Make a contact's blind indexes anew, with the master key in use."""
        for one in await self.of(contact):
            blind = self._blind(one.person, one.application.reach, contact)
            await self._tx.change(
                update(registrations).where(registrations.c.id == one.id).values(blind=blind)
            )

    def _blind(self, person: Person, reach: str, contact: int) -> bytes:
        return self._tx.vault.blind("person", _who(person, reach, contact))


def _who(person: Person, reach: str, contact: int) -> str:
    """Return what tells a person from another: the names, and how to reach them; without it, who wrote."""
    way = "".join(letter for letter in reach.casefold() if letter.isalnum() or letter in "@.")
    return f"{person.name_key}\0{way or contact}"


def _registrations() -> AnySelect:
    return select(registrations, contacts.c.guest).join(contacts, contacts.c.id == registrations.c.contact_id)
