"""Cookies, ids and limits, by themselves."""

from aiohttp.test_utils import make_mocked_request
from aiohttp.web import Request, Response
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from bot.channels.web.limits import MOST, Buckets, Rate
from bot.channels.web.session import Sessions, is_client_id
from bot.http.client import client_address
from tests.fakes import FakeClock

SESSIONS = Sessions(b"k" * 32, secure=False, days=90)
FIRST = "0" * 32


def asking(cookie: str) -> Request:
    """A request with a cookie."""
    return make_mocked_request("GET", "/", headers={"Cookie": f"lotse={cookie}"})


def cookie_of(sessions: Sessions, session: str) -> str:
    """Return the cookie's value as it is sent to the browser."""
    response = Response()
    sessions.remember(response, session)
    return response.cookies[sessions.cookie].value


def test_a_cookie_of_ours_is_read() -> None:
    session = SESSIONS.begin(FIRST)
    assert SESSIONS.read(asking(cookie_of(SESSIONS, session))) == session


def test_a_cookie_lives_as_long_as_its_contact() -> None:
    response = Response()
    SESSIONS.remember(response, SESSIONS.begin(FIRST))
    assert response.cookies[SESSIONS.cookie]["max-age"] == str(90 * 86_400)


def test_a_forged_cookie_is_none() -> None:
    session = SESSIONS.begin(FIRST)
    value = cookie_of(SESSIONS, session)
    foreign = cookie_of(Sessions(b"x" * 32, secure=False, days=90), session)
    other = f"{'1' * 32}.{value.partition('.')[2]}"
    for forged in (foreign, other, session, f"{session}.", f"{value}0", ".", "", "ä.ö"):
        assert SESSIONS.read(asking(forged)) == ""


@given(st.text(st.characters(codec="ascii", exclude_characters=';"\\, \r\n\t')))
def test_no_text_is_a_cookie(text: str) -> None:
    assert SESSIONS.read(asking(text)) == ""


def test_ids_tell_nothing_and_never_meet() -> None:
    session = SESSIONS.begin(FIRST)
    assert FIRST not in session
    assert len(session) == 32
    ids = {SESSIONS.external_id(one, number, text) for one in "ab" for number in "cd" for text in "ef"}
    assert len(ids) == 8
    assert session not in SESSIONS.external_id(session, FIRST, "x")


def test_client_ids() -> None:
    assert is_client_id("123e4567-e89b-12d3-a456-426614174000")
    assert is_client_id("123e4567e89b12d3a456426614174000")
    for wrong in (
        "",
        "1",
        "123E4567e89b12d3a456426614174000",
        "123e4567e89b12d3a456426614174000\n",
        "g" * 32,
    ):
        assert not is_client_id(wrong)


def test_a_bucket_empties_and_fills() -> None:
    clock = FakeClock()
    buckets = Buckets(Rate(burst=2, seconds=3), clock)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 3]
    assert buckets.take("b") == 0
    clock.advance(seconds=2)
    assert buckets.take("a") == 1
    clock.advance(seconds=1)
    assert buckets.take("a") == 0
    clock.advance(days=1)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 3]


def test_a_clock_set_back_does_no_harm() -> None:
    clock = FakeClock()
    buckets = Buckets(Rate(burst=1, seconds=3), clock)
    buckets.take("a")
    clock.advance(hours=-1)
    assert buckets.take("a") == 3


def test_buckets_do_not_grow_without_end() -> None:
    buckets = Buckets(Rate(burst=1, seconds=3), FakeClock())
    buckets.take("first")
    for number in range(MOST):
        buckets.take(str(number))
    assert buckets.take(str(MOST - 1)) > 0
    assert buckets.take("first") == 0


def test_only_our_own_proxies_are_believed() -> None:
    def address(forwarded: str | None, proxies: int) -> str:
        headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
        request = make_mocked_request("GET", "/", headers=headers).clone(remote="198.51.100.7")
        return client_address(request, proxies)

    assert address(None, 0) == "198.51.100.7"
    assert address("203.0.113.5", 0) == "198.51.100.7"
    assert address("1.2.3.4, 203.0.113.5", 1) == "203.0.113.5"
    assert address("1.2.3.4, 203.0.113.5, 10.0.0.1", 2) == "203.0.113.5"
    assert address("203.0.113.5", 3) == "203.0.113.5"


def test_all_lines_of_x_forwarded_for_are_one_list() -> None:
    """Whoever claims an address gets a new bucket for every claim, if the first line alone counts."""
    headers = CIMultiDict([("X-Forwarded-For", "1.2.3.4"), ("X-Forwarded-For", "203.0.113.5")])
    request = make_mocked_request("GET", "/", headers=headers)
    assert client_address(request, 1) == "203.0.113.5"
    assert client_address(request, 2) == "1.2.3.4"
