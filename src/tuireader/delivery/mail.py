"""Send a letter as a mail by SMTP, always encrypted: with TLS from the start, or after STARTTLS."""

from __future__ import annotations

import asyncio
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from functools import partial
from uuid import uuid4

from tuireader.config import ChannelConfig
from tuireader.config.channel_keys import is_mailbox
from tuireader.delivery.letters import Letter, Receipt
from tuireader.delivery.templates import body, subject
from tuireader.text import clean

_STEP_SECONDS = 20.0
_PATIENCE = 5
"""Attempts in which a mail goes to all recipients or to none, as a server that takes none now may later."""
_SELF = "[127.0.0.1]"
"""Name by which we greet a server; that of this machine is nobody's business."""


async def send(letter: Letter, channel: ChannelConfig, password: str, *, seconds: float = 60.0) -> Receipt:
    """Hand a letter to the mail server of a channel."""
    open_servers: list[smtplib.SMTP] = []
    mail = compose(letter, channel)
    try:
        async with asyncio.timeout(seconds):
            together = letter.attempts < _PATIENCE
            return await asyncio.to_thread(_send, mail, channel, password, open_servers, together)
    except TimeoutError:
        return Receipt(False, f"the mail server took longer than {seconds:.0f} s", doubtful=True)
    finally:
        for server in open_servers:  # a thread still waits for it
            with suppress(OSError, AttributeError):
                server.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]


def compose(letter: Letter, channel: ChannelConfig) -> EmailMessage:
    """Write a letter as a mail: text, and HTML unless the channel's format forbids it.

    A letter that comes again has the same Message-ID; those of a thread refer to the same one.
    """
    sender = _sender(channel)
    ending = f".{channel.name}@{sender.rpartition('@')[2]}>"
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = f"tuireader <{sender}>"
    mail["To"] = ", ".join(channel.mail)
    mail["Subject"] = clean(subject(letter, channel), 400)
    mail["Date"] = format_datetime(localtime())
    mail["Message-ID"] = f"<{_token(letter.id or uuid4().hex)}{ending}"
    if letter.thread:
        mail["References"] = mail["In-Reply-To"] = f"<{_token(letter.thread)}.thread{ending}"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body(letter, channel, "markdown" if channel.format == "markdown" else "plain") + "\n")
    if channel.format in ("auto", "html"):
        page = f'<!DOCTYPE html>\n<meta charset="utf-8">\n<div>{body(letter, channel, "html")}</div>\n'
        mail.add_alternative(page, subtype="html")
    return mail


def _sender(channel: ChannelConfig) -> str:
    user = channel.mail_server[2]
    return channel.sender or (user if is_mailbox(user) else channel.mail[0])


def _token(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "-", text)


def _send(
    mail: EmailMessage,
    channel: ChannelConfig,
    password: str,
    open_servers: list[smtplib.SMTP],
    together: bool,
) -> Receipt:
    """Send a mail, which blocks; every refusal becomes a receipt.

    `together`: to no recipient while the server refuses one for now; nobody gets it twice.
    """
    said: bytes | str
    try:
        with _connected(channel) as server:
            open_servers.append(server)
            if not channel.server.startswith("smtps"):
                server.starttls(context=ssl.create_default_context())
            if password:
                server.login(channel.mail_server[2], password)
            if together:
                server.rcpt = partial(_deferred, server.rcpt)  # type: ignore[method-assign]
            refused = server.send_message(mail, _sender(channel), list(channel.mail))
        return Receipt(True, f"refused for {', '.join(refused)}" if refused else "")
    except smtplib.SMTPRecipientsRefused as error:
        code, said = max(error.recipients.values())
        permanent = all(code >= 500 for code, _ in error.recipients.values())
    except smtplib.SMTPAuthenticationError as error:
        return Receipt(False, f"the mail server refuses the password (code {error.smtp_code})")
    except smtplib.SMTPResponseException as error:
        code, said = error.smtp_code, error.smtp_error  # text, if the connection was lost
        permanent = code >= 500 and isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError)
    except smtplib.SMTPNotSupportedError:
        return Receipt(False, "the mail server offers no encryption, or no way to sign in")
    except UnicodeEncodeError:
        return Receipt(False, "its user or password has characters that cannot be sent; use ASCII")
    except (smtplib.SMTPException, OSError, ValueError) as error:
        reason = getattr(error, "verify_message", "") or getattr(error, "strerror", "") or "no connection"
        error_text = f"the mail server cannot be reached: {clean(str(reason), 200)}"
        return Receipt(False, error_text, doubtful=bool(open_servers))
    text = said if isinstance(said, str) else said.decode("utf-8", "replace")
    text = text.replace(password, "…") if password else text
    return Receipt(False, f"the mail server refuses it: {code} {clean(text, 200)}", permanent)


def _deferred(rcpt: Callable[..., tuple[int, bytes]], address: str, *options: object) -> tuple[int, bytes]:
    """Name a recipient to the server; raise SMTPRecipientsRefused if it takes none for now."""
    code, said = rcpt(address, *options)
    if 400 <= code < 500:
        raise smtplib.SMTPRecipientsRefused({address: (code, said)})
    return code, said


def _connected(channel: ChannelConfig) -> smtplib.SMTP:
    host, port, _ = channel.mail_server
    if not channel.server.startswith("smtps"):
        return smtplib.SMTP(host, port, local_hostname=_SELF, timeout=_STEP_SECONDS)
    context = ssl.create_default_context()
    return smtplib.SMTP_SSL(host, port, local_hostname=_SELF, timeout=_STEP_SECONDS, context=context)
