"""Hands letters to a mail server (SMTP, RFC 5321); what it answers becomes SendError."""

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import formatdate
from typing import Final, Literal

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPTimeoutError,
)

from bot.service.ports import Letter, SendError, Unsure

SEND_WITHIN: Final = 20.0  # seconds for one letter; the job's lease is longer
# RFC 3463: 5.1 is about the address, 5.2 about its mailbox. Without such a code: 550, 551, 553.
ADDRESS_CODES: Final = ("5.1.", "5.2.")
ADDRESS_ANSWERS: Final = (550, 551, 553)
ENHANCED: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Server:
    """Where letters are handed over. user: empty: without logging in. sender: the address that they come from.

    context: what is trusted; unset: what the machine trusts. patience: seconds for one answer of the server.
    """

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str = ""
    password: str = ""
    context: ssl.SSLContext | None = None
    patience: float = 10.0


class Mail:
    """The promise `Post`. trouble: what went wrong last, in a few words of ours; "" since a letter went out."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.trouble = ""

    async def send(self, letter: Letter, at_last: Callable[[], Awaitable[None]]) -> None:
        """Hand a letter over, on a connection of its own: notices are few."""
        begun = False

        async def begin() -> None:
            nonlocal begun
            await at_last()
            begun = True

        try:
            async with asyncio.timeout(SEND_WITHIN):
                await self._send(letter, begin)
        except (SMTPException, OSError, TimeoutError) as error:
            # Without an answer of the server to the words, nobody knows.
            unsure = begun and not isinstance(error, SMTPResponseException)
            refused = _is_of_address(error)
            reason = _reason(error, told=refused)
            self.trouble = "" if refused else reason
            if unsure:
                raise Unsure(reason) from error
            raise SendError(reason, permanent=refused, unreachable=refused) from error
        self.trouble = ""

    async def _send(self, letter: Letter, begin: Callable[[], Awaitable[None]]) -> None:
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=server.sender.rpartition("@")[2],
            timeout=server.patience,
            use_tls=server.security == "tls",
            # Required, never "if it is offered": who stands between could take the offer away.
            start_tls=server.security == "starttls",
            tls_context=server.context,
        )
        try:
            await client.connect()
            if server.user:
                await client.login(server.user, server.password)
            await client.mail(server.sender)
            await client.rcpt(letter.to)
            words = self._words(letter)
            await begin()
            await client.data(words)
        finally:
            client.close()

    def _words(self, letter: Letter) -> bytes:
        message = EmailMessage(POLICY)
        message["From"] = self._server.sender
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = f"<{letter.id}@{self._server.sender.rpartition('@')[2]}>"
        # RFC 3834: no out-of-office note comes back.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="quoted-printable")
        return message.as_bytes()


def _is_of_address(error: Exception) -> bool:
    """True if the server takes nothing for this very address; "relaying denied" is a fault of the settings."""
    if not isinstance(error, SMTPRecipientRefused) or error.code < 500:
        return False
    code = ENHANCED.search(error.message)
    return code[0].startswith(ADDRESS_CODES) if code else error.code in ADDRESS_ANSWERS


def _reason(error: Exception, *, told: bool) -> str:
    """Return what is wrong in a few words; the server's own words only where they are for the owner of the address."""
    if isinstance(error, SMTPAuthenticationError):
        return f"login refused ({error.code})"
    if isinstance(error, SMTPResponseException):
        words = " ".join(error.message.split())[:150] if told else ""
        return f"{error.code} {words}".strip() if told else f"refused ({error.code})"
    if isinstance(error, (SMTPTimeoutError, TimeoutError)):
        return "time-out"
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return "no trusted TLS connection"
    if isinstance(error, OSError) or isinstance(error.__cause__, OSError):
        return "no connection"
    return type(error).__name__
