"""A page's HTML becomes our Markdown: its words stay, and nothing else of it works any more."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.integreat.clean import visible
from bot.integreat.from_html import LONGEST, LONGEST_TEXT, from_html
from bot.markup import parse, to_html, to_plain

HERE = "https://cms.example.org/musterkreis/de/seite/"

CASES = {
    "entities": ("<p>M&#252;ll &amp; Gl&auml;ser&nbsp;</p>", "Müll & Gläser"),
    "headings": ("<h2>Wo?</h2><p>Hier.</p>", "**Wo?**\n\nHier."),
    "a heading with a link": (
        "<h3>Zum <a href='https://a.example/'>Amt</a> hier</h3>",
        "**Zum [Amt](https://a.example/) hier**",
    ),
    "line ends": ("<p>eins<br>zwei\ndrei</p>", "eins\nzwei drei"),
    "bold": ("<p><b>Montag </b>bis <strong>Freitag</strong></p>", "**Montag** bis **Freitag**"),
    "bold within a word": ("<p><b>W</b>ohngeld</p>", "**W**ohngeld"),
    "bold that marks cannot show": ("<p><b>Zeit:</b>Montag</p>", "Zeit:Montag"),
    "nested lists": (
        "<ul><li>a<ol><li>b</li><li>c<ul><li>d</li></ul></li></ol></li><li>e</li></ul>",
        "- a\n  1. b\n  2. c\n     - d\n- e",
    ),
    "a list item of two paragraphs": ("<ul><li><p>a</p><p>b</p></li></ul>", "- a\n\n  b"),
    "a table": (
        "<table><tr><th>Tag</th><th>Zeit</th></tr><tr><td>Mo</td><td>8 <p>Uhr</p></td></tr></table>",
        "- **Tag** – **Zeit**\n- Mo – 8 Uhr",
    ),
    "a table for the look": ("<table><tr><td><p>a</p><p>b</p></td></tr></table>", "a\n\nb"),
    "a link": ("<p><a href='https://a.example/x y(1)'>dort</a></p>", "[dort](https://a.example/xy%281%29)"),
    "a link from here": ("<p><a href='/de/x/'>dort</a></p>", "[dort](https://cms.example.org/de/x/)"),
    "an address without https": ("<p><a href='http://a.example/x'>dort</a></p>", "dort (http://a.example/x)"),
    "a telephone number": ("<p><a href='tel:+4925949999'>02594 9999</a></p>", "02594 9999"),
    "a telephone number behind words": ("<p><a href='tel:025949999'>Anruf</a></p>", "Anruf (025949999)"),
    "an e-mail address": ("<a href='mailto:a@b.example?subject=x'>Schreiben</a>", "Schreiben (a@b.example)"),
    "a program behind a link": ("<p><a href='javascript:alert(1)' onclick='x()'>dort</a></p>", "dort"),
    "a name before an address": ("<p><a href='https://bank.example@evil.example/'>dort</a></p>", "dort"),
    "pictures": (
        "<p><img src='x' alt='pin.svg'><img alt='Logo'>Markt 1 <img alt='Eine Frau telefoniert'></p>",
        "Markt 1 Eine Frau telefoniert",
    ),
    "what does something": (
        "<script>alert(1)</script><style>p{}</style><iframe src='x'>i</iframe><form><input value='v'></form>"
        "<svg><title>t</title></svg><p onmouseover='x()'>Text</p><!-- c -->",
        "Text",
    ),
    "our marks": (
        "<p>**kein** [Link](https://a.example) _x_ {police.phone}</p>",
        r"\*\*kein\*\* \[Link\](https://a.example) \_x\_ (police.phone)",
    ),
    "HTML that is meant as text": ("<p>&lt;script&gt;x&lt;/script&gt;</p>", "<script>x</script>"),
    "no list": ("<p>- a<br><span>1</span>. b</p>", "\\- a\n1\\. b"),
    "front matter": ("<p>---</p><p>title: x</p><p>---</p>", "---\n\ntitle: x\n\n---"),
    "what cannot be seen": ("<p>ab\u202ec\u2066d\u200b\x07\ud800e\u00adf</p>", "abcdef"),
    "joiners of Persian": ("<p>می\u200cخواهم</p>", "می\u200cخواهم"),
}


@pytest.mark.parametrize("case", CASES)
def test_words_bold_lists_and_links_stay(case: str) -> None:
    html, expected = CASES[case]
    assert from_html(html, HERE).text == expected


@pytest.mark.parametrize("html", ["", "   ", "<p></p><br>", "<script>x</script>", "<p>&nbsp;</p>", "\x00"])
def test_a_page_without_words_is_empty(html: str) -> None:
    assert from_html(html, HERE).text == ""


def test_a_page_of_50_megabytes_is_cut_and_says_so() -> None:
    converted = from_html("<p>Anfang</p>" + "<p>mehr und mehr</p>" * 2_550_000, HERE)
    assert converted.cut == f"zu lang (51.0 MB, erlaubt {LONGEST // 1000} kB)"
    assert converted.text.startswith("Anfang\n\nmehr und mehr")
    assert len(converted.text) <= LONGEST_TEXT


def test_a_long_word_is_cut_too() -> None:
    assert 0 < len(from_html("x" * 300_000, HERE).text) <= LONGEST_TEXT


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 100_000,
        "<div><x>" * 50_000,
        "<b></i>" * 50_000,
        "<ul><li>" * 50_000,
        "<svg><b></svg>" * 9_000,
    ],
    ids=["open", "unknown", "wrong ends", "lists", "foreign"],
)
def test_a_tower_of_tags_is_cut_where_it_gets_too_high(bomb: str) -> None:
    converted = from_html(f"<p>Anfang</p>{bomb}Ende", HERE)
    assert "zu tief verschachtelt" in converted.cut
    assert converted.text == "Anfang"


def test_many_paragraphs_without_ends_are_no_tower() -> None:
    converted = from_html("<p>a" * 500 + "<ul>" + "<li>b" * 500, HERE)
    assert converted.cut == ""
    assert converted.text.count("b") == 500


@given(st.text(alphabet=st.sampled_from("aä1 .-+*_[](){}<>&\\#|`~!\n\t:/\u202eم"), max_size=40))
def test_any_words_are_shown_as_they_are(words: str) -> None:
    html = "<p>" + words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "</p>"
    expected = visible(words).strip()
    shown = "".join(span.text for block in parse(from_html(html, HERE).text) for span in block.spans)
    assert shown == expected


PIECES = st.sampled_from(
    ["<b>", "</b>", "<i>", "<p>", "</p>", "<a href='https://x.example'>", "</a>", "<ul>", "</ul>", "<li>", "<br>",
     "<table>", "<tr>", "<td>", "</table>", "<h3>", "</h3>", "<ol>", "a", "1", ".", " ", "*", "**", "-", "_", ":", "("]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25))
def test_bold_and_links_never_turn_into_signs(pieces: list[str]) -> None:
    html = "".join(pieces)
    said = re.sub(r"\s", "", re.sub(r"<[^>]*>", "", html))
    text = from_html(html, HERE).text
    shown = "".join(span.text for block in parse(text) for span in block.spans)
    # A table's cells stand apart by a dash; all else is told as it was, in its order.
    if "<td>" not in html and "<table>" not in html:
        assert re.sub(r"\s", "", shown) == said


@given(st.text(max_size=80) | st.lists(PIECES).map("".join))
def test_whatever_comes_only_safe_html_goes_out(html: str) -> None:
    out = to_html(from_html(html, HERE).text, rtl=False)
    tags = set(re.findall(r"<(/?\w+)", out))
    assert tags <= {
        f"{end}{tag}" for end in ("", "/") for tag in ("p", "ul", "ol", "li", "strong", "a", "br")
    }
    assert all(address.startswith("https://") for address in re.findall(r'href="([^"]*)', out))
    to_plain(html)
