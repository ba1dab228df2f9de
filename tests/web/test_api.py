"""What the script sends, and what a hostile client might."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest

from bot.domain.message import Delivery, Outbound, StoredMessage
from bot.service.receive import TooBusy
from bot.storage.engine import Database
from tests.web.wiring import Client, Wiring, browsing, post


async def send(client: Client, **values: Any) -> tuple[int, dict[str, Any]]:
    """Send as the script does."""
    async with client.post("/api/send", json={"id": uuid4().hex, **values}) as response:
        return response.status, await response.json()


async def latest(wiring: Wiring) -> StoredMessage:
    """Return the last message of whoever wrote last."""
    async with wiring.store.read() as unit:
        found = await unit.contacts.find(wiring.received[-1].address)
        assert found
        return (await unit.messages.latest(found[0].id, 1))[0]


async def test_a_message_is_acknowledged_with_its_number(client: Client, wiring: Wiring) -> None:
    status, answer = await send(client, text="  Wie melde ich mich an?\n", lang="de")
    assert status == 202
    assert answer == {"message": (await latest(wiring)).id}
    assert wiring.received[0].text == "Wie melde ich mich an?"


async def test_a_repeat_is_harmless(client: Client, wiring: Wiring) -> None:
    number = str(uuid4())
    await send(client, id=number, text="Nur einmal")
    client.session.cookie_jar.clear()
    assert await send(client, id=number, text="Nur einmal") == (202, {"message": None})
    assert len(wiring.received) == 1


async def test_another_session_cannot_block_an_id(client: Client, wiring: Wiring) -> None:
    number = uuid4().hex
    await send(client, text="Hallo zusammen")
    await send(client, id=number, text="Meins")
    async with browsing(wiring) as other:
        await send(other, text="Guten Tag")
        status, answer = await send(other, id=number, text="Meins")
    assert status == 202
    assert answer["message"] is not None


NONSENSE = (
    b"",
    b"[]",
    b"null",
    b"{" * 50_000,
    b"\xff\xfe",
    json.dumps({"text": "ohne id"}).encode(),
    json.dumps({"id": "1", "text": "x"}).encode(),
    json.dumps({"id": uuid4().hex, "text": 5}).encode(),
    json.dumps({"id": uuid4().hex, "text": None}).encode(),
    json.dumps({"id": uuid4().hex, "choice": "x" * 65}).encode(),
    json.dumps({"id": uuid4().hex, "choice": "\ud800"}).encode(),
    json.dumps({"id": uuid4().hex, "choice": "cmd:\x00"}).encode(),
    json.dumps({"id": uuid4().hex, "text": " "}).encode(),
)


async def test_nonsense_is_refused(client: Client, wiring: Wiring) -> None:
    for body in NONSENSE:
        async with client.post(
            "/api/send", data=body, headers={"Content-Type": "application/json"}
        ) as response:
            assert response.status == 400, body[:40]
            assert (await response.json())["notice"]
    assert not wiring.received


FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data"
# A content type and a body that is none of it.
BROKEN_FORMS = (
    (f"{FORM}; charset=foo", b"id=1&text=x"),
    (f"{FORM}; charset=raw_unicode_escape", b"id=1&text=\\ud800&token=\\ud800"),
    (FORM, b"id=1&text=\xff\xfe&token=\xff"),
    (PARTS, b"text"),
    (f"{PARTS}; boundary=x", b"text"),
    (f"{PARTS}; boundary=x", b"--x\r\n\r\ntext\r\n--x--\r\n"),
    (f"{PARTS}; boundary=x", b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--x--\r\n'),
    (
        f"{PARTS}; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="text"\r\nContent-Transfer-Encoding: x\r\n\r\na\r\n--x--\r\n',
    ),
)


@pytest.mark.parametrize("path", ["/send", "/resume"])
@pytest.mark.parametrize(("kind", "body"), BROKEN_FORMS)
async def test_a_broken_form_gets_a_kind_page(
    client: Client, wiring: Wiring, path: str, kind: str, body: bytes
) -> None:
    async with client.post(path, data=body, headers={"Content-Type": kind}) as response:
        assert response.status == 400
        assert response.headers["Cache-Control"] == "no-store"
        assert re.search(r'role="(alert|status)">[^<]', await response.text())
    assert not wiring.received


async def test_json_of_a_charset_that_nobody_knows(client: Client, wiring: Wiring) -> None:
    for path in ("/api/send", "/api/seen"):
        headers = {"Content-Type": "application/json; charset=foo"}
        async with client.post(path, data=b"{}", headers=headers) as response:
            assert response.status == 400, path
            assert (await response.json())["notice"]


async def test_broken_characters_are_taken(client: Client, wiring: Wiring) -> None:
    body = f'{{"id": "{uuid4().hex}", "text": "a\\ud800b\\u0000c", "lang": "\\ud800"}}'
    async with client.post("/api/send", data=body) as response:
        assert response.status == 202
    assert (await latest(wiring)).body.text == "a?bc"


async def test_a_huge_body_is_refused(client: Client, wiring: Wiring) -> None:
    text = "x" * (64 * 1024 + 1)
    for path, body in (
        ("/api/send", text),
        ("/api/seen", text),
        ("/send", {"text": text}),
        ("/resume", {"token": text}),
    ):
        async with client.post(path, data=body) as response:
            assert response.status == 413, path
    assert not wiring.received


async def test_too_long_a_text_gets_a_kind_word(client: Client, wiring: Wiring) -> None:
    status, answer = await send(client, text="x" * 4001, lang="en")
    assert status == 413
    assert "4000" in answer["notice"]
    assert "too long" in answer["notice"]


async def test_too_fast(client: Client, wiring: Wiring) -> None:
    for number in range(10):
        await send(client, text=f"Frage {number}")
    async with client.post("/api/send", json={"id": uuid4().hex, "text": "mehr"}) as response:
        assert response.status == 429
        assert response.headers["Retry-After"] == "3"
        assert "3" in (await response.json())["notice"]


async def test_seen_marks_read(client: Client, wiring: Wiring) -> None:
    await send(client, text="Hallo zusammen")
    number = await wiring.say(Outbound("Guten Tag", "de"))
    assert (await latest(wiring)).delivery is Delivery.SENT
    async with browsing(wiring) as stranger, stranger.post("/api/seen", json={"up_to": number}) as response:
        assert response.status == 204
    assert (await latest(wiring)).delivery is Delivery.SENT
    async with client.post("/api/seen", json={"up_to": number}) as response:
        assert response.status == 204
    assert (await latest(wiring)).delivery is Delivery.READ


async def test_seen_takes_numbers_only(client: Client) -> None:
    for up_to in (None, "1", 0, -1, True, 1.5, 2**70):
        async with client.post("/api/seen", json={"up_to": up_to}) as response:
            assert response.status == 400, up_to


async def test_a_document_is_for_its_owner_only(client: Client, wiring: Wiring) -> None:
    await send(client, choice="cmd:my_data")
    number = await wiring.say(Outbound("Ihre Daten", "de", kind="data", document='{"name": "Ä"}'))
    plain = await wiring.say(Outbound("Noch etwas", "de"))
    async with client.get("/") as response:
        assert f'href="/data/{number}"' in await response.text()
    async with client.get(f"/data/{number}") as response:
        assert await response.json() == {"name": "Ä"}
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.headers["Cache-Control"] == "no-store"
    async with client.get(f"/data/{plain}") as response:
        assert response.status == 404
    async with browsing(wiring) as stranger:
        async with stranger.get(f"/data/{number}") as response:
            assert response.status == 404
        await post(stranger, "Ich auch")
        async with stranger.get(f"/data/{number}") as response:
            assert response.status == 404


PAGES = ("/", "/privacy", "/data/1", "/api/events", "/resume/" + "x" * 43)


async def test_every_answer_carries_the_protecting_headers(client: Client) -> None:
    for path in PAGES:
        async with client.get(path) as response:
            policy = response.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'")
            assert "unsafe" not in policy
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Referrer-Policy"] == "same-origin"
            assert response.headers["Cache-Control"] == "no-store"
            assert "Strict-Transport-Security" not in response.headers


FOREIGN: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "self"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
)


async def test_other_pages_cannot_post(client: Client, wiring: Wiring) -> None:
    own = str(client.make_url("/")).rstrip("/")
    for path in ("/send", "/api/send", "/api/seen", "/keep", "/resume"):
        for foreign in FOREIGN:
            headers = {name: own if value == "self" else value for name, value in foreign.items()}
            async with client.post(path, data={"id": uuid4().hex, "text": "x"}, headers=headers) as response:
                assert response.status == 403, (path, foreign)
                assert "Content-Security-Policy" in response.headers
    assert not wiring.received


async def test_our_own_page_can_post(client: Client, wiring: Wiring) -> None:
    own = str(client.make_url("/")).rstrip("/")
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": own}):
        data = {"id": uuid4().hex, "text": "Hallo zusammen"}
        async with client.post("/send", data=data, headers=headers, allow_redirects=False) as response:
            assert response.status == 303
    assert len(wiring.received) == 2


async def test_static_files_may_be_kept(client: Client) -> None:
    async with client.get("/") as response:
        html = await response.text()
    address = html.partition('rel="stylesheet" href="')[2].partition('"')[0]
    async with client.get(address) as response:
        assert response.status == 200
        assert response.content_type == "text/css"
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for wrong in (
        "/static/000000000000/page.css",
        f"{address}x",
        address.replace("page.css", "..%2fguard.py"),
    ):
        async with client.get(wrong) as response:
            assert response.status == 404


async def test_invented_forwarding_gives_no_bucket_of_its_own(sqlite_store: Database) -> None:
    wiring = Wiring(sqlite_store, proxies=1, refuse=TooBusy())
    statuses = []
    async with browsing(wiring) as client:
        for number in range(91):
            headers = {"X-Forwarded-For": f"10.9.8.{number}, 203.0.113.5"}
            async with client.post(
                "/api/send", json={"id": uuid4().hex, "text": "x"}, headers=headers
            ) as response:
                statuses.append(response.status)
    assert statuses == [503] * 90 + [429]
