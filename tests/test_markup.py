"""Texts' marks: nothing dangerous comes out, nothing that was said is lost, and pieces are cut at borders."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.capabilities import units
from bot.markup import Block, Span, escape, link, parse, refused_links, split, to_html, to_plain

ALLOWED = {
    "p": {"dir"},
    "ul": {"dir"},
    "ol": {"dir"},
    "li": {"value"},
    "a": {"href", "rel"},
    "bdi": {"dir"},
    "strong": set(),
    "br": set(),
}
PRINTED = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"))
PIECES = st.sampled_from(
    [
        *(
            "**",
            "*",
            "_",
            "- ",
            "1. ",
            "\n",
            "\n\n",
            "](",
            "[",
            ")",
            "<b>",
            "&lt;",
            "\\",
            '"',
            "'",
            "#",
            "> ",
            "`",
            "|",
        ),
        *("[a](https://b.de)", "[a](javascript:alert(1))", "[x](tel:112)", "[x](data:text/html,y)"),
        *(
            "<script>alert(1)</script>",
            '[x](https://a.de" onclick="y)',
            "https://a.de/b?c=d&e",
            "{police.phone}",
        ),
        *("Wort ", "كلمة ", "\u202e", "👩‍👧"),
    ]
)
WHOLE = ("[Amt in Dülmen](https://a.de/b)", "{town-hall.phone}", "**sehr wichtig**")
MARKDOWN = st.lists(PIECES | st.text(PRINTED, max_size=5), max_size=30).map("".join)


class Seen(HTMLParser):
    """Collects the tags, attributes and words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "br":
            self.words += " "
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag in ("p", "li"):
            self.words += " "

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)


def letters(text: str) -> str:
    return re.sub(r"\s", "", text)


@given(MARKDOWN, st.booleans())
def test_html_holds_nothing_but_our_tags(text: str, rtl: bool) -> None:
    seen = Seen(to_html(text, rtl))
    assert seen.open == []
    for tag, attributes in seen.tags:
        assert attributes.keys() <= ALLOWED[tag]
        if tag == "a":
            assert (attributes["href"] or "").startswith(("https://", "mailto:", "tel:"))
            assert attributes["rel"] == "noopener"


@given(MARKDOWN)
def test_html_and_plain_text_say_the_same(text: str) -> None:
    shown = "".join(span.text for block in parse(text) for span in block.spans)
    assert letters(Seen(to_html(text, False)).words) == letters(shown)
    plain = iter(to_plain(text))
    assert all(letter in plain for letter in letters(shown)), "a letter is missing or out of order"


@given(st.text(PRINTED))
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    assert to_plain(escape(text)).split() == text.split()
    assert all(not span.bold for block in parse(escape(text)) for span in block.spans)


@given(
    st.lists(st.text(PRINTED, min_size=1).filter(lambda line: line.strip() == line), min_size=1, max_size=4)
)
def test_escaped_lines_stay_lines(typed: list[str]) -> None:
    shown = to_plain(escape("\n".join(typed)))
    assert [" ".join(line.split()) for line in shown.split("\n")] == [
        " ".join(line.split()) for line in typed
    ]


@given(MARKDOWN, st.integers(2, 200))
def test_pieces_fit_and_lose_nothing(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(0 < units(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(
    st.lists(
        st.sampled_from([*WHOLE, "Wort", "Satz.", "\n\n"]),
        max_size=40,
    ),
    st.integers(40, 120),
)
def test_links_placeholders_and_bold_stay_whole(parts: list[str], limit: int) -> None:
    text = " ".join(parts)
    for atom in WHOLE:
        assert sum(piece.count(atom) for piece in split(text, limit)) == text.count(atom)


def test_html_of_all_marks() -> None:
    text = "**Wichtig:** heute\nmorgen\n\n- eins [Seite](https://a.de/?x=1&y=2)\n- zwei\n\n3. drei"
    assert to_html(text, False) == (
        '<p dir="ltr"><strong>Wichtig:</strong> heute<br>morgen</p>'
        '<ul dir="ltr"><li>eins <a href="https://a.de/?x=1&amp;y=2" rel="noopener">Seite</a></li>'
        "<li>zwei</li></ul>"
        '<ol dir="ltr"><li value="3">drei</li></ol>'
    )


def test_numbers_and_addresses_keep_their_order_in_arabic() -> None:
    html = to_html("اتصل: [02541 18-0](tel:+492541180)", True)
    assert html == (
        '<p dir="rtl">اتصل: <bdi dir="ltr"><a href="tel:+492541180" rel="noopener">02541 18-0</a></bdi></p>'
    )


def test_plain_text_of_all_marks() -> None:
    text = "**Wichtig**\n\n- eins\n  - darin\n- [Seite](https://a.de/b)\n\n1. [a@b.de](mailto:a@b.de)"
    assert to_plain(text) == "Wichtig\n\n• eins\n  • darin\n• Seite (https://a.de/b)\n1. a@b.de"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[a.de/b](https://a.de/b/)", "a.de/b"),
        ("https://a.de/b.", "https://a.de/b."),
        ("[x](http://a.de)", "x"),
        ("Helfer*innen und Freund*innen", "Helfer*innen und Freund*innen"),
        ("5 * 3 * 2", "5 * 3 * 2"),
        ("<b>fett</b> &amp; # keine", "<b>fett</b> &amp; # keine"),
        ("# keine Überschrift\n> kein Zitat", "# keine Überschrift\n> kein Zitat"),
        ("", ""),
    ],
)
def test_plain_text(text: str, shown: str) -> None:
    assert to_plain(text) == shown


def test_bare_addresses_become_links_without_the_sentence_mark() -> None:
    assert parse("Siehe https://a.de/b.")[0].spans == (
        Span("Siehe "),
        Span("https://a.de/b", href="https://a.de/b"),
        Span("."),
    )


def test_blocks() -> None:
    assert parse("Hallo\n\n- **a**") == (Block((Span("Hallo"),)), Block((Span("a", bold=True),), "•"))


@pytest.mark.parametrize(
    "address", ["https://a.de/b(c)", "https://a.de/ü?x=y z", "tel:+492541180", "mailto:a_b@c.de"]
)
def test_a_made_link_is_read_as_one(address: str) -> None:
    (block,) = parse(link("a_b [*c*]", address))
    assert [span.text for span in block.spans] == ["a_b [*c*]"]
    assert block.spans[0].href


def test_refused_links() -> None:
    text = "[a](https://a.de) [b](http://b.de) [c](javascript:x) [d](tel:112) [e](ftp://e.de)"
    assert set(refused_links(text)) == {"http://b.de", "javascript:x", "ftp://e.de"}


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("kurz", 10, ["kurz"]),
        ("", 10, []),
        ("Erster Absatz.\n\nZweiter Absatz.", 20, ["Erster Absatz.", "Zweiter Absatz."]),
        ("Ein Satz. Noch ein Satz.", 15, ["Ein Satz.", "Noch ein Satz."]),
        ("جملة أولى؟ جملة ثانية", 14, ["جملة أولى؟", "جملة ثانية"]),
        ("ein zwei drei", 9, ["ein zwei", "drei"]),
        ("Donaudampfschiff", 10, ["Donaudampf", "schiff"]),
        ("😀😀😀", 4, ["😀😀", "😀"]),
        ("😀😀😀", 5, ["😀😀", "😀"]),
        ("e\u0301e\u0301e\u0301", 3, ["e\u0301", "e\u0301", "e\u0301"]),
    ],
)
def test_where_it_is_cut(text: str, limit: int, pieces: list[str]) -> None:
    assert split(text, limit) == pieces


def test_an_emoji_needs_two_units() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        split("a", 1)
