"""What the fake Telegram makes of a text, and what it refuses: HTML, lengths, keyboards."""

import json
from typing import Any

import aiohttp
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from tests.telegram.fake import FakeTelegram, Person
from tests.telegram.fake.entities import units
from tests.telegram.fake.judge import bot, durations_as_timedelta, fake, samira, strict

__all__ = ["bot", "durations_as_timedelta", "fake", "samira"]  # fixtures

MANY = [{"text": str(number), "callback_data": "x"} for number in range(101)]


@pytest.mark.parametrize(
    ("source", "text", "html"),
    [
        ("<b>Hallo</b> &lt;3 &amp; &#1587;&#x41;", "Hallo <3 & سA", "<b>Hallo</b> &lt;3 &amp; سA"),
        ("<b>a <i>b</i></b> c", "a b c", "<b>a <i>b</i></b> c"),
        (
            "😀<a href='https://a.de?x=1&amp;y'>Seite</a>",
            "😀Seite",
            '😀<a href="https://a.de/?x=1&amp;y">Seite</a>',
        ),
        ('<a href="tel:+4925411">Tel</a>', "Tel", "Tel"),
        ("  <pre>x</pre>\n<code>y</code>\n ", "x\ny", "<pre>x</pre>\n<code>y</code>"),
        ("\u202eab\u2067\u2066+49\u2069\r\n", "ab\u2067\u2066+49\u2069", "ab\u2067\u2066+49\u2069"),
        ("<blockquote expandable>x</blockquote>", "x", "x"),
    ],
)
async def test_html_becomes_text_and_entities(
    bot: Bot, samira: Person, source: str, text: str, html: str
) -> None:
    message = strict(await bot.send_message(samira.id, source, parse_mode="HTML"))
    assert (message.text, samira.sees()[-1].html) == (text, html)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>ä", 'can\'t find end tag corresponding to start tag "b"'),
        ("é<kbd>x</kbd>", 'unsupported start tag "kbd" at byte offset 2'),
        ("1 < 2", 'unclosed start tag at byte offset 2|unsupported start tag "" at byte offset 2'),
        ("<b>a</i>", 'unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("a</b>", "unexpected end tag at byte offset 1"),
        ("<a href='x", "unclosed start tag"),
        ("<span>x</span>", 'tag "span" must have class "tg-spoiler"'),
        ("<b>a</b", "unclosed end tag at byte offset 4"),
    ],
)
async def test_broken_html_is_refused(bot: Bot, samira: Person, source: str, reason: str) -> None:
    with pytest.raises(BadRequest) as refused:
        await bot.send_message(samira.id, source, parse_mode="HTML")
    said = refused.value.message.lower()
    assert any(one in said for one in reason.split("|")), said
    assert samira.hears() == []


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \u200b\n"}, "message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "😀" * 2048 + "x"}, "message is too long"),
        ({"text": "x", "chat_id": 4}, "chat not found"),
        ({"text": "x", "chat_id": ""}, "chat_id is empty"),
        ({"text": "x", "chat_id": "me"}, "must be of type Number"),
        ({"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ({"text": "x", "message_thread_id": 7}, "message thread not found"),
        ({"text": "x", "reply_parameters": '{"message_id": 99}'}, "message to be replied not found"),
        ({"text": "x", "reply_markup": "[1]"}, "object expected as reply markup"),
        ({"text": "x", "reply_markup": '{"inline_keyboard": [1]}'}, "expected an Array of Arrays"),
        (
            {"text": "x", "reply_markup": '{"inline_keyboard": [[{"text": "a"}]]}'},
            "Text buttons are unallowed",
        ),
        (
            {"text": "x", "reply_markup": '{"inline_keyboard": [[{"url": "a.de"}]]}'},
            'Can\'t find field "text"',
        ),
        (
            {"text": "x", "reply_markup": '{"inline_keyboard": [[{"text": "a", "url": "tel:1"}]]}'},
            "Wrong HTTP URL",
        ),
        ({"text": "x", "reply_markup": "{"}, "not valid JSON"),
        ({"text": "x", "reply_markup": '{"buttons": []}'}, "unknown type"),
        ({"text": "x", "reply_markup": '{"keyboard": [[{"text": " "}]]}'}, "can't parse keyboard button"),
        ({"text": "x", "reply_markup": '{"inline_keyboard": [["a"]]}'}, "expected an Object"),
        ({"text": "x", "reply_markup": json.dumps({"inline_keyboard": [MANY]})}, "reply markup is too long"),
        ({"text": "x", "link_preview_options": "[]"}, "object expected as link preview options"),
        ({"text": "x", "entities": '{"type": "bold"}'}, "expected an Array of MessageEntity"),
        ({"text": "x", "entities": '[{"type": "marquee"}]'}, "unsupported type"),
        ({"text": "x", "entities": '[{"type": "bold"}]'}, "must be Numbers"),
        (
            {"text": "x", "entities": '[{"type": "bold", "offset": 0, "length": 2}]'},
            "after the end of the text",
        ),
        ({"text": "*x*", "parse_mode": "MarkdownV2"}, "reads HTML only"),
    ],
)
async def test_wrong_messages_are_refused(
    fake: FakeTelegram, samira: Person, arguments: dict[str, Any], reason: str
) -> None:
    async with aiohttp.ClientSession() as session:
        body = {"chat_id": samira.id} | arguments
        async with session.post(f"{fake.base_url}{fake.token}/sendMessage", data=body) as response:
            refused = await response.json()
    assert (response.status, refused["ok"], refused["error_code"]) == (400, False, 400)
    assert reason in refused["description"]


async def test_limits_are_telegrams(bot: Bot, samira: Person) -> None:
    await bot.send_message(samira.id, "<b>" + "😀" * 2048 + "</b>", parse_mode="HTML")
    assert units(samira.hears()[-1]) == 4096
    for data, fits in (("ä" * 32, True), ("ä" * 32 + "x", False)):
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data=data)]])
        if fits:
            await bot.send_message(samira.id, "x", reply_markup=markup)
        else:
            with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
                await bot.send_message(samira.id, "x", reply_markup=markup)
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_document(samira.id, b"x", filename="x.txt", caption="x" * 1025)
