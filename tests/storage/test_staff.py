"""Accounts, sessions and the brake on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.domain.entering import PER_ACCOUNT, WHOLE_DAY
from bot.domain.identity import LoggedOut
from bot.domain.staff import Role, Staff
from bot.service.ports import Conflict, Retention
from bot.storage.engine import Database
from bot.storage.tables import metadata
from bot.storage.vault import Vault
from tests.databases import MASTER_KEY
from tests.storage.people import NOW, after

CLERK = Staff(0, "Frau Beispiel", Role.CLERK, frozenset({"duelmen", "coesfeld"}), languages=("ar", "fa"))
SECRET = "JBSWY3DPEHPK3PXP"


async def added(store: Database, staff: Staff = CLERK) -> Staff:
    async with store.write() as unit:
        return await unit.staff.add(staff, NOW)


async def test_an_account_is_kept_as_it_was_made(store: Database) -> None:
    staff = await added(store)
    async with store.read() as unit:
        account = await unit.staff.get(staff.id)
        assert account
        assert account.staff == staff
        assert (staff.towns, staff.languages, staff.demo) == (CLERK.towns, ("ar", "fa"), False)
        assert await unit.staff.named(" frau  BEISPIEL") == account
        assert await unit.staff.named("Frau Beispiel'--") is None
        assert not account.is_ready


async def test_a_name_is_taken_once(store: Database) -> None:
    await added(store)
    with pytest.raises(Conflict):
        await added(store, Staff(0, "FRAU BEISPIEL", Role.LEAD))


async def test_secrets_and_tokens_are_not_readable_in_the_database(store: Database) -> None:
    staff = await added(store)
    async with store.write() as unit:
        await unit.staff.set_totp(staff.id, SECRET, 5)
        await unit.staff.prepare_totp(staff.id, SECRET)
        await unit.staff.set_recovery(staff.id, ["AAAA-BBBB"])
        invitation = await unit.door.invite(staff.id, SECRET, after(60))
        session = await unit.door.begin(staff.id, NOW, complete=True)
        await unit.door.knock("address:192.0.2.77", PER_ACCOUNT, NOW)
        account = await unit.staff.get(staff.id)
    assert account
    assert (account.totp, account.totp_next, account.totp_step) == (SECRET, SECRET, 5)
    stored = b""
    async with store.transaction() as transaction:
        for name, table in metadata.tables.items():
            if name.startswith("staff"):
                for row in await transaction.rows(select(table)):
                    stored += repr(tuple(row)).encode()
    for secret in (SECRET, "AAAA-BBBB", invitation, session, "192.0.2.77"):
        assert secret.encode() not in stored


async def test_a_secret_is_bound_to_its_owner(store: Database) -> None:
    one, other = await added(store), await added(store, Staff(0, "Herr Muster", Role.LEAD))
    async with store.write() as unit:
        await unit.staff.set_totp(one.id, SECRET, 1)
    async with store.transaction() as transaction:
        await transaction.change(
            text("UPDATE staff SET totp = (SELECT totp FROM staff WHERE id = :one) WHERE id = :other"),
            one=one.id,
            other=other.id,
        )
    async with store.read() as unit:
        with pytest.raises(Exception, match="cannot decrypt"):
            await unit.staff.get(other.id)


async def test_of_two_workers_one_uses_a_step(store: Database) -> None:
    staff = await added(store)

    async def use(step: int) -> bool:
        async with store.write() as unit:
            return await unit.staff.use_step(staff.id, step)

    assert sorted(await asyncio.gather(*(use(7) for _ in range(8)))) == [False] * 7 + [True]
    assert not await use(6)
    assert await use(8)


async def test_of_two_workers_one_uses_a_recovery_code_and_a_link(store: Database) -> None:
    staff = await added(store)
    async with store.write() as unit:
        await unit.staff.set_recovery(staff.id, ["AAAA", "BBBB"])
        token = await unit.door.invite(staff.id, SECRET, after(60))

    async def use() -> tuple[bool, bool]:
        async with store.write() as unit:
            return await unit.staff.use_recovery(staff.id, "AAAA"), await unit.door.redeem(token, NOW)

    used = await asyncio.gather(*(use() for _ in range(6)))
    assert [sum(column) for column in zip(*used, strict=True)] == [1, 1]
    async with store.read() as unit:
        assert await unit.staff.recovery_left(staff.id) == 1


async def test_tries_at_once_are_counted_one_after_the_other(store: Database) -> None:
    async def knock() -> timedelta:
        async with store.write() as unit:
            return await unit.door.knock("name:frau beispiel", PER_ACCOUNT, NOW)

    waits = await asyncio.gather(*(knock() for _ in range(20)))
    assert sum(not wait for wait in waits) == PER_ACCOUNT.free
    async with store.write() as unit:
        assert await unit.door.knock("name:herr muster", PER_ACCOUNT, NOW) == timedelta(0)
        await unit.door.forgive("name:frau beispiel")
    assert await knock() == timedelta(0)


async def test_whoever_is_revoked_has_nothing_left(store: Database) -> None:
    staff = await added(store)
    async with store.write() as unit:
        await unit.staff.set_password(staff.id, "a hash")
        await unit.staff.set_totp(staff.id, SECRET, 1)
        await unit.staff.set_recovery(staff.id, ["AAAA"])
        token = await unit.door.invite(staff.id, SECRET, after(60))
        session = await unit.door.begin(staff.id, NOW, complete=True)
        assert await unit.door.session(session)
        await unit.staff.revoke(staff.id, NOW)
        account = await unit.staff.get(staff.id)
        assert account
        assert (account.password, account.totp, account.is_ready) == ("", "", False)
        assert await unit.door.session(session) is None
        assert await unit.door.invitation(token, NOW) is None
        assert await unit.staff.recovery_left(staff.id) == 0
        assert await unit.staff.listed() == []
        assert await unit.staff.listed(revoked=True) == [account]


async def test_what_opens_nothing_any_more_is_purged(store: Database) -> None:
    staff = await added(store)
    async with store.write() as unit:
        session = await unit.door.begin(staff.id, NOW, complete=True)
        token = await unit.door.invite(staff.id, SECRET, after(60))
        await unit.door.knock("address:192.0.2.1", PER_ACCOUNT, NOW)
        assert await unit.door.is_news(LoggedOut("https://a", "s", "", "1", after(60)))
        await unit.purge(Retention(), NOW)
        assert not await unit.door.is_news(LoggedOut("https://a", "s", "", "1", after(60)))
        assert await unit.door.session(session)
        assert await unit.door.invitation(token, NOW)
        await unit.purge(Retention(), NOW + WHOLE_DAY + PER_ACCOUNT.forgotten_after)
    async with store.transaction() as transaction:
        for name in ("staff_sessions", "staff_invitations", "staff_attempts", "staff_logouts"):
            assert await transaction.rows(select(metadata.tables[name])) == [], name


async def test_second_factors_outlive_a_change_of_the_master_key(store: Database) -> None:
    staff = await added(store)
    async with store.write() as unit:
        await unit.staff.set_totp(staff.id, SECRET, 1)
    url, new = store.url.render_as_string(False), bytes(32)
    both = Database(url, Vault([new, MASTER_KEY]), store.folder)
    await both.rewrap()
    await both.close()
    renewed = Database(url, Vault([new]), store.folder)
    async with renewed.read() as unit:
        account = await unit.staff.get(staff.id)
    await renewed.close()
    assert account
    assert account.totp == SECRET


async def test_a_good_try_is_taken_back(store: Database) -> None:
    async with store.write() as unit:
        for _ in range(3 * PER_ACCOUNT.free):
            assert not await unit.door.knock("address:192.0.2.1", PER_ACCOUNT, NOW)
            await unit.door.give_back("address:192.0.2.1")
        await unit.door.give_back("address:192.0.2.1")  # never below nothing
        waits = [await unit.door.knock("address:192.0.2.1", PER_ACCOUNT, NOW) for _ in range(6)]
    assert [bool(wait) for wait in waits] == [False] * 5 + [True]


async def test_somebody_of_a_provider_has_one_account(store: Database) -> None:
    async with store.write() as unit:
        first = await unit.staff.add(CLERK, NOW, "https://a", "1")
        others = [replace(CLERK, name=name) for name in ("Zwei", "Drei")]
        second = await unit.staff.add(others[0], NOW, "https://b", "1")
        with pytest.raises(Conflict):
            await unit.staff.add(others[1], NOW, "https://a", "1")
        found = await unit.staff.provided("https://a", "1")
        assert found
        assert (found.staff, found.issuer, found.subject, found.is_provided) == (
            first,
            "https://a",
            "1",
            True,
        )
        assert await unit.staff.provided("https://a", "2") is None
        own = await unit.door.begin(first.id, NOW, complete=True, sid="s1", check_by=after(60))
        other = await unit.door.begin(second.id, NOW, complete=True, sid="s1")
        held = await unit.door.session(own)
        assert held
        assert held[1].check_by == after(60)
        await unit.door.checked(held[1].id, "s2", after(120))
        for sid, subject in (("s1", ""), ("s1", "1"), ("s2", "2")):
            assert await unit.door.end_provided(LoggedOut("https://a", subject, sid, "1", NOW)) == []
        assert await unit.door.end_provided(LoggedOut("https://a", "", "s2", "1", NOW)) == [first.id]
        assert await unit.door.session(own) is None
        assert await unit.door.session(other)
