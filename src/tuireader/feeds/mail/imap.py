"""Read the new mails of an IMAP folder, read-only: EXAMINE and BODY.PEEK, in a process of its own."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tuireader.feeds.http.errors import ERRNO_WORDS, Refused
from tuireader.feeds.http.hosts import is_public
from tuireader.feeds.mail.address import MailAddress
from tuireader.feeds.mail.folder import AT_ONCE, FIRST, LARGEST, identified, stand_in
from tuireader.model import Fault
from tuireader.subprocesses.serving import alarm, serve
from tuireader.text import clean

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

DATA = 272 << 20  # memory limit in bytes
Request = tuple[tuple[Any, ...], str, float, int]  # fields of a MailAddress, cursor, seconds, bytes
New = tuple[list[bytes], str, bool]
"""Mails, the cursor for the next visit, and whether this is the first one."""
Answer = tuple[str, Any]  # a fault and its reason; or `""` and the new mails (New), None without any
_TOGETHER = 20  # mails requested at once
_MOST_OWED = 200  # mails left out by the server that later visits ask for again
_UID = re.compile(rb"\bUID (\d+)")
_GRACE = 5


def answer(request: Request) -> Answer:
    """Read the new mails of a folder; an error becomes a fault with its reason."""
    fields, cursor, seconds, most = request
    address = MailAddress(*fields)
    host = address.host
    try:
        with alarm(int(seconds) + _GRACE):
            return "", _read(address, cursor, seconds, most)
    except Refused as refused:
        return refused.fault.value, refused.reason
    except ImportError:
        return Fault.MAIL.value, "IMAP needs the package imap-tools: install tuireader[mail]"
    except ssl.SSLCertVerificationError as error:
        return Fault.TLS.value, f"{host}: the certificate is not valid: {error.verify_message}"
    except ssl.SSLError:
        return Fault.TLS.value, f"{host}: no secure connection could be made"
    except socket.gaierror:
        return Fault.NETWORK.value, f"the name {host} cannot be found"
    except TimeoutError:
        return Fault.TIMEOUT.value, f"{host} did not answer within {seconds:g} seconds"
    except MemoryError:
        return Fault.TOO_LARGE.value, f"{host} sent more than can be read"
    except imaplib.IMAP4.abort:
        return Fault.MAIL.value, f"{host}: the connection was lost, or it is not an IMAP server"
    except OSError as error:
        words = ERRNO_WORDS.get(error.errno or 0, "the connection failed")
        return Fault.MAIL.value, f"{host}: {words}"
    except Exception:  # servers may send anything, but the request needs an answer
        return Fault.MAIL.value, f"{host}: the server's answer cannot be understood; try again later"


def _read(address: MailAddress, cursor: str, seconds: float, most: int) -> New | None:
    if not address.user:
        raise Refused(Fault.ADDRESS, "the address names no user; write imaps://USER@HOST/FOLDER")
    if not address.password:
        missing = 'the password is missing; set `password` of this feed, such as "cmd:pass show mail"'
        raise Refused(Fault.MAIL, missing)
    box = _connected(address.scheme, address.host, address.port, seconds)
    _limit_announced(box.client)
    try:
        _sign_in(box, address.host, address.user, address.password)
        return _new_mails(box, address.folder, address.wanted, cursor, most)
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
        raise Refused(Fault.TLS, f"{host} offers no encryption; the password is not sent")
    return plain


def _limit_announced(client: imaplib.IMAP4) -> None:
    """Refuse texts announced as larger than any that is asked for, before memory is spent on them."""
    read = client.read

    def limited(size: int) -> bytes:
        if size > LARGEST:
            raise MemoryError
        return read(size)

    client.read = limited  # type: ignore[method-assign]


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
        refused = f"{host} refuses the password of {user}; check `password` of this feed"
        raise Refused(Fault.MAIL, refused) from None


def _new_mails(box: BaseMailBox, folder: str, wanted: str, cursor: str, most: int) -> New | None:
    """Fetch mails with a UID above that of the cursor, which is valid for one UIDVALIDITY.

    A mail that the server lists but does not send gets an entry that says so. The cursor keeps its UID, and
    later visits ask for it again.
    """
    validity, following = _opened(box, folder)
    before, known, owed = _read_cursor(cursor)
    is_first = before != validity
    last, owed = (0, []) if is_first else (known, owed)
    if following is not None and not is_first and following - 1 <= last and not owed:
        return None
    uids = [uid for uid in _uids(box, last, wanted) if uid > last]  # `n:*` names the last mail even below n
    asked = uids[-FIRST:][::-1] if is_first else uids[:AT_ONCE]  # the newest first, if not all fit
    due, later = owed[:_TOGETHER], owed[_TOGETHER:]
    late = _mails(box, due)
    mails: dict[int, bytes] = {}
    done = 0
    while done < len(asked) and sum(map(len, mails.values())) < most:
        mails |= _asked_twice(box, asked[done : done + _TOGETHER])
        done += _TOGETHER
    asked = asked[:done]
    left_out = _still_listed(box, [uid for uid in (*later, *due, *asked) if uid not in mails | late])
    if not mails and len(set(left_out) - set(owed)) > 1:
        words = f"the server lists {len(left_out)} mails but sends none of them; try again later"
        raise Refused(Fault.MAIL, words)
    delivered = [identified(_identity(validity, uid)).encode() + late[uid] for uid in due if uid in late]
    for uid in asked:
        if uid in mails:
            delivered.append(mails[uid])
        elif uid in left_out:
            words = "The server lists this mail but does not send it. Open it in your mail program."
            delivered.append(stand_in(_identity(validity, uid), f"Mail {uid} of {folder}", words))
    is_whole = is_first or len(asked) == len(uids)
    listed = [following - 1] if following is not None and wanted and is_whole else []
    reached = max([last, *listed, *(uids if is_whole else asked)])
    return delivered, _cursor(validity, reached, left_out[-_MOST_OWED:]), is_first


def _opened(box: BaseMailBox, folder: str) -> tuple[str, int | None]:
    """Open a folder read-only; return its UIDVALIDITY, and its UIDNEXT if the server has it."""
    import imap_tools

    try:
        state = box.folder.status(folder, ["UIDVALIDITY", "UIDNEXT"])
        box.folder.set(folder, readonly=True)
    except (imap_tools.MailboxFolderStatusError, imap_tools.MailboxFolderSelectError):
        names = ", ".join(folder.name for folder in box.folder.list()[:10])
        raise Refused(Fault.MAIL, f"there is no folder {folder}; there are {clean(names, 200)}") from None
    if "UIDVALIDITY" not in state:
        raise Refused(Fault.MAIL, f"the server does not say how it numbers the mails of {folder}")
    return str(state["UIDVALIDITY"]), state.get("UIDNEXT")


def _read_cursor(text: str) -> tuple[str, int, list[int]]:
    """Split a cursor into UIDVALIDITY, the last UID that was read, and the UIDs that the server left out."""
    validity, _, numbers = text.partition(":")
    last, _, owed = numbers.partition(":")
    if not last.isdecimal():
        return "", 0, []
    return validity, int(last), [int(uid) for uid in owed.split(",") if uid.isdecimal()]


def _cursor(validity: str, last: int, owed: list[int]) -> str:
    return f"{validity}:{last}{':' * bool(owed)}{','.join(map(str, owed))}"


def _identity(validity: str, uid: int) -> str:
    return f"left-out-{validity}-{uid}"


def _uids(box: BaseMailBox, last: int, wanted: str) -> list[int]:
    """Search the UIDs of mails after `last`, only those of a list if one is `wanted`."""
    of_list = f' HEADER LIST-ID "{_quoted(wanted)}"' if wanted else ""
    charset = () if wanted.isascii() else ("CHARSET", "UTF-8")  # some servers refuse a charset
    return _search(box, *charset, f"UID {last + 1}:*{of_list}".encode())


def _search(box: BaseMailBox, *criteria: str | bytes) -> list[int]:
    kind, data = box.client.uid("SEARCH", *criteria)  # type: ignore[arg-type]
    if kind != "OK":
        raise Refused(Fault.MAIL, f"the server cannot search the folder: {_said(data)}")
    return sorted({int(uid) for line in data if isinstance(line, bytes) for uid in line.split()})


def _said(data: list[Any]) -> str:
    return clean(b" ".join(part for part in data if isinstance(part, bytes)).decode("utf-8", "replace"), 100)


def _still_listed(box: BaseMailBox, uids: list[int]) -> list[int]:
    if not uids:
        return []
    box.client.noop()  # lets the server say what was deleted
    listed = set(_search(box, f"UID {','.join(map(str, sorted(uids)))}".encode()))
    return [uid for uid in uids if uid in listed]


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", "")


def _asked_twice(box: BaseMailBox, uids: list[int]) -> dict[int, bytes]:
    """Fetch mails by UID; ask once more, one at a time, for those that the server leaves out."""
    mails = _mails(box, uids)
    for uid in uids:
        if uid not in mails:
            mails |= _mails(box, [uid])
    return mails


def _mails(box: BaseMailBox, uids: list[int]) -> dict[int, bytes]:
    """Fetch mails by UID without changing a flag; the server may leave some out."""
    if not uids:
        return {}
    data: list[Any] = []
    try:
        data = box.client.uid("fetch", ",".join(map(str, uids)), f"(UID BODY.PEEK[]<0.{LARGEST}>)")[1]
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:  # one bad mail may make it refuse the others
        pass
    data = [*(data or []), *(box.client.response("FETCH")[1] or [])]
    mails: dict[int, bytes] = {}
    for at, part in enumerate(data):
        if not isinstance(part, tuple):
            continue
        after = data[at + 1] if at + 1 < len(data) and isinstance(data[at + 1], bytes) else b""
        uid = _UID.search(part[0]) or _UID.search(after)
        if uid and part[1] and int(uid[1]) in uids:
            mails[int(uid[1])] = part[1][:LARGEST]
    return mails


if __name__ == "__main__":
    # Import the module under its own name, as its parent does.
    serve(import_module("tuireader.feeds.mail.imap").answer, data=DATA)
