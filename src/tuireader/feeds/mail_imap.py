"""Read the new mails of an IMAP folder, read-only: EXAMINE and BODY.PEEK, in a process of its own."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tuireader.feeds.hosts import is_public
from tuireader.feeds.mail_folder import AT_ONCE, FIRST, LARGEST
from tuireader.model import Fault
from tuireader.subprocesses.serving import alarm, serve
from tuireader.text import clean

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

DATA = 272 << 20
"""Memory limit in bytes."""
Request = tuple[str, str, int, str, str, str, str, str, float, int]
"""Scheme, host, port, user, password, folder, list, cursor, seconds, bytes."""
Answer = tuple[str, Any]
"""A fault and its reason; or `""` and the new mails, cursor and whether it is the first visit, or None."""
_TOGETHER = 20  # mails requested at once
_UID = re.compile(rb"\bUID (\d+)")
_GRACE = 5


class _Refused(Exception):
    def __init__(self, fault: Fault, reason: str) -> None:
        super().__init__(reason)
        self.fault = fault


def answer(request: Request) -> Answer:
    """Return the new mails of a folder, or why they cannot be read."""
    host = request[1]
    try:
        with alarm(int(request[8]) + _GRACE):
            return "", _read(*request)
    except _Refused as refused:
        return refused.fault.value, str(refused)
    except ImportError:
        return Fault.MAIL.value, "IMAP needs the package imap-tools: install tuireader[mail]"
    except ssl.SSLCertVerificationError as error:
        return Fault.TLS.value, f"{host}: the certificate is not valid: {error.verify_message}"
    except ssl.SSLError:
        return Fault.TLS.value, f"{host}: no secure connection could be made"
    except socket.gaierror:
        return Fault.NETWORK.value, f"the name {host} cannot be found"
    except TimeoutError:
        return Fault.TIMEOUT.value, f"{host} did not answer within {request[8]:g} seconds"
    except MemoryError:
        return Fault.TOO_LARGE.value, f"{host} sent more than can be read"
    except Exception as error:  # servers may send anything, but the request needs an answer
        words = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return Fault.MAIL.value, f"{host}: {clean(words, 200)}"


def _read(
    scheme: str,
    host: str,
    port: int,
    user: str,
    password: str,
    folder: str,
    wanted: str,
    cursor: str,
    seconds: float,
    most: int,
) -> tuple[list[bytes], str, bool] | None:
    if not user:
        raise _Refused(Fault.ADDRESS, "the address names no user; write imaps://USER@HOST/FOLDER")
    if not password:
        missing = 'the password is missing; set `password` of this feed, such as "cmd:pass show mail"'
        raise _Refused(Fault.MAIL, missing)
    box = _connected(scheme, host, port, seconds)
    try:
        _sign_in(box, host, user, password)
        return _new_mails(box, folder, wanted, cursor, most)
    finally:
        with suppress(Exception):
            box.logout()


def _connected(scheme: str, host: str, port: int, seconds: float) -> BaseMailBox:
    """Connect with TLS; without it only to a private network."""
    import imap_tools

    context = ssl.create_default_context()
    if scheme == "imaps":
        return imap_tools.MailBox(host, port, timeout=seconds, ssl_context=context)
    plain = imap_tools.MailBoxUnencrypted(host, port, timeout=seconds)
    if "STARTTLS" in plain.client.capabilities:
        plain.client.starttls(context)
    elif is_public(str(plain.client.sock.getpeername()[0])):
        plain.client.shutdown()
        raise _Refused(Fault.TLS, f"{host} offers no encryption; the password is not sent")
    return plain


def _sign_in(box: BaseMailBox, host: str, user: str, password: str) -> None:
    import imap_tools

    try:
        if password.isascii() and user.isascii():
            box.login(user, password, initial_folder=None)
        else:
            box.login_utf8(user, password, initial_folder=None)
    except (imap_tools.MailboxLoginError, imaplib.IMAP4.error) as error:
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        raise _Refused(
            Fault.MAIL, f"{host} refuses the password of {user}; check `password` of this feed"
        ) from None


def _new_mails(
    box: BaseMailBox, folder: str, wanted: str, cursor: str, most: int
) -> tuple[list[bytes], str, bool] | None:
    """Return mails with a UID above that of the cursor, which is valid for one UIDVALIDITY."""
    import imap_tools

    try:
        state = box.folder.status(folder, ["UIDVALIDITY", "UIDNEXT"])
        box.folder.set(folder, readonly=True)
    except (imap_tools.MailboxFolderStatusError, imap_tools.MailboxFolderSelectError):
        names = ", ".join(one.name for one in box.folder.list()[:10])
        raise _Refused(Fault.MAIL, f"there is no folder {folder}; there are {clean(names, 200)}") from None
    validity, following = state["UIDVALIDITY"], state["UIDNEXT"]
    before, _, known = cursor.partition(":")
    is_first = before != str(validity) or not known.isdecimal()
    last = 0 if is_first else int(known)
    if not is_first and following - 1 <= last:
        return None
    uids = [uid for uid in _uids(box, last, wanted) if uid > last]  # `n:*` names the last mail even below n
    asked = uids[-FIRST:][::-1] if is_first else uids[:AT_ONCE]  # the newest first, if not all fit
    found: list[bytes] = []
    size = done = 0
    while done < len(asked) and size < most:
        some = asked[done : done + _TOGETHER]
        mails = _mails(box, some)
        found += [mails[uid] for uid in some if uid in mails]
        size += sum(map(len, mails.values()))
        done += len(some)
    if is_first or done == len(uids):
        return found, f"{validity}:{max([following - 1, last, *asked])}", is_first
    return found, f"{validity}:{asked[done - 1]}", is_first


def _uids(box: BaseMailBox, last: int, wanted: str) -> list[int]:
    """Return the UIDs of the mails after `last`, only of a list if one is wanted."""
    of_list = f' HEADER LIST-ID "{_quoted(wanted)}"' if wanted else ""
    charset = None if wanted.isascii() else "UTF-8"  # some servers refuse a charset
    return sorted(int(uid) for uid in box.uids(f"UID {last + 1}:*{of_list}".encode(), charset))


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", "")


def _mails(box: BaseMailBox, uids: list[int]) -> dict[int, bytes]:
    """Return some mails by UID, without changing any flag on the server."""
    kind, data = box.client.uid("fetch", ",".join(map(str, uids)), f"(UID BODY.PEEK[]<0.{LARGEST}>)")
    if kind != "OK":
        raise _Refused(Fault.MAIL, f"the server does not send the mails: {clean(str(data), 100)}")
    found: dict[int, bytes] = {}
    for at, part in enumerate(data):
        if not isinstance(part, tuple) or not isinstance(part[1], bytes):
            continue
        after = data[at + 1] if at + 1 < len(data) and isinstance(data[at + 1], bytes) else b""
        uid = _UID.search(part[0]) or _UID.search(after)
        if uid:
            found[int(uid[1])] = part[1][:LARGEST]
    return found


if __name__ == "__main__":
    # Import the module under its own name, as its parent does.
    serve(import_module("tuireader.feeds.mail_imap").answer, data=DATA)
