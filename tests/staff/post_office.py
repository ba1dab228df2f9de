"""A real mail server (aiosmtpd) on a port of its own, which can be told to refuse, to hang or to break off."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

USER, PASSWORD = "lotse", "ein langes Geheimnis"
SENDER = "lotse@kreis.example"
OK = "250 OK"


@dataclass
class PostOffice:
    """What arrived, and what is answered. A handler of aiosmtpd."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    sender: str = OK
    recipient: str = OK
    words: str = OK  # "": the connection breaks when they have come
    hangs: bool = False
    tried: int = 0

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer to the sender."""
        self.tried += 1
        if self.hangs:
            await asyncio.Event().wait()
        envelope.mail_from = address
        return self.sender

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer to the recipient."""
        if self.recipient == OK:
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the letter, or refuse it."""
        if self.words == OK or not self.words:
            content = envelope.content
            assert isinstance(content, bytes)
            letter = BytesParser(policy=default).parsebytes(content)
            assert isinstance(letter, EmailMessage)
            assert envelope.rcpt_tos == [letter["To"]]
            self.letters.append(letter)
        if not self.words:
            assert server.transport is not None
            server.transport.close()
        return self.words

    def taken(self) -> list[EmailMessage]:
        """Return what arrived since the last time."""
        found, self.letters = self.letters, []
        return found


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
) -> AuthResult:
    right = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=data == right, handled=False)


@asynccontextmanager
async def post_office(
    tls: ssl.SSLContext | None = None, *, implicit: bool = False, login: bool = False
) -> AsyncIterator[PostOffice]:
    """Open it. tls: STARTTLS is offered, or, with `implicit`, spoken from the start. login: it is required."""
    office, loop = PostOffice(), asyncio.get_running_loop()
    connections: list[SMTP] = []

    def connected() -> SMTP:
        connection = SMTP(
            office,
            hostname="post.example",
            tls_context=None if implicit else tls,
            authenticator=_authenticate,
            auth_required=login,
            auth_require_tls=tls is not None and not implicit,
            loop=loop,
        )
        connections.append(connection)
        return connection

    server = await loop.create_server(connected, "127.0.0.1", 0, ssl=tls if implicit else None)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        for connection in connections:
            if connection.transport is not None:
                connection.transport.abort()
            if connection._handler_coroutine is not None:  # a hanging handler would outlive the test
                connection._handler_coroutine.cancel()
        await server.wait_closed()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server on 127.0.0.1 shows, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = folder / "post.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(path)
    return shown, ssl.create_default_context(cadata=made.public_bytes(Encoding.PEM).decode())
