"""A real mail server on the loopback interface, with a certificate of its own.

    async with MailServer(tls="start") as server:
        ... send to f"smtp://me@localhost:{server.port}"
        assert server.mails[0].recipients == ("me@example.org",)

`tls` is `start` (STARTTLS is offered and required), `always`, or `never`. `refuse` maps commands (`RCPT`, or
`RCPT x@example.org`, `DATA`) to the answers that they get instead.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).parent / "data/loopback.pem"
"""Certificate of localhost until 2126, with its key; for tests alone."""
PASSWORD = "correct horse"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it came, and whether its sender had signed in."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    signed_in: bool


class MailServer:
    """The server; what it accepted is in `mails`, every command in `commands`."""

    def __init__(self, *, tls: str = "start", refuse: Mapping[str, str] | None = None) -> None:
        self.mails: list[Mail] = []
        self.commands: list[str] = []
        self.port = 0
        self._refuse = refuse or {}
        self._tls = tls
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> MailServer:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(CERTIFICATE)

        def protocol() -> SMTP:
            return SMTP(
                self,
                hostname="localhost",
                tls_context=context if self._tls == "start" else None,
                require_starttls=self._tls == "start",
                authenticator=self._authenticate,
                auth_require_tls=self._tls == "start",
                loop=asyncio.get_running_loop(),
            )

        always = context if self._tls == "always" else None
        self._server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=always)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        known = data.login == b"me" and data.password == PASSWORD.encode()
        return AuthResult(success=known, handled=known)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.commands.append(f"RCPT {address}")
        answer = self._refuse.get("RCPT") or self._refuse.get(f"RCPT {address}")
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.commands.append("DATA")
        if answer := self._refuse.get("DATA"):
            return answer
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        recipients = tuple(envelope.rcpt_tos)
        self.mails.append(Mail(envelope.mail_from or "", recipients, message, bool(session.authenticated)))
        return "250 OK"
