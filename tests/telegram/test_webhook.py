"""Deliveries: acknowledged after the commit, refused without the secret, harmless in any order and number."""

from collections.abc import AsyncIterator
from io import BytesIO

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.message import Address, Author
from bot.service import receive
from bot.service.mind import Mind
from bot.service.ports import Store
from bot.telegram import Webhook
from bot.telegram.webhook import HEADER, path_of
from tests.telegram.driver import SECRET, Lotse, delivered, until
from tests.telegram.fake import FakeTelegram, Person
from tests.telegram.fake.faults import DELIVERY, lost_answer, twice


@pytest.fixture
async def lotse(fake: FakeTelegram, sqlite_store: Store, mind: Mind) -> AsyncIterator[Lotse]:
    """Lotse that has its updates delivered."""
    bot = Lotse(fake, sqlite_store, mind)
    async with delivered(bot):
        yield bot


@pytest.fixture
async def person(fake: FakeTelegram, lotse: Lotse) -> Person:
    """Somebody who has been welcomed, in German."""
    somebody = fake.person("de")
    somebody.start()
    await lotse.answered()
    return somebody


async def _post(lotse: Lotse, body: bytes, secret: str | None = SECRET) -> int:
    app = web.Application()
    app.add_routes(Webhook(SECRET, lotse.dispatcher.take).routes())
    headers = {} if secret is None else {HEADER: secret}
    async with (
        TestServer(app) as server,
        aiohttp.ClientSession() as session,
        session.post(server.make_url(path_of(SECRET)), data=BytesIO(body), headers=headers) as answer,
    ):
        return answer.status


@pytest.mark.parametrize("secret", [None, "", "a-secret-of-the-tests-onlY", "geheim-üß"])
async def test_without_the_secret_nothing_is_read(lotse: Lotse, secret: str | None) -> None:
    assert await _post(lotse, b'{"update_id": 1}', secret) == 403


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b'{"update_id": ', b"\xff\xfe"])
async def test_what_is_no_update_is_refused(lotse: Lotse, body: bytes) -> None:
    assert await _post(lotse, body) == 400


async def test_a_body_without_end_is_not_read_to_its_end(lotse: Lotse) -> None:
    assert await _post(lotse, b'"' + b"x" * 2_000_000 + b'"') == 413


@pytest.mark.parametrize("body", [b"{}", b'{"update_id": 1}', b'{"update_id": "x", "message": 5}'])
async def test_what_cannot_be_read_is_acknowledged(lotse: Lotse, body: bytes) -> None:
    """Otherwise Telegram would bring it for a day."""
    assert await _post(lotse, body) == 200


def test_the_path_tells_nothing_of_the_secret() -> None:
    assert path_of(SECRET) != path_of(SECRET + "x")
    assert SECRET not in path_of(SECRET)
    assert len(path_of(SECRET)) == len("/telegram/") + 32


async def test_a_full_intake_has_telegram_come_again(
    lotse: Lotse, fake: FakeTelegram, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503, and the message is answered when there is room."""
    with monkeypatch.context() as full:
        full.setattr(receive, "MOST_WAITING", 0)
        person.says("danke")
        await until(lambda: fake.deliveries[-1].status == 503)
    await lotse.answered()
    assert person.hears()[-1] == lotse.mind.world.texts("de").say("smalltalk.thanks")


async def test_delivered_twice_answered_once(lotse: Lotse, fake: FakeTelegram, person: Person) -> None:
    """The first acknowledgement was lost on its way; or Telegram just comes again."""
    before = len(person.hears())
    fake.faults.add(lost_answer(), DELIVERY)
    person.says("danke")
    await lotse.answered()
    fake.faults.add(twice(), chat=person)
    person.says("Auf Wiedersehen")
    await lotse.answered()
    assert len(person.hears()) == before + 2


async def test_many_people_in_any_order(lotse: Lotse, fake: FakeTelegram) -> None:
    """Deliveries of different chats overtake each other; nobody is forgotten, each chat keeps its order."""
    fake.faults.shuffled = True
    people = [fake.person("de") for _ in range(12)]
    for person in people:
        person.start()
        person.says("danke")
        person.says("Auf Wiedersehen")
    await lotse.answered()
    for person in people:
        async with lotse.store.read() as unit:
            found = await unit.contacts.find(Address("telegram", lotse.client.account, str(person.id)))
            held = await unit.held(found[0].id) if found else None
        assert held is not None
        lines = [line.body.text for line in held.messages if line.author is Author.NEWCOMER]
        assert lines == ["", "danke", "Auf Wiedersehen"]
        assert len(person.hears()) > 1
