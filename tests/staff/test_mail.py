"""Letters over a real mail server: what arrives, and what each refusal means."""

import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from bot.service.ports import Letter, SendError, Unsure
from bot.staff.mail import Mail, Server
from tests.staff.post_office import PASSWORD, SENDER, USER, PostOffice, certificate, post_office

LETTER = Letter("frau.beispiel@kreis.example", "Lotse: für Sie (1)", "Gruß\n1001: http://x/1001", "7.9")


class Marks:
    """Counts how often a letter was about to go."""

    def __init__(self) -> None:
        self.made = 0

    async def make(self) -> None:
        """Make one."""
        self.made += 1


def _mail(office: PostOffice, **more: object) -> Mail:
    server = Server("127.0.0.1", office.port, SENDER, "none", patience=5.0)
    return Mail(replace(server, **more))  # type: ignore[arg-type]


async def test_a_letter_arrives_as_it_was_written() -> None:
    async with post_office() as office:
        mail, marks = _mail(office), Marks()
        await mail.send(LETTER, marks.make)
        (letter,) = office.taken()
    assert (letter["Subject"], letter["From"], letter["To"]) == (LETTER.subject, SENDER, LETTER.to)
    assert letter["Message-ID"] == "<7.9@kreis.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().splitlines() == LETTER.text.splitlines()
    assert marks.made == 1
    assert mail.trouble == ""


@pytest.mark.parametrize(
    ("answers", "permanent", "trouble", "marked"),
    [
        ({"recipient": "450 4.2.0 spaeter"}, False, "refused (450)", 0),
        ({"recipient": "550 5.1.1 kennt niemand"}, True, "", 0),
        ({"recipient": "550 kennt niemand"}, True, "", 0),
        ({"recipient": "550 5.7.1 relaying denied"}, False, "refused (550)", 0),
        ({"recipient": "554 kein Relay"}, False, "refused (554)", 0),
        ({"sender": "553 5.7.1 wer sind Sie"}, False, "refused (553)", 0),
        ({"words": "451 4.3.0 spaeter"}, False, "refused (451)", 1),
        ({"words": "554 5.7.1 unwanted"}, False, "refused (554)", 1),
    ],
)
async def test_a_refusal(answers: dict[str, str], permanent: bool, trouble: str, marked: int) -> None:
    """Only a refused address is given up, and its owner told why; all else is the server's trouble."""
    async with post_office() as office:
        mail, marks = _mail(office), Marks()
        for what, answer in answers.items():
            setattr(office, what, answer)
        with pytest.raises(SendError) as refusal:
            await mail.send(LETTER, marks.make)
        assert refusal.value.permanent is permanent
        assert mail.trouble == trouble
        assert ("kennt niemand" in refusal.value.reason) is permanent
        assert marks.made == marked
        for what in answers:
            setattr(office, what, "250 OK")
        await mail.send(LETTER, marks.make)
        assert mail.trouble == ""
        assert len(office.taken()) == 1


async def test_who_does_not_answer() -> None:
    async with post_office() as office:
        mail, marks = _mail(office, patience=0.2), Marks()
        office.hangs = True
        with pytest.raises(SendError, match="time-out"):
            await mail.send(LETTER, marks.make)
        port = office.port
    with pytest.raises(SendError, match="no connection") as gone:
        await mail.send(LETTER, marks.make)
    assert port
    assert not gone.value.permanent
    assert marks.made == 0


async def test_a_connection_that_breaks_at_the_end_tells_nothing() -> None:
    async with post_office() as office:
        mail, marks = _mail(office), Marks()
        office.words = ""
        with pytest.raises(Unsure):
            await mail.send(LETTER, marks.make)
        assert marks.made == 1


async def test_tls_and_login(tmp_path: Path) -> None:
    """Encrypted in both ways; nothing goes out without what was asked for."""
    shown, trusting = certificate(tmp_path)
    marks = Marks()
    login = {"user": USER, "password": PASSWORD, "context": trusting}
    async with post_office(shown, login=True) as office:
        good = _mail(office, security="starttls", **login)
        await good.send(LETTER, marks.make)
        assert len(office.taken()) == 1
        for wrong, told in (
            ({"password": "falsch"}, "login refused (535)"),
            ({"context": ssl.create_default_context()}, "no trusted TLS connection"),
            ({"user": ""}, "refused (530)"),
            ({"security": "tls"}, "no trusted TLS connection"),
        ):
            mail = _mail(office, **({"security": "starttls"} | login | wrong))
            with pytest.raises(SendError):
                await mail.send(LETTER, marks.make)
            assert mail.trouble == told
        assert office.taken() == []
    async with post_office(shown, implicit=True) as office:
        await _mail(office, security="tls", context=trusting).send(LETTER, marks.make)
        assert len(office.taken()) == 1
    async with post_office() as office:  # it offers no STARTTLS: then nothing is said
        with pytest.raises(SendError):
            await _mail(office, security="starttls").send(LETTER, marks.make)
        assert office.tried == 0
    assert marks.made == 2
