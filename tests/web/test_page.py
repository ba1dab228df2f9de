"""The page without JavaScript: forms, redirects, and nothing lost on the way."""

import asyncio
import re
from uuid import uuid4

import pytest

from bot.channels.web import chat
from bot.domain.message import Author, Choice, Delivery, Inbound, Outbound
from bot.service.receive import TooBusy
from bot.storage.engine import Database
from tests.web.wiring import Client, Wiring, browsing, post


def answer(_: Inbound) -> list[Outbound]:
    """Say the same to everything."""
    return [
        Outbound(
            "Gehen Sie ins **Rathaus**.",
            "de",
            (Choice("person", "Mensch fragen", "person"),),
            "Klein",
            "answer",
        )
    ]


async def page(client: Client, path: str = "/", **headers: str) -> str:
    """Return a page's HTML."""
    async with client.get(path, headers=headers) as response:
        assert response.status == 200
        return await response.text()


def log_of(html: str) -> str:
    """Return the part of a page that shows the exchange."""
    return html.partition('<div id="log"')[2].partition('<p id="writing"')[0]


async def test_looking_leaves_no_trace(client: Client, wiring: Wiring) -> None:
    for path in ("/", "/?lang=ar", "/?start=ar_duelmen_poster1", "/privacy", "/imprint", "/accessibility"):
        async with client.get(path) as response:
            assert response.status == 200
            assert "Set-Cookie" not in response.headers
    assert await contacts(wiring) == 0


async def test_own_words_are_marked_as_received_after_loading_too(client: Client, wiring: Wiring) -> None:
    """What stands in the history was stored; the marks of the live page must not be gone with it."""
    wiring.reply = answer
    await post(client, "Wo ist das Rathaus?")
    own, programs = log_of(await page(client)).split("</article>")[:2]
    received = wiring.texts("de").say("web.received")
    assert "by-newcomer" in own
    assert f"<span>{received}</span>" in own
    assert "by-program" in programs
    assert received not in programs


async def contacts(wiring: Wiring) -> int:
    """Return how many contacts there are."""
    from sqlalchemy import func, select

    from bot.storage.tables import contacts as table

    assert isinstance(wiring.store, Database)
    async with wiring.store.transaction() as transaction:
        row = await transaction.first(select(func.count().label("n")).select_from(table))
    return int(row.n) if row else 0


async def test_a_question_and_its_answer(client: Client, wiring: Wiring) -> None:
    wiring.reply = answer
    response = await post(client, "Wie melde ich mich an?")
    assert response.status == 303
    anchor = response.headers["Location"].partition("#")[2]
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=15552000" in cookie

    html = await page(client)
    assert f'id="{anchor}"' in html
    assert "Wie melde ich mich an?" in html
    assert "<strong>Rathaus</strong>" in html
    assert 'value="person"' in html
    assert "Mensch fragen" in html
    assert "Montag, 23. November 2026" in html
    assert "10:00" in html


async def test_an_answer_in_another_language_says_where_each_language_begins(
    client: Client, wiring: Wiring
) -> None:
    """A screen reader changes its voice by `lang` (WCAG 3.1.2); what is read aloud is the answer alone."""
    wiring.reply = lambda _: [
        Outbound(
            "Go to the town hall.",
            "en",
            (Choice("person", "Parler à quelqu'un", "person"),),
            "Source : x.",
            "answer",
            lead="La voici en anglais.",
            tail="Fermé maintenant.",
            frame="fr",
        )
    ]
    await post(client, "Où est la mairie ?", lang="fr")
    html = log_of(await page(client, "/?lang=fr"))
    for part, language, words in (
        ("lead", "fr", "La voici en anglais."),
        ("text", "en", "Go to the town hall."),
        ("text tail", "fr", "Fermé maintenant."),
        ("footnote", "fr", "Source : x."),
    ):
        assert f'<div class="{part}" lang="{language}" dir="ltr"><p dir="ltr">{words}</p></div>' in html
    assert '<form class="choices" method="post" action="/send" lang="fr" dir="ltr">' in html
    assert 'class="listen" data-lang="en"' in html


async def test_a_translated_answer_says_so_and_has_its_original_on_a_tap(
    client: Client, wiring: Wiring
) -> None:
    wiring.reply = lambda _: [
        Outbound(
            "تعال غدا",
            "ar",
            kind="staff",
            author=Author.STAFF,
            machine_translated=True,
            footnote="ترجمه برنامج",
            original="Kommen Sie <morgen>.\n\nBis dann",
            original_language="de",
        )
    ]
    await post(client, "متى؟", lang="ar")
    html = log_of(await page(client, "/?lang=ar"))
    assert '<div class="text" lang="ar" dir="auto"><p dir="rtl">تعال غدا</p></div>' in html
    assert '<details class="original">' in html
    assert '<div class="text" lang="de" dir="auto"><p dir="ltr">Kommen Sie &lt;morgen&gt;.</p>' in html
    assert wiring.texts("ar").say("reply.original") in html
    assert "ترجمه برنامج" in html


async def test_the_cookie_of_a_secure_page(sqlite_store: Database) -> None:
    async with browsing(Wiring(sqlite_store, secure=True)) as client:
        response = await post(client, "Hallo zusammen")
        assert response.headers["Set-Cookie"].startswith("__Host-lotse=")
        assert "Secure" in response.headers["Set-Cookie"]
        assert "max-age=31536000" in response.headers["Strict-Transport-Security"]


WISHES = (
    ("/", "", "de", "ltr"),
    ("/", "en-GB,de;q=0.5", "en", "ltr"),
    ("/", "xx,ar-SY;q=0.9,de;q=0.5", "ar", "rtl"),
    ("/", "de;q=0, en;q=0.2", "en", "ltr"),
    ("/", ";;;q=x,,", "de", "ltr"),
    ("/", "prs", "fa", "rtl"),
    ("/?lang=en", "ar", "en", "ltr"),
    ("/?start=ar_duelmen_poster1", "en", "ar", "rtl"),
    ("/?lang=%3Cscript%3E&start=%22%3E", "", "de", "ltr"),
)


async def test_the_language_of_the_page(client: Client) -> None:
    for path, header, language, direction in WISHES:
        html = await page(client, path, **{"Accept-Language": header})
        assert f'<html lang="{language}" dir="{direction}">' in html, (path, header)
        assert "%3C" not in html
        assert "<script>" not in html


async def test_the_first_words_come_first_once_the_language_is_chosen(client: Client, wiring: Wiring) -> None:
    """On a small phone the thirteen languages fill the screen: they did so also after one was chosen."""
    hello = wiring.texts("ar").say("web.program")
    for path, first in (("/", 'id="languages"'), ("/?lang=ar", hello), ("/?start=ar_duelmen", hello)):
        html = (await page(client, path, **{"Accept-Language": "ar"})).partition("<main")[2]
        last = hello if first != hello else 'id="languages"'
        assert -1 < html.index(first) < html.index(last), path


async def test_who_does_not_type_finds_the_topics_at_once(client: Client, wiring: Wiring) -> None:
    html = (
        (await page(client, "/?start=ar_duelmen"))
        .partition('<div class="welcome"')[2]
        .partition('id="log"')[0]
    )
    assert 'value="cmd:browse"' in html
    await post(client, choice="cmd:browse", start="ar_duelmen")
    assert [(one.choice, one.start) for one in wiring.received] == [("cmd:browse", "ar_duelmen")]
    assert wiring.received[0].text == wiring.texts("ar").say("web.menu.help")


async def test_a_mistyped_address_leads_to_the_conversation(client: Client, wiring: Wiring) -> None:
    """Such as one copied from a poster by hand."""
    for path in ("/duelmenn", "/poster/duelmen"):
        async with client.get(path, headers={"Accept-Language": "ar"}) as response:
            html = await response.text()
            assert response.status == 404
            assert "Content-Security-Policy" in response.headers
        assert wiring.texts("ar").say("web.lost") in html
        assert 'href="/"' in html.partition("<main")[2]


async def test_the_conversation_decides_the_language(client: Client, wiring: Wiring) -> None:
    await post(client, "Hallo zusammen")
    await wiring.choose("ar")
    assert '<html lang="ar" dir="rtl">' in await page(client, **{"Accept-Language": "de"})


async def test_a_start_link_goes_with_the_first_message_only(client: Client, wiring: Wiring) -> None:
    html = await page(client, "/?start=ar_duelmen_poster1")
    assert 'name="start" value="ar_duelmen_poster1"' in html
    await post(client, "مرحبا", start="ar_duelmen_poster1")
    await post(client, "شكرا", start="ar_duelmen_poster1")
    assert [inbound.start for inbound in wiring.received] == ["ar_duelmen_poster1", ""]
    assert wiring.received[0].language_hint == "ar"


async def test_a_language_chosen_by_link_leads_the_start(client: Client, wiring: Wiring) -> None:
    await post(client, "Hello there", lang="en", start="ar_duelmen_poster1")
    assert wiring.received[0].start == "en_duelmen_poster1"


async def test_the_same_form_twice_has_one_effect(client: Client, wiring: Wiring) -> None:
    number = uuid4().hex
    await post(client, "Nur einmal", number=number)
    client.session.cookie_jar.clear()  # the answer to the first one got lost, and its cookie with it
    await post(client, "Nur einmal", number=number)
    assert len(wiring.received) == 1
    assert await contacts(wiring) == 1
    assert log_of(await page(client)).count("Nur einmal") == 1


async def test_two_buttons_of_one_page_are_two_messages(client: Client, wiring: Wiring) -> None:
    number = uuid4().hex
    await post(client, choice="cmd:town", number=number)
    await post(client, choice="cmd:person", number=number)
    assert [(inbound.choice, inbound.text) for inbound in wiring.received] == [
        ("cmd:town", "Mein Ort"),
        ("cmd:person", "Mensch fragen"),
    ]


async def test_a_pressed_button_reads_well_in_the_history(client: Client, wiring: Wiring) -> None:
    wiring.reply = answer
    await post(client, "Hallo zusammen")
    await post(client, choice="person")
    await post(client, choice="lang:ar")
    await post(client, choice="nobody:knows")
    assert [inbound.text for inbound in wiring.received] == ["Hallo zusammen", "Mensch fragen", "العربية", ""]


async def test_an_answer_that_takes_longer(client: Client, wiring: Wiring) -> None:
    response = await post(client, "Wie melde ich mich an?", lang="de")
    assert response.status == 303
    assert response.headers["Location"].startswith("/?lang=de#m")
    html = await page(client)
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in html
    assert "Ihre Antwort kommt gleich" in html
    wiring.clock.advance(seconds=60)
    assert "refresh" not in await page(client)


async def test_the_post_waits_for_its_answer(
    client: Client, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "PATIENCE", 30.0)
    sending = asyncio.create_task(post(client, "Wie melde ich mich an?"))
    async with wiring.notifier.subscribe("intake") as taken:
        assert wiring.received or await taken.wait(20)
    assert not sending.done()
    await wiring.say(Outbound("Im Rathaus.", "de"))
    assert (await sending).status == 303
    assert "Im Rathaus." in await page(client)


async def test_nobody_waits_for_a_person(client: Client, wiring: Wiring) -> None:
    """While a person is on it the program is silent; the page must not promise an answer at once."""
    from bot.domain.ticket import NewTicket

    await post(client, "Ich brauche Hilfe")
    async with wiring.store.write() as unit:
        found = await unit.contacts.find(wiring.received[0].address)
        assert found
        ticket = await unit.tickets.open(found[0].id, NewTicket("Hilfe", "de"), [], wiring.clock.now())
    assert "refresh" in await page(client)
    async with wiring.store.write() as unit:
        await unit.tickets.change(ticket.number, attended_at=wiring.clock.now())
    assert "refresh" not in await page(client)


async def test_too_long_a_text_stays_in_the_field(client: Client, wiring: Wiring) -> None:
    text = "ä" * 4001
    response = await post(client, text)
    html = await response.text()
    assert response.status == 413
    assert f">{text}</textarea>" in html
    assert "zu lang" in html
    assert not wiring.received


async def test_the_longest_text_is_taken(client: Client, wiring: Wiring) -> None:
    await post(client, "ሀ" * 4000)
    assert [len(inbound.text) for inbound in wiring.received] == [4000]


async def test_a_flood_is_slowed_down_and_nothing_is_lost(client: Client, wiring: Wiring) -> None:
    for index in range(10):
        assert (await post(client, f"Frage {index}")).status == 303
    number = uuid4().hex
    response = await post(client, "Die elfte", number=number)
    html = await response.text()
    assert response.status == 429
    assert response.headers["Retry-After"] == "3"
    assert ">Die elfte</textarea>" in html
    assert "warten Sie 3 Sekunden" in html
    assert number in html
    wiring.clock.advance(seconds=3)
    assert (await post(client, "Die elfte", number=number)).status == 303
    assert wiring.received[-1].text == "Die elfte"


async def test_one_address_cannot_flood_with_new_sessions(client: Client, wiring: Wiring) -> None:
    wiring.refuse = TooBusy()  # the limit comes before the intake, which would make this slow
    answers = [(await post(client, "Hallo zusammen")).status for _ in range(95)]
    assert answers == [503] * 90 + [429] * 5


async def test_a_full_intake_says_so(client: Client, wiring: Wiring) -> None:
    wiring.refuse = TooBusy()
    response = await post(client, "Ist da jemand?")
    assert response.status == 503
    assert "Retry-After" in response.headers
    assert ">Ist da jemand?</textarea>" in await response.text()


async def test_an_empty_message_is_none(client: Client, wiring: Wiring) -> None:
    assert (await post(client, " \r\n ")).status == 303
    assert not wiring.received


async def test_a_broken_form_keeps_the_words(client: Client, wiring: Wiring) -> None:
    response = await post(client, "Meine Frage", number="1")
    assert response.status == 400
    assert ">Meine Frage</textarea>" in await response.text()
    assert not wiring.received


async def test_after_an_erase_nothing_is_left(client: Client, wiring: Wiring) -> None:
    await post(client, "Mein Geheimnis")
    await wiring.erase()
    async with client.get("/") as response:
        html = await response.text()
        assert "Max-Age=0" in response.headers["Set-Cookie"]
    assert "nichts mehr gespeichert" in html
    assert "Geheimnis" not in html
    assert "nichts mehr gespeichert" not in await page(client)


async def test_the_receipt_of_an_erase_is_shown(client: Client, wiring: Wiring) -> None:
    """It belongs to a new contact of the same address; the page must lead to it, not to a message that is gone."""
    await post(client, "Mein Geheimnis")
    wiring.reply = lambda _: [Outbound("Alles gelöscht.", "de")]
    response = await post(client, choice="erase:yes")
    assert response.headers["Location"] == "/#end"
    html = await page(client)
    assert "Alles gelöscht." in html
    assert "Geheimnis" not in html


async def test_loading_the_page_says_seen(client: Client, wiring: Wiring) -> None:
    wiring.reply = answer
    await post(client, "Hallo zusammen")
    await page(client)
    async with wiring.store.read() as unit:
        found = await unit.contacts.find(wiring.received[0].address)
        assert found
        latest = await unit.messages.latest(found[0].id, 1)
    assert latest[0].delivery is Delivery.READ


HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(1)">\u202e]javascript:alert(1)['


@pytest.mark.parametrize("author", list(Author))
async def test_hostile_words_stay_words(client: Client, wiring: Wiring, author: Author) -> None:
    if author is not Author.NEWCOMER:
        link = "[x](javascript:alert(1)) <b onclick=x>"
        wiring.reply = lambda _: [
            Outbound(
                HOSTILE + link,
                'de" onx="',
                (Choice('a"><i>', HOSTILE, '<i>"'),),
                HOSTILE,
                'x" y="',
                author=author,
            )
        ]
    await post(client, HOSTILE)
    html = log_of(await page(client))
    assert "alert(1)" in html
    assert "<script" not in html
    assert "<img" not in html
    assert "<b " not in html
    assert "<i>" not in html
    assert "\u202e" not in html
    tags = re.findall(r"<[^>]*>", html)
    assert not [tag for tag in tags if re.search(r"\son\w+\s*=|javascript:", re.sub(r'"[^"]*"', "", tag))]


async def test_who_speaks_is_always_told(client: Client, wiring: Wiring) -> None:
    wiring.reply = lambda _: [
        Outbound("Vom Programm", "de"),
        Outbound("مرحبا", "ar", author=Author.STAFF, kind="staff"),
        Outbound("Rufen Sie 110 an", "de", kind="crisis"),
    ]
    await post(client, "Hallo zusammen")
    html = log_of(await page(client))
    speakers = re.findall(r'<p class="speaker">.*?<span>(.*?)</span>', html, re.S)
    assert speakers == ["Sie", "Lotse, das Programm", "Ein Mensch aus dem Team", "Lotse, das Programm"]
    assert '<div class="text" lang="ar" dir="auto">' in html
    assert "Wichtig: Hilfe in Not" in html
